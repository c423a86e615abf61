"""The same requests to a real kube-apiserver and to the lab, and what must differ between their answers made alike.

A mask has a name and says why what it hides cannot be the same. Whatever two answers name more than once keeps its
identity: the first uid that a server tells becomes uid-1, the next uid-2, so an ownerReference still has to point at the
right object."""
import http.client
import json
import re
import ssl
import urllib.parse


class Api:
    """One API server, spoken to over one connection."""

    def __init__(self, url, token=None):
        self.url, self.token, self.connection = urllib.parse.urlsplit(url), token, None

    def _connect(self):
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return http.client.HTTPSConnection(self.url.netloc, context=context, timeout=60)
        return http.client.HTTPConnection(self.url.netloc, timeout=60)

    def request(self, method, path, body=None, content_type="application/json", accept="application/json"):
        """(status, headers, body); the body decoded where it is JSON, one JSON object a line as a list."""
        headers = {"Accept": accept} | ({"Content-Type": content_type} if body is not None and content_type else {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        if self.connection is None:
            self.connection = self._connect()
        self.connection.request(method, path, data, headers)
        reply = self.connection.getresponse()
        text = reply.read().decode(errors="replace")
        if reply.will_close:
            self.close()
        return reply.status, reply.headers, decode(text)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def decode(text):
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return text


class Rule:
    """What is put for what. put is a text as re.sub has it, or "#kind": the same value then always gets the same number.
    command limits it to some commands, side ("cluster", "lab") to one of the two."""

    def __init__(self, why, pattern, put, command="", side=None):
        self.why, self.pattern, self.put = why, re.compile(pattern, re.MULTILINE), put
        self.command, self.side = re.compile(command), side

    def holds(self, command, side):
        return self.side in (None, side) and self.command.search(command)


# Masks: chosen anew by each server, each time.
MASKS = [
    Rule("uids are random", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "#uid"),
    Rule("Service addresses are picked at random", r"\b10\.96\.\d+\.\d+\b", "#service-ip"),
    Rule("pod addresses are the node's choice", r"\b10\.244\.\d+\.\d+\b", "#pod-ip"),
    Rule("node ports are picked at random, but for the one asked for", r"(?<=:)3(?!0123)\d{4}(?=/TCP)|(?<=nodePort: )3(?!0123)\d{4}"
         r"|(?<=NodePort:  )(.*)3(?!0123)\d{4}(?=/TCP)", "#port"),
    Rule("two runs, two times", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "TIME"),
    Rule("two runs, two times", r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "TIME"),
    Rule("ages", r"(?<![=\w.-])(?:\d+m)?\d+s(?![\w.-])", "AGE"),
    Rule("how often an event came by now", r" \(x\d+ over AGE\)", "", "describe|events"),
    Rule("versions count all writes of a cluster", r"(resourceVersion\"?: )\"\d+\"", r'\1"RV"'),
    Rule("generated names", r"\b(web-)[a-z0-9]{5}\b", r"\1XXXXX", "endpointslice"),
    Rule("the name of the server itself", r"(\"serverAddress\":)\"[^\"]*\"", r"\1SERVER"),
    Rule("kubectl's own diary", r"^W\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ", "W "),
    Rule("kubectl's own files", r"(LIVE|MERGED)-\d+", r"\1", "diff"),
    Rule("kubectl's own files", r"\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000", "", "diff"),
    Rule("kubectl's own files", r"kubectl-edit-\d+", "kubectl-edit", "edit"),
]

# Where the two are different things.
EXCEPTIONS = [
    Rule("two contexts", r"\"(test|ordinal-lab)\"", '"CONTEXT"', "config"),
    Rule("two builds", r"^  (buildDate|compiler|gitCommit|gitTreeState|goVersion|platform): .*\n", "", "version"),
    Rule("two nodes", r"\b(node0|ordinal-node)\b", "NODE"),
    Rule("two nodes", r"(hostIP: |hostIPs:\n *- ip: |NODE/)\S+", r"\1HOST-IP"),
    Rule("two nodes: what is alike is how they are told of", r"^(\w.*?:).*|^\s.*\n", r"\1", "describe node"),
    Rule("there is no quota in the lab", r"^No (resource quota|LimitRange resource)\.$", "", "describe namespace", "cluster"),
    Rule("no CoreDNS stands beside this control plane", r"^.*CoreDNS.* is running at .*\n", "", "cluster-info", "lab"),
    Rule("this control plane gives pods no account", r"^ *serviceAccount(Name)?: default\n|^Service Account: +default\n", "",
         "pod", "lab"),
    Rule("... and what follows is set in by the longest word", r"^ {14,}", " " * 14, "describe pod"),
    Rule("kwok runs no containers", r"^ +Normal +(Pulled|Created|Started) .* kubelet .*\n", "",
         "describe pod", "lab"),
    Rule("kwok runs no containers", r"^( *- )containerID: .*\n *|^ *started: true\n|(?<=Container ID:).*", r"\1", "pod", "lab"),
    Rule("kwok says less of a pod", r"^ *- lastProbeTime: null\n.*\n.*\n *type: PodReadyToStartContainers\n"
         r"|^ *PodReadyToStartContainers +True *\n", "", "pod", "lab"),
    Rule("the lab does not tell since when a claim is unused, a beta of 1.37",
         r"^  conditions:\n( +.*\n){5} +type: Unused\n|^Conditions:\n.*\n.*\n  Unused .*\n", "", "pvc", "cluster"),
    Rule("the scheduler may see a pod before its claim is bound", r"^.*FailedScheduling.*unbound immediate.*\n", "",
         "describe pod", "cluster"),
    Rule("explained in the lab's own words", r"^DESCRIPTION:\n(    .*\n|\n)*|^    .*\n", "", "explain"),
    Rule("Go's picture of the two specs", r"^@@ (.*\n)*", "", "patch", "cluster"),
    Rule("... which the lab puts into a line", r"^changed: .*\n", "", "patch", "lab"),
]

# The same for plain requests.
UNLIKE = {"resourceVersion": "VERSION", "continue": "TOKEN"}
RUN = {"StatefulSet", "PersistentVolume"}  # the lab's controllers are at work on these at once
SKIPPED = {
    "description",  # of a column: in the lab's own words
    "managedFields",  # in the cluster, what the server fills in is owned by nobody; `life.session` compares those of applies
    "serviceAccount", "serviceAccountName",  # this control plane gives pods none
}
API_EXCEPTIONS = [
    Rule("ages in cells", r"^AGE$|^\d+[smh]$", "AGE"),
    Rule("versions count all writes of a cluster", r"(current: |in record \()\d+", r"\1N"),
    Rule("what makes a token", r"(continue key is not valid: ).*", r"\1WHY"),
    Rule("what the lab can speak", r"(Available representations: )[^\n]*", r"\1TYPES"),
    Rule("Go's own places", r" in scheme \"[^\"]*\"", ""),
]


class Masks:
    """What one server tells, with its own names for things replaced."""

    def __init__(self, side, url, folder=""):
        self.side, self.names = side, {}
        self.places = [(str(place), word) for place, word in ((url, "URL"), (folder, "FOLDER")) if place]

    def alias(self, kind, value):
        known = self.names.setdefault(kind, {})
        return known.setdefault(value, f"{kind}-{len(known) + 1}")

    def text(self, text, command="", rules=MASKS):
        for place, word in self.places:
            text = text.replace(place, word)
        for rule in rules:
            if rule.holds(command, self.side):
                put = rule.put
                if put.startswith("#"):
                    put = lambda m, kind=put[1:]: self.alias(kind, m[0])
                text = rule.pattern.sub(put, text)
        return text

    def printed(self, text, command):
        """Lines of kubectl. Columns are as wide as what stands in them: several blanks are as good as two."""
        text = self.text(text, command, MASKS + EXCEPTIONS)
        lines = [re.sub(r"(?<=\S) {2,}|\t", "  ", line).rstrip() for line in text.splitlines()]
        return [line for line in lines if line]

    def answer(self, value, key=None):
        """The same for the decoded body of an answer."""
        if isinstance(value, dict):
            kind = value.get("kind")
            return {k: self.answer(v, k) for k, v in value.items() if not self.skips(kind, key, k)}
        if isinstance(value, list):
            return [self.answer(v, key) for v in value]
        if not isinstance(value, str):
            return value
        if key in UNLIKE and value:
            return UNLIKE[key]
        return re.sub(r"uid-\d+", "UID", self.text(value, "", MASKS + API_EXCEPTIONS))

    @staticmethod
    def skips(kind, key, member):
        """Members that are compared nowhere; the reasons are in SKIPPED."""
        return member in SKIPPED or (member == "status" and kind in RUN)
