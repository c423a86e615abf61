"""Server blocks that share a port, beside CoreDNS: which block answers what, on a real API server."""
import itertools

import pytest
from control_plane import until
from test_peers_multicluster import answer

NS = "blocks"
SERVICE = {"metadata": {"name": "web"}, "spec": {"clusterIP": "10.96.77.7", "ports": [{"name": "http", "port": 80}]}}
PLACES = ("", "web.blocks.svc.", "_http._tcp.web.blocks.svc.", "WEB.blocks.svc.", "1-2-3-4.blocks.pod.", "no.blocks.svc.",
          "svc.", "blocks.svc.", "x.")
ZONES = ("a.test.", "b.a.test.", "B.A.Test.", "xb.a.test.", "other.test.", "part.test.", "bare.a.test.", "bare.test.",
         "empty.a.test.", "debug.test.", "elsewhere.test.", "test.", "nothing.")
OTHERS = ("7.77.96.10.in-addr.arpa.", "7.77.96.11.in-addr.arpa.", "in-addr.arpa.", ".")
TYPES = ("A", "SRV", "MX", "PTR", "DS")  # TXT and SOA differ, on purpose: see documented.py


def blocks(port, kubeconfig, root):
    def block(zones, options=None, more=""):
        keys = " ".join(f"{zone}:{port}" for zone in zones.split())
        first, _, rest = (options or "").partition(";")
        kubernetes = f"kubernetes {first} {{\n kubeconfig {kubeconfig}\n {rest}\n }}" if options is not None else ""
        return f"{keys} {{\n bind 127.0.0.1\n {kubernetes}\n {more}\n}}\n"

    return (block("a.test", "; ttl 30\n pods insecure", "errors") + block("b.a.test other.test", "; ttl 7\n fallthrough")
            + block("svc.part.test", "part.test") + block("10.in-addr.arpa", "a.test in-addr.arpa")
            + block("elsewhere.test", "nowhere.test") + block("bare.a.test bare.test", more="errors\n transfer {\n to *\n }")
            + block("empty.a.test") + block("debug.test", more="debug") + (block(".", more="log") if root else ""))


@pytest.mark.parametrize("root", [False, True])
def test_the_same_block_answers_the_same_as_in_coredns(control_plane, start_serve, start_coredns, root):
    if control_plane.request("GET", f"/api/v1/namespaces/{NS}")[0] == 404:
        control_plane.create("/api/v1/namespaces", {"metadata": {"name": NS}})
        control_plane.create(f"/api/v1/namespaces/{NS}/services", SERVICE)
    kubeconfig = control_plane.kubeconfig
    ours = start_serve(blocks(0, kubeconfig, root)).ready().addresses[0][1]
    theirs = start_coredns(kubeconfig, blocks=lambda port: blocks(port, kubeconfig, root)).port
    for port in (ours, theirs):
        until(lambda p=port: answer(p, "web.blocks.svc.a.test.", "A")[0] == "NOERROR", "the Service")
    names = [place + zone for place, zone in itertools.product(PLACES, ZONES)] + list(OTHERS)
    asked = list(itertools.product(names, TYPES))
    found = [(q, answer(ours, *q), answer(theirs, *q)) for q in asked]
    assert [each for each in found if each[1] != each[2]] == []
    rcodes = {mine[0] for _, mine, _ in found}
    assert rcodes == {"NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"}
