"""The harness of the peers: a real control plane that works, and CoreDNS and Ordinal watching it."""
import dns.message
import dns.query
from control_plane import until
from serving import corefile

NAME = "w.harness.svc.cluster.local."


def ask(port, name=NAME, kind="A"):
    reply = dns.query.udp(dns.message.make_query(name, kind), "127.0.0.1", port=port, timeout=5)
    return sorted(str(r) for rrset in reply.answer for r in rrset)


def test_both_servers_answer_what_a_real_cluster_has(control_plane, start_serve, start_coredns):
    plane = control_plane
    plane.create("/api/v1/namespaces", {"metadata": {"name": "harness"}})
    plane.create("/api/v1/namespaces/harness/services", {
        "metadata": {"name": "w"}, "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})
    plane.create("/apis/discovery.k8s.io/v1/namespaces/harness/endpointslices", {
        "metadata": {"name": "w", "labels": {"kubernetes.io/service-name": "w"}}, "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.9.0.1"], "hostname": "w-0", "conditions": {"ready": True}}],
        "ports": [{"port": 80}]})
    ordinal = start_serve(corefile(plane.kubeconfig)).ready()
    coredns = start_coredns(plane.kubeconfig)
    assert ordinal.cluster == plane.url
    assert ordinal.short(NAME) == ["10.9.0.1"]
    until(lambda: ask(coredns.port) == ["10.9.0.1"], "CoreDNS's answer")
