"""Virtual time: it serves what happens, and does not run away from what cannot."""

import calendar
import time

SETS = "/apis/apps/v1/namespaces/default/statefulsets"


def stateful_set(name, annotations=None):
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name}, "spec": {
        "replicas": 3, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
        "template": {"metadata": {"labels": {"app": "db"}, "annotations": annotations or {}},
                     "spec": {"containers": [{"name": "c", "image": "i"}]}}}}


def now_of(lab, name):
    """The lab's time, from an object made now."""
    code, made = lab.http("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": name}})
    assert code == 201
    return calendar.timegm(time.strptime(made["metadata"]["creationTimestamp"], "%Y-%m-%dT%H:%M:%SZ"))


def test_retries_without_an_end_do_not_make_time_run(start_lab):
    lab = start_lab("--clock", "virtual")
    before = now_of(lab, "before")
    # Its pods carry the revision's name in a label, which gets too long: they can never be created.
    assert lab.http("POST", SETS, stateful_set("z" * 58))[0] == 201
    time.sleep(2)
    assert now_of(lab, "after") - before < 30
    events = lab.http("GET", "/api/v1/namespaces/default/events")[1]["items"]
    assert "FailedCreate" in [e["reason"] for e in events], "it was tried"


def test_delays_of_centuries_are_waited_for_and_harm_nobody(start_lab):
    lab = start_lab("--clock", "virtual")
    for name in "ab":
        assert lab.http("POST", SETS, stateful_set(name, {"ordinal.dev/ready-after": "1500000h"}))[0] == 201
    time.sleep(1)
    pods = lab.http("GET", "/api/v1/namespaces/default/pods")[1]["items"]
    assert max(p["metadata"]["creationTimestamp"] for p in pods) < "2200"
    assert lab.http("GET", "/readyz")[0] == 200
