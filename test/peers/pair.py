"""CoreDNS and Ordinal side by side: the same server blocks on both, and what is known of each block."""
import dataclasses
import os
import socket

from control_plane import BIN, Process, free_port, until
from shapes import MARKERS, ODD, SELECTED
from wire import Asker, Question
from world import marker

REVERSE = ("in-addr.arpa.", "ip6.arpa.")
TO_ALL = "transfer {\n        to *\n    }"


@dataclasses.dataclass
class Variant:
    """One server block: what is in its kubernetes block, and beside it."""
    name: str
    options: tuple = ()
    zones: tuple = ("cluster.local.", *REVERSE)
    more: str = ""
    bind: str = ""  # CoreDNS's; Ordinal is bound to the loopback always, which it takes for "all"

    @property
    def forward(self):
        return [z for z in self.zones if not z.endswith(".arpa.")]


VARIANTS = [
    Variant("as it comes"),
    Variant("kubeadm", ("pods insecure", "fallthrough in-addr.arpa ip6.arpa", "ttl 30")),
    Variant("verified", ("pods verified", "endpoint_pod_names", "ttl 0")),
    Variant("namespaces", (f"namespaces red svc {MARKERS} {ODD}", "pods insecure"), more=TO_ALL),
    Variant("namespace_labels", ("namespace_labels exposed=yes", "pods verified"), more=TO_ALL),
    Variant("labels", ("labels app=web", "pods verified", "fallthrough")),
    Variant("no empty Services", ("ignore empty_service", "fallthrough red.svc.cluster.local 10.in-addr.arpa")),
    Variant("no endpoints", ("noendpoints", "ttl 3600"), more=TO_ALL),
    Variant("zonal", ("zonal", "endpoint_pod_names"), more="loadbalance"),
    Variant("several zones", ("pods insecure", "zonal"), (
        "cluster.local.", "example.org.", "96.10.in-addr.arpa.", "9.10.in-addr.arpa.", "0.0.0.0.9.0.0.0.0.0.d.f.ip6.arpa."),
        more=TO_ALL),
    Variant("transfer", ("endpoint_pod_names",), more=TO_ALL.replace("*", "127.0.0.1")),
    Variant("bound", (), bind="127.0.0.1"),
]


@dataclasses.dataclass
class Server:
    """A variant on both programs."""
    variant: Variant
    core: Asker
    ours: Asker
    plain: Asker = None  # CoreDNS as it comes, not bound

    @property
    def zones(self):
        return self.variant.zones

    @property
    def has_endpoints(self):
        return "noendpoints" not in self.variant.options

    def selects(self, o):
        labels = o["metadata"].get("labels") or {}
        return "labels app=web" not in self.variant.options or SELECTED.items() <= labels.items()

    def wait(self, world):
        """Until both have seen all that was written before the markers of this round."""
        for asker in (self.core, self.ours):
            until(lambda: self.has_seen(world, asker), f"round {world.round} on port {asker.port} [{self.variant.name}]")

    def has_seen(self, world, asker):
        r, zone = world.round, "svc.cluster.local."
        pod = f"{marker(254, r).replace('.', '-')}.{MARKERS}.pod.cluster.local."

        def says(name, kind, wanted, section="answer"):
            return any(record.endswith(" " + wanted) for record in getattr(asker.ask(Question(name, kind)), section))

        return (says(f"tick.{MARKERS}.{zone}", "CNAME", f"r{r}.example.com.")
                and (not self.has_endpoints or says(f"tock.{MARKERS}.{zone}", "A", marker(253, r)))
                and ("pods verified" not in self.variant.options or says(pod, "A", marker(254, r)))
                and (asker.ask(Question(f"{ODD}.{zone}", "A")).rcode == "NOERROR") == (r % 2 == 1)
                # only Ordinal looks at StatefulSets: what is due has a minimum of 0
                and (asker is self.core or not self.has_endpoints
                     or says(f"round-{r - 1}.round.{MARKERS}.{zone}", "A", "0", "authority")))


def block(port, variant, kubeconfig, bind):
    zones = " ".join(z.rstrip(".") for z in variant.zones)
    options = "\n        ".join(variant.options)
    bind = f"bind {bind}" if bind else ""
    return f""".:{port} {{
    {bind}
    errors
    {variant.more}
    kubernetes {zones} {{
        kubeconfig {kubeconfig}
        {options}
    }}
}}
"""


class Pair:
    """servers: [Server]. start_ordinal(corefile) -> a running Ordinal with ready() and stop()."""

    def __init__(self, folder, kubeconfig, start_ordinal, variants=tuple(VARIANTS)):
        self.servers = []
        ports = [(free_port(), free_port()) for _ in variants]
        folder.mkdir()
        conf = folder / "Corefile"
        conf.write_text("".join(block(core, v, kubeconfig, v.bind) for v, (core, _) in zip(variants, ports)))
        self.coredns = Process(folder, "coredns", BIN / "coredns", "-conf", conf)
        try:
            start_ordinal("".join(block(ours, v, kubeconfig, "127.0.0.1") for v, (_, ours) in zip(variants, ports))).ready()
            for core, _ in ports:
                until(lambda: self._listens(core), f"CoreDNS; see {self.coredns.log}")
        except BaseException:
            self.coredns.stop()
            raise
        self.servers = [Server(v, Asker(core), Asker(ours)) for v, (core, ours) in zip(variants, ports)]
        for s in self.servers:
            s.plain = self.servers[0].core

    def _listens(self, port):
        assert self.coredns.popen.poll() is None, self.coredns.text()[-2000:]
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return True
        except OSError:
            return False

    def wait(self, world):
        for s in self.servers:
            s.wait(world)

    def stop(self):
        for s in self.servers:
            s.core.close()
            s.ours.close()
        self.coredns.stop()


def own_address():
    """This machine's, if it has one beside the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        return s.getsockname()[0]


def numbers(name, usual):
    """A range "FIRST-LAST" from the environment."""
    first, _, last = os.environ.get(name, usual).partition("-")
    return range(int(first), int(last or first) + 1)
