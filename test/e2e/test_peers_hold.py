"""Held names on a real control plane: kube-controller-manager makes the Pods in order, kwok makes them Ready once they may be
scheduled."""
import socket

from control_plane import until
from serving import corefile
from test_due import MANIFEST
from test_hold import Names, addresses

NS = "held"
GATED = MANIFEST.replace("namespace: default", f"namespace: {NS}").replace(
    "spec: {containers:", "spec: {schedulingGates: [{name: test/wait}], containers:") % "0s"


def test_a_query_sent_before_a_real_pod_is_ready_gets_its_address_when_it_is(full_control_plane, start_serve):
    plane = full_control_plane
    plane.create("/api/v1/namespaces", {"metadata": {"name": NS}})
    serve = start_serve(corefile(plane.kubeconfig, options="statefulsets hold 10s")).ready()
    plane.kubectl("apply", "-f", "-", stdin=GATED)
    names = Names(*serve.addresses[0])
    for n in range(3):
        name, pod = f"db-{n}.db.{NS}.svc.cluster.local", f"/api/v1/namespaces/{NS}/pods/db-{n}"
        until(lambda: plane.request("GET", pod)[0] == 200, pod)
        names.until_due(name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            names.ask(udp, name)
            plane.patch(pod, {"spec": {"schedulingGates": None}})
            assert addresses(names.take(udp)) == [plane.get(pod)["status"]["podIP"]]
