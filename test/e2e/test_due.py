"""Names of Pods that are not Ready yet, as dig shows them; the same names served for the lab's API by `ordinal serve`, and
its zone transferred."""
import re
import select
import subprocess

import pytest

from conftest import START_LIMIT_S, program

FULL = "db.default.svc.cluster.local"
MANIFEST = """
apiVersion: v1
kind: Service
metadata: {name: db, namespace: default}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: default}
spec: {type: ExternalName, externalName: example.org}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: default}
spec:
  serviceName: db
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}, annotations: {ordinal.dev/ready-after: %s}}
    spec: {containers: [{name: c, image: i}]}
"""
COREFILE = """
.:0 {
    bind 127.0.0.1
    kubernetes cluster.local in-addr.arpa {
        pods verified
        fallthrough in-addr.arpa
    }
    transfer {
        to *
    }
}
"""


def negative(text):
    """(rcode, TTL of the SOA, its minimum, text of the Extended DNS Error)"""
    soa = re.search(r"^\S+\s+(\d+)\s+IN\s+SOA\s.*\s(\d+)$", text, re.M)
    error = re.search(r"EDE: \d+(?: \([^()]*\))?: \((.*)\)", text)
    return re.search(r"status: (\w+)", text)[1], int(soa[1]), int(soa[2]), error[1] if error else ""


def test_a_name_that_is_due_says_what_it_waits_for_and_is_not_remembered(start_lab):
    lab = start_lab()
    lab.kubectl("apply", "-f", "-", stdin=MANIFEST % "1h")
    assert negative(lab.dig("db-0." + FULL)) == ("NXDOMAIN", 0, 0, "db-0 is not Ready yet")
    assert negative(lab.dig("db-2." + FULL)) == ("NXDOMAIN", 0, 0, "db-2 is not Ready: waiting for db-0")
    assert negative(lab.dig("db-3." + FULL))[1:3] == (5, 5)
    lab.kubectl("scale", "statefulset/db", "--replicas=1")
    assert negative(lab.dig("db-2." + FULL))[1:3] == (5, 5)


class Serve:
    def __init__(self, lab, home):
        (home / "Corefile").write_text(COREFILE)
        self.lab = lab
        self.process = subprocess.Popen(
            [program(), "serve", "--conf", str(home / "Corefile"), "--kubeconfig", lab.kubeconfig],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        readable, _, _ = select.select([self.process.stdout], [], [], START_LIMIT_S)
        self.port = re.match(r"ready dns=127.0.0.1:(\d+)", self.process.stdout.readline() if readable else "")[1]

    def dig(self, *argv):
        return self.lab.run("dig", "@127.0.0.1", "-p", self.port, "+tries=1", "+time=30", *argv).out

    def records(self, *argv):
        """(owner, type, data) of the answers"""
        found = re.findall(r"^(\S+)\s+\d+\s+IN\s+(\w+)\s+(.*)$", self.dig("+noall", "+answer", *argv), re.M)
        return [(owner, kind, data) for owner, kind, data in found]


@pytest.fixture
def serve(start_lab, tmp_path):
    lab = start_lab()
    lab.kubectl("apply", "-f", "-", stdin=MANIFEST % "0s")
    lab.kubectl("rollout", "status", "statefulset/db", "--timeout=60s")
    server = Serve(lab, tmp_path)
    yield server
    server.process.terminate()
    assert server.process.wait(timeout=60) == 0
    server.process.stdout.close()


def test_every_record_of_a_transfer_is_answered_when_asked_for(serve):
    zone = serve.records("cluster.local", "AXFR")
    assert zone[0][1] == zone[-1][1] == "SOA" and zone[0] == zone[-1]
    assert {("db-%d.%s." % (i, FULL)) for i in range(3)} <= {owner for owner, kind, _ in zone if kind == "A"}
    assert ("outside.default.svc.cluster.local.", "CNAME", "example.org.") in zone

    def without_weight(record):
        owner, kind, data = record
        return (owner, kind, re.sub(r"^0 \d+ ", "", data)) if kind == "SRV" else record

    for record in zone[1:-1]:
        owner, kind, _ = record
        assert without_weight(record) in map(without_weight, serve.records(owner, kind)), record


def test_an_incremental_transfer_of_what_is_held_is_one_record(serve):
    serial = serve.dig("+short", "cluster.local", "SOA").split()[2]
    assert [kind for _, kind, _ in serve.records("+tcp", "cluster.local", "IXFR=" + serial)] == ["SOA"]
    assert len(serve.records("+tcp", "cluster.local", "IXFR=1")) > 5


def test_verified_pods_answer_from_their_own_addresses_only(serve):
    address = serve.dig("+short", "db-0." + FULL, "A").strip()
    name = address.replace(".", "-") + ".default.pod.cluster.local"
    assert serve.dig("+short", name).split() == [address]
    assert "NXDOMAIN" in serve.dig("10-9-9-9.default.pod.cluster.local")
    assert "SERVFAIL" in serve.dig("-x", "192.0.2.1")  # falls through, and nobody is behind
