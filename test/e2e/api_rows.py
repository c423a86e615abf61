"""Requests to the Kubernetes API, for test_peers_api.py: groups of (why, method, path, body, how). Each group is sent in
order, in a namespace of its own; $NS in paths and bodies is its name. how names a header's value, see HOW."""
NS = "/api/v1/namespaces/$NS"
MAPS, SERVICES, PODS, CLAIMS = f"{NS}/configmaps", f"{NS}/services", f"{NS}/pods", f"{NS}/persistentvolumeclaims"
SECRETS, VOLUMES = f"{NS}/secrets", "/api/v1/persistentvolumes"
SETS, REVISIONS = "/apis/apps/v1/namespaces/$NS/statefulsets", "/apis/apps/v1/namespaces/$NS/controllerrevisions"
CLASSES, LEASES = "/apis/storage.k8s.io/v1/storageclasses", "/apis/coordination.k8s.io/v1/namespaces/$NS/leases"
HOW = {
    "table": {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"},
    "merge": {"content_type": "application/merge-patch+json"},
    "strategic": {"content_type": "application/strategic-merge-patch+json"},
    "json": {"content_type": "application/json-patch+json"},
    "apply": {"content_type": "application/apply-patch+yaml"},
    "text": {"content_type": "text/plain"},
    "yaml": {"content_type": "application/yaml"},
    "html": {"accept": "text/html"},
}
STREAMING = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"


def named(name, **more):
    return {"metadata": {"name": name}, **more}


def config(name="a", kind="ConfigMap", **more):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def stateful(name="web", **spec):
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
            "spec": {"serviceName": "web", "replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}}


def gated(name="p", **spec):
    return named(name, spec={"schedulingGates": [{"name": "wait"}], "containers": [{"name": "c", "image": "i"}], **spec})


def claim(name="c", **spec):
    return named(name, spec={"storageClassName": "none", "accessModes": ["ReadWriteOnce"],
                             "resources": {"requests": {"storage": "1Gi"}}, **spec})


def volume(name="$NS", **spec):
    return named(name, spec={"storageClassName": "$NS", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
                             "hostPath": {"path": "/x"}, **spec})


def asked(path, queries, how=None):
    return [(query, "GET", f"{path}?{query}", None, how) for query in queries]


def refused(path, made, specs):
    return [(why, "POST", path, made("bad", **spec), None) for why, spec in specs.items()]


TWO = [("one", "POST", MAPS, config("a", data={"x": "1"}), None), ("two", "POST", MAPS + "?fieldManager=me", config("b", data={"x": "1"}), None)]
GROUPS = {
    "reading": TWO + [
        ("again", "POST", MAPS, config("a"), None), ("one of them", "GET", MAPS + "/a", None, None),
        ("none", "GET", MAPS + "/none", None, None), ("all", "GET", MAPS, None, None),
        ("as a table", "GET", MAPS, None, "table"), ("one as a table", "GET", MAPS + "/a", None, "table"),
        ("a namespace", "GET", NS, None, None), ("a namespace as a table", "GET", NS, None, "table"),
    ] + asked(MAPS, [
        "limit=1", "limit=x", "limit=-1", "limit=1&continue=abc", "includeObject=None", "labelSelector=a%3Db",
        "labelSelector=a%3D%3D%3Db", "labelSelector=a+in+(b", "labelSelector=a%20b", "labelSelector=_a", "labelSelector=%3Da",
        "fieldSelector=metadata.name%3Da", "fieldSelector=spec.foo%3Da", "fieldSelector=spec.foo", "resourceVersion=abc",
        "resourceVersion=999999999999", "resourceVersionMatch=Exact", "resourceVersion=1&resourceVersionMatch=Foo",
        "resourceVersion=0&resourceVersionMatch=Exact", "sendInitialEvents=true",
        "continue=x&resourceVersion=1&resourceVersionMatch=NotOlderThan"])
    + asked(MAPS, ["limit=1", "includeObject=None", "includeObject=Object", "includeObject=Nonsense"], "table")
    + asked(PODS, ["fieldSelector=spec.nodeName%3Da,status.phase!%3DRunning", "fieldSelector=spec.foo%3Da"])
    + asked(SETS, ["fieldSelector=spec.replicas%3D1"]) + asked("/api/v1/nodes", ["fieldSelector=foo%3D1"]),
    "watching": TWO + asked(MAPS, [f"watch=true&timeoutSeconds=1&{query}" for query in [
        "", "resourceVersion=0", STREAMING, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "resourceVersion=abc",
        "sendInitialEvents=true", "sendInitialEvents=false", "resourceVersionMatch=NotOlderThan", "labelSelector=a%3D%3D%3Db",
        "sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1", "fieldSelector=a%3Db"]] + ["watch=true&timeoutSeconds=x"])
    + asked(MAPS, [f"watch=true&timeoutSeconds=1&{query}" for query in ["resourceVersion=0", STREAMING]], "table")
    + asked(MAPS + "/a", ["watch=true&timeoutSeconds=1"])
    + asked("/api/v1/watch/namespaces/$NS/configmaps", ["timeoutSeconds=1"])
    + asked("/api/v1/watch/namespaces/$NS/configmaps/a", ["timeoutSeconds=1"]),
    "paths": [(path, "GET", path, None, None) for path in [
        f"{NS}/nonsenses", "/apis/nonsense/v1/x", "/apis/apps/v9/namespaces/$NS/statefulsets", "/nonsense", MAPS + "/a/nonsense",
        MAPS + "/a/status", "/healthz", "/readyz", "/livez"]]
    + [(f"{method} {path}", method, path, {}, None) for method, path in [
        ("PUT", MAPS), ("POST", MAPS + "/a"), ("PATCH", MAPS), ("DELETE", "/api/v1/namespaces"), ("BREW", MAPS), ("POST", "/api/v1"),
        ("DELETE", "/version")]],
    "bodies": [
        ("another kind", "POST", MAPS, config(kind="Foo"), None), ("another version", "POST", MAPS, {**config(), "apiVersion": "v2"}, None),
        ("no kind", "POST", MAPS, named("nokind"), None), ("no name", "POST", MAPS, {"metadata": {}}, None),
        ("nothing", "POST", MAPS, {}, None), ("another namespace", "POST", MAPS, {"metadata": {"name": "x", "namespace": "y"}}, None),
        ("a list for a map", "POST", MAPS, config(data=[1]), None), ("a number for text", "POST", MAPS, config(data={"a": 1}), None),
        ("a number for a name", "POST", MAPS, {"metadata": {"name": 1}}, None), ("a list for metadata", "POST", MAPS, {"metadata": []}, None),
        ("text for a number", "POST", SETS, stateful(replicas="1"), None), ("a fraction", "POST", SETS, stateful(replicas=1.5), None),
        ("too large", "POST", SETS, stateful(replicas=99999999999), None), ("a number for an object", "POST", SETS, stateful(template=1), None),
        ("unknown, warned of", "POST", MAPS, config("u1", foo=1), None), ("unknown, refused", "POST", MAPS + "?fieldValidation=Strict", config(foo=1), None),
        ("unknown, ignored", "POST", MAPS + "?fieldValidation=Ignore", config("u3", foo=1), None),
        ("unknown below", "POST", SETS + "?fieldValidation=Strict", stateful(foo=1, bar={"x": 1}), None),
        ("doubled, warned of", "POST", MAPS, '{"metadata":{"name":"d1","name":"d2"},"data":{"a":"1","a":"2"}}', None),
        ("doubled, refused", "POST", MAPS + "?fieldValidation=Strict", '{"metadata":{"name":"d1"},"data":{"a":"1","a":"2"}}', None),
        ("text", "POST", MAPS, "hello", "text"), ("YAML", "POST", MAPS, "metadata: {name: y1}\n", "yaml"),
        ("an answer in HTML", "GET", MAPS, None, "html"), ("a revision", "POST", MAPS, {"metadata": {"name": "r", "resourceVersion": "1"}}, None)]
    + [(query, "POST", f"{MAPS}?{query}", config("o"), None) for query in [
        "dryRun=All", "dryRun=Foo", "fieldValidation=Foo", "fieldManager=" + "x" * 129, "fieldManager=%01"]],
    "metadata": [(str(meta)[:60], "POST", MAPS + "?dryRun=All", {"metadata": {"name": "a1", **meta}}, None) for meta in [
        {"name": "A_b"}, {"name": "a" * 254}, {"name": "a/b"}, {"labels": {"-a": "b"}}, {"labels": {"a": "b c"}}, {"labels": {"a": "b" * 64}},
        {"labels": {"A_/b": "x"}}, {"labels": {"a/b/c": "x"}}, {"labels": {"a/": "x"}}, {"labels": {"": "x"}}, {"annotations": {"-a": "b"}},
        {"annotations": {"a": "b" * 270000}}, {"finalizers": ["x"]}, {"finalizers": ["x/y/z"]}, {"finalizers": [""]}, {"generation": -1},
        {"finalizers": ["orphan", "foregroundDeletion"]}, {"namespace": "A"},
        {"ownerReferences": [{"apiVersion": "v1", "kind": "", "name": "", "uid": ""}]},
        {"ownerReferences": [{"apiVersion": "a/b/c", "kind": "K", "name": "n", "uid": "u"}]},
        {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"}]},
        {"ownerReferences": [{"apiVersion": "v1", "kind": "K", "name": n, "uid": n, "controller": True} for n in "nm"]}]],
    "patching": TWO + [(str(body)[:60], "PATCH", MAPS + "/a?fieldValidation=Strict", body, how) for how, body in [
        ("json", "{"), ("json", '"x"'), ("json", '{"op":"add"}'), ("json", "[1]"), ("json", '[{"op":"nope","path":"/data"}]'),
        ("json", '[{"op":"test","path":"/data/x","value":"2"}]'), ("json", '[{"op":"remove","path":"/data/q"}]'),
        ("json", '[{"op":"replace","path":"/data/q","value":"2"}]'), ("json", '[{"op":"add"}]'),
        ("json", '[{"op":"replace","path":"/metadata/name","value":"zz"}]'), ("merge", "{"), ("merge", "[]"), ("merge", "1"),
        ("merge", {"metadata": {"name": "y"}}), ("merge", {"metadata": {"resourceVersion": "1"}}), ("merge", {"data": {"x": None}}),
        ("strategic", "{"), ("strategic", "[]"), ("strategic", {"data": {"x": 1}}), ("strategic", {"data": 1}), ("strategic", {"foo": 1}),
        ("strategic", '{"data":{"a":"1","a":"2"}}'), ("yaml", {"data": {}})]]
    + [("force", "PATCH", MAPS + "/a?force=true", {}, "merge"), ("none", "PATCH", MAPS + "/none", {"data": {}}, "merge"),
       ("put another name", "PUT", MAPS + "/a", named("y"), None), ("put an old one", "PUT", MAPS + "/a", {"metadata": {"name": "a", "resourceVersion": "1"}}, None),
       ("put no number", "PUT", MAPS + "/a", {"metadata": {"name": "a", "resourceVersion": "x"}}, None), ("put none", "PUT", MAPS + "/none", named("none"), None)],
    "applying": [(why, "PATCH", MAPS + f"/x{query}", body, "apply") for why, query, body in [
        ("no manager", "", config("x")), ("made", "?fieldManager=m", config("x", data={"a": "1", "b": "1"})),
        ("again", "?fieldManager=m", config("x", data={"a": "1", "b": "1"})), ("shared", "?fieldManager=n", config("x", data={"a": "1"})),
        ("in conflict", "?fieldManager=n", config("x", data={"a": "2", "b": "3"})), ("by force", "?fieldManager=n&force=true", config("x", data={"a": "2"})),
        ("left out", "?fieldManager=m", config("x")), ("unknown", "?fieldManager=m", {**config(foo=1), "metadata": {"name": "x", "namespace": "$NS"}}),
        ("another name", "?fieldManager=m", config("y")), ("another kind", "?fieldManager=m", config("x", kind="Secret")),
        ("no version", "?fieldManager=m", named("x", kind="ConfigMap")), ("an old one", "?fieldManager=m", {**config(), "metadata": {"name": "x", "resourceVersion": "1"}}),
        ("managed", "?fieldManager=m", {**config(), "metadata": {"name": "x", "managedFields": [{"manager": "m"}]}})]],
    "services": [
        ("plain", "POST", SERVICES, named("a", spec={"ports": [{"port": 80}]}), None), ("headless", "POST", SERVICES, named("h", spec={"clusterIP": "None", "selector": {"a": "b"}}), None),
        ("elsewhere", "POST", SERVICES, named("e", spec={"type": "ExternalName", "externalName": "example.com"}), None),
        ("another address", "PATCH", SERVICES + "/a", {"spec": {"clusterIP": "10.96.0.9"}}, "merge"), ("no address", "PATCH", SERVICES + "/a", {"spec": {"clusterIP": "None"}}, "merge"),
        ("as a table", "GET", SERVICES, None, "table"), ("deleted", "DELETE", SERVICES + "/e", None, None)]
    + refused(SERVICES, lambda name, **spec: named(name, spec={"ports": [{"port": 80}], **spec}), {
        "no ports": {"ports": []}, "a name twice": {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]},
        "a node port": {"ports": [{"port": 80, "nodePort": 30000}]}, "a bad target": {"ports": [{"port": 80, "targetPort": "A_"}]},
        "a bad selector": {"selector": {"a b": "c d"}}, "no external name": {"type": "ExternalName"}, "affinity": {"sessionAffinity": "X"},
        "external policy": {"externalTrafficPolicy": "Local"}, "a family": {"ipFamilies": ["IPv5"]}, "a policy": {"ipFamilyPolicy": "X"},
        "an external address": {"externalIPs": ["x"]}, "headless with node ports": {"type": "NodePort", "clusterIP": "None"},
        "a protocol": {"ports": [{"port": 80, "protocol": "tcp"}]}, "a class": {"loadBalancerClass": "x/y"}, "internal": {"internalTrafficPolicy": "X"}}),
    "sets": [
        ("made", "POST", SETS, stateful(), None), ("as a table", "GET", SETS, None, "table"), ("its scale", "GET", SETS + "/web/scale", None, None),
        ("its scale as a table", "GET", SETS + "/web/scale", None, "table"), ("no scale", "GET", SETS + "/none/scale", None, None),
        ("scaled below nothing", "PUT", SETS + "/web/scale", named("web", spec={"replicas": -1}), None),
        ("an old scale", "PUT", SETS + "/web/scale", {"metadata": {"name": "web", "resourceVersion": "1"}, "spec": {"replicas": 0}}, None),
        ("counted wrong", "PATCH", SETS + "/web/status", {"status": {"readyReplicas": 5}}, "merge"), ("renamed", "PUT", SETS + "/web", stateful("other"), None),
        ("another selector", "PUT", SETS + "/web", stateful(selector={"matchLabels": {"app": "x"}}), None),
        ("another service", "PUT", SETS + "/web", stateful(serviceName="x"), None), ("another order", "PUT", SETS + "/web", stateful(podManagementPolicy="Parallel"), None),
        ("text for replicas", "PATCH", SETS + "/web", {"spec": {"replicas": "two"}}, "strategic"), ("a fraction", "PATCH", SETS + "/web", {"spec": {"replicas": 1.5}}, "strategic"),
        ("no merge key", "PATCH", SETS + "/web", {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, "strategic"),
        ("no such directive", "PATCH", SETS + "/web", {"spec": {"$patch": "nope"}}, "strategic"),
        ("text for an object", "PATCH", SETS + "/web", {"spec": "x"}, "strategic"), ("too long", "POST", SETS, stateful("a" * 64), None)]
    + refused(SETS, stateful, {
        "order": {"podManagementPolicy": "X"}, "partition": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": -1}}},
        "retention": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "X", "whenScaled": "Delete"}}, "start": {"ordinals": {"start": -1}},
        "min ready": {"minReadySeconds": -1}, "empty selector": {"selector": {}}, "service": {"serviceName": "A_"}, "no selector": {"selector": None},
        "claims": {"volumeClaimTemplates": [{"metadata": {"name": "x"}, "spec": {}}]},
        "expressions": {"selector": {"matchExpressions": [{"key": "app", "operator": "In"}, {"key": "b", "operator": "Foo", "values": ["x"]}]}},
        "unavailable": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "x"}}}}),
    "pods": [
        ("made", "POST", PODS, gated(), None), ("as a table", "GET", PODS, None, "table"), ("its image", "PATCH", PODS + "/p", {"spec": {"containers": [{"name": "c", "image": "j"}]}}, "strategic"),
        ("its status", "PATCH", PODS + "/p/status", {"status": {"message": "hi", "conditions": [{"type": "X", "status": "True"}]}}, "strategic"),
        ("deleted but not really", "DELETE", PODS + "/p?dryRun=All", None, None), ("deleted", "DELETE", PODS + "/p", None, None), ("once more", "DELETE", PODS + "/p", None, None)]
    + refused(PODS, gated, {
        "no containers": {"containers": []}, "two of one name": {"containers": [{"name": "a", "image": "i"}] * 2}, "policies": {"restartPolicy": "x", "dnsPolicy": "y"},
        "ports": {"containers": [{"name": "a", "image": "i", "ports": [{"containerPort": 70000, "name": "A"}, {"containerPort": 1, "protocol": "X"}]}]},
        "volumes": {"volumes": [{"name": "a"}, {"name": "a", "emptyDir": {}}, {"name": "B", "emptyDir": {}, "hostPath": {"path": "/"}}]},
        "mounts": {"containers": [{"name": "a", "image": "i", "volumeMounts": [{"name": "x", "mountPath": ""}]}]},
        "probes": {"containers": [{"name": "a", "image": "i", "livenessProbe": {"httpGet": {"port": 0}, "tcpSocket": {"port": 1}, "periodSeconds": -1}}]},
        "host names": {"hostname": "A", "subdomain": "B."}, "times": {"terminationGracePeriodSeconds": -1, "activeDeadlineSeconds": 0},
        "tolerations": {"tolerations": [{"key": "a b", "operator": "X", "effect": "Y"}]}, "nodes": {"nodeSelector": {"a b": "c d"}}, "no DNS": {"dnsPolicy": "None"},
        "quantities": {"containers": [{"name": "a", "image": "i", "resources": {"limits": {"cpu": "abc"}}}]}, "gates": {"schedulingGates": [{"name": "a b"}]},
        "images": {"containers": [{"name": "a", "image": " i "}]}}),
    "storage": [
        ("a claim", "POST", CLAIMS, claim(), None), ("as a table", "GET", CLAIMS, None, "table"), ("a volume", "POST", VOLUMES, volume(), None),
        ("deleted", "DELETE", VOLUMES + "/$NS", None, None), ("a class", "POST", CLASSES, named("$NS", provisioner="a/b", parameters={"x": "y"}), None),
        ("as a table", "GET", CLASSES + "/$NS", None, "table"), ("another provisioner", "PATCH", CLASSES + "/$NS", {"provisioner": "x/y"}, "merge"),
        ("another mode", "PATCH", CLASSES + "/$NS", {"volumeBindingMode": "WaitForFirstConsumer"}, "merge"), ("deleted", "DELETE", CLASSES + "/$NS", None, None)]
    + refused(CLAIMS, claim, {
        "no mode": {"accessModes": []}, "a mode": {"accessModes": ["X"]}, "no size": {"resources": {}}, "nothing": {"resources": {"requests": {"storage": "0"}}},
        "a class": {"storageClassName": "A_"}, "volume mode": {"volumeMode": "X"}, "a selector": {"selector": {"matchLabels": {"a b": "c"}}}})
    + refused(VOLUMES, volume, {
        "capacity": {"capacity": {"cpu": "1"}}, "a policy": {"persistentVolumeReclaimPolicy": "X"}, "two sources": {"nfs": {"server": "a", "path": "/"}},
        "a path": {"hostPath": {"path": "/../x"}}, "a type": {"hostPath": {"path": "/x", "type": "X"}}, "recycling": {"persistentVolumeReclaimPolicy": "Recycle", "hostPath": {"path": "/"}}}),
    "others": [
        ("a secret", "POST", SECRETS, named("s", stringData={"a": "b"}, data={"c": "ZA=="}), None), ("as a table", "GET", SECRETS, None, "table"),
        ("another type", "PATCH", SECRETS + "/s", {"type": "x"}, "merge"), ("fixed", "PATCH", SECRETS + "/s", {"immutable": True}, "merge"),
        ("changed", "PATCH", SECRETS + "/s", {"data": {"a": "eA=="}}, "merge"), ("no longer fixed", "PATCH", SECRETS + "/s", {"immutable": False}, "merge"),
        ("no base64", "POST", SECRETS, named("t", data={"a": "%"}), None), ("keys of a type", "POST", SECRETS, named("t", type="kubernetes.io/ssh-auth"), None),
        ("an account", "POST", f"{NS}/serviceaccounts", named("r"), None), ("as a table", "GET", f"{NS}/serviceaccounts/r", None, "table"),
        ("a lease", "POST", LEASES, named("l", spec={"holderIdentity": "x", "leaseDurationSeconds": 10}), None), ("as a table", "GET", LEASES, None, "table"),
        ("a bad lease", "POST", LEASES, named("m", spec={"leaseDurationSeconds": -1, "leaseTransitions": -1}), None),
        ("a revision", "POST", REVISIONS, named("r", revision=1, data={"a": 1}), None), ("as a table", "GET", REVISIONS, None, "table"),
        ("another content", "PATCH", REVISIONS + "/r", {"data": {"a": 2}}, "merge"), ("a bad revision", "POST", REVISIONS, named("q", revision=-1), None),
        ("an event", "POST", f"{NS}/events", named("e", involvedObject={"kind": "Pod", "name": "p", "namespace": "$NS"}, reason="R", message="M\n", type="Normal", count=3), None),
        ("as a table", "GET", f"{NS}/events/e", None, "table"), ("endpoints", "POST", f"{NS}/endpoints", named("x", subsets=[{"addresses": [{"ip": "192.0.2.7"}], "ports": [{"port": 80}]}]), None),
        ("as a table", "GET", f"{NS}/endpoints/x", None, "table")],
    "deleting": [("made", "POST", MAPS, named(n), None) for n in "abcd"] + [
        ("held", "PATCH", MAPS + "/d", {"metadata": {"finalizers": ["a.b/c"]}}, "merge"),
        ("of another uid", "DELETE", MAPS + "/a", {"preconditions": {"uid": "11111111-1111-1111-1111-111111111111"}}, None),
        ("of another version", "DELETE", MAPS + "/a", {"preconditions": {"resourceVersion": "1"}}, None), ("a policy", "DELETE", MAPS + "/a?propagationPolicy=Foo", None, None),
        ("two policies", "DELETE", MAPS + "/a", {"propagationPolicy": "Orphan", "orphanDependents": True}, None), ("not really", "DELETE", MAPS + "/a", {"dryRun": ["All"]}, None),
        ("really", "DELETE", MAPS + "/a", None, None), ("none", "DELETE", MAPS + "/a", None, None), ("what is held", "DELETE", MAPS + "/d", None, None),
        ("it is still there", "GET", MAPS + "/d", None, None), ("held by more", "PATCH", MAPS + "/d", {"metadata": {"finalizers": ["a.b/c", "d.e/f"]}}, "merge"),
        ("let go", "PATCH", MAPS + "/d", {"metadata": {"finalizers": None}}, "merge"), ("gone", "GET", MAPS + "/d", None, None),
        ("all that match", "DELETE", MAPS + "?labelSelector=n%3Db", None, None), ("by a field nobody knows", "DELETE", MAPS + "?fieldSelector=x%3Dy", None, None), ("all", "DELETE", MAPS, None, None)],
}
