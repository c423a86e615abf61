"""The StatefulSet experiment once more, in both directions: on a real control plane, where kube-controller-manager orders,
kwok makes Pods Ready and Ordinal answers; and with the lab as the API server of a real CoreDNS."""
import itertools
import re

import dns.reversename
import pytest
from conftest import DEMO, Watch
from control_plane import until
from serving import corefile
from wire import Asker, Question

PODS = [f"stateful-demo-{n}" for n in range(3)]
FAILED_BINDING = "no persistent volumes available for this claim and no storage class is set"
namespaces = (f"experiment-{n}" for n in itertools.count())


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod.get("status", {}).get("conditions", []))


def returned(event, name, old_uid):
    """Is it there again?"""
    pod = event["object"]
    return pod["metadata"]["name"] == name and pod["metadata"]["uid"] != old_uid and is_ready(pod)


class Experiment:
    """The manifest of the demo in a namespace of its own; volumes are made by hand, as there is no provisioner."""

    def __init__(self, plane, serve):
        self.plane, self.serve, self.ns = plane, serve, next(namespaces)
        self.service = f"stateful-svc.{self.ns}.svc.cluster.local"
        self.pods_path = f"/api/v1/namespaces/{self.ns}/pods"
        plane.kubectl("create", "namespace", self.ns)
        self.seen = Watch(plane, self.pods_path + "?watch=true")

    def apply(self):
        self.plane.kubectl("apply", "-f", "-", stdin=DEMO.read_text().replace("namespace: experiments", f"namespace: {self.ns}"))

    def add_volumes(self, *numbers):
        for n in numbers:
            self.plane.create("/api/v1/persistentvolumes", {"metadata": {"name": f"{self.ns}-{n}"}, "spec": {
                "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": f"/volumes/{n}"},
                "claimRef": {"namespace": self.ns, "name": f"data-stateful-demo-{n}"}}})

    def deploy(self):
        self.add_volumes(0, 1, 2)
        self.apply()
        self.rollout()

    def rollout(self):
        self.plane.kubectl("rollout", "status", "sts/stateful-demo", "-n", self.ns, "--timeout=120s")

    def addresses(self):
        """Of the Pods there are, by name."""
        return {p["metadata"]["name"]: p["status"].get("podIP") for p in self.plane.get(self.pods_path)["items"]}

    def name(self, pod):
        return f"{pod}.{self.service}"

    def answers(self, *pods):
        """Waits until exactly these Pods are answered, each by its name and all by the Service's."""
        def right():
            at = self.addresses()
            return [at] if (sorted(at) == sorted(pods) and all(at.values())
                            and self.serve.short(self.service) == sorted(at.values())
                            and all(self.serve.short(self.name(pod)) == [at[pod]] for pod in pods)) else None
        return until(right, f"answers of {pods}")[0]

    def stop(self):
        self.seen.stop()
        self.plane.kubectl("delete", "namespace", self.ns, "--wait=false")
        for n in range(5):
            self.plane.request("DELETE", f"/api/v1/persistentvolumes/{self.ns}-{n}")


@pytest.fixture
def experiment(full_control_plane, start_serve):
    e = Experiment(full_control_plane, start_serve(corefile(full_control_plane.kubeconfig)).ready())
    yield e
    e.stop()


def test_pods_come_one_after_the_other_and_each_has_its_name(experiment):
    experiment.deploy()
    events = experiment.seen.until(lambda e: e["object"]["metadata"]["name"] == PODS[2] and is_ready(e["object"]))
    assert [e["object"]["metadata"]["name"] for e in events if e["type"] == "ADDED"] == PODS
    for before, after in zip(PODS, PODS[1:]):
        ready = next(i for i, e in enumerate(events) if e["object"]["metadata"]["name"] == before and is_ready(e["object"]))
        added = next(i for i, e in enumerate(events) if e["type"] == "ADDED" and e["object"]["metadata"]["name"] == after)
        assert ready < added, f"{after} was created before {before} was Ready"
    at = experiment.answers(*PODS)
    assert len(set(at.values())) == 3
    srv = experiment.serve.dig("+short", f"_web._tcp.{experiment.service}", "SRV").splitlines()
    assert sorted(srv) == [f"0 33 80 {experiment.name(pod)}." for pod in PODS]
    for pod, address in at.items():
        assert experiment.serve.short(str(dns.reversename.from_address(address)), "PTR") == [experiment.name(pod) + "."]


def test_a_deleted_pod_returns_under_its_name(experiment):
    experiment.deploy()
    before = experiment.plane.get(f"{experiment.pods_path}/{PODS[1]}")["metadata"]["uid"]
    # not waiting for the end: a real plane may have the new Pod before kubectl looks, and it would wait for that one's
    experiment.plane.kubectl("delete", "pod", PODS[1], "-n", experiment.ns, "--wait=false")
    experiment.seen.until(lambda e: returned(e, PODS[1], before))
    experiment.answers(*PODS)
    after = experiment.plane.get(f"{experiment.pods_path}/{PODS[1]}")
    assert after["metadata"]["uid"] != before
    claims = [v["persistentVolumeClaim"]["claimName"] for v in after["spec"]["volumes"] if "persistentVolumeClaim" in v]
    assert claims == [f"data-{PODS[1]}"]


def test_scaling_and_deletion_are_followed(experiment):
    experiment.deploy()
    experiment.add_volumes(3, 4)
    experiment.plane.kubectl("scale", "sts/stateful-demo", "-n", experiment.ns, "--replicas=5")
    experiment.rollout()
    experiment.answers(*PODS, "stateful-demo-3", "stateful-demo-4")
    experiment.plane.kubectl("scale", "sts/stateful-demo", "-n", experiment.ns, "--replicas=1")
    experiment.answers(PODS[0])
    assert experiment.serve.rcode(experiment.name(PODS[1])) == "NXDOMAIN"
    experiment.plane.kubectl("delete", "sts", "stateful-demo", "-n", experiment.ns)
    experiment.answers()
    assert experiment.serve.rcode(experiment.service) == "NXDOMAIN"
    claims = experiment.plane.get(f"/api/v1/namespaces/{experiment.ns}/persistentvolumeclaims")["items"]
    assert [(c["metadata"]["name"], c["status"]["phase"]) for c in claims] == [(f"data-stateful-demo-{n}", "Bound") for n in range(5)]


def test_without_a_volume_the_first_pod_waits_and_the_names_say_so(experiment):
    plane, serve = experiment.plane, experiment.serve
    events = Watch(plane, f"/api/v1/namespaces/{experiment.ns}/events?watch=true")
    experiment.apply()
    events.until(lambda e: e["object"]["reason"] == "FailedScheduling")
    events.stop()
    assert [e["object"]["message"] for e in events.seen if e["object"]["reason"] == "FailedBinding"][:1] == [FAILED_BINDING]
    assert list(experiment.addresses()) == PODS[:1]
    until(lambda: f"{PODS[0]} is not Ready yet" in serve.dig(experiment.name(PODS[0])), "why the first is missing")
    assert f"{PODS[2]} is not Ready: waiting for {PODS[0]}" in serve.dig(experiment.name(PODS[2]))
    assert re.search(r"SOA.* 0\n", serve.dig("+noall", "+authority", experiment.name(PODS[2]))), "nobody is to remember that"
    experiment.add_volumes(0, 1, 2)
    experiment.rollout()
    experiment.answers(*PODS)


# The lab as the API server of a real CoreDNS

NS = "experiments"
SERVICE = f"stateful-svc.{NS}.svc.cluster.local."


def questions(lab, replicas):
    names = ["", "_web._tcp.", "_web._udp.", "nobody.", *(f"stateful-demo-{n}." for n in range(replicas))]
    asked = [Question(name + SERVICE, kind, edns=(1232, False, ())) for name in names for kind in ("A", "AAAA", "SRV", "TXT", "CNAME", "MX")]
    asked += [Question(name, "A") for name in (f"{NS}.svc.cluster.local.", "kubernetes.default.svc.cluster.local.",
                                               f"none.{NS}.svc.cluster.local.", f"stateful-demo-7.{SERVICE}")]
    for pod in lab.get("pods", "-n", NS)["items"]:
        address = pod["status"]["podIP"]
        asked += [Question(str(dns.reversename.from_address(address)), "PTR"),
                  Question(f"{address.replace('.', '-')}.{NS}.pod.cluster.local.", "A")]
    return asked


def test_a_real_coredns_on_the_lab_answers_as_the_lab_does(start_lab, start_coredns):
    lab = start_lab("-f", DEMO)
    coredns = start_coredns(lab.kubeconfig)
    theirs, ours = Asker(coredns.port), Asker(int(lab.dns_port))

    def equal(replicas):
        lab.kubectl("rollout", "status", "sts/stateful-demo", "-n", NS, "--timeout=60s")
        asked = questions(lab, replicas)

        def differences():
            return [f"{q}\nCoreDNS: {a}\nthe lab: {b}" for q, a, b in zip(asked, theirs.ask_all(asked), ours.ask_all(asked))
                    if a.compared() != b.compared()]

        try:
            until(lambda: not differences(), "CoreDNS's answers")
        except AssertionError as e:
            raise AssertionError("\n".join(differences())) from e
        assert len(ours.ask(Question(SERVICE, "A")).answer) == replicas

    equal(3)
    lab.kubectl("scale", "sts/stateful-demo", "-n", NS, "--replicas=5")
    equal(5)
    lab.kubectl("scale", "sts/stateful-demo", "-n", NS, "--replicas=2")
    lab.kubectl("wait", "--for=jsonpath={.status.replicas}=2", "sts/stateful-demo", "-n", NS, "--timeout=60s")
    equal(2)
    uid = lab.get("pod", PODS[1], "-n", NS)["metadata"]["uid"]
    seen = lab.watch(f"/api/v1/namespaces/{NS}/pods?watch=true")
    lab.kubectl("delete", "pod", PODS[1], "-n", NS)
    seen.until(lambda e: returned(e, PODS[1], uid))
    seen.stop()
    equal(2)
    lab.kubectl("delete", "sts", "stateful-demo", "-n", NS)
    lab.kubectl("wait", "--for=delete", "pod", "--all", "-n", NS, "--timeout=60s", check=False)
    lab.kubectl("apply", "-f", DEMO)
    equal(3)
    theirs.close()
    ours.close()
