"""Questions about a cluster: names made from its objects, and near misses of them."""
import random

import dns.exception
import dns.name
import dns.reversename
from shapes import ALIAS
from wire import Question

ADDRESS_TYPES = ["A", "AAAA", "SRV"]
OTHER_TYPES = ["CNAME", "TXT", "PTR", "SOA", "NS", "MX", "ANY", "HTTPS", "DS", "HINFO", "SVCB", "CAA", "TYPE65280", "AXFR", "IXFR"]
ODD_LABELS = ["_tcp", "_", "_http", "*", "any", "x", "svc", "pod", "dns", "ns", "_zone", "pin", "a\\.b", "a/b", "\\000", "\\\\",
              "10-9-0-1", "z" * 63]
PROTOCOLS = ["_tcp", "_udp", "_sctp", "tcp", "_"]


def slices_of(world, ns, service):
    for (_, space, _), o in world.of("slice"):
        if space == ns and (o["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == service:
            yield o


def dashed(address):
    return address.replace(".", "-").replace(":", "-")


def endpoint_labels(endpoint):
    for address in endpoint["addresses"]:
        label = dashed(address)
        yield label
        if label.endswith("-"):
            yield label + "0"
    if "hostname" in endpoint:
        yield endpoint["hostname"]
    if "targetRef" in endpoint:
        yield endpoint["targetRef"]["name"]


def service_names(world, key, service, rng):
    """Names below (and of) one Service, relative to the zone."""
    _, ns, name = key
    base = f"{name}.{ns}.svc"
    yield base
    if name == ALIAS:
        for s in slices_of(world, ns, name):
            for e in s.get("endpoints") or []:
                yield from (f"{label}.{base}" for label in endpoint_labels(e))
        return
    ports = list(service["spec"].get("ports") or [])
    endpoints = []
    for s in slices_of(world, ns, name):
        ports += s.get("ports") or []
        endpoints += s.get("endpoints") or []
    for port in ports:
        protocol = port.get("protocol", "TCP").lower()
        label = port.get("name") or str(port.get("port", ""))
        yield f"_{label}._{protocol}.{base}"
        yield f"_{label}.{rng.choice(PROTOCOLS)}.{base}"
        yield f"{label}.{protocol}.{base}"
        yield f"_._{protocol}.{base}"
    for e in rng.sample(endpoints, min(len(endpoints), 8)):
        for label in endpoint_labels(e):
            yield f"{label}.{base}"
            if rng.random() < 0.1:
                yield f"_http._tcp.{label}.{base}"
        if "zone" in e or rng.random() < 0.1:
            yield f"{e.get('zone') or 'zone-a'}.{rng.choice(['pin', 'prefer', 'PIN', 'other'])}._zone.{base}"
    yield f"10-9-0-1.{base}"
    for ordinal in range(-1, 5):
        yield f"{rng.choice(['db', 'web'])}-{ordinal}.{base}"


def pod_names(world):
    for (_, ns, name), pod in world.of("pod"):
        for ip in pod.get("status", {}).get("podIPs") or []:
            label = dashed(ip["ip"])
            yield f"{label}.{ns}.pod"
            yield f"{label}.red.pod"
            yield f"x.{label}.{ns}.pod"
            yield f"_a._b.{label}.{ns}.pod"
            yield f"a.b.c.{label}.{ns}.pod"
        yield f"{name}.{ns}.pod"
    yield from ["10-9-0-256.red.pod", "010-9-0-1.red.pod", "10-9-0.red.pod", "10-9-0-1-1.red.pod", "--1.red.pod", "--.red.pod",
                "fd00--34.red.pod", "FD00--34.red.pod", "10-9-0-1.missing.pod", "10-9-0-1.blue.pod", "10-9-0-1.dark.pod",
                "--ffff-10-9-0-1.red.pod", "1-2-3-4-5-6-7-8.red.pod", "db.red.pod"]


def namespace_names(world):
    for (_, _, name), _ in world.of("ns"):
        yield f"{name}.svc"
        yield f"{name}.pod"
        yield f"missing.{name}.svc"
    yield from ["missing.svc", "missing.pod", "web.missing.svc", "10-9-0-1.web.missing.svc"]


APEX = ["", "svc", "pod", "dns", "ns.dns", "x.ns.dns", "dns-version", "x.dns-version", "foo", "a.b.c.d.e.f", "red", "_tcp.svc",
        "hostmaster", "apex.dns"]


def reverse_names(world, rng):
    addresses = {"10.9.9.9", "10.96.0.1", "192.0.2.77", "192.0.2.88", "fd00:9::2"}
    for _, o in world.of("svc"):
        addresses.update(ip for ip in o["spec"].get("clusterIPs") or [] if ip != "None")
    for _, o in world.of("slice"):
        for e in o.get("endpoints") or []:
            addresses.update(a for a in e["addresses"] if o["addressType"] != "FQDN")
    for _, o in world.of("pod"):
        addresses.update(ip["ip"] for ip in o.get("status", {}).get("podIPs") or [])
    for address in sorted(addresses):
        name = str(dns.reversename.from_address(address))
        yield name
        if ":" in address and rng.random() < 0.3:
            yield "x." + name
    whole = str(dns.reversename.from_address(rng.choice(sorted(addresses))))
    yield from ["in-addr.arpa.", "ip6.arpa.", "10.in-addr.arpa.", "x.in-addr.arpa.", "1.2.3.4.5.in-addr.arpa.",
                "256.0.9.10.in-addr.arpa.", "01.0.9.10.in-addr.arpa.", "1.0.0.f.ip6.arpa.", "x." + whole,
                whole.split(".", 1)[1], "ns.dns.in-addr.arpa.", "svc.in-addr.arpa.", "web.red.svc.in-addr.arpa."]


def near_miss(name, rng):
    labels = name.split(".")
    at = rng.randrange(len(labels))
    act = rng.randrange(6)
    if act == 0 and len(labels) > 1:
        del labels[at]
    elif act == 1:
        labels.insert(at, rng.choice(ODD_LABELS))
    elif act == 2:
        labels[at] = rng.choice(ODD_LABELS)
    elif act == 3:
        other = rng.randrange(len(labels))
        labels[at], labels[other] = labels[other], labels[at]
    elif act == 4:
        labels[at] += rng.choice("abc01-")
    else:
        labels[at] = labels[at][1:]
    kept = [label for label in labels if label]
    return ".".join(kept)


def is_name(text):
    try:
        dns.name.from_text(text)
    except dns.exception.DNSException:
        return False
    return True


def styled(name, rng):
    """In the case that resolvers send: mostly as it is, now and then capitals, or bits of a random number (0x20)."""
    chance = rng.random()
    if chance < 0.8:
        return name
    if chance < 0.9:
        return name.upper()
    return "".join(c.upper() if rng.random() < 0.5 else c for c in name)


class Questions:
    """Draws questions; zones are the forward zones of the server that is asked."""

    def __init__(self, world, rng):
        self.rng = rng
        self.services = [n for key, o in world.of("svc") for n in service_names(world, key, o, rng)]
        missing = ("svc", rng.choice(["red", "green"]), "missing")
        self.services += service_names(world, missing, {"spec": {}}, rng)
        self.pods = list(pod_names(world))
        self.places = [*namespace_names(world), *APEX]
        self.reverse = list(reverse_names(world, rng))
        self.names_of_aliases = [f"{name}.{ns}.svc" for (_, ns, name), o in world.of("svc")
                                 if o["spec"].get("type") == "ExternalName" or name == ALIAS]

    def one(self, zones):
        rng = self.rng
        pool = rng.choices(["services", "aliases", "pods", "places", "reverse", "outside"], [10, 2, 2, 3, 3, 0.15])[0]
        if pool == "outside":
            return self.dressed(rng.choice(["example.com.", "www.example.com.", ".", "local.", "kubernetes."]), "A")
        if pool == "reverse":
            return self.dressed(rng.choice(self.reverse), "PTR" if rng.random() < 0.8 else rng.choice(OTHER_TYPES))
        names = {"services": self.services, "pods": self.pods, "places": self.places,
                 "aliases": self.names_of_aliases or self.services}[pool]
        name = rng.choice(names)
        if name and rng.random() < 0.15:
            name = near_miss(name, rng)
        kinds = ADDRESS_TYPES if rng.random() < 0.75 else OTHER_TYPES
        if pool == "places" and rng.random() < 0.5:
            kinds = ["SOA", "NS", "TXT", "A", "AAAA"]
        full = f"{name}.{rng.choice(zones)}" if name else rng.choice(zones)
        return self.dressed(full, rng.choice(kinds)) if is_name(full) else self.one(zones)

    def dressed(self, name, kind):
        rng = self.rng
        edns = None
        if rng.random() < 0.5:
            options = [(3, b"")] if rng.random() < 0.1 else [(10, b"12345678")] if rng.random() < 0.1 else []
            edns = (rng.choice([0, 300, 512, 600, 1232, 1232, 4096, 65535]), rng.random() < 0.3, tuple(options))
        return Question(styled(name, rng), kind, tcp=rng.random() < 0.05 and kind not in ("AXFR", "IXFR"), edns=edns, rd=rng.random() < 0.9,
                        cd=rng.random() < 0.05, ad=rng.random() < 0.05, klass="CH" if rng.random() < 0.005 else "IN")


def rng_of(*words):
    return random.Random("/".join(map(str, words)))
