"""Readiness sooner than the slice, on a real API server: what a Pod of a StatefulSet says of itself is answered, and no
controller is there to write slices but the tests."""
import json

import pytest
from serving import corefile

APPS = {"app": "db"}
INDEX = "apps.kubernetes.io/pod-index"


class Namespace:
    """A headless Service "db" and what happens below it."""

    def __init__(self, plane, name):
        self.plane, self.name = plane, name
        self.pods = f"/api/v1/namespaces/{name}/pods"
        self.slices = f"/apis/discovery.k8s.io/v1/namespaces/{name}/endpointslices"
        self.service = f"db.{name}.svc.cluster.local."
        plane.create("/api/v1/namespaces", {"metadata": {"name": name}})
        plane.create(f"/api/v1/namespaces/{name}/services", {"metadata": {"name": "db"}, "spec": {
            "clusterIP": "None", "selector": APPS, "ipFamilyPolicy": "PreferDualStack",
            "ports": [{"name": "sql", "port": 80, "targetPort": "sql-port"}]}})

    def pod(self, ordinal=0, labels=None):
        return self.plane.create(self.pods, {
            "metadata": {"name": f"db-{ordinal}", "labels": {**APPS, INDEX: str(ordinal), **(labels or {})}},
            "spec": {"nodeName": "nowhere", "hostname": f"db-{ordinal}", "subdomain": "db", "containers": [
                {"name": "c", "image": "i", "ports": [{"name": "sql-port", "containerPort": 5432}]}]}})["metadata"]["uid"]

    def status(self, *ips, ready=True, ordinal=0):
        self.plane.patch(f"{self.pods}/db-{ordinal}/status", {"status": {
            "phase": "Running", "podIP": ips[0], "podIPs": [{"ip": ip} for ip in ips],
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}})

    def delete(self, ordinal=0):
        self.plane.delete(f"{self.pods}/db-{ordinal}", {"gracePeriodSeconds": 0})

    def slice(self, uid, ip, ready=True):
        return {"metadata": {"name": "db-x", "labels": {"kubernetes.io/service-name": "db"}}, "addressType": "IPv4",
                "ports": [{"name": "sql", "port": 5432}], "endpoints": [{
                    "addresses": [ip], "hostname": "db-0", "conditions": {"ready": ready},
                    "targetRef": {"kind": "Pod", "namespace": self.name, "name": "db-0", "uid": uid}}]}


@pytest.fixture
def here(control_plane, request):
    return Namespace(control_plane, "ready-" + str(abs(hash(request.node.name)) % 10**8))


def test_a_pod_is_answered_when_it_is_ready_and_gone_when_it_is_deleted(here, control_plane, start_serve):
    serve = start_serve(corefile(control_plane.kubeconfig)).ready()
    uid = here.pod()
    here.status("10.1.0.1", "fd00::1", ready=False)
    here.pod(1)
    here.status("10.1.0.2", ordinal=1)
    serve.until(lambda: serve.short(here.service) == ["10.1.0.2"])  # the events before it have been taken in too
    here.status("10.1.0.1", "fd00::1")
    serve.until(lambda: serve.short(here.service) == ["10.1.0.1", "10.1.0.2"])
    assert serve.short(here.service, "AAAA") == ["fd00::1"]
    assert serve.short("db-0." + here.service) == ["10.1.0.1"]
    assert sorted(serve.dig("+short", "_sql._tcp." + here.service, "SRV").splitlines()) == [
        f"0 33 5432 db-0.{here.service}", f"0 33 5432 db-1.{here.service}"]  # of three addresses
    assert serve.dig("+short", "-x", "10.1.0.1").split() == ["db-0." + here.service]
    control_plane.create(here.slices, here.slice(uid, "10.1.0.1"))
    here.delete()
    serve.until(lambda: serve.short(here.service) == ["10.1.0.2"])
    assert serve.rcode("db-0." + here.service) == "NXDOMAIN"
    assert serve.dig("+short", "-x", "10.1.0.1") == ""
    # Another Pod of that name is another; the slice is still the dead one's.
    here.pod()
    here.status("10.1.0.3")
    serve.until(lambda: serve.short(here.service) == ["10.1.0.2", "10.1.0.3"])
    assert serve.short("db-0." + here.service) == ["10.1.0.3"]


def test_a_pod_that_is_told_to_end_is_not_ready_at_once(here, control_plane, start_serve):
    serve = start_serve(corefile(control_plane.kubeconfig)).ready()
    uid = here.pod()
    here.status("10.1.0.1")
    control_plane.create(here.slices, here.slice(uid, "10.1.0.1"))
    serve.until(lambda: serve.short(here.service) == ["10.1.0.1"])
    control_plane.delete(f"{here.pods}/db-0", {"gracePeriodSeconds": 600})
    serve.until(lambda: serve.rcode(here.service) == "NXDOMAIN")
    here.delete()


@pytest.mark.parametrize("options", ["labels tier=front", "statefulsets off", "noendpoints"])
def test_options_leave_pods_unwatched(here, control_plane, start_serve, options):
    serve = start_serve(corefile(control_plane.kubeconfig, options)).ready()
    everything = start_serve(corefile(control_plane.kubeconfig)).ready()
    here.pod()
    here.status("10.1.0.1")
    everything.until(lambda: everything.short(here.service) == ["10.1.0.1"])
    services, labels = f"/api/v1/namespaces/{here.name}/services", {"labels": {"tier": "front"}}
    control_plane.patch(f"{services}/db", {"metadata": labels})
    control_plane.create(services, {"metadata": {"name": "later", **labels}, "spec": {"ports": [{"port": 80}]}})
    serve.until(lambda: serve.short(f"later.{here.name}.svc.cluster.local."))
    assert serve.short(here.service) == []


def test_without_permission_to_see_pods_slices_are_answered(here, control_plane, tmp_path, start_serve):
    role = "no-pods"
    control_plane.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": {"name": role}, "rules": [
        {"apiGroups": ["", "discovery.k8s.io", "apps"], "verbs": ["list", "watch"],
         "resources": ["namespaces", "services", "endpointslices", "statefulsets"]}]})
    control_plane.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": role}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": role, "namespace": here.name}]})
    accounts = f"/api/v1/namespaces/{here.name}/serviceaccounts"
    control_plane.create(accounts, {"metadata": {"name": role}})
    token = control_plane.create(f"{accounts}/{role}/token", {"spec": {}})["status"]["token"]
    config = json.loads(control_plane.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    (tmp_path / "kubeconfig").write_text(json.dumps(config))

    serve = start_serve(corefile(tmp_path / "kubeconfig")).ready()
    uid = here.pod()
    here.status("10.1.0.1")
    control_plane.create(here.slices, here.slice(uid, "10.1.0.1", ready=False))
    control_plane.replace(f"{here.slices}/db-x", here.slice(uid, "10.1.0.9"))
    serve.until(lambda: serve.short(here.service) == ["10.1.0.9"])
    here.delete()
    control_plane.replace(f"{here.slices}/db-x", here.slice(uid, "10.1.0.8"))
    serve.until(lambda: serve.short(here.service) == ["10.1.0.8"])
    said = [line for line in serve.text().splitlines() if "pods" in line.lower()]
    assert len([line for line in said if " warn " in line]) == 1, said
    assert len([line for line in said if " dns: " in line]) == 1, said
