"""What is in the objects of a random cluster: every shape that a real API server admits. Only few names and addresses, so
that they meet."""
import collections

NAMESPACES = {
    "red": {"exposed": "yes"}, "green": {"exposed": "yes", "tier": "front"}, "blue": {}, "svc": {"exposed": "yes"},
    "dark": {"exposed": "no"},
}
MARKERS, ODD = "markers", "odd"  # namespaces of what is written last: exposed to every server; there in odd rounds
SERVER = "coredns"  # the Service of the servers that are compared
ALIAS = "alias"  # the Service whose slices are names; nothing else is in them, and they are in no other
SERVICES = ["web", "db", "cache", "svc", "pod", "a", "dns", "long-" + "x" * 58, "none"]
HOSTS = ["web-0", "web-1", "db-0", "db-1", "db-2", "a", "pin", "prefer", "h" * 63, "10-9-0-3", "tcp"]
PORTS = ["http", "https", "dns", "dns-tcp", "metrics", "a", "tcp"]
ZONES = ["zone-a", "zone-b", "EU-West.1a", "a.b", "pin", ""]
TARGETS = ["web-0", "db-1", "Web.Cap", "pod-" + "y" * 60, "plain"]
OUTSIDE = ["www.example.com", "www.example.com.", "cdn.example.org", "example.com", "1.2.3.4", "cluster.local.example.com"]
V4 = [f"10.9.{i // 8}.{i}" for i in range(24)]
V6 = ["fd00:9::", "fd00:9::1", "fd00:9:0:1::", "fd00:9:1:2:3:4:5:6", "2001:db8::a:b", "fd00:9::ffff", "fd00:9::10:9"]
PODS = [f"10.244.{i % 2}.{i}" for i in range(1, 9)] + ["fd00:244::1", "fd00:244::2"]
SELECTED = {"app": "web"}


class Shapes:
    """Drawn from rng, a random.Random."""

    def __init__(self, rng):
        self.rng = rng

    def labels(self, more=None):
        return {**(more or {}), **(SELECTED if self.rng.random() < 0.6 else {})}

    def ports(self, numbered="port"):
        rng = self.rng
        n = rng.choice([1, 1, 2, 3])
        if n == 1 and rng.random() < 0.4:
            return [{numbered: rng.choice([80, 443, 53])}]
        return [{"name": name, numbered: rng.choice([80, 443, 53, 8080, 1 + rng.randrange(65535)]),
                 "protocol": rng.choice(["TCP", "TCP", "UDP", "SCTP"])} for name in rng.sample(PORTS, n)]

    def inside(self):
        """A name in the zone, for aliases. Nothing leads on from those in the other zone: CoreDNS follows a circle through two
        zones without end."""
        rng = self.rng
        ns, svc = rng.choice(list(NAMESPACES)), rng.choice(SERVICES)
        form = rng.choice(["{s}.{n}.svc.cluster.local", "{h}.{s}.{n}.svc.cluster.local", "{s}.{n}.svc.cluster.local.",
                           "tock.markers.svc.example.org", "10-9-0-1.{n}.pod.cluster.local", "{n}.svc.cluster.local"])
        return form.format(s=svc, n=ns, h=rng.choice(HOSTS))

    def service(self):
        rng = self.rng
        kind = rng.choices(["ClusterIP", "None", "NodePort", "LoadBalancer", "ExternalName"], [4, 6, 1, 2, 3])[0]
        if kind == "ExternalName":
            spec = {"type": kind, "externalName": rng.choice(OUTSIDE) if rng.random() < 0.4 else self.inside()}
            return {**spec, "ports": self.ports()} if rng.random() < 0.3 else spec
        spec = {"ports": self.ports()}
        if kind == "None":
            if rng.random() < 0.3:
                del spec["ports"]
            return {**spec, "clusterIP": "None", **({"selector": {"x": "y"}} if rng.random() < 0.5 else {})}
        families = rng.choice([["IPv4"], ["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]])
        spec |= {"type": kind, "ipFamilies": families, "clusterIPs": [self.cluster_ip(f) for f in families],
                 "ipFamilyPolicy": "SingleStack" if len(families) == 1 else "RequireDualStack"}
        if rng.random() < 0.2:
            spec["externalIPs"] = ["192.0.2.77"]
        return spec

    def cluster_ip(self, family):
        return f"10.96.0.{20 + self.rng.randrange(200)}" if family == "IPv4" else f"fd00:96::{1 + self.rng.randrange(250):x}"

    def endpoint(self, family):
        rng = self.rng
        pool = V4 if family == "IPv4" else V6
        addresses = rng.sample(pool, rng.choice([1, 1, 1, 2]))
        e = {"addresses": addresses}
        conditions = rng.choice([{}, {}, {"ready": True}, {"ready": True}, {"ready": False},
                                 {"ready": False, "serving": True, "terminating": True},
                                 {"ready": True, "serving": True, "terminating": False}, {"serving": False}])
        if conditions:
            e["conditions"] = conditions
        if rng.random() < 0.45:
            e["hostname"] = rng.choice(HOSTS)
        if rng.random() < 0.4:
            e["targetRef"] = {"kind": "Pod", "name": rng.choice(TARGETS)}
        if rng.random() < 0.5:
            e["zone"] = rng.choice(ZONES)
        if rng.random() < 0.3:
            e["nodeName"] = "node1"
        return e

    def slice_ports(self):
        rng = self.rng
        ports = self.ports() if rng.random() < 0.8 else []
        if ports and rng.random() < 0.15:
            del ports[0]["port"]  # all ports
        return ports

    def slice(self):
        rng = self.rng
        family = rng.choices(["IPv4", "IPv6"], [2, 1])[0]
        n = rng.choice([0, 1, 2, 3, 5] if rng.random() < 0.97 or family != "IPv4" else [60])
        endpoints = [self.endpoint(family) for _ in range(n)]
        if n == 60:  # more than a datagram holds
            endpoints = [{"addresses": [f"10.10.0.{i}"], "hostname": f"big-{i}"} for i in range(1, 61)]
        return {"addressType": family, "endpoints": in_one_zone(endpoints), "ports": self.slice_ports()}

    def slice_labels(self):
        chance = self.rng.random()
        if chance < 0.05:
            return self.labels()
        service = "" if chance < 0.08 else self.rng.choice(SERVICES + ["missing"])
        return self.labels({"kubernetes.io/service-name": service})


def in_one_zone(endpoints):
    """An address that is there twice has no zone."""
    times = collections.Counter(a for e in endpoints for a in e["addresses"])
    for e in endpoints:
        if max(times[a] for a in e["addresses"]) > 1:
            e.pop("zone", None)
    return endpoints


def stateful_set(name, service, replicas, start, policy, labels):
    return {"metadata": {"name": name, "labels": labels}, "spec": {
        "serviceName": service, "replicas": replicas, "ordinals": {"start": start}, "podManagementPolicy": policy,
        "selector": {"matchLabels": {"s": name}},
        "template": {"metadata": {"labels": {"s": name}}, "spec": {"containers": [{"name": "c", "image": "none"}]}}}}
