"""Names that are due, held: asked for before the Pod is Ready, answered the moment it is. The lab with --hold, and
`ordinal serve` on the lab's API with `statefulsets hold`; both have one query thread, which answers in order."""
import select
import socket
import subprocess
import time

import dns.message
import dns.query
import pytest

from serving import corefile
from test_due import FULL, MANIFEST, negative

NEVER = "1h"
HELD_LIMIT_S = 30  # of a hang; nothing is judged by it


class Names:
    """Where names are asked for."""

    def __init__(self, host, port, lab=None):
        self.host, self.port, self.lab = host, int(port), lab

    def answered(self, name, kind):
        """A question of its own; no program is started for it, as time goes by while one is."""
        query = dns.message.make_query(name, kind)
        return dns.query.udp(query, self.host, timeout=HELD_LIMIT_S, port=self.port)

    def dig_argv(self, *argv):
        return ["dig", f"@{self.host}", "-p", str(self.port), "+tries=1", f"+time={HELD_LIMIT_S}", *argv]

    def dig(self, *argv):
        return subprocess.run(self.dig_argv(*argv), capture_output=True, text=True, check=True).stdout

    def begin_dig(self, *argv):
        return subprocess.Popen(self.dig_argv(*argv), stdout=subprocess.PIPE, text=True)

    def ask(self, sock, name, kind="A"):
        """Sent, and known to be held: what is asked after it is answered before it."""
        query = dns.message.make_query(name, kind, use_edns=0)
        if sock.type == socket.SOCK_DGRAM:
            dns.query.send_udp(sock, query, (self.host, self.port))
        else:
            dns.query.send_tcp(sock, query)
            other = dns.message.make_query("cluster.local", "SOA")
            dns.query.send_tcp(sock, other)
            assert dns.query.receive_tcp(sock)[0].id == other.id
        assert self.answered("cluster.local", "SOA").rcode() == 0
        assert not select.select([sock], [], [], 0)[0], "it is not held"
        return query

    def until_due(self, name):
        """A server that watches from outside knows of a StatefulSet a moment after it was made."""
        end = time.monotonic() + HELD_LIMIT_S
        query = dns.message.make_query(name, "A")
        while time.monotonic() < end:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                dns.query.send_udp(sock, query, (self.host, self.port))
                assert self.answered("cluster.local", "SOA").rcode() == 0
                if not select.select([sock], [], [], 0)[0]:
                    return
                answer = self.take(sock)
                if answer.rcode() == 0 or answer.authority[0].ttl == 0:  # it may be Ready by now
                    return
        raise AssertionError(f"{name} is not due")

    def take(self, sock):
        assert select.select([sock], [], [], HELD_LIMIT_S)[0], "no answer"
        if sock.type == socket.SOCK_DGRAM:
            return dns.query.receive_udp(sock, (self.host, self.port))[0]
        return dns.query.receive_tcp(sock)[0]

    def make_ready(self, pod):
        self.patch(f"/api/v1/namespaces/default/pods/{pod}",
                   {"metadata": {"annotations": {"ordinal.dev/ready-after": "0s"}}})

    def patch(self, path, body):
        """Straight to the API: what is held waits ten seconds at most, and kubectl may take seconds to start."""
        status, answer = self.lab.http("PATCH", path, body, content_type="application/merge-patch+json")
        assert status == 200, answer


@pytest.fixture(params=["lab", "serve"])
def start(request, start_lab, start_serve):
    """start(hold, delay) -> Names of a server with the StatefulSet db, whose Pods are Ready after the delay."""
    def run(hold, delay):
        own = ("--hold", hold) if request.param == "lab" else ()
        lab = start_lab("--threads", "1", *own)
        lab.kubectl("apply", "-f", "-", stdin=MANIFEST % delay)
        lab.kubectl("wait", "pod/db-0", "--for=create", "--timeout=60s")
        if request.param == "lab":
            return Names(lab.dns_host, lab.dns_port, lab)
        serve = start_serve(corefile(lab.kubeconfig, options=f"statefulsets hold {hold}")).ready()
        names = Names(*serve.addresses[0], lab)
        names.until_due("db-2." + FULL)
        return names
    return run


@pytest.fixture
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        yield s


@pytest.fixture
def tcp_to():
    sockets = []

    def connect(names):
        sockets.append(socket.create_connection((names.host, names.port), timeout=HELD_LIMIT_S))
        return sockets[-1]
    yield connect
    for s in sockets:
        s.close()


def addresses(message):
    return [rr.address for rrset in message.answer for rr in rrset]


def test_a_query_sent_before_the_pod_is_ready_gets_its_address_when_it_is(start, udp, tcp_to):
    names = start("10s", NEVER)
    tcp = tcp_to(names)
    ids = {names.ask(sock, "db-0." + FULL).id for sock in (udp, tcp)}
    names.ask(udp, "db-0." + FULL, "AAAA")
    names.make_ready("db-0")
    by_type = {}
    for sock in (udp, udp, tcp):
        answer = names.take(sock)
        by_type.setdefault(answer.question[0].rdtype, []).append(answer)
        assert answer.rcode() == 0
        ids.discard(answer.id)
    assert not ids
    assert [addresses(a) for a in by_type[28]] == [[]]
    address = names.lab.get("pod", "db-0")["status"]["podIP"]
    assert [addresses(a) for a in by_type[1]] == [[address], [address]]


def test_dig_waits_for_the_pod(start):
    names = start("10s", "500ms")
    digs = [names.begin_dig("+short", f"db-{n}.{FULL}") for n in range(3)]
    found = [dig.communicate(timeout=HELD_LIMIT_S)[0].split() for dig in digs]
    assert found == [[names.lab.get("pod", f"db-{n}")["status"]["podIP"]] for n in range(3)]


def test_at_the_end_the_answer_says_what_was_waited_for(start):
    names = start("300ms", NEVER)
    for option in ("+notcp", "+tcp"):
        assert negative(names.dig(option, "db-0." + FULL)) == ("NXDOMAIN", 0, 0, "db-0 is not Ready yet")
        assert negative(names.dig(option, "db-2." + FULL)) == ("NXDOMAIN", 0, 0, "db-2 is not Ready: waiting for db-0")
    assert negative(names.dig("db-3." + FULL))[1:3] == (5, 5)


def test_a_name_that_is_due_no_more_is_answered_at_once(start, udp):
    names = start("10s", NEVER)
    names.ask(udp, "db-2." + FULL)
    names.patch("/apis/apps/v1/namespaces/default/statefulsets/db", {"spec": {"replicas": 1}})
    answer = names.take(udp)
    assert answer.rcode() == 3 and answer.authority[0].ttl == 5


def test_a_server_that_ends_answers_what_it_holds(start_lab, udp):
    lab = start_lab("--threads", "1", "--hold", "10s")
    lab.kubectl("apply", "-f", "-", stdin=MANIFEST % NEVER)
    names = Names(lab.dns_host, lab.dns_port)
    names.ask(udp, "db-0." + FULL)
    assert lab.stop() == 0
    assert names.take(udp).rcode() == 3
