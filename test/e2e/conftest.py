"""Starts the real program and talks to it as users do: kubectl, dig, nslookup. Nothing is imported from the project.

ORDINAL names the program (default build/dev/ordinal, else build/release/ordinal), KUBECTL the kubectl (default: the
cached 1.32). Every lab runs on free ports of the loopback and is ended by SIGTERM, which must give exit code 0."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import threading

import pytest

# A runner that ignores hang-ups (nohup) hands that down to the programs under test, for which it is to count.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("ORDINAL_CACHE", pathlib.Path.home() / ".cache" / "ordinal"))
DEMO = ROOT / "deploy" / "demo" / "statefulset.yaml"
START_LIMIT_S = 60  # bounds a hang; nothing is judged by it


def program():
    if "ORDINAL" in os.environ:
        return os.environ["ORDINAL"]
    for preset in ("dev", "release"):
        path = ROOT / "build" / preset / "ordinal"
        if path.exists():
            return str(path)
    raise RuntimeError("no build/dev/ordinal and no build/release/ordinal: build first")


def kubectl_path(minor="32"):
    if "KUBECTL" in os.environ and minor == "32":
        return os.environ["KUBECTL"]
    return str(CACHE / "kubectl" / f"1.{minor}" / "kubectl")


class Result:
    def __init__(self, done):
        self.out, self.err, self.code = done.stdout, done.stderr, done.returncode

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Lab:
    """One running `ordinal lab`."""

    def __init__(self, home, *options, stdin=None):
        self.home = home
        self.log = open(home / "lab.log", "w+")
        self.process = subprocess.Popen(
            [program(), "lab", "--api", "127.0.0.1:0", "--dns", "127.0.0.1:0",
             "--kubeconfig", str(home / "kubeconfig"), *map(str, options)],
            stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.ready_line = self._first_line()
        found = re.fullmatch(r"ready api=(\S+) dns=(\S+):(\d+) kubeconfig=(\S+)", self.ready_line.strip())
        if not found:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"no ready line but {self.ready_line!r}\n{self.log_text()}")
        self.api, self.dns_host, self.dns_port, self.kubeconfig = found.groups()

    def _first_line(self):
        readable, _, _ = select.select([self.process.stdout], [], [], START_LIMIT_S)
        return self.process.stdout.readline() if readable else ""

    def log_text(self):
        self.log.flush()
        return (self.home / "lab.log").read_text()

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "KUBECONFIG": str(self.kubeconfig), "LANG": "C"}

    def run(self, *argv, check=True, stdin=None, limit_s=120, env=None):
        result = Result(subprocess.run([str(a) for a in argv], input=stdin, capture_output=True, text=True,
                                       env={**self.environment(), **(env or {})}, timeout=limit_s, check=False))
        assert not check or result.code == 0, f"{argv} {result!r}"
        return result

    def kubectl(self, *argv, minor="32", **more):
        return self.run(kubectl_path(minor), *argv, **more)

    def get(self, *argv):
        return json.loads(self.kubectl("get", *argv, "-o", "json").out)

    def dig(self, *argv, check=True):
        return self.run("dig", f"@{self.dns_host}", "-p", self.dns_port, "+tries=1", "+time=30", *argv, check=check).out

    def addresses(self, name, kind="A"):
        return sorted(self.dig("+short", name, kind).split())

    def rcode(self, name, kind="A"):
        return re.search(r"status: (\w+)", self.dig(name, kind))[1]

    def nslookup(self, name):
        return self.run("nslookup", f"-port={self.dns_port}", name, self.dns_host, check=False)

    def connect(self, limit_s=60):
        """A connection of http.client to the API; limit_s bounds a hang."""
        return http.client.HTTPConnection(self.api.removeprefix("http://"), timeout=limit_s)

    def http(self, method, path, body=None, **headers):
        """One request straight to the API: (status code, decoded body). Headers as content_type="..."."""
        connection = self.connect()
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and "content-type" not in named:
            named["content-type"] = "application/json"
        try:
            connection.request(method, path, body, named)
            reply = connection.getresponse()
            text = reply.read()
            self.last_headers = reply.headers
            is_json = reply.headers.get_content_type() == "application/json"
            return reply.status, json.loads(text) if is_json else text.decode()
        finally:
            connection.close()

    def watch(self, path):
        """Watch events of an API path, read in the background by `kubectl get --raw`."""
        return Watch(self, path)

    def stop(self, signum=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signum)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.process.stdout.close()
        return code


class Watch:
    """Watch events straight from the API, one JSON object a line, in the order they came."""

    def __init__(self, lab, path):
        self.process = subprocess.Popen([kubectl_path(), "get", "--raw", path], stdout=subprocess.PIPE, text=True,
                                        env=lab.environment())
        self.seen = []

    def until(self, satisfied, limit_s=120):
        """Reads events until satisfied(event) is true; returns all events seen."""
        limit = threading.Timer(limit_s, self.process.kill)  # a silent watch would be read for ever
        limit.start()
        try:
            for line in self.process.stdout:
                event = json.loads(line)
                self.seen.append(event)
                if satisfied(event):
                    return self.seen
        finally:
            limit.cancel()
        raise AssertionError("the watch never showed it; seen: " + "\n".join(
            f"{e['type']} {e['object'].get('metadata', {}).get('name')}" for e in self.seen))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()


# What needs the programs of test/peers (`test/run --peers`) is not even collected without them.
PEERS = os.environ.get("ORDINAL_PEERS") == "1"
collect_ignore_glob = [] if PEERS else ["test_peers_*"]
sys.path.insert(0, str(ROOT / "test" / "peers"))


@contextlib.contextmanager
def lab_starter(tmp_path_factory):
    """Gives start(*options) -> Lab; all of them are ended, and must end well."""
    labs = []

    def start(*options, **more):
        lab = Lab(tmp_path_factory.mktemp("lab"), *options, **more)
        labs.append(lab)
        return lab

    yield start
    for lab in labs:
        code = lab.stop()
        assert code == 0, f"exit {code}\n{lab.log_text()}"


@pytest.fixture
def start_lab(tmp_path_factory):
    with lab_starter(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="module")
def start_lab_for_module(tmp_path_factory):
    """For tests that share a lab and keep apart by namespaces."""
    with lab_starter(tmp_path_factory) as start:
        yield start


@pytest.fixture
def lab(start_lab):
    return start_lab()


@pytest.fixture
def experiment(start_lab, tmp_path):
    """A lab on which the experiment has been applied by kubectl and is Ready; volumes have folders."""
    lab = start_lab("--data", tmp_path / "volumes")
    lab.volumes = tmp_path / "volumes"
    lab.kubectl("create", "namespace", "experiments")
    lab.kubectl("apply", "-f", DEMO)
    lab.kubectl("rollout", "status", "statefulset/stateful-demo", "-n", "experiments", "--timeout=60s")
    return lab


@pytest.fixture
def start_serve(tmp_path):
    from serving import Serve

    servers = []

    def start(corefile, *options):
        home = tmp_path / f"serve{len(servers)}"
        home.mkdir()
        servers.append(Serve(home, corefile, "--threads", "1", *options))
        return servers[-1]

    yield start
    for s in servers:
        code = s.stop()
        assert code == 0, f"exit {code}\n{s.text()}"


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory):
    """A real kube-apiserver without controllers, shared by all tests of a run: each keeps to namespaces of its own."""
    from control_plane import ControlPlane

    plane = ControlPlane(tmp_path_factory.mktemp("plane"))
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def full_control_plane(tmp_path_factory):
    """The same with its controllers, scheduler and kwok's node: Pods become Ready."""
    from control_plane import ControlPlane

    plane = ControlPlane(tmp_path_factory.mktemp("full"), controllers=True)
    yield plane
    plane.stop()


@pytest.fixture
def start_coredns(tmp_path):
    """Gives start(kubeconfig, options="", ...) -> CoreDNS; all are ended."""
    from control_plane import CoreDNS

    servers = []

    def start(kubeconfig, *argv, **more):
        servers.append(CoreDNS(tmp_path / f"coredns{len(servers)}", kubeconfig, *argv, **more))
        return servers[-1]

    yield start
    for s in servers:
        s.stop()
