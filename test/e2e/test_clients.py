"""Clients that we have not written: the Python client of the Kubernetes project, and shared informers of client-go
(a small program under informer/, built once and kept under the cache folder)."""
import datetime
import hashlib
import os
import re
import subprocess
import threading

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

from conftest import CACHE, DEMO

NS = "experiments"
INFORMER = DEMO.parents[2] / "test" / "e2e" / "informer"


@pytest.fixture(scope="module")
def shared(start_lab_for_module):
    lab = start_lab_for_module("-f", DEMO)
    lab.kubectl("rollout", "status", "sts/stateful-demo", "-n", NS, "--timeout=60s")
    return lab


# Python

@pytest.fixture(scope="module")
def python(shared):
    api = config.new_client_from_config(str(shared.kubeconfig))
    yield api
    api.close()


@pytest.fixture(scope="module")
def core(python):
    return client.CoreV1Api(python)


@pytest.fixture(scope="module")
def apps(python):
    return client.AppsV1Api(python)


@pytest.fixture
def ns(core, request):
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=name)))
    return name


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"test": "yes"}), data=data)


def stateful_set(name, replicas=2):
    labels = {"app": name}
    container = client.V1Container(name="c", image="i", ports=[client.V1ContainerPort(container_port=80, name="http")])
    return client.V1StatefulSet(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1StatefulSetSpec(
            service_name=name, replicas=replicas, selector=client.V1LabelSelector(match_labels=labels),
            template=client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels),
                                              spec=client.V1PodSpec(containers=[container]))))


def test_python_creates_reads_changes_and_deletes(core, ns):
    made = core.create_namespaced_config_map(ns, config_map("c", a="1"))
    assert made.metadata.uid and made.metadata.creation_timestamp <= datetime.datetime.now(datetime.timezone.utc)
    assert core.read_namespaced_config_map("c", ns) == made
    made.data["b"] = "2"
    replaced = core.replace_namespaced_config_map("c", ns, made)
    assert replaced.data == {"a": "1", "b": "2"} and replaced.metadata.uid == made.metadata.uid
    patched = core.patch_namespaced_config_map("c", ns, {"data": {"a": None}})
    assert patched.data == {"b": "2"}
    assert int(made.metadata.resource_version) < int(replaced.metadata.resource_version) < int(
        patched.metadata.resource_version)
    core.delete_namespaced_config_map("c", ns)
    with pytest.raises(ApiException) as caught:
        core.read_namespaced_config_map("c", ns)
    assert caught.value.status == 404 and '"reason":"NotFound"' in caught.value.body.replace(" ", "")


def test_python_decodes_every_kind(core, apps, python):
    assert apps.read_namespaced_stateful_set("stateful-demo", NS).status.ready_replicas == 3
    assert [pod.status.phase for pod in core.list_namespaced_pod(NS).items] == ["Running"] * 3
    assert core.list_persistent_volume().items and core.list_namespaced_persistent_volume_claim(NS).items
    assert core.list_namespaced_service(NS).items[0].spec.cluster_ip == "None"
    assert core.list_node().items[0].metadata.name == "ordinal-node"
    assert core.list_namespaced_event(NS).items and core.list_namespaced_service_account("default").items is not None
    assert client.DiscoveryV1Api(python).list_namespaced_endpoint_slice(NS).items[0].endpoints
    assert client.StorageV1Api(python).list_storage_class().items[0].metadata.name == "standard"
    assert apps.list_namespaced_controller_revision(NS).items[0].revision == 1
    assert client.CoordinationV1Api(python).list_lease_for_all_namespaces().items is not None
    assert client.VersionApi(python).get_code().major == "1"


def until(lister, ns, satisfied, **options):
    """Events of a watch up to the first that satisfies; 120 s bound a hang."""
    seen = []
    stream = watch.Watch()
    for event in stream.stream(lister, ns, timeout_seconds=120, **options):
        seen.append(event)
        if satisfied(event):
            return seen
    raise AssertionError(f"the watch never showed it: {[(e['type'], e['object'].metadata.name) for e in seen]}")


def test_python_runs_a_stateful_set(core, apps, ns):
    apps.create_namespaced_stateful_set(ns, stateful_set("web"))
    until(apps.list_namespaced_stateful_set, ns, lambda event: event["object"].status.ready_replicas == 2)
    apps.patch_namespaced_stateful_set_scale("web", ns, {"spec": {"replicas": 1}})
    assert apps.read_namespaced_stateful_set_scale("web", ns).spec.replicas == 1
    until(apps.list_namespaced_stateful_set, ns, lambda event: event["object"].status.replicas == 1)
    assert [pod.metadata.name for pod in core.list_namespaced_pod(ns).items] == ["web-0"]
    version = apps.list_namespaced_stateful_set(ns).metadata.resource_version
    apps.delete_namespaced_stateful_set("web", ns, propagation_policy="Foreground")
    until(apps.list_namespaced_stateful_set, ns, lambda event: event["type"] == "DELETED", resource_version=version)
    assert core.list_namespaced_pod(ns).items == []


def test_python_watch_from_a_list_misses_nothing(core, ns):
    version = core.list_namespaced_config_map(ns).metadata.resource_version
    for n in range(20):
        core.create_namespaced_config_map(ns, config_map(f"c{n}"))
    for n in range(20):
        core.delete_namespaced_config_map(f"c{n}", ns)
    events = until(core.list_namespaced_config_map, ns, resource_version=version, satisfied=lambda event: (
        event["type"], event["object"].metadata.name) == ("DELETED", "c19"))
    seen = [(event["type"], event["object"].metadata.name) for event in events]
    assert seen == [("ADDED", f"c{n}") for n in range(20)] + [("DELETED", f"c{n}") for n in range(20)]


def test_python_pages_through_a_list(core, ns):
    for n in range(7):
        core.create_namespaced_config_map(ns, config_map(f"c{n}"))
    first = core.list_namespaced_config_map(ns, limit=3, label_selector="test")
    core.create_namespaced_config_map(ns, config_map("a"))
    core.delete_namespaced_config_map("c6", ns)
    names, page = [], first
    while True:
        names += [item.metadata.name for item in page.items]
        if not page.metadata._continue:
            break
        page = core.list_namespaced_config_map(ns, limit=3, label_selector="test", _continue=page.metadata._continue)
        assert page.metadata.resource_version == first.metadata.resource_version
    assert names == [f"c{n}" for n in range(6)]
    events = until(core.list_namespaced_config_map, ns, resource_version=first.metadata.resource_version,
                   satisfied=lambda event: event["type"] == "DELETED")
    assert [event["object"].metadata.name for event in events] == ["a", "c6"], "a watch from the list's version tells the rest"


def test_python_meets_conflicts(core, ns):
    first = core.create_namespaced_config_map(ns, config_map("c", a="1"))
    core.patch_namespaced_config_map("c", ns, {"data": {"a": "2"}})
    with pytest.raises(ApiException) as caught:
        core.replace_namespaced_config_map("c", ns, first)
    assert caught.value.status == 409
    with pytest.raises(ApiException) as caught:
        core.delete_namespaced_config_map("c", ns, body=client.V1DeleteOptions(preconditions=client.V1Preconditions(uid="x")))
    assert caught.value.status == 409 and "the UID in the precondition (x) does not match" in caught.value.body
    first.metadata.resource_version = None
    assert core.replace_namespaced_config_map("c", ns, first).data == {"a": "1"}, "without a version it is unconditional"


def test_python_write_without_change_keeps_the_version(core, ns):
    made = core.create_namespaced_config_map(ns, config_map("c", a="1"))
    again = core.replace_namespaced_config_map("c", ns, made)
    assert again.metadata.resource_version == made.metadata.resource_version
    assert core.patch_namespaced_config_map("c", ns, {"data": {"a": "1"}}).metadata.resource_version == \
        made.metadata.resource_version


def test_python_deletes_collections_by_selector(core, ns):
    for n in range(4):
        made = config_map(f"c{n}")
        made.metadata.labels["odd"] = str(n % 2)
        core.create_namespaced_config_map(ns, made)
    core.delete_collection_namespaced_config_map(ns, label_selector="odd=1")
    assert [c.metadata.name for c in core.list_namespaced_config_map(ns, label_selector="test").items] == ["c0", "c2"]


def test_python_is_told_that_a_version_is_too_old(start_lab):
    lab = start_lab()
    for n in range(60):  # as many changes as the history cannot hold: its bytes are bounded
        assert lab.http("POST", "/api/v1/namespaces/default/configmaps?fieldManager=t",
                        {"metadata": {"name": "c"}, "data": {"k": "x" * 1_000_000}})[0] == 201
        assert lab.http("DELETE", "/api/v1/namespaces/default/configmaps/c")[0] == 200
    api = config.new_client_from_config(str(lab.kubeconfig))
    try:
        with pytest.raises(ApiException) as caught:
            for _ in watch.Watch().stream(client.CoreV1Api(api).list_namespaced_config_map, "default", resource_version="1"):
                pytest.fail("an event from a history that is gone")
        assert caught.value.status == 410
    finally:
        api.close()


# client-go

def built_informer():
    """The program's path; built when its sources have changed."""
    digest = hashlib.sha256(b"".join((INFORMER / name).read_bytes() for name in ("go.mod", "go.sum", "main.go"))).hexdigest()
    path = CACHE / "informer" / digest[:16] / "informer"
    if not path.exists():
        subprocess.run([CACHE / "bin" / "go", "build", "-o", path, "."], cwd=INFORMER, check=True,
                       env={**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"})
    return path


class Informer:
    def __init__(self, lab, namespace):
        self.process = subprocess.Popen([built_informer(), lab.kubeconfig, namespace], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=lab.environment())
        self.limit = threading.Timer(60, self.process.kill)  # bounds a hang; nothing is judged by it
        self.limit.start()
        self.lines = []
        self.begun = 0  # lines before the last order

    def until(self, satisfied):
        """The first line since the last order that satisfies: events may be told before the order is said to be done."""
        for line in self.lines[self.begun:]:
            if satisfied(line):
                return line
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if satisfied(self.lines[-1]):
                return self.lines[-1]
        raise AssertionError("the informer ended without it: " + "\n".join(self.lines))

    def order(self, command):
        self.begun = len(self.lines)
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.until(lambda line: line.startswith(("done", "error")))

    def stop(self):
        self.limit.cancel()
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0
        self.process.stdout.close()


@pytest.fixture
def informer(shared, request):
    """On a namespace of its own, which has the StatefulSet `go` with one pod."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-50:].strip("-")
    assert shared.http("POST", "/api/v1/namespaces", {"metadata": {"name": name}})[0] == 201
    body = client.ApiClient().sanitize_for_serialization(stateful_set("go", 1))
    assert shared.http("POST", f"/apis/apps/v1/namespaces/{name}/statefulsets", body)[0] == 201
    shared.kubectl("rollout", "status", "sts/go", "-n", name, "--timeout=60s")
    program = Informer(shared, name)
    program.namespace = name
    program.until(lambda line: line == "synced")
    yield program
    program.stop()


def fields(line):
    return dict(word.split("=") for word in line.split() if "=" in word)


def test_go_informers_see_every_change(shared, informer):
    # handlers run on goroutines of their own: `synced` may come before the first lines
    assert informer.order("scale go 4") == "done scale go 4"
    informer.until(lambda line: "statefulset go" in line and " ready=4" in line)
    assert informer.order("label go-3 x y") == "done label go-3 x y"
    assert informer.order("scale go 1") == "done scale go 1"
    informer.until(lambda line: line.startswith("deleted pod go-1 "))
    informer.until(lambda line: "statefulset go" in line and "replicas=1 ready=1" in line)
    pods = [line for line in informer.lines if " pod " in line]
    assert [line.split()[2] for line in pods if line.startswith("added")] == ["go-0", "go-1", "go-2", "go-3"]
    assert [line.split()[2] for line in pods if line.startswith("deleted")] == ["go-3", "go-2", "go-1"]
    assert not [line for line in informer.lines if "missed" in line or "unknown" in line]
    versions = [int(fields(line)["version"]) for line in pods]
    assert versions == sorted(set(versions)), "each change once, in order"
    for name in ("go-1", "go-2", "go-3"):
        life = [fields(line) for line in pods if line.split()[2] == name]
        assert any(state["ready"] == "true" for state in life) and any(state["ending"] == "true" for state in life)
    labelled = [int(fields(line)["labels"]) for line in pods if line.split()[2] == "go-3"]
    assert max(labelled) == min(labelled) + 1


def test_go_informers_agree_with_the_changes_that_the_api_recorded(shared, informer):
    version = shared.http("GET", f"/api/v1/namespaces/{informer.namespace}/pods")[1]["metadata"]["resourceVersion"]
    informer.order("scale go 3")
    informer.until(lambda line: "statefulset go" in line and " ready=3" in line)
    informer.order("scale go 0")
    informer.until(lambda line: line.startswith("deleted pod go-0 "))
    events = shared.watch(f"/api/v1/namespaces/{informer.namespace}/pods?watch=true&resourceVersion={version}")
    events.until(lambda e: e["type"] == "DELETED" and e["object"]["metadata"]["name"] == "go-0")
    events.stop()
    recorded = [(e["object"]["metadata"]["name"], e["object"]["metadata"]["resourceVersion"]) for e in events.seen]
    told = [(line.split()[2], fields(line)["version"]) for line in informer.lines if " pod " in line]
    assert [change for change in told if int(change[1]) > int(version)] == recorded


@pytest.mark.parametrize("kind,path", [("configmap", "configmaps"), ("secret", "secrets"), ("service", "services"),
                                       ("serviceaccount", "serviceaccounts")])
def test_go_creates_in_protobuf(shared, informer, kind, path):
    assert informer.order(f"create {kind} made") == f"done create {kind} made"
    made = shared.http("GET", f"/api/v1/namespaces/{informer.namespace}/{path}/made")[1]
    assert made["metadata"]["labels"] == {"made": "by-go"}
    if kind == "configmap":
        assert made["data"] == {"text": "grün"} and made["binaryData"] == {"bytes": "AP8="}
    if kind == "secret":
        assert made["data"] == {"key": "AAEC"} and made["type"] == "Opaque"
    if kind == "service":
        assert made["spec"]["clusterIP"] == "None" and made["spec"]["ports"][0]["port"] == 80
    again = informer.order(f"create {kind} made")
    assert again == f'error create {kind} made: {path} "made" already exists'


def test_go_creates_namespaces_in_protobuf(informer):
    assert informer.order("create namespace made-by-go") == "done create namespace made-by-go"
    assert informer.order("create namespace Not_A_Name").startswith(
        'error create namespace Not_A_Name: Namespace "Not_A_Name" is invalid: metadata.name: Invalid value')
