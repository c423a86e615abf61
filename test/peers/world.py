"""A random cluster from a seed, on a real API server: namespaces, Services, EndpointSlices, Pods and StatefulSets of every
shape that it admits, and random changes of them. What is written last in each round says which round a watcher has seen."""
import copy
import json
import random

from shapes import ALIAS, MARKERS, NAMESPACES, ODD, OUTSIDE, PODS, SELECTED, SERVER, SERVICES, Shapes, in_one_zone, stateful_set

PATHS = {
    "ns": "/api/v1/namespaces",
    "svc": "/api/v1/namespaces/{}/services",
    "slice": "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
    "pod": "/api/v1/namespaces/{}/pods",
    "sts": "/apis/apps/v1/namespaces/{}/statefulsets",
}


def path_of(kind, ns, name=None):
    path = PATHS[kind].format(ns)
    return f"{path}/{name}" if name else path


class World:
    """objects: what the API server said last of each, by (kind, namespace, name); namespaces have "" as namespace.
    refused counts what it would not take."""

    def __init__(self, plane, seed, own_address=None, first_round=0):
        self.plane = plane
        self.rng = random.Random(seed)
        self.own_address = own_address
        self.make = Shapes(self.rng)
        self.objects = {}
        self.n_written = self.n_refused = self.n_names = 0
        self.round = first_round  # rounds of worlds that the same servers watch must not repeat

    def of(self, kind):
        return [(key, o) for key, o in self.objects.items() if key[0] == kind]

    def some(self, kind):
        keys = [key for key, _ in self.of(kind) if not {MARKERS, ODD, ALIAS, SERVER} & set(key)]
        return self.rng.choice(keys) if keys else None

    # ---- writing

    def _send(self, kind, ns, name, method, path, body, **more):
        status, got = self.plane.request(method, path, body, **more)
        self.n_written += 1
        if status in (200, 201):
            self.objects[kind, ns, name] = got
            return got
        assert status in (404, 409, 422), f"{method} {path} {body}: {status} {got}"
        self.n_refused += 1
        return None

    def create(self, kind, ns, body):
        return self._send(kind, ns, body["metadata"]["name"], "POST", path_of(kind, ns), body)

    def replace(self, key, body):
        return self._send(*key, "PUT", path_of(*key), body)

    def patch(self, key, body, sub=""):
        return self._send(*key, "PATCH", path_of(*key) + sub, body, content_type="application/merge-patch+json")

    def delete(self, key, grace=0):
        kind, ns, name = key
        status, got = self.plane.request("DELETE", path_of(*key), {"gracePeriodSeconds": grace} if grace is not None else None)
        assert status in (200, 202, 404), f"DELETE {key}: {status} {got}"
        self.n_written += 1
        if kind == "ns":
            self._finalize(name)
        gone = self.plane.request("GET", path_of(*key))
        if gone[0] == 404:
            self.objects.pop(key, None)
        else:
            self.objects[key] = gone[1]  # a Pod on a node stays until its kubelet lets it go

    def _finalize(self, name):
        """No controller empties a namespace here: this does, and lets it go."""
        for key in [k for k in self.objects if k[1] == name]:
            self.delete(key)
        status, ns = self.plane.request("GET", path_of("ns", "", name))
        if status == 200:
            ns["spec"]["finalizers"] = []
            self.plane.replace(path_of("ns", "", name) + "/finalize", ns)

    # ---- objects

    def name(self, prefix):
        self.n_names += 1
        return f"{prefix}{self.n_names}"

    def add_namespace(self, name=None):
        name = name or self.rng.choice([*NAMESPACES, "extra"])
        self.create("ns", "", {"metadata": {"name": name, "labels": NAMESPACES.get(name, {})}})

    def place(self):
        found = self.some("ns")
        return found[2] if found else "red"

    def add_service(self):
        ns = self.place()
        got = self.create("svc", ns, {"metadata": {"name": self.rng.choice(SERVICES), "labels": self.make.labels()},
                                      "spec": self.make.service()})
        if got and got["spec"]["type"] == "LoadBalancer":
            self.patch(("svc", ns, got["metadata"]["name"]), {"status": {"loadBalancer": {"ingress": [
                {"ip": "192.0.2.88"}, {"hostname": "lb.example.com"}]}}}, "/status")

    def add_slice(self):
        ns = self.place()
        self.create("slice", ns, {"metadata": {"name": self.name("s"), "labels": self.make.slice_labels()}, **self.make.slice()})

    def add_alias(self):
        """A Service that is another name, by its slice."""
        ns, rng = self.place(), self.rng
        if ("slice", ns, ALIAS) in self.objects:
            return
        self.create("svc", ns, {"metadata": {"name": ALIAS, "labels": self.make.labels()}, "spec": {
            "clusterIP": "None", **({"ports": self.make.ports()} if rng.random() < 0.5 else {})}})
        name = rng.choice(OUTSIDE[:3]) if rng.random() < 0.4 else self.make.inside()
        self.create("slice", ns, {
            "metadata": {"name": ALIAS, "labels": self.make.labels({"kubernetes.io/service-name": ALIAS})}, "addressType": "FQDN",
            "endpoints": [{"addresses": [name], "conditions": {"ready": rng.random() < 0.8}}], "ports": self.make.slice_ports()})

    def turn_server(self):
        """The Service of the DNS servers themselves decides NS and ns.dns: its slice comes and goes."""
        key = ("slice", "red", SERVER)
        if key in self.objects:
            self.delete(key)
            return
        if ("svc", "red", SERVER) not in self.objects:
            spec = self.rng.choice([{"clusterIP": "None"}, {"ipFamilyPolicy": "PreferDualStack"}])
            self.create("svc", "red", {"metadata": {"name": SERVER, "labels": SELECTED}, "spec": {**spec, "ports": [{"port": 53}]}})
        e = {"addresses": [self.own_address], **({"hostname": "a"} if self.rng.random() < 0.5 else {})}
        self.create("slice", "red", {
            "metadata": {"name": SERVER, "labels": {"kubernetes.io/service-name": SERVER, **SELECTED}},
            "addressType": "IPv4", "endpoints": [e], "ports": self.make.slice_ports()})

    def add_pod(self):
        ns = self.place()
        spec = {"containers": [{"name": "c", "image": "none"}]}
        if self.rng.random() < 0.5:
            spec["nodeName"] = "node1"
        got = self.create("pod", ns, {"metadata": {"name": self.name("p"), "labels": self.make.labels()}, "spec": spec})
        if got:
            self.set_pod(("pod", ns, got["metadata"]["name"]))

    def set_pod(self, key):
        """A Pod that ends keeps its addresses, as kubelets do."""
        ips = self.rng.sample(PODS, self.rng.choice([0, 1, 1, 1, 2]))
        phase = self.rng.choice(["Running", "Running", "Running", "Pending", "Failed", "Succeeded", "Unknown"])
        status = {"phase": phase, "podIP": ips[0] if ips else None, "podIPs": [{"ip": ip} for ip in ips]}
        if "deletionTimestamp" in self.objects[key]["metadata"]:
            status = {"phase": self.rng.choice(["Failed", "Succeeded"])}
        self.patch(key, {"status": status}, "/status")

    def add_set(self):
        ns, rng = self.place(), self.rng
        self.create("sts", ns, stateful_set(rng.choice(["db", "web"]), rng.choice(["db", "web", "cache"]),
                                            rng.randrange(5), rng.randrange(2),
                                            rng.choice(["OrderedReady", "Parallel"]), self.make.labels()))

    def grow(self, size=1):
        for name in NAMESPACES:
            self.add_namespace(name)
        for add, n in ((self.add_service, 26), (self.add_slice, 40), (self.add_pod, 12), (self.add_set, 4), (self.add_alias, 2),
                       (self.turn_server, self.own_address and self.rng.random() < 0.5)):
            for _ in range(int((n or 0) * size)):
                add()

    # ---- changes

    def change(self):
        rng = self.rng
        kind = rng.choices(["ns", "svc", "slice", "pod", "sts"], [1, 5, 8, 4, 1])[0]
        key = self.some(kind)
        act = rng.choices(["add", "delete", "patch", "replace"], [3, 2, 3, 2] if kind != "ns" else [2, 1, 2, 0])[0]
        if self.own_address and rng.random() < 0.03:
            self.turn_server()
        elif act == "add" or not key:
            {"ns": self.add_namespace, "svc": self.add_service, "slice": self.add_slice, "pod": self.add_pod,
             "sts": self.add_set}[kind]()
        elif act == "delete":
            self.delete(key, rng.choice([0, 30]) if kind == "pod" else 0)
        elif act == "patch":
            self.patch_one(key)
        else:
            self.replace_one(key)

    def patch_one(self, key):
        kind, rng = key[0], self.rng
        if kind == "ns":
            self.patch(key, {"metadata": {"labels": {"exposed": rng.choice(["yes", "no", None])}}})
        elif kind == "pod" and rng.random() < 0.8:
            self.set_pod(key)
        elif kind == "sts":
            self.patch(key, {"spec": {"replicas": rng.randrange(5)}})
        elif rng.random() < 0.4:
            self.patch(key, {"metadata": {"labels": {"app": rng.choice(["web", "other", None])}}})
        elif kind == "svc":
            self.patch(key, {"spec": {"ports": self.make.ports()}} if rng.random() < 0.5 else {"spec": self.make.service()})
        elif kind == "slice":
            self.patch_slice(key)

    def patch_slice(self, key):
        endpoints = copy.deepcopy(self.objects[key].get("endpoints") or [])
        if self.rng.random() < 0.3:
            self.patch(key, {"metadata": {"labels": {"kubernetes.io/service-name": self.rng.choice(SERVICES)}}})
        elif endpoints:
            one = self.rng.choice(endpoints)
            one["conditions"] = {"ready": self.rng.choice([True, False])}
            self.patch(key, {"endpoints": endpoints})

    def replace_one(self, key):
        body = copy.deepcopy(self.objects[key])
        body["metadata"].pop("resourceVersion", None)
        if key[0] == "slice":
            fresh = self.make.slice()
            if fresh["addressType"] != body["addressType"]:
                fresh["endpoints"] = in_one_zone([self.make.endpoint(body["addressType"]) for _ in range(2)])
            body |= {"endpoints": fresh["endpoints"], "ports": fresh["ports"]}
            body["metadata"]["labels"] = self.make.slice_labels()
        elif key[0] == "svc":
            body["spec"] = self.make.service()
            body["metadata"]["labels"] = self.make.labels()
        elif key[0] == "pod":
            body["metadata"]["labels"] = self.make.labels()
        self.replace(key, body)

    # ---- the end of a round

    def mark(self):
        """Written last, one of each kind that is watched: see `has_seen`."""
        if ("svc", MARKERS, "tick") not in self.objects:
            self.start_markers()
        self.round += 1
        r = self.round
        self.patch(("svc", MARKERS, "tick"), {"spec": {"externalName": f"r{r}.example.com"}})
        self.patch(("slice", MARKERS, "tock"), {"endpoints": [{"addresses": [marker(253, r)]}]})
        self.patch(("pod", MARKERS, "round"), {"status": {"podIP": marker(254, r), "podIPs": [{"ip": marker(254, r)}]}},
                   "/status")
        self.patch(("sts", MARKERS, "round"), {"spec": {"replicas": r}})
        if r % 2:
            self.create("ns", "", {"metadata": {"name": ODD, "labels": {"exposed": "yes"}}})
        else:
            self.delete(("ns", "", ODD))

    def start_markers(self):
        labels = {"labels": SELECTED}
        self.create("ns", "", {"metadata": {"name": MARKERS, "labels": {"exposed": "yes"}}})
        self.create("svc", MARKERS, {"metadata": {"name": "tick", **labels},
                                     "spec": {"type": "ExternalName", "externalName": "r0.example.com"}})
        for name in ("tock", "round"):
            self.create("svc", MARKERS, {"metadata": {"name": name, **labels},
                                         "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})
        self.create("slice", MARKERS, {
            "metadata": {"name": "tock", "labels": {"kubernetes.io/service-name": "tock", **SELECTED}},
            "addressType": "IPv4", "endpoints": [{"addresses": [marker(253, 0)]}], "ports": [{"port": 80}]})
        self.create("pod", MARKERS, {"metadata": {"name": "round", **labels},
                                     "spec": {"containers": [{"name": "c", "image": "none"}]}})
        self.patch(("pod", MARKERS, "round"), {"status": {"phase": "Running"}}, "/status")
        self.create("sts", MARKERS, stateful_set("round", "round", 0, 0, "Parallel", SELECTED))

    def clear(self):
        for kind, _, name in [k for k in self.objects if k[0] == "ns"]:
            self.delete((kind, "", name))
        for key in list(self.objects):  # in namespaces that were there before
            self.delete(key)
        assert not self.objects, self.objects


def marker(net, r):
    return f"10.{net}.{r // 250}.{1 + r % 250}"


def load(world, path):
    """A world of test/scenario: one object a line. Addresses of Services are this API server's own; what it does not admit
    (capital hostnames, for one) is left out."""
    kinds = {"Namespace": "ns", "Service": "svc", "EndpointSlice": "slice", "Pod": "pod", "StatefulSet": "sts"}
    for line in path.read_text().splitlines():
        o = json.loads(line)
        if o["kind"] not in kinds:
            continue
        kind, meta, spec = kinds[o["kind"]], o["metadata"], o.get("spec", {})
        if kind == "svc" and spec.get("clusterIP") != "None":
            families = spec.get("ipFamilies", ["IPv4"])
            spec = {k: v for k, v in spec.items() if k not in ("clusterIP", "clusterIPs")}
            if spec.get("type") != "ExternalName":
                spec |= {"ipFamilies": families, "ipFamilyPolicy": "RequireDualStack" if len(families) > 1 else "SingleStack"}
            o["spec"] = spec
        got = world.create(kind, meta.get("namespace", ""), o)
        if got and kind in ("pod", "svc") and o.get("status"):
            world.patch((kind, meta["namespace"], meta["name"]), {"status": o["status"]}, "/status")
