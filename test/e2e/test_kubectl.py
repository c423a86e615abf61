"""What users type, with the kubectl versions they have: 1.28, 1.32, 1.37. One lab a version; each test works in a
namespace of its own. Texts are checked only where people or scripts rely on them."""
import json
import re
import subprocess

import pytest

from conftest import kubectl_path

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
"""
SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, labels: {app: web, tier: front}}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27", ports: [{name: http, containerPort: 80}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
WEB = SERVICE + "---" + SET
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: one, b: two}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec: {containers: [{name: c, image: i}]}\n"
CLAIM = ("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}\n"
         "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n")


class Kubectl:
    """kubectl of one version in one namespace of a lab."""

    def __init__(self, lab, minor, namespace):
        self.lab, self.minor, self.namespace = lab, minor, namespace

    def __call__(self, *argv, **more):
        return self.lab.kubectl(*argv, "-n", self.namespace, minor=self.minor, **more)

    def bare(self, *argv, **more):
        """Without a namespace."""
        return self.lab.kubectl(*argv, minor=self.minor, **more)

    def apply(self, manifest, *argv, **more):
        return self("apply", *argv, "-f", "-", stdin=manifest, **more)

    def json(self, *argv):
        return json.loads(self("get", *argv, "-o", "json").out)

    def rows(self, *argv):
        return [line.split() for line in self("get", *argv).out.splitlines()]

    def header(self, *argv):
        return re.split(r"\s{2,}", self("get", *argv).out.splitlines()[0].strip())

    def fails(self, *argv, code=1, **more):
        """stderr of a command that has to fail."""
        result = self(*argv, check=False, **more)
        assert result.code == code, f"{argv}: expected exit {code}: {result!r}"
        return result.err

    def ready(self, name="web"):
        self("rollout", "status", f"sts/{name}", "--timeout=60s")

    def start(self, *argv):
        """In the background; stdout can be read line by line."""
        return subprocess.Popen([kubectl_path(self.minor), *argv, "-n", self.namespace], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=self.lab.environment())


def until(process, satisfied):
    """Lines of a background kubectl until satisfied(line); ends it."""
    seen = []
    for line in process.stdout:
        seen.append(line)
        if satisfied(line):
            break
    else:
        raise AssertionError("it ended without: " + "".join(seen))
    process.terminate()
    process.wait(timeout=30)
    process.stdout.close()
    return seen


@pytest.fixture(scope="module", params=["28", "32", "37"], ids=lambda minor: f"1.{minor}")
def version_lab(request, start_lab_for_module):
    return start_lab_for_module(), request.param


COUNT = iter(range(1, 1_000_000))


@pytest.fixture
def k(version_lab):
    lab, minor = version_lab
    namespace = f"t{next(COUNT)}"
    code, _ = lab.http("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    assert code == 201
    return Kubectl(lab, minor, namespace)


@pytest.fixture
def web(k):
    """k with the Service and the StatefulSet `web` applied and Ready."""
    k.apply(WEB)
    k.ready()
    return k


# create

def test_create_namespace(k):
    assert k.bare("create", "namespace", f"{k.namespace}-x").out == f"namespace/{k.namespace}-x created\n"
    made = json.loads(k.bare("get", "ns", f"{k.namespace}-x", "-o", "json").out)
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": f"{k.namespace}-x"}
    assert made["status"]["phase"] == "Active" and made["spec"]["finalizers"] == ["kubernetes"]
    again = k.bare("create", "ns", f"{k.namespace}-x", check=False)
    assert again.err == (f'Error from server (AlreadyExists): namespaces "{k.namespace}-x" already exists\n')


def test_create_configmap_and_secret(k):
    k("create", "configmap", "c", "--from-literal=a=1", "--from-literal=b=zwei ü")
    assert k.json("cm", "c")["data"] == {"a": "1", "b": "zwei ü"}
    k("create", "secret", "generic", "s", "--from-literal=password=geheim")
    secret = k.json("secret", "s")
    assert secret["data"] == {"password": "Z2VoZWlt"} and secret["type"] == "Opaque"
    assert k.rows("secret", "s")[1][:3] == ["s", "Opaque", "1"]
    assert k.rows("cm", "c")[1][:2] == ["c", "2"]


def test_create_services(k):
    k("create", "service", "clusterip", "plain", "--tcp=80:8080")
    k("create", "service", "clusterip", "headless", "--clusterip=None", "--tcp=80")
    k("create", "service", "externalname", "away", "--external-name=example.org")
    k("create", "service", "nodeport", "port", "--tcp=80")
    plain, headless = k.json("svc", "plain")["spec"], k.json("svc", "headless")["spec"]
    assert plain["clusterIP"].startswith("10.96.") and plain["clusterIPs"] == [plain["clusterIP"]]
    assert plain["selector"] == {"app": "plain"}
    assert plain["ports"] == [{"name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080}]
    assert headless["clusterIP"] == "None" and headless["clusterIPs"] == ["None"]
    assert k.json("svc", "away")["spec"]["externalName"] == "example.org"
    rows = {row[0]: row[1:5] for row in k.rows("svc")}
    assert rows["away"] == ["ExternalName", "<none>", "example.org", "<none>"]
    assert rows["headless"][1:3] == ["None", "<none>"]
    assert 30000 <= k.json("svc", "port")["spec"]["ports"][0]["nodePort"] <= 32767


def test_create_service_account(k):
    k("create", "serviceaccount", "robot")
    assert k.json("sa", "robot")["metadata"]["namespace"] == k.namespace


def test_create_from_a_file_and_again(k):
    assert k("create", "-f", "-", stdin=WEB).out == "service/web created\nstatefulset.apps/web created\n"
    err = k.fails("create", "-f", "-", stdin=WEB)
    assert 'Error from server (AlreadyExists): error when creating "STDIN": services "web" already exists' in err
    assert 'statefulsets.apps "web" already exists' in err


def test_generated_names(k):
    made = k("create", "-f", "-", "-o", "name", stdin=POD.replace("name: p,", "generateName: p-,", 1)).out
    assert re.fullmatch(r"pod/p-[bcdfghjklmnpqrstvwxz2456789]{5}\n", made)


def test_several_documents_one_bad_the_good_ones_are_made(k):
    err = k.fails("apply", "-f", "-", stdin=SERVICE + "---\n" + SET.replace("{app: web}}\n    spec", "{app: x}}\n    spec"))
    assert '`selector` does not match template `labels`' in err
    assert k("get", "svc", "web", "-o", "name").out == "service/web\n"


# apply

def identity(obj):
    return obj["metadata"]["resourceVersion"], obj["metadata"].get("generation"), obj["metadata"]["uid"]


def test_apply_twice_changes_nothing(k):
    first = k.apply(WEB + "---\n" + CONFIG)
    assert first.out == "service/web created\nstatefulset.apps/web created\nconfigmap/c created\n"
    k.ready()
    before = [identity(k.json(*what)) for what in (("sts", "web"), ("svc", "web"), ("cm", "c"))]
    again = k.apply(WEB + "---\n" + CONFIG).out
    assert "service/web unchanged" in again and "configmap/c unchanged" in again
    assert re.search(r"statefulset.apps/web (configured|unchanged)", again)
    assert [identity(k.json(*what)) for what in (("sts", "web"), ("svc", "web"), ("cm", "c"))] == before


def test_apply_changes_and_removes_what_the_manifest_says(k):
    k.apply(WEB)
    k("annotate", "sts", "web", "kept=yes")
    assert "configured" in k.apply(SET.replace("replicas: 2", "replicas: 1").replace(", tier: front", "")).out
    web = k.json("sts", "web")
    assert web["spec"]["replicas"] == 1 and web["metadata"]["generation"] == 2
    assert web["metadata"]["labels"] == {"app": "web"}
    assert web["metadata"]["annotations"]["kept"] == "yes"


def test_apply_merges_containers_by_name(k):
    k.apply(SET)
    two = SET.replace("      containers:\n", "      containers:\n      - {name: side, image: side}\n")
    k.apply(two)
    assert [c["name"] for c in k.json("sts", "web")["spec"]["template"]["spec"]["containers"]] == ["side", "nginx"]
    k.apply(SET)
    assert [c["name"] for c in k.json("sts", "web")["spec"]["template"]["spec"]["containers"]] == ["nginx"]


def test_apply_prune_removes_what_left_the_manifest(k):
    labelled = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {set: one}}\n"
    k.apply(labelled % "a" + "---\n" + labelled % "b")
    out = k.apply(labelled % "a", "--prune", "-l", "set=one", "--prune-allowlist=core/v1/ConfigMap").out
    assert "configmap/b pruned" in out
    assert k("get", "cm", "-l", "set=one", "-o", "name").out == "configmap/a\n"


def test_last_applied_can_be_read(k):
    k.apply(CONFIG)
    assert "a: one" in k("apply", "view-last-applied", "cm", "c").out


def test_server_side_apply_twice_changes_nothing(k):
    assert k.apply(WEB, "--server-side").out == "service/web serverside-applied\nstatefulset.apps/web serverside-applied\n"
    k.ready()
    k.apply(CONFIG, "--server-side")
    k.apply(CONFIG, "--server-side", "--field-manager=second")
    before = identity(k.json("sts", "web"))
    shared = identity(k.json("cm", "c"))
    k.apply(WEB + "---\n" + CONFIG, "--server-side")
    k.apply(CONFIG, "--server-side", "--field-manager=second")
    assert identity(k.json("cm", "c")) == shared
    assert identity(k.json("sts", "web")) == before


def test_server_side_conflict_names_manager_and_field_and_can_be_forced(k):
    k.apply(CONFIG, "--server-side", "--field-manager=first")
    changed = CONFIG.replace("one", "uno")
    err = k.fails("apply", "--server-side", "--field-manager=second", "-f", "-", stdin=changed)
    assert 'conflict with "first": .data.a' in err and "--force-conflicts" in err
    k.apply(changed, "--server-side", "--field-manager=second", "--force-conflicts")
    assert k.json("cm", "c")["data"]["a"] == "uno"
    assert 'conflict with "second"' in k.fails("apply", "--server-side", "--field-manager=first", "-f", "-", stdin=CONFIG)


def test_server_side_apply_removes_fields_that_it_no_longer_names(k):
    k.apply(CONFIG, "--server-side")
    k.apply(CONFIG.replace("a: one, b: two", "b: zwei"), "--server-side",
            "--field-manager=other", "--force-conflicts")
    k.apply(CONFIG.replace("a: one, b: two", ""), "--server-side")
    assert k.json("cm", "c").get("data") == {"b": "zwei"}, "a is gone, b belongs to the other"


def test_server_side_apply_takes_over_from_client_side(k):
    k.apply(CONFIG)
    k.apply(CONFIG.replace("one", "uno"), "--server-side")
    assert k.json("cm", "c")["data"] == {"a": "uno", "b": "two"}
    managers = json.loads(k("get", "cm", "c", "-o", "json", "--show-managed-fields").out)["metadata"]["managedFields"]
    assert ("kubectl", "Apply") in [(m["manager"], m["operation"]) for m in managers]


# get

HEADERS = [
    (["sts"], "NAME READY AGE"),
    (["pods"], "NAME READY STATUS RESTARTS AGE"),
    (["svc"], "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE"),
    (["pvc"], "NAME STATUS VOLUME CAPACITY|ACCESS MODES|STORAGECLASS VOLUMEATTRIBUTESCLASS AGE"),
    (["pv"], "NAME CAPACITY|ACCESS MODES|RECLAIM POLICY|STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE"),
    (["endpointslices"], "NAME ADDRESSTYPE PORTS ENDPOINTS AGE"),
    (["controllerrevisions"], "NAME CONTROLLER REVISION AGE"),
    (["events"], "LAST SEEN|TYPE REASON OBJECT MESSAGE"),
    (["ns"], "NAME STATUS AGE"),
    (["nodes"], "NAME STATUS ROLES AGE VERSION"),
    (["sc"], "NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE"),
    (["sts", "-o", "wide"], "NAME READY AGE CONTAINERS IMAGES"),
    (["pods", "-o", "wide"], "NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE|READINESS GATES"),
    (["svc", "-o", "wide"], "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR"),
]


def squeeze(columns):
    return re.sub(r"[\s|]+", " ", " ".join(columns))


def test_tables_have_the_columns_of_each_kind(web):
    for what, columns in HEADERS:
        assert squeeze(web.header(*what)) == columns.replace("|", " "), what


def test_get_shows_what_is_there(web):
    assert web.rows("sts")[1][:2] == ["web", "2/2"]
    assert [row[:4] for row in web.rows("pods")[1:]] == [["web-0", "1/1", "Running", "0"], ["web-1", "1/1", "Running", "0"]]
    assert web.rows("sts", "-o", "wide")[1][3:] == ["nginx", "nginx:1.27"]
    pod = web.rows("pod", "web-0", "-o", "wide")[1]
    assert re.fullmatch(r"10\.244\.\d+\.\d+", pod[5]) and pod[6:] == ["ordinal-node", "<none>", "<none>"]
    assert web.rows("svc")[1][:5] == ["web", "ClusterIP", "None", "<none>", "80/TCP"]
    assert web.rows("controllerrevisions")[1][1:3] == ["statefulset.apps/web", "1"]


def test_get_in_every_form(web):
    assert web("get", "sts,svc", "-o", "name").out == "statefulset.apps/web\nservice/web\n"
    assert web("get", "sts/web", "svc/web", "-o", "name").out == "statefulset.apps/web\nservice/web\n"
    assert web("get", "sts", "web", "-o", "jsonpath={.spec.replicas}").out == "2"
    assert web("get", "pods", "-o", "jsonpath={.items[*].metadata.name}").out == "web-0 web-1"
    assert web("get", "pods", "-o", "custom-columns=N:.metadata.name,P:.status.phase").out.split() == [
        "N", "P", "web-0", "Running", "web-1", "Running"]
    assert web("get", "pods", "-o", "go-template={{len .items}}").out == "2"
    text = web("get", "sts", "web", "-o", "yaml").out
    assert text.startswith("apiVersion: apps/v1\nkind: StatefulSet\n") and "managedFields" not in text
    assert "managedFields" in web("get", "sts", "web", "-o", "yaml", "--show-managed-fields").out
    got = web.json("sts")
    assert got["kind"] == "List" and got["items"][0]["kind"] == "StatefulSet"


def test_get_selects(web):
    assert web("get", "pods", "-l", "app=web", "-o", "name").out.split() == ["pod/web-0", "pod/web-1"]
    assert web("get", "pods", "-l", "app in (web,x),!nope,app!=y", "-o", "name").out.split() == ["pod/web-0", "pod/web-1"]
    assert web("get", "pods", "-l", "apps.kubernetes.io/pod-index=1", "-o", "name").out == "pod/web-1\n"
    assert "No resources found" in web("get", "pods", "-l", "app=x").err
    assert web("get", "pods", "--field-selector", "metadata.name=web-1", "-o", "name").out == "pod/web-1\n"
    assert len(web.rows("pods", "--field-selector", "status.phase=Running,spec.nodeName=ordinal-node")) == 3
    assert "No resources found" in web("get", "pods", "--field-selector", "status.phase!=Running").err
    assert 'spec.foo' in web.fails("get", "pods", "--field-selector", "spec.foo=1")


def test_get_arranges(web):
    everywhere = web.bare("get", "sts", "-A").out.splitlines()
    assert everywhere[0].split() == ["NAMESPACE", "NAME", "READY", "AGE"]
    assert [web.namespace, "web"] in [line.split()[:2] for line in everywhere]
    names = [row[0] for row in web.rows("pods", "--sort-by={.metadata.name}", "--no-headers")]
    assert names == ["web-0", "web-1"]
    assert "tier=front" in web("get", "sts", "--show-labels").out
    assert web.rows("sts", "-L", "tier")[1][-1] == "front"
    out = web("get", "all").out
    for name in ("pod/web-0", "service/web", "statefulset.apps/web"):
        assert name in out
    whole, chunked = ([row[:4] for row in web.rows("pods", *more)] for more in ([], ["--chunk-size=1"]))  # ages move on
    assert chunked == whole, "limit and continue"
    assert web("get", "sts", "none", "--ignore-not-found").out == ""


def test_get_of_a_subresource(web):
    assert json.loads(web("get", "sts", "web", "--subresource=scale", "-o", "json").out)["spec"]["replicas"] == 2
    assert web("get", "sts", "web", "--subresource=status", "-o", "jsonpath={.status.readyReplicas}").out == "2"


def test_get_watch_shows_changes_as_rows(web):
    process = web.start("get", "sts", "-w")
    for line in process.stdout:
        if line.startswith("web"):
            break
    web("scale", "sts/web", "--replicas=3")
    rows = until(process, lambda line: line.split()[1] == "3/3")
    assert all(row.startswith("web ") for row in rows), rows


def test_get_watch_of_one_pod_with_events(web):
    process = web.start("get", "pod", "web-1", "-w", "--output-watch-events")
    for line in process.stdout:
        if line.startswith("ADDED"):
            break
    web("delete", "pod", "web-1", "--wait=false")
    rows = until(process, lambda line: line.startswith("DELETED"))
    assert any("Terminating" in row for row in rows)


def test_not_found_says_what(k):
    assert k.fails("get", "sts", "nope") == 'Error from server (NotFound): statefulsets.apps "nope" not found\n'
    assert k.fails("get", "pod", "nope") == 'Error from server (NotFound): pods "nope" not found\n'
    assert "the server doesn't have a resource type \"gadgets\"" in k.fails("get", "gadgets")
    assert k("get", "pods").err == f"No resources found in {k.namespace} namespace.\n"


# describe

def test_describe(web):
    sts = web("describe", "sts", "web").out
    assert re.search(r"Replicas:\s+2 desired \| 2 total", sts) and "SuccessfulCreate" in sts
    assert re.search(r"Pods Status:\s+2 Running / 0 Waiting / 0 Succeeded / 0 Failed", sts)
    pod = web("describe", "pod", "web-0").out
    assert re.search(r"Controlled By:\s+StatefulSet/web", pod) and re.search(r"Node:\s+ordinal-node/", pod)
    assert re.search(r"Ready\s+True", pod) and "Scheduled" in pod
    claim = web("describe", "pvc", "data-web-0").out
    assert re.search(r"Status:\s+Bound", claim) and re.search(r"Used By:\s+web-0", claim)
    volume = web("describe", "pv", web.json("pvc", "data-web-0")["spec"]["volumeName"]).out
    assert re.search(rf"Claim:\s+{web.namespace}/data-web-0", volume)
    service = web("describe", "svc", "web").out
    assert re.search(r"IP:\s+None", service) and re.search(r"Selector:\s+app=web", service)
    if web.minor != "28":  # reads Endpoints, which the lab does not have; later ones read EndpointSlices
        assert len(re.findall(r"10\.244\.\d+\.\d+:80", service)) == 2
    namespace = web("describe", "ns", web.namespace).out
    assert re.search(r"Status:\s+Active", namespace)
    assert "ordinal-node" in web("describe", "node", "ordinal-node").out


# delete

def test_delete_by_name_file_label_and_all(k):
    k.apply("---\n".join(CONFIG.replace("name: c", "name: %s, labels: {letter: %s}" % (n, n)) for n in "abcd"))
    assert k("delete", "cm", "a").out.startswith('configmap "a" deleted')
    k("delete", "-f", "-", stdin=CONFIG.replace("name: c", "name: b"))
    k("delete", "cm", "-l", "letter=c")
    assert k("get", "cm", "-o", "name", "-l", "letter").out == "configmap/d\n"
    k("delete", "cm", "--all")
    assert "d" not in k("get", "cm", "-o", "name").out.replace("configmap/", "").split()
    assert 'configmaps "a" not found' in k.fails("delete", "cm", "a")
    k("delete", "cm", "a", "--ignore-not-found")


def test_delete_waits_until_the_object_is_gone(web):
    web("delete", "sts", "web")
    assert "not found" in web.fails("get", "sts", "web")
    web("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s")
    assert "No resources found" in web("get", "pods").err
    assert len(web.json("pvc")["items"]) == 2


def test_cascade_foreground_returns_when_the_pods_are_gone(web):
    web("delete", "sts", "web", "--cascade=foreground")
    assert "No resources found" in web("get", "pods").err


def test_cascade_orphan_leaves_the_pods_to_the_next_set(web):
    before = [pod["metadata"]["uid"] for pod in web.json("pods")["items"]]
    web("delete", "sts", "web", "--cascade=orphan")
    pods = web.json("pods")["items"]
    assert [pod["metadata"]["uid"] for pod in pods] == before
    assert all("ownerReferences" not in pod["metadata"] for pod in pods)
    web.apply(SET)
    web.ready()
    pods = web.json("pods")["items"]
    assert [pod["metadata"]["uid"] for pod in pods] == before
    assert all(pod["metadata"]["ownerReferences"][0]["name"] == "web" for pod in pods)


def test_delete_with_grace_and_by_force(k):
    k.apply(POD)
    k("wait", "--for=condition=Ready", "pod/p", "--timeout=60s")
    k("delete", "pod", "p", "--grace-period=1", "--wait=false")
    k("wait", "--for=delete", "pod/p", "--timeout=60s")
    k.apply(POD)
    forced = k("delete", "pod", "p", "--grace-period=0", "--force")
    assert "Immediate deletion does not wait" in forced.err
    assert "not found" in k.fails("get", "pod", "p")


def test_delete_namespace_takes_everything_with_it(k):
    k.apply(WEB)
    k.ready()
    k.bare("delete", "ns", k.namespace)
    assert "not found" in k.bare("get", "ns", k.namespace, check=False).err
    code, left = k.lab.http("GET", f"/api/v1/namespaces/{k.namespace}/pods")
    assert code == 200 and left["items"] == []


def test_finalizers_hold_an_object(k):
    k.apply(CONFIG.replace("name: c", "name: c, finalizers: [example.org/hold]"))
    k("delete", "cm", "c", "--wait=false")
    assert "deletionTimestamp" in k.json("cm", "c")["metadata"]
    k("patch", "cm", "c", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    assert "not found" in k.fails("get", "cm", "c")


# change

def test_scale_in_both_forms(web):
    assert web("scale", "--replicas=3", "sts/web").out == "statefulset.apps/web scaled\n"
    web.ready()
    assert web.json("sts", "web")["metadata"]["generation"] == 2
    web("scale", "sts", "web", "--current-replicas=3", "--replicas=1")
    web("wait", "--for=jsonpath={.status.replicas}=1", "sts/web", "--timeout=60s")
    assert "Expected replicas to be 9, was 1" in web.fails("scale", "sts/web", "--current-replicas=9", "--replicas=2")
    web("scale", "sts/web", "--replicas=0")
    web("wait", "--for=jsonpath={.status.replicas}=0", "sts/web", "--timeout=60s")
    assert web.rows("sts")[1][1] == "0/0"


def test_edit(k):
    k.apply(CONFIG)
    out = k("edit", "cm", "c", env={"EDITOR": "sed -i s/one/uno/"}).out
    assert "configmap/c edited" in out
    assert k.json("cm", "c")["data"]["a"] == "uno"
    k.apply(WEB)
    k("edit", "sts", "web", env={"EDITOR": "sed -i s/nginx:1.27/nginx:1.28/"})
    assert k.json("sts", "web")["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"
    cancelled = k("edit", "cm", "c", env={"EDITOR": "true"})
    assert "Edit cancelled, no changes made" in cancelled.out + cancelled.err


def test_patch_of_three_types(k):
    k.apply(WEB)
    k("patch", "sts", "web", "-p", '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"a"}]}}}}')
    container = k.json("sts", "web")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "a" and container["ports"][0]["containerPort"] == 80
    k("patch", "sts", "web", "--type=merge", "-p", '{"metadata":{"labels":{"tier":null,"x":"y"}}}')
    assert k.json("sts", "web")["metadata"]["labels"] == {"app": "web", "x": "y"}
    k("patch", "sts", "web", "--type=json", "-p",
      '[{"op":"test","path":"/spec/replicas","value":2},{"op":"replace","path":"/spec/replicas","value":1}]')
    assert k.json("sts", "web")["spec"]["replicas"] == 1
    assert "patched (no change)" in k("patch", "sts", "web", "-p", '{"spec":{"replicas":1}}').out
    k("patch", "sts", "web", "--subresource=scale", "--type=merge", "-p", '{"spec":{"replicas":0}}')
    assert k.json("sts", "web")["spec"]["replicas"] == 0
    err = k.fails("patch", "sts", "web", "--type=json", "-p", '[{"op":"test","path":"/spec/replicas","value":7}]')
    assert "the server rejected our request" in err


def test_patch_of_the_status_leaves_the_spec(k):
    k.apply(POD)
    k("wait", "--for=condition=Ready", "pod/p", "--timeout=60s")
    k("patch", "pod", "p", "--subresource=status", "--type=strategic", "-p",
      '{"spec":{"nodeName":"other"},"status":{"conditions":[{"type":"example.org/Mine","status":"True"}]}}')
    pod = k.json("pod", "p")
    assert pod["spec"]["nodeName"] == "ordinal-node"
    assert {"Ready", "example.org/Mine"} <= {c["type"] for c in pod["status"]["conditions"]}


def test_label_and_annotate(k):
    k.apply(CONFIG)
    assert k("label", "cm", "c", "x=y").out == "configmap/c labeled\n"
    assert "--overwrite is false" in k.fails("label", "cm", "c", "x=z")
    k("label", "cm", "c", "x=z", "--overwrite")
    assert k.json("cm", "c")["metadata"]["labels"] == {"x": "z"}
    k("label", "cm", "c", "x-")
    assert "labels" not in k.json("cm", "c")["metadata"]
    k("annotate", "cm", "-l", "!x", "note=some text", "--all-namespaces=false")
    assert k.json("cm", "c")["metadata"]["annotations"]["note"] == "some text"
    k("annotate", "cm", "c", "note-")
    assert "note" not in k.json("cm", "c")["metadata"]["annotations"]
    assert "label" in k.fails("label", "cm", "c", "-bad=x")


def test_replace(k):
    k.apply(CONFIG)
    uid = k.json("cm", "c")["metadata"]["uid"]
    assert k("replace", "-f", "-", stdin=CONFIG.replace("a: one, ", "")).out == "configmap/c replaced\n"
    assert k.json("cm", "c")["data"] == {"b": "two"}
    k("replace", "--force", "-f", "-", stdin=CONFIG)
    assert k.json("cm", "c")["metadata"]["uid"] != uid
    assert "not found" in k.fails("replace", "-f", "-", stdin=CONFIG.replace("name: c", "name: d"))


def test_set_image_env_and_resources(k):
    k.apply(SET)
    k("set", "image", "sts/web", "nginx=nginx:9")
    k("set", "env", "sts/web", "A=b")
    k("set", "resources", "sts/web", "--limits=cpu=1,memory=64Mi")
    container = k.json("sts", "web")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "nginx:9" and container["env"] == [{"name": "A", "value": "b"}]
    assert container["resources"] == {"limits": {"cpu": "1", "memory": "64Mi"}}
    assert k.json("sts", "web")["metadata"]["generation"] == 4


def test_cordon_and_uncordon(k):
    k.bare("cordon", "ordinal-node")
    assert "SchedulingDisabled" in k.bare("get", "node").out
    k.bare("uncordon", "ordinal-node")
    assert "SchedulingDisabled" not in k.bare("get", "node").out


def test_expose_and_run(k):
    k("run", "p", "--image=i", "--port=80", "--labels=app=p")
    k("wait", "--for=condition=Ready", "pod/p", "--timeout=60s")
    k("expose", "pod", "p", "--port=80", "--name=pp")
    assert k.json("svc", "pp")["spec"]["selector"] == {"app": "p"}


def test_dry_run_of_both_kinds_keeps_nothing(k):
    for kind in ("client", "server"):
        assert f"configmap/c created ({'dry run' if kind == 'client' else 'server dry run'})" in k.apply(
            CONFIG, f"--dry-run={kind}").out
        assert "configmap/d created" in k("create", "cm", "d", f"--dry-run={kind}").out
    assert "No resources found" in k("get", "cm", "--field-selector=metadata.name!=kube-root-ca.crt").err
    k.apply(CONFIG)
    before = identity(k.json("cm", "c"))
    k("delete", "cm", "c", "--dry-run=server")
    k("label", "cm", "c", "x=y", "--dry-run=server")
    k.apply(CONFIG.replace("one", "uno"), "--server-side", "--dry-run=server", "--force-conflicts")
    assert identity(k.json("cm", "c")) == before
    assert "invalid" in k.fails("apply", "--dry-run=server", "-f", "-", stdin=SET.replace("replicas: 2", "replicas: -2"))


def test_diff(k):
    k.apply(WEB)
    assert k("diff", "-f", "-", stdin=WEB).out == ""
    changed = k("diff", "-f", "-", stdin=WEB.replace("replicas: 2", "replicas: 4"), check=False)
    assert changed.code == 1 and re.search(r"^-  replicas: 2$", changed.out, re.M), repr(changed)
    assert re.search(r"^\+  replicas: 4$", changed.out, re.M)
    assert k("diff", "--server-side", "-f", "-", stdin=CONFIG, check=False).code == 1
    assert "not found" in k.fails("get", "cm", "c")


# wait, events, rollout

def test_wait(k):
    waiting = k.start("wait", "--for=condition=Ready", "pod", "-l", "app=web", "--timeout=60s")
    waiting.wait(timeout=60)
    assert "no matching resources found" in waiting.stdout.read()
    waiting.stdout.close()
    k.apply(WEB)
    k.ready()
    assert k("wait", "--for=condition=Ready", "pod/web-1", "--timeout=60s").out == "pod/web-1 condition met\n"
    k("wait", "--for=jsonpath={.status.readyReplicas}=2", "sts/web", "--timeout=60s")
    k("wait", "--for=jsonpath={.status.phase}=Bound", "pvc", "--all", "--timeout=60s")
    waiting = k.start("wait", "--for=delete", "pod/web-0", "--timeout=60s")
    k("delete", "sts", "web")
    assert waiting.wait(timeout=90) == 0
    waiting.stdout.close()
    assert "timed out" in k.fails("wait", "--for=condition=Never", "svc/web", "--timeout=1s")


def test_rollout_status_waits_for_the_last_pod(k):
    k.apply(WEB.replace("replicas: 2", "replicas: 3"))
    out = k("rollout", "status", "sts/web", "--timeout=60s").out
    assert out.splitlines()[-1].startswith(("partitioned roll out complete", "statefulset rolling update complete"))
    assert k.rows("sts")[1][1] == "3/3"
    assert "REVISION" in k("rollout", "history", "sts/web").out


def test_events(web):
    out = web("events").out
    assert out.splitlines()[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert "create pod web-0 in statefulset web successful" in out.lower()
    only = web("events", "--for", "statefulset/web").out
    assert "StatefulSet/web" in only and "Pod/web-0" not in only
    assert "SuccessfulCreate" in web("get", "events", "--field-selector", "involvedObject.kind=StatefulSet").out


# what the server says of itself

def test_api_resources_and_versions(k):
    rows = {line.split()[0]: line.split() for line in k.bare("api-resources").out.splitlines()}
    assert rows["statefulsets"] == ["statefulsets", "sts", "apps/v1", "true", "StatefulSet"]
    assert rows["namespaces"] == ["namespaces", "ns", "v1", "false", "Namespace"]
    for name in ("pods", "services", "endpointslices", "controllerrevisions", "persistentvolumeclaims", "persistentvolumes",
                 "storageclasses", "events", "nodes", "serviceaccounts", "leases", "configmaps", "secrets"):
        assert name in rows
    assert "statefulsets.apps" in k.bare("api-resources", "-o", "name", "--namespaced=true", "--verbs=list,watch").out.split()
    assert k.bare("api-resources", "--api-group=storage.k8s.io", "-o", "name").out.split() == ["storageclasses.storage.k8s.io"]
    assert {"v1", "apps/v1", "discovery.k8s.io/v1", "storage.k8s.io/v1", "coordination.k8s.io/v1"} <= set(
        k.bare("api-versions").out.split())


def test_version_and_cluster_info(k):
    said = json.loads(k.bare("version", "-o", "json").out)
    assert said["clientVersion"]["minor"].startswith(k.minor) and said["serverVersion"]["major"] == "1"
    assert "is running at" in k.bare("cluster-info").out
    assert k.bare("get", "--raw", "/version").out.startswith("{")
    for path in ("/healthz", "/readyz", "/livez"):
        assert k.bare("get", "--raw", path).out == "ok"


def test_explain(k):
    for what, said in (("sts", "StatefulSet"), ("sts.spec.serviceName", "string"), ("pod.spec.containers", "Container"),
                       ("svc.spec.clusterIP", "string"), ("pvc.spec.resources", "requests"), ("configmap.data", "map")):
        assert said in k.bare("explain", what).out, what
    assert "volumeClaimTemplates" in k.bare("explain", "sts", "--recursive").out
    assert "does not exist" in k.fails("explain", "sts.spec.nope")


def test_auth_can_i(k):
    assert k("auth", "can-i", "create", "pods").out == "yes\n"


def test_raw_requests(k):
    path = f"/api/v1/namespaces/{k.namespace}/configmaps"
    body = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})
    assert '"name":"c"' in k.bare("create", "--raw", path, "-f", "-", stdin=body).out.replace(" ", "")
    assert json.loads(k.bare("get", "--raw", path).out)["kind"] == "ConfigMapList"
    k.bare("replace", "--raw", f"{path}/c", "-f", "-", stdin=body)
    assert json.loads(k.bare("delete", "--raw", f"{path}/c").out)["status"] == "Success"


# errors

def test_unknown_fields_are_refused_with_their_path(k):
    wrong = SET.replace('image: "nginx:1.27"', 'image: "nginx:1.27", imagge: x').replace("replicas: 2", "replcas: 2")
    err = k.fails("apply", "-f", "-", stdin=wrong)
    assert 'unknown field "spec.replcas"' in err
    assert 'unknown field "spec.template.spec.containers[0].imagge"' in err
    assert "strict decoding error" in err
    warned = k.apply(wrong, "--validate=warn")
    assert 'Warning: unknown field "spec.replcas"' in warned.err
    assert k("apply", "--validate=ignore", "-f", "-", stdin=wrong.replace("name: web,", "name: web2,")).err == ""


def test_immutable_fields_are_refused(k):
    k.apply(WEB)
    err = k.fails("apply", "-f", "-", stdin=SET.replace("serviceName: web", "serviceName: other"))
    assert 'The StatefulSet "web" is invalid: spec.serviceName: Invalid value: "other": field is immutable' in err
    assert k.json("sts", "web")["spec"]["serviceName"] == "web"
    err = k.fails("apply", "-f", "-", stdin=SERVICE.replace("clusterIP: None", "clusterIP: 10.96.7.7"))
    assert "spec.clusterIPs[0]: Invalid value" in err and "may not change once set" in err
    k.ready()
    err = k.fails("patch", "pvc", "data-web-0", "-p", '{"spec":{"storageClassName":"other"}}')
    assert "is immutable after creation" in err
    err = k.fails("patch", "pod", "web-0", "-p", '{"spec":{"hostname":"x"}}')
    assert "pod updates may not change fields other than" in err


BAD = [
    ("a name with capitals", CONFIG.replace("name: c", "name: C"), "a lowercase RFC 1123 subdomain must consist of"),
    ("a service name that ends in a dash", SERVICE.replace("name: web", "name: web-"), "RFC 1123 label must consist of"),
    ("a label value too long", CONFIG.replace("name: c", "name: c, labels: {l: %s}" % ("x" * 64)), "must be no more than 63"),
    ("a replica count below 0", SET.replace("replicas: 2", "replicas: -1"),
     "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
    ("a selector that does not match", SET.replace("{app: web}}\n    spec", "{app: x}}\n    spec"),
     "`selector` does not match template `labels`"),
    ("a pod without containers", POD.replace("{name: c, image: i}", ""),
     "spec.containers: Required value"),
    ("a port out of range", SERVICE.replace("port: 80", "port: 80000"), "must be between 1 and 65535, inclusive"),
    ("a number where text belongs", CONFIG.replace("one", "1"), "cannot unmarshal number into Go struct field"),
    ("an access mode that does not exist", CLAIM.replace("WriteOnce", "Sometimes"), "spec.accessModes: Unsupported value"),
    ("a size that is no quantity", CLAIM.replace("1Gi", "lots"), "quantities must match the regular expression"),
]


@pytest.mark.parametrize("why,manifest,text", BAD, ids=[row[0] for row in BAD])
def test_refuses(k, why, manifest, text):
    assert text in k.fails("create", "-f", "-", stdin=manifest), why


def test_missing_namespace_and_mismatch(k):
    err = k.bare("apply", "-n", "nowhere", "-f", "-", stdin=CONFIG, check=False).err
    assert 'namespaces "nowhere" not found' in err
    code, status = k.lab.http("POST", f"/api/v1/namespaces/{k.namespace}/configmaps",
                              {"metadata": {"name": "c", "namespace": "other"}})
    assert (code, status["message"]) == (
        400, "the namespace of the provided object does not match the namespace sent on the request")


def test_stale_resource_version_is_a_conflict(k):
    k.apply(CONFIG)
    stale = k.json("cm", "c")
    k("label", "cm", "c", "x=y")
    err = k.fails("replace", "-f", "-", stdin=json.dumps(stale))
    assert ('Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes '
            'to the latest version and try again') in err
