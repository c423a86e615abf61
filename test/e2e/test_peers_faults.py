"""`ordinal serve` on a real control plane that fails in every way: what was known goes on being answered without a gap, and
afterwards every answer is the one of a CoreDNS that has seen nothing of it."""
import contextlib
import itertools
import json
import os
import re
import signal
import threading
import time

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.reversename
import pytest
from control_plane import ControlPlane, until
from gateway import Fault, Gateway
from serving import corefile

SERVICES = 6
NUMBERS = itertools.count()
PATIENCE_S = 2
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n" % PATIENCE_S
SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"
WATCH_OF_SLICES = r"endpointslices\?watch=true"
LIST_OF_SLICES = r"endpointslices\?resourceVersion"


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    """One of this file's own: it is killed, and started again."""
    plane = ControlPlane(tmp_path_factory.mktemp("faulty"))
    yield plane
    plane.kill_api()  # or it would wait for the watches to end
    plane.stop()


@pytest.fixture
def gateway(plane):
    gateway = Gateway(plane)
    yield gateway
    gateway.stop()


class World:
    """A namespace of Services, each with a slice of pods: some stay as they are, the others may change."""

    def __init__(self, plane):
        number = next(NUMBERS)
        self.plane, self.ns, self.version = plane, f"faults-{number}", 0
        self.net = f"10.{100 + number}"  # addresses tell worlds apart
        plane.create("/api/v1/namespaces", {"metadata": {"name": self.ns}})
        for i in range(SERVICES):
            self.make(i)

    def slice(self, i, addresses):
        return {"metadata": {"name": f"s{i}", "labels": {"kubernetes.io/service-name": f"s{i}"}}, "addressType": "IPv4",
                "ports": [{"name": "web", "port": 80}],
                "endpoints": [{"addresses": [a], "hostname": f"s{i}-{n}", "conditions": {"ready": True}}
                              for n, a in enumerate(addresses)]}

    def make(self, i, addresses=None):
        spec = {"ports": [{"name": "web", "port": 80}], "clusterIP": "None"}
        if i % 3 == 2:
            del spec["clusterIP"]
        self.plane.create(f"/api/v1/namespaces/{self.ns}/services", {"metadata": {"name": f"s{i}"}, "spec": spec})
        self.plane.create(SLICES.format(self.ns), self.slice(i, addresses or self.addresses(i)))

    def addresses(self, i, count=3):
        return [f"{self.net}.{i % 250}.{n + 1}" for n in range(count)]

    def set(self, i, addresses):
        self.plane.replace(f"{SLICES.format(self.ns)}/s{i}", self.slice(i, addresses))

    def remove(self, i):
        self.plane.delete(f"/api/v1/namespaces/{self.ns}/services/s{i}")
        self.plane.delete(f"{SLICES.format(self.ns)}/s{i}")

    def change(self):
        """One Service goes, one comes, one has other addresses. 0 and 2 are left alone."""
        self.version += 1
        v = self.version
        self.remove(SERVICES + v - 1 if v > 1 else 1)
        self.make(SERVICES + v)
        self.set(3, self.addresses(100 + v % 100, 1 + v % 3))

    def pointer(self, i, n):
        return dns.reversename.from_address(self.addresses(i)[n]).to_text()

    def name(self, i):
        return f"s{i}.{self.ns}.svc.cluster.local."

    def stable(self):
        return [(self.name(0), "A"), (f"s0-1.{self.name(0)}", "A"), (f"_web._tcp.{self.name(0)}", "SRV"),
                (self.name(2), "A"), (self.pointer(0, 1), "PTR"), (f"{self.ns}.svc.cluster.local.", "SOA")]

    def questions(self):
        """Of everything that is or ever was."""
        n = SERVICES + self.version + 1
        yield from self.stable()
        for i in range(n):
            yield from ((self.name(i), "A"), (self.name(i), "AAAA"), (f"_web._tcp.{self.name(i)}", "SRV"))
            yield from ((f"s{i}-{k}.{self.name(i)}", "A") for k in range(4))
            yield from ((self.pointer(i, k), "PTR") for k in range(3))
        for v in range(self.version + 1):
            yield from ((self.pointer(100 + v % 100, k), "PTR") for k in range(3))


def whole(port, name, kind):
    """The whole reply, but for the serial."""
    query = dns.message.make_query(name, kind, use_edns=False)
    reply = dns.query.udp(query, "127.0.0.1", port=port, timeout=30)
    sections = [sorted(re.sub(r"(SOA \S+ \S+) \d+", r"\1", f"{rrset.name} {rrset.ttl} {record.rdtype.name} {record}")
                       for rrset in section for record in rrset) for section in reply.sections[1:]]
    return dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags), *sections


def port_of(serve):
    return int(serve.addresses[0][1])


class Steady:
    """Asks for what does not change, without pause, and keeps every answer that was another."""

    def __init__(self, serve, world):
        self.port, self.questions = port_of(serve), world.stable()
        self.expected = [whole(self.port, *q) for q in self.questions]
        assert all(e[0] == "NOERROR" for e in self.expected), self.expected
        self.wrong, self.asked, self.ended = [], 0, False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.ended:
            for question, expected in zip(self.questions, self.expected):
                try:
                    got = whole(self.port, *question)
                except Exception as e:  # no answer is one too
                    got = repr(e)
                self.asked += 1
                if got != expected:
                    self.wrong.append((question, expected, got))
            time.sleep(0.002)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.ended = True
        self.thread.join()
        if not failure[0]:
            assert self.asked > 0 and not self.wrong, f"{len(self.wrong)} of {self.asked}, first {self.wrong[0]}"


def differences(serve, coredns, world):
    got = []
    for question in world.questions():
        ours, theirs = whole(port_of(serve), *question), whole(coredns.port, *question)
        if ours != theirs:
            got.append((question, ours, theirs))
    return got


@pytest.fixture
def agrees(plane, start_coredns):
    """In the end every answer is that of a CoreDNS started now."""

    def check(serve, world):
        coredns = start_coredns(plane.kubeconfig)
        serve.until(lambda: set(serve.figures()["in_step"].values()) == {1})
        until(lambda: whole(coredns.port, *world.stable()[0])[0] == "NOERROR", "CoreDNS's first answer")
        with contextlib.suppress(AssertionError):
            until(lambda: not differences(serve, coredns, world), "the same answers", limit_s=20)
        found = differences(serve, coredns, world)
        assert not found, (len(found), found[:3], serve.text())

    return check


def seen(serve, world):
    """Waits until the newest change has been."""
    want = world.addresses(100 + world.version % 100)[0]
    until(lambda: want in str(whole(port_of(serve), world.name(3), "A")), "the change")


def test_an_api_server_that_is_killed_and_started_again(plane, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(plane.kubeconfig)).ready()
    with Steady(serve, world) as steady:
        plane.kill_api()
        serve.until(lambda: f"no contact with {plane.url}: " in serve.text())
        asked = steady.asked
        until(lambda: steady.asked > asked + 100, "answers without an API server")
        figures = serve.figures()
        assert figures["in_step"]["endpointslices"] == 0 and figures["contact_age_seconds"]["endpointslices"] > 0
        assert re.search(r"records are from before 2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", serve.text())
        plane.start_api()
        serve.until(lambda: f"contact with {plane.url} is back after " in serve.text())
        world.change()
        seen(serve, world)
    assert len(re.findall(" warn ", serve.text())) == 1, serve.text()
    agrees(serve, world)


def test_changes_that_were_made_while_we_were_away_are_caught_up_with(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    with Steady(serve, world):
        gateway.refuse()
        for _ in range(5):
            world.change()
        serve.until(lambda: "no contact with " in serve.text())
        gateway.accept()
        seen(serve, world)
        serve.until(lambda: "is back after" in serve.text())
    assert serve.figures()["lists_total"]["endpointslices"] == 1  # the watch went on where it was
    agrees(serve, world)


def test_after_history_was_forgotten_a_new_list_takes_the_place_of_the_old_without_a_gap(
        plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    with Steady(serve, world):
        gateway.refuse()
        for _ in range(5):
            world.change()
        plane.compact()
        plane.kill_api()  # what it remembers by itself goes with it
        plane.start_api()
        gateway.accept()
        seen(serve, world)
        serve.until(lambda: "listed anew" in serve.text())
    assert serve.figures()["lists_total"]["endpointslices"] == 2
    agrees(serve, world)


def test_streams_cut_anywhere_lose_nothing(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    size = len(json.dumps(plane.get(f"{SLICES.format(world.ns)}")))
    gateway.faults += [Fault(LIST_OF_SLICES, cut=cut) for cut in (0, 40, size // 3)]
    gateway.faults += [Fault(r"services\?resourceVersion", cut=500), Fault(r"namespaces\?resourceVersion", cut=200)]
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    head = 115  # octets before the first event
    with Steady(serve, world):
        for cut in (0, 1, head, head + 1, *range(head + 70, head + 1800, 230)):  # an event has about 900
            gateway.faults.append(Fault(WATCH_OF_SLICES, cut=cut))
            gateway.cut_all()
            world.change()
            seen(serve, world)
    assert gateway.faults == []
    assert serve.figures()["failures_total"]["endpointslices"] > 10
    agrees(serve, world)


def test_garbage_in_a_stream_is_never_taken_for_news(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    gateway.faults.append(Fault(LIST_OF_SLICES, garbage=b"\xff\x00}{", after=600))
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    rubbish = [b"\x00\xff", b"}}]]\n{{[[", b"\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b'"\n{"type":"DELETED","object":{}}\n',
               b"\xef\xbb\xbf", os.urandom(3000)]
    with Steady(serve, world):
        for garbage, after in zip(rubbish, itertools.cycle((0, 60, 150, 700))):
            gateway.faults.append(Fault(WATCH_OF_SLICES, garbage=garbage, after=after))
            gateway.cut_all()
            world.change()
            seen(serve, world)
    agrees(serve, world)


def test_a_server_that_sends_byte_by_byte_is_understood(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    gateway.faults.append(Fault("/", times=1000, step=1))
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    with Steady(serve, world):
        for _ in range(3):
            world.change()
            seen(serve, world)
    assert serve.figures()["failures_total"]["endpointslices"] == 0
    agrees(serve, world)


def test_a_server_that_asks_for_patience_gets_it(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    with Steady(serve, world):
        gateway.requests.clear()
        gateway.faults.append(Fault(WATCH_OF_SLICES, times=2, reply=BUSY))
        gateway.cut_all()
        world.change()
        seen(serve, world)
    at = [when for when, target in gateway.requests if re.search(WATCH_OF_SLICES, target)]
    assert len(at) == 3 and at[1] - at[0] >= PATIENCE_S and at[2] - at[1] >= PATIENCE_S
    agrees(serve, world)


def test_a_token_that_no_longer_counts_and_its_successor(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    plane.create(f"/api/v1/namespaces/{world.ns}/serviceaccounts", {"metadata": {"name": "dns"}})
    plane.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": world.ns}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                                                    "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "dns", "namespace": world.ns}]})
    plane.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {
        "metadata": {"name": world.ns}, "rules": [{"apiGroups": ["discovery.k8s.io", ""], "verbs": ["list", "watch"],
                                                   "resources": ["endpointslices", "services", "namespaces"]}]})
    plane.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": f"{world.ns}-2"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                                                           "name": world.ns},
        "subjects": [{"kind": "ServiceAccount", "name": "dns", "namespace": world.ns}]})
    accounts = f"/api/v1/namespaces/{world.ns}/serviceaccounts"

    def token():
        got = plane.create(f"{accounts}/dns/token", {"spec": {"expirationSeconds": 600}})
        return got["status"]["token"]

    file = tmp_path / "token"
    file.write_text(token() + "\n")
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc", tokenFile=str(file)))).ready()
    with Steady(serve, world):
        plane.delete(f"{accounts}/dns")
        until(lambda: plane.status_as(file.read_text().strip(), "/api/v1/namespaces") == 401, "the end of the token")
        gateway.cut_all()
        serve.until(lambda: "the server says 401" in serve.text())
        plane.create(accounts, {"metadata": {"name": "dns"}})
        fresh = token()
        world.change()
        (tmp_path / "token.new").write_text(fresh)
        os.replace(tmp_path / "token.new", file)
        seen(serve, world)
    agrees(serve, world)


def test_a_kind_that_is_forbidden_costs_no_other(plane, gateway, tmp_path, start_serve, agrees):
    world = World(plane)
    no = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + json.dumps(
        {"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": "not for you", "code": 403}).encode()
    gateway.faults.append(Fault("/statefulsets", times=1000, reply=no))
    serve = start_serve(corefile(gateway.kubeconfig(tmp_path / "kc"))).ready()
    with Steady(serve, world):
        world.change()
        seen(serve, world)
    assert serve.text().count("statefulsets cannot be read: the server says 403 not for you") == 1
    assert serve.figures()["refused"]["statefulsets"] == 1 and serve.figures()["refused"]["services"] == 0
    agrees(serve, world)


def test_a_server_that_stands_still_costs_no_answer(plane, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(plane.kubeconfig)).ready()
    with Steady(serve, world) as steady:
        os.kill(plane.parts["api"].pid, signal.SIGSTOP)
        try:
            before = serve.figures()["contact_age_seconds"]["services"]
            asked = steady.asked
            until(lambda: steady.asked > asked + 500, "answers")
            assert serve.figures()["contact_age_seconds"]["services"] > before
        finally:
            os.kill(plane.parts["api"].pid, signal.SIGCONT)
        world.change()
        seen(serve, world)
    agrees(serve, world)


def test_one_that_reads_slowly_catches_up(plane, start_serve, agrees):
    world = World(plane)
    serve = start_serve(corefile(plane.kubeconfig)).ready()
    os.kill(serve.process.pid, signal.SIGSTOP)
    try:
        for round in range(60):  # more than any buffer between the two holds
            world.set(4, [f"10.{90 + round}.{n // 250}.{n % 250}" for n in range(500)])
        world.set(4, world.addresses(4))
        world.change()
    finally:
        os.kill(serve.process.pid, signal.SIGCONT)
    seen(serve, world)
    agrees(serve, world)
