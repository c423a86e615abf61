"""Zones of ServiceImports beside CoreDNS, on a real API server that has the kind from a CustomResourceDefinition."""
import itertools

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from control_plane import until
from serving import corefile

ZONES = "cluster.local clusterset.local"
OPTIONS = "multicluster clusterset.local\n endpoint_pod_names"
GROUP = "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/mcs/serviceimports"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/mcs/endpointslices"
DEFINITION = {
    "metadata": {"name": "serviceimports.multicluster.x-k8s.io",
                 "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes/enhancements/pull/1646"}},
    "spec": {"group": "multicluster.x-k8s.io", "scope": "Namespaced",
             "names": {"plural": "serviceimports", "singular": "serviceimport", "kind": "ServiceImport",
                       "shortNames": ["svcim"]},
             "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": {
                 "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def service_import(name, kind, ports=(), ips=()):
    return {"apiVersion": "multicluster.x-k8s.io/v1alpha1", "kind": "ServiceImport", "metadata": {"name": name},
            "spec": {"type": kind, "ips": list(ips), "ports": list(ports)}}


def endpoint_slice(name, service, cluster, addresses, ports=(), **labels):
    """addresses: {address: what else the endpoint says}"""
    return {"metadata": {"name": name, "labels": {
                "multicluster.kubernetes.io/service-name": service,
                "multicluster.kubernetes.io/source-cluster": cluster, **labels}},
            "addressType": "IPv6" if ":" in next(iter(addresses), "") else "IPv4", "ports": list(ports),
            "endpoints": [{"addresses": [a], "conditions": {"ready": True}, **more} for a, more in addresses.items()]}


HTTP = {"name": "http", "port": 80, "protocol": "TCP"}
DNS_UDP = {"name": "dns", "port": 53, "protocol": "UDP"}
POD = {"targetRef": {"kind": "Pod", "name": "pod-7", "namespace": "mcs"}}
OBJECTS = [
    (GROUP, service_import("web", "ClusterSetIP", [HTTP, DNS_UDP], ["10.7.0.1", "fd07::1"])),
    (GROUP, service_import("noip", "ClusterSetIP", [HTTP])),
    (GROUP, service_import("noport", "ClusterSetIP", [], ["10.7.0.2"])),
    (GROUP, service_import("db", "Headless", [HTTP])),
    (GROUP, service_import("empty", "Headless", [HTTP])),
    (GROUP, service_import("headip", "Headless", [HTTP], ["10.7.0.3"])),
    (SLICES, endpoint_slice("web-c1", "web", "c1", {"10.8.0.1": {"hostname": "a"}}, [HTTP])),
    (SLICES, endpoint_slice("db-c1", "db", "c1", {"10.8.1.1": {"hostname": "db-0"}, "10.8.1.2": {"hostname": "db-1"},
                                                  "10.8.1.3": {}, "10.8.1.4": POD}, [HTTP, DNS_UDP])),
    (SLICES, endpoint_slice("db-c2", "db", "c2", {"10.8.2.1": {"hostname": "db-0"}, "10.8.1.3": {},
                                                  "10.8.2.9": {"conditions": {"ready": False}, "hostname": "db-9"}},
                            [HTTP])),
    (SLICES, endpoint_slice("db-c2-v6", "db", "c2", {"fd08::2:1": {"hostname": "db-0"}, "fd08::5": {}}, [HTTP])),
    (SLICES, endpoint_slice("headip-c1", "headip", "c1", {"10.8.3.1": {}}, [HTTP])),
    (SLICES, endpoint_slice("both", "db", "c3", {"10.8.4.1": {"hostname": "both-0"}}, [HTTP],
                            **{"kubernetes.io/service-name": "local"})),
    (SLICES, endpoint_slice("orphan", "gone", "c1", {"10.8.5.1": {"hostname": "o"}}, [HTTP])),
    ("/api/v1/namespaces/mcs/services",
     {"metadata": {"name": "local"}, "spec": {"clusterIP": "None", "ports": [{"name": "http", "port": 80}]}}),
]
SERVICES = ("web", "noip", "noport", "db", "empty", "headip", "gone", "local", "nothing")
BELOW = ("", "a.c1.", "a.", "db-0.c1.", "db-0.c2.", "DB-0.C2.", "db-0.c3.", "db-0.", "db-1.c1.", "db-1.c2.", "db-9.c2.",
         "10-8-1-3.c1.", "10-8-1-3.c2.", "10-8-1-3.", "pod-7.c1.", "10-8-1-4.c1.", "fd08--5.c2.", "both-0.c3.", "both-0.",
         "10-8-3-1.c1.", "_http._tcp.", "_dns._udp.", "_http.tcp.", "http.tcp.", "_http._udp.", "_._tcp.", "_tcp.",
         "x.db-0.c1.", "z.pin._zone.", "_http._tcp.db-0.c1.")
OTHERS = ("clusterset.local.", "svc.clusterset.local.", "mcs.svc.clusterset.local.", "nons.svc.clusterset.local.",
          "pod.clusterset.local.", "mcs.pod.clusterset.local.", "dns-version.clusterset.local.", "foo.clusterset.local.",
          "1.1.8.10.in-addr.arpa.", "1.4.8.10.in-addr.arpa.", "1.0.7.10.in-addr.arpa.")
SILENCE = ("silence",)
TYPES = ("A", "AAAA", "SRV", "MX", "CNAME")


def questions():
    for zone, service, below in itertools.product(("clusterset.local.", "cluster.local.", "ClusterSet.Local."),
                                                  SERVICES, BELOW):
        yield from ((f"{below}{service}.mcs.svc.{zone}", kind) for kind in TYPES)
    yield from itertools.product(OTHERS, ("A", "SRV", "PTR", "MX"))


def records(section):
    found = []
    for rrset in section:
        for record in rrset:
            text = str(record).lower()
            if rrset.rdtype == dns.rdatatype.SOA:
                text = " ".join(field for i, field in enumerate(text.split()) if i != 2)  # the serial
            found.append((str(rrset.name).lower(), rrset.ttl, rrset.rdtype, text))
    return sorted(found)


def answer(port, name, kind):
    try:
        reply = dns.query.tcp(dns.message.make_query(name, kind), "127.0.0.1", port=int(port), timeout=10)
    except EOFError:
        return SILENCE
    return (dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags),
            *(records(section) for section in (reply.answer, reply.authority, reply.additional)))


def differences(ours, theirs):
    """But for PTR of addresses in slices that belong to no Service of this cluster: CoreDNS closes the connection."""
    found = []
    for name, kind in questions():
        mine, other = answer(ours, name, kind), answer(theirs, name, kind)
        if mine != other and not (other == SILENCE and mine[0] == "NXDOMAIN" and name.endswith(".arpa.")):
            found.append(((name, kind), mine, other))
    return found


@pytest.fixture
def mcs(control_plane):
    plane = control_plane
    plane.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
    until(lambda: plane.request("GET", GROUP)[0] == 200, "the kind ServiceImport")
    plane.create("/api/v1/namespaces", {"metadata": {"name": "mcs"}})
    for path, body in OBJECTS:
        plane.create(path, body)
    yield plane
    plane.delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/serviceimports.multicluster.x-k8s.io")


def test_imported_services_are_answered_as_coredns_answers_them(mcs, start_serve, start_coredns):
    zones = f"{ZONES} in-addr.arpa"
    text = corefile(mcs.kubeconfig, OPTIONS).replace("cluster.local in-addr.arpa ip6.arpa", zones)
    ours = start_serve(text).ready().addresses[0][1]
    theirs = start_coredns(mcs.kubeconfig, options=OPTIONS, zones=zones).port
    until(lambda: answer(theirs, "db.mcs.svc.clusterset.local.", "A")[0] == "NOERROR", "CoreDNS's answer")
    assert answer(ours, "db-0.c2.db.mcs.svc.clusterset.local.", "A")[2]
    assert differences(ours, theirs) == []
    mcs.delete(f"{SLICES}/db-c1")
    mcs.delete(f"{GROUP}/web")
    mcs.create(GROUP, service_import("gone", "Headless", [HTTP]))
    for port in (ours, theirs):
        until(lambda p=port: answer(p, "o.c1.gone.mcs.svc.clusterset.local.", "A")[0] == "NOERROR"
              and answer(p, "web.mcs.svc.clusterset.local.", "A")[0] == "NXDOMAIN"
              and answer(p, "db-1.c1.db.mcs.svc.clusterset.local.", "A")[0] == "NXDOMAIN", "the changes")
    assert differences(ours, theirs) == []


def test_without_the_kind_only_multicluster_zones_fail(control_plane, start_serve):
    text = corefile(control_plane.kubeconfig, OPTIONS).replace("cluster.local in-addr.arpa ip6.arpa", ZONES)
    s = start_serve(text).ready()
    assert "serviceimports cannot be read" in s.text() and "no ServiceImports" in s.text()
    assert s.rcode("nothing.default.svc.cluster.local") == "NXDOMAIN"
    assert s.rcode("kubernetes.default.svc.cluster.local") == "NOERROR"
    assert s.rcode("nothing.default.svc.clusterset.local") == "SERVFAIL"
    assert s.rcode("clusterset.local", "SOA") == "NOERROR"
