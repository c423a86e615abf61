"""The StatefulSet experiment, step by step, with the tools of its record: kubectl, dig, nslookup.
Each test is one observation of the record; the steps share nothing but the fixture that applies the manifests."""
import json
import pathlib
import re
from datetime import datetime

import pytest

from conftest import DEMO

NS = "experiments"
SERVICE = "stateful-svc.experiments.svc.cluster.local"
PODS = [f"stateful-demo-{n}" for n in range(3)]
CLAIMS = [f"data-stateful-demo-{n}" for n in range(3)]
POD_WATCH = f"/api/v1/namespaces/{NS}/pods?watch=true"
BARE_CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: bare, namespace: default}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""


def name_of(pod):
    return f"{pod}.{SERVICE}"


def condition(obj, kind):
    return next((c for c in obj.get("status", {}).get("conditions", []) if c["type"] == kind), {})


def is_ready(obj):
    return condition(obj, "Ready").get("status") == "True"


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def rollout(lab):
    lab.kubectl("rollout", "status", "sts/stateful-demo", "-n", NS, "--timeout=60s")


# Step 1: deploy

def test_kubectl_shows_three_of_three_replicas_ready(experiment):
    out = experiment.kubectl("get", "statefulset", "-n", NS).out.splitlines()
    assert out[0].split() == ["NAME", "READY", "AGE"]
    assert out[1].split()[:2] == ["stateful-demo", "3/3"]


def test_kubectl_shows_the_pods_running(experiment):
    rows = [line.split() for line in experiment.kubectl("get", "pods", "-n", NS).out.splitlines()]
    assert rows[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [row[:4] for row in rows[1:]] == [[pod, "1/1", "Running", "0"] for pod in PODS]


def test_each_claim_is_bound_to_a_volume_of_its_own(experiment):
    rows = [line.split() for line in experiment.kubectl("get", "pvc", "-n", NS).out.splitlines()]
    assert [row[0] for row in rows[1:]] == CLAIMS
    for row in rows[1:]:
        assert row[1] == "Bound" and row[2].startswith("pvc-") and row[3:6] == ["1Gi", "RWO", "standard"]
    assert len({row[2] for row in rows[1:]}) == 3


def test_manifests_given_at_start_are_applied_with_their_namespace(start_lab):
    lab = start_lab("-f", DEMO)
    rollout(lab)
    assert lab.addresses(SERVICE) == ["10.244.0.5", "10.244.0.6", "10.244.0.7"]


# Step 2: ordered creation

def test_a_pod_is_created_only_when_the_one_before_is_ready(lab):
    lab.kubectl("create", "namespace", NS)
    watch = lab.watch(POD_WATCH)
    lab.kubectl("apply", "-f", DEMO)
    events = watch.until(lambda e: e["object"]["metadata"]["name"] == PODS[2] and is_ready(e["object"]))
    watch.stop()
    created = [e["object"]["metadata"]["name"] for e in events if e["type"] == "ADDED"]
    assert created == PODS
    for before, after in zip(PODS, PODS[1:]):
        first_ready = next(i for i, e in enumerate(events)
                           if e["object"]["metadata"]["name"] == before and is_ready(e["object"]))
        added = next(i for i, e in enumerate(events)
                     if e["type"] == "ADDED" and e["object"]["metadata"]["name"] == after)
        assert first_ready < added, f"{after} was created before {before} was Ready"


def test_timestamps_show_each_wait_of_the_record_in_virtual_time(start_lab):
    lab = start_lab("--clock", "virtual", "--ready-after", "60s", "--bind-after", "30s", "-f", DEMO)
    rollout(lab)
    pods = lab.get("pods", "-n", NS)["items"]
    created = [seconds(p["metadata"]["creationTimestamp"]) for p in pods]
    ready = [seconds(condition(p, "Ready")["lastTransitionTime"]) for p in pods]
    for n in (0, 1):
        assert created[n + 1] >= ready[n]
        assert 88 <= created[n + 1] - created[n] <= 95, "30 s for the claim, then 60 s to Ready"
    for pod in range(3):
        assert ready[pod] - created[pod] >= 60


def test_describe_shows_events_identity_and_claims(experiment):
    sts = experiment.kubectl("describe", "statefulset", "stateful-demo", "-n", NS).out
    order = re.findall(r"[Cc]reate Pod (stateful-demo-\d) in StatefulSet stateful-demo successful", sts)
    assert sorted(order) == PODS
    assert "3 desired | 3 total" in sts and "3 Running / 0 Waiting / 0 Succeeded / 0 Failed" in sts
    assert "reate Claim data-stateful-demo-0 Pod stateful-demo-0 in StatefulSet stateful-demo success" in sts
    pod = experiment.kubectl("describe", "pod", "stateful-demo-1", "-n", NS).out
    assert "Controlled By:  StatefulSet/stateful-demo" in pod
    assert re.search(r"ClaimName:\s+data-stateful-demo-1\b", pod)
    assert experiment.get("pod", "stateful-demo-1", "-n", NS)["spec"]["hostname"] == "stateful-demo-1"


# Step 3: headless Service

def test_service_is_headless(experiment):
    out = experiment.kubectl("get", "svc", "-n", NS).out.splitlines()
    assert out[1].split()[:5] == ["stateful-svc", "ClusterIP", "None", "<none>", "80/TCP"]


def test_service_name_gives_the_three_addresses(experiment):
    assert experiment.addresses(SERVICE) == ["10.244.0.5", "10.244.0.6", "10.244.0.7"]
    found = experiment.nslookup(SERVICE)
    assert found.code == 0
    assert sorted(re.findall(r"^Address: (10\.244\.\S+)", found.out, re.M)) == [
        "10.244.0.5", "10.244.0.6", "10.244.0.7"]


@pytest.mark.parametrize("n", range(3))
def test_each_pod_has_its_own_name(experiment, n):
    assert experiment.addresses(name_of(PODS[n])) == [f"10.244.0.{5 + n}"]
    pod = experiment.get("pod", PODS[n], "-n", NS)
    assert pod["status"]["podIP"] == f"10.244.0.{5 + n}"


def test_kdig_over_tcp_agrees_with_dig_over_udp(experiment):
    out = experiment.run("kdig", f"@{experiment.dns_host}", "-p", experiment.dns_port, "+tcp", "+short", SERVICE).out
    assert sorted(out.split()) == experiment.addresses(SERVICE)


def test_a_pod_reaches_its_neighbour_by_the_short_name(start_lab):
    lab = start_lab("-f", DEMO, "--search", NS)
    assert "warning" not in lab.log_text()
    rollout(lab)
    out = lab.dig("+noall", "+answer", "stateful-demo-1.stateful-svc")
    assert re.search(r"^stateful-demo-1\.stateful-svc\.\s+\d+\s+IN\s+CNAME\s+"
                     + re.escape(name_of("stateful-demo-1")) + r"\.$", out, re.M), out
    assert out.rstrip().endswith("10.244.0.6")


def test_a_search_of_a_namespace_that_is_not_there_is_said(start_lab):
    lab = start_lab("--search", NS)
    assert f'warning: --search {NS}: there is no namespace "{NS}" yet' in lab.log_text()
    lab.kubectl("create", "namespace", NS)
    lab.kubectl("apply", "-f", DEMO)
    rollout(lab)
    assert lab.dig("+short", "stateful-demo-1.stateful-svc").split() == [
        name_of("stateful-demo-1") + ".", *lab.addresses(name_of("stateful-demo-1"))]


def test_short_name_without_search_says_which_option_is_missing(experiment):
    out = experiment.dig("stateful-demo-1.stateful-svc")
    assert "status: NXDOMAIN" in out
    assert "--search" in out, "the Extended DNS Error has to name the option"


def test_resolver_with_a_search_list_finds_the_short_name(experiment):
    out = experiment.dig("+search", "+ndots=5", f"+domain={NS}.svc.cluster.local", "+short", "stateful-demo-2.stateful-svc")
    assert out.split() == ["10.244.0.7"]


# Step 4: storage

def folder_of(lab, claim):
    volume = lab.get("pvc", claim, "-n", NS)["spec"]["volumeName"]
    path = pathlib.Path(lab.get("pv", volume)["spec"]["hostPath"]["path"])
    assert path.is_dir() and lab.volumes in path.parents
    return path


def test_each_claim_has_a_folder_of_its_own(experiment):
    folders = [folder_of(experiment, claim) for claim in CLAIMS]
    (folders[0] / "pod0-data.txt").write_text("Data from Pod-0\n")
    (folders[1] / "pod1-data.txt").write_text("Data from Pod-1\n")
    assert [sorted(f.name for f in folder.iterdir()) for folder in folders] == [
        ["pod0-data.txt"], ["pod1-data.txt"], []]


# Step 5: ordered deletion

def test_deleting_the_set_removes_pods_highest_first_and_keeps_the_claims(experiment):
    # kubectl prints lists without their version: the watch would begin at an unknown moment
    listed = json.loads(experiment.kubectl("get", "--raw", f"/api/v1/namespaces/{NS}/pods").out)
    version = listed["metadata"]["resourceVersion"]
    watch = experiment.watch(f"{POD_WATCH}&resourceVersion={version}")
    experiment.kubectl("delete", "statefulset", "stateful-demo", "-n", NS)
    events = watch.until(lambda e: e["type"] == "DELETED" and e["object"]["metadata"]["name"] == PODS[0])
    watch.stop()
    gone = [e["object"]["metadata"]["name"] for e in events if e["type"] == "DELETED"]
    assert gone == PODS[::-1]
    for upper, lower in zip(PODS[::-1], PODS[-2::-1]):
        upper_gone = next(i for i, e in enumerate(events)
                          if e["type"] == "DELETED" and e["object"]["metadata"]["name"] == upper)
        lower_ends = next(i for i, e in enumerate(events) if e["object"]["metadata"]["name"] == lower
                          and "deletionTimestamp" in e["object"]["metadata"])
        assert upper_gone < lower_ends, f"{lower} began to end before {upper} was gone"
    claims = experiment.get("pvc", "-n", NS)["items"]
    assert [(c["metadata"]["name"], c["status"]["phase"]) for c in claims] == [(c, "Bound") for c in CLAIMS]
    assert experiment.rcode(name_of(PODS[0])) == "NXDOMAIN"


# Variations

def test_a_deleted_pod_returns_under_its_name_with_its_claim(experiment):
    before = experiment.get("pod", "stateful-demo-1", "-n", NS)
    watch = experiment.watch(POD_WATCH)
    experiment.kubectl("delete", "pod", "stateful-demo-1", "-n", NS)
    watch.until(lambda e: e["object"]["metadata"]["name"] == "stateful-demo-1" and is_ready(e["object"])
                and e["object"]["metadata"]["uid"] != before["metadata"]["uid"])
    watch.stop()
    after = experiment.get("pod", "stateful-demo-1", "-n", NS)
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["spec"]["hostname"] == "stateful-demo-1"
    claim = [v["persistentVolumeClaim"]["claimName"] for v in after["spec"]["volumes"] if "persistentVolumeClaim" in v]
    assert claim == ["data-stateful-demo-1"]
    assert after["status"]["podIP"] == "10.244.0.8", "a freed address is reused last"
    assert experiment.addresses(name_of("stateful-demo-1")) == ["10.244.0.8"]


def test_what_goes_at_once_is_gone_when_delete_answers(experiment):
    """Else kubectl may see the Pod before it goes, watch for its end after that, and wait for ever for the new one's."""
    path = f"/api/v1/namespaces/{NS}/pods/stateful-demo-1"
    for _ in range(20):
        experiment.kubectl("wait", "--for=condition=Ready", "pod/stateful-demo-1", "-n", NS, "--timeout=60s")
        _, deleted = experiment.http("DELETE", path)
        status, now = experiment.http("GET", path)
        assert status == 404 or now["metadata"]["uid"] != deleted["metadata"]["uid"], now
        experiment.kubectl("wait", "--for=create", "pod/stateful-demo-1", "-n", NS, "--timeout=60s")


def test_a_set_created_again_finds_the_old_data(experiment):
    folder = folder_of(experiment, CLAIMS[0])
    (folder / "pod0-data.txt").write_text("kept")
    volumes = [experiment.get("pvc", c, "-n", NS)["spec"]["volumeName"] for c in CLAIMS]
    experiment.kubectl("delete", "statefulset", "stateful-demo", "-n", NS)
    experiment.kubectl("wait", "--for=delete", "pod", "--all", "-n", NS, "--timeout=60s", check=False)
    experiment.kubectl("apply", "-f", DEMO)
    rollout(experiment)
    assert [experiment.get("pvc", c, "-n", NS)["spec"]["volumeName"] for c in CLAIMS] == volumes
    assert (folder_of(experiment, CLAIMS[0]) / "pod0-data.txt").read_text() == "kept"


def test_scaling_follows_the_order(experiment):
    experiment.kubectl("scale", "sts/stateful-demo", "-n", NS, "--replicas=5")
    rollout(experiment)
    assert experiment.addresses(SERVICE) == sorted(f"10.244.0.{n}" for n in range(5, 10))
    experiment.kubectl("scale", "sts/stateful-demo", "-n", NS, "--replicas=1")
    experiment.kubectl("wait", "--for=jsonpath={.status.replicas}=1", "sts/stateful-demo", "-n", NS, "--timeout=60s")
    assert experiment.addresses(SERVICE) == ["10.244.0.5"]
    assert len(experiment.get("pvc", "-n", NS)["items"]) == 5


# Problem 1: no StorageClass, no volume

FAILED_BINDING = "no persistent volumes available for this claim and no storage class is set"


def test_without_a_storage_class_the_claim_reports_failed_binding(start_lab):
    lab = start_lab("--storage-class", "none")
    lab.kubectl("create", "namespace", NS)
    events = lab.watch(f"/api/v1/namespaces/{NS}/events?watch=true")
    lab.kubectl("apply", "-f", DEMO)
    events.until(lambda e: e["object"]["reason"] == "FailedScheduling")
    events.stop()
    assert lab.kubectl("get", "storageclass").err.strip() == "No resources found"
    pvc = lab.kubectl("describe", "pvc", "data-stateful-demo-0", "-n", NS).out
    assert re.search(r"FailedBinding.*persistentvolume-controller.*" + FAILED_BINDING, pvc), pvc
    assert lab.get("pvc", "data-stateful-demo-0", "-n", NS)["status"]["phase"] == "Pending"
    pod = lab.kubectl("describe", "pod", "stateful-demo-0", "-n", NS).out
    assert re.search(r"Warning\s+FailedScheduling.*default-scheduler.*unbound immediate PersistentVolumeClaims", pod), pod
    assert lab.get("pods", "-n", NS)["items"][0]["status"]["phase"] == "Pending"


def test_a_fitting_volume_mends_a_claim_that_failed_to_bind(start_lab):
    lab = start_lab("--storage-class", "none")
    lab.kubectl("apply", "-f", "-", stdin=BARE_CLAIM)
    lab.kubectl("apply", "-f", "-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "by-hand"},
        "spec": {"capacity": {"storage": "2Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/tmp/by-hand"},
                 "persistentVolumeReclaimPolicy": "Retain"}}))
    lab.kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/bare", "--timeout=60s")
    assert lab.get("pvc", "bare")["spec"]["volumeName"] == "by-hand"


def test_a_default_storage_class_mends_a_claim_that_failed_to_bind(start_lab):
    lab = start_lab("--storage-class", "none")
    lab.kubectl("apply", "-f", "-", stdin=BARE_CLAIM)
    lab.kubectl("apply", "-f", "-", stdin=json.dumps({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "ordinal.dev/lab",
        "metadata": {"name": "late", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}))
    lab.kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/bare", "--timeout=60s")
    assert lab.get("pvc", "bare")["spec"]["storageClassName"] == "late"


# Clean-up

def test_clean_up_leaves_nothing(experiment):
    experiment.kubectl("delete", "-f", DEMO)
    experiment.kubectl("delete", "pvc", "--all", "-n", NS)
    experiment.kubectl("delete", "namespace", NS)
    assert experiment.kubectl("get", "pods,pvc,svc,sts", "-n", NS).err.startswith("No resources found")
    experiment.kubectl("wait", "--for=delete", "pv", "--all", "--timeout=60s", check=False)
    assert experiment.get("pv")["items"] == []
    assert experiment.rcode(SERVICE) == "NXDOMAIN"
