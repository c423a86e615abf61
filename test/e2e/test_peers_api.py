"""Plain requests to a real kube-apiserver and to the lab: status, warnings and bodies of the answers are the same. The
requests are in api_rows.py; what cannot be the same, and what the lab says in words of its own, is in twins.py."""
import difflib
import itertools
import json

import pytest

from api_rows import GROUPS, HOW
from twins import Api, Masks

COUNT = itertools.count(1)


@pytest.fixture(scope="module")
def lab_of_all(start_lab_for_module):
    return start_lab_for_module("--storage-class", "none")


def lines(api, masks, namespace, row):
    _, method, path, body, how = row
    if body is not None:
        body = (body if isinstance(body, str) else json.dumps(body)).replace("$NS", namespace)
    status, headers, answer = api.request(method, path.replace("$NS", namespace), body, **HOW.get(how, {}))
    told = {"status": status, "warnings": headers.get_all("Warning"), "body": masks.answer(answer)}
    return json.dumps(told, indent=1, sort_keys=True).splitlines()


@pytest.mark.parametrize("group", GROUPS)
def test_requests_are_answered_as_a_real_api_server_does(group, control_plane, lab_of_all):
    namespace = f"api-{group}-{next(COUNT)}"
    sides = [(Api(control_plane.url, control_plane.token), Masks("cluster", control_plane.url)),
             (Api(lab_of_all.api), Masks("lab", lab_of_all.api))]
    for api, _ in sides:
        assert api.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})[0] == 201
    found = []
    for row in GROUPS[group]:
        real, lab = [lines(api, masks, namespace, row) for api, masks in sides]
        if real != lab:
            found.append("\n".join([f"{row[0]}: {row[1]} {row[2]}", *difflib.unified_diff(real, lab, "cluster", "lab", n=2, lineterm="")]))
    for api, _ in sides:
        api.close()
    assert not found, "\n\n".join([f"{len(found)} answers differ:", *found])
