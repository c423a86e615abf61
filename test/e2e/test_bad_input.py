"""Input that nobody should trust, sent to the running lab by raw sockets. After each, the lab must serve: kubectl's list and
an address by DNS. It ends with exit 0 (under ASan and UBSan in the dev build): checked by the fixture."""
import contextlib
import json
import re
import socket
import struct

import pytest

from conftest import DEMO

NAME = "stateful-svc.experiments.svc.cluster.local"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
SETS = "/apis/apps/v1/namespaces/experiments/statefulsets"


@pytest.fixture(scope="module")
def shared(start_lab_for_module):
    lab = start_lab_for_module("-f", DEMO)
    lab.kubectl("rollout", "status", "sts/stateful-demo", "-n", "experiments", "--timeout=60s")
    return lab


@pytest.fixture
def lab(shared):
    """The shared lab, which serves still when the test is over."""
    yield shared
    code, pods = shared.http("GET", "/api/v1/namespaces/experiments/pods")
    assert code == 200 and len(pods["items"]) == 3
    assert ask(shared, query(NAME))[3] & 15 == 0
    assert ask_tcp(shared, query(NAME))[3] & 15 == 0


# DNS

def labels(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def query(name, kind=1, ident=7, count=1, tail=b""):
    return struct.pack(">6H", ident, 0x0100, count, 0, 0, 0) + (labels(name) + struct.pack(">2H", kind, 1)) * count + tail


def udp(lab):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(30)
    sock.connect((lab.dns_host, int(lab.dns_port)))
    return contextlib.closing(sock)


def tcp(lab):
    return contextlib.closing(socket.create_connection((lab.dns_host, int(lab.dns_port)), timeout=30))


def read_exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise EOFError(f"{len(data)} of {size} bytes")
        data += more
    return data


def framed(message):
    return struct.pack(">H", len(message)) + message


def read_framed(sock):
    return read_exactly(sock, struct.unpack(">H", read_exactly(sock, 2))[0])


def ask(lab, message):
    with udp(lab) as sock:
        sock.send(message)
        return sock.recv(65535)


def ask_tcp(lab, message):
    with tcp(lab) as sock:
        sock.sendall(framed(message))
        return read_framed(sock)


HEADER = struct.pack(">6H", 9, 0x0100, 1, 0, 0, 0)
BAD_MESSAGES = [
    ("nothing", b""),
    ("one byte", b"\0"),
    ("a header cut short", HEADER[:11]),
    ("a header that announces a question and has none", HEADER),
    ("a name cut in its label", HEADER + b"\x0aabc"),
    ("a name without its end", HEADER + b"\x03abc"),
    ("a question without type", HEADER + b"\x03abc\0"),
    ("a question without half its class", HEADER + b"\x03abc\0\0\x01\0"),
    ("a name that points at itself", HEADER + b"\xc0\x0c\0\x01\0\x01"),
    ("two names that point at each other", HEADER + b"\xc0\x0e\xc0\x0c\0\x01\0\x01"),
    ("a name that points forwards", HEADER + b"\xc0\x20\0\x01\0\x01" + b"\0" * 40),
    ("a name that points outside", HEADER + b"\xff\xff\0\x01\0\x01"),
    ("a label type that does not exist", HEADER + b"\x80abc\0\0\x01\0\x01"),
    ("a name of 300 octets", HEADER + (b"\x3f" + b"x" * 63) * 5 + b"\0\0\x01\0\x01"),
    ("a hundred questions", query("a.b", count=100)),
    ("65535 questions announced", struct.pack(">6H", 9, 0x0100, 65535, 0, 0, 0) + labels("a") + b"\0\x01\0\x01"),
    ("65535 records announced", struct.pack(">6H", 9, 0x0100, 1, 65535, 65535, 65535) + labels("a") + b"\0\x01\0\x01"),
    ("two OPT records", HEADER[:10] + b"\0\x02" + labels("a") + b"\0\x01\0\x01" + b"\0\0\x29\x10\0\0\0\0\0\0\0" * 2),
    ("an OPT record that lies about its length", HEADER[:10] + b"\0\x01" + labels("a") + b"\0\x01\0\x01" + b"\0\0\x29\x10\0\0\0\0\0\xff\xff"),
    ("an option that lies about its length",
     HEADER[:10] + b"\0\x01" + labels("a") + b"\0\x01\0\x01" + b"\0\0\x29\x10\0\0\0\0\0\0\x04\0\x0a\xff\xff"),
    ("an answer instead of a query", struct.pack(">6H", 9, 0x8180, 1, 0, 0, 0) + labels("a") + b"\0\x01\0\x01"),
    ("an opcode that does not exist", struct.pack(">6H", 9, 0x7800, 1, 0, 0, 0) + labels("a") + b"\0\x01\0\x01"),
    ("an UPDATE", struct.pack(">6H", 9, 0x2800, 1, 0, 0, 0) + labels("a") + b"\0\x06\0\x01"),
    ("a zone transfer by UDP", query("cluster.local", kind=252)),
    ("rubbish behind the question", query("a", tail=b"rubbish")),
    ("the largest packet there is", b"\xff" * 65507),
    ("the largest packet with a good start", query(NAME) + b"\0" * (65507 - len(query(NAME)))),
]


@pytest.mark.parametrize("message", [row[1] for row in BAD_MESSAGES], ids=[row[0] for row in BAD_MESSAGES])
def test_bad_message(lab, message):
    with udp(lab) as sock:
        sock.send(message)
        sock.send(query(NAME, ident=4711))
        reply = sock.recv(65535)  # an answer to the bad one may come first
        if reply[:2] != struct.pack(">H", 4711):
            assert reply[2] & 0x80, "a reply has the QR bit"
            reply = sock.recv(65535)
        assert reply[:2] == struct.pack(">H", 4711) and reply[3] & 15 == 0
    if message:
        with tcp(lab) as sock:
            sock.sendall(framed(message[:65535]))
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65535):
                pass


RCODES = [
    ("a looping name", HEADER + b"\xc0\x0c\0\x01\0\x01", 1),
    ("a truncated question", HEADER + b"\x03abc\0\0\x01", 1),
    ("two questions", query("a.b", count=2), 1),
    ("an opcode that is not served", struct.pack(">6H", 9, 0x2800, 1, 0, 0, 0) + labels("a") + b"\0\x06\0\x01", 4),
    ("another zone, with more labels than a short name has", query("a.b.c.d.example.org"), 5),
]


@pytest.mark.parametrize("message,rcode", [row[1:] for row in RCODES], ids=[row[0] for row in RCODES])
def test_bad_message_is_answered_by_its_code(lab, message, rcode):
    assert ask(lab, message)[3] & 15 == rcode


def test_tcp_length_larger_than_what_comes(lab):
    with tcp(lab) as sock:
        sock.sendall(b"\xff\xff" + query(NAME))
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""


def test_tcp_length_zero(lab):
    with tcp(lab) as sock:
        sock.sendall(b"\0\0" + framed(query(NAME, ident=5)))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65535):
            pass


def test_tcp_byte_by_byte(lab):
    with tcp(lab) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in framed(query(NAME)):
            sock.sendall(bytes([byte]))
        assert read_framed(sock)[3] & 15 == 0


def test_tcp_many_queries_in_one_go_are_all_answered(lab):
    with tcp(lab) as sock:
        sock.sendall(b"".join(framed(query(NAME, ident=i)) for i in range(500)))
        assert sorted(struct.unpack(">H", read_framed(sock)[:2])[0] for _ in range(500)) == list(range(500))


def test_tcp_client_that_reads_nothing_holds_nobody_up(lab):
    with tcp(lab) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.setblocking(False)
        batch = b"".join(framed(query(NAME, ident=i)) for i in range(500))
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _ in range(200):
                deaf.send(batch)
        assert ask_tcp(lab, query(NAME))[3] & 15 == 0


def test_many_idle_tcp_connections_hold_nobody_up(lab):
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(tcp(lab)) for _ in range(100)]
        for sock in idle[::2]:
            sock.sendall(b"\0")
        assert ask(lab, query(NAME))[3] & 15 == 0


# HTTP, below the API

def api(lab):
    host, port = lab.api.removeprefix("http://").split(":")
    return contextlib.closing(socket.create_connection((host, int(port)), timeout=60))


def drain(sock):
    data = b""
    with contextlib.suppress(ConnectionError):
        while more := sock.recv(65536):
            data += more
    return data


GOOD = b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CUT_SHORT = [
    ("nothing", b""),
    ("half a request line", b"GET /api"),
    ("half the headers", b"GET /api HTTP/1.1\r\nHost: x\r\n"),
    ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200),
    ("zero bytes", b"\0" * 10000),
    ("a body shorter than its length", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{}"),
    ("a chunk that lies", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n{}\r\n"),
]
REFUSED = [
    ("a method that does not exist", b"BREW /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ("a version that does not exist", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
    ("a path of 100 kB", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ("a header of 1 MB", b"GET /api HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n\r\n"),
    ("ten thousand headers", b"GET /api HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"),
    ("a length that is no number", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"),
    ("a negative length", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}"),
    ("a length beyond 64 bits", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
    ("a chunk size that is no number", b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    ("percent escapes of nothing", b"GET /api/v1/namespaces/%/pods/%zz%0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ("an escaped zero byte", b"GET /api/v1/namespaces/a%00b/pods HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ("bytes that are no UTF-8", b"GET /api/v1/namespaces/\xff\xfe/pods HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ("a path that climbs", b"GET /api/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in CUT_SHORT], ids=[row[0] for row in CUT_SHORT])
def test_client_that_leaves_too_early(lab, text):
    for leave in (lambda sock: None, lambda sock: sock.shutdown(socket.SHUT_WR),
                  lambda sock: sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))):
        with api(lab) as sock:
            sock.sendall(text)
            leave(sock)


@pytest.mark.parametrize("text", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_bad_http(lab, text):
    with api(lab) as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(text)
        reply = b""
        with contextlib.suppress(ConnectionError):  # refused before all of it was read
            reply = sock.recv(65536)
    assert not reply or re.match(rb"HTTP/1.1 (4\d\d|50[15]) ", reply), reply[:300]


def test_request_in_single_bytes(lab):
    with api(lab) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in GOOD:
            sock.sendall(bytes([byte]))
        assert b"gitVersion" in drain(sock)


def test_half_closed_connection_gets_its_answer(lab):
    with api(lab) as sock:
        sock.sendall(GOOD)
        sock.shutdown(socket.SHUT_WR)
        assert b"gitVersion" in drain(sock)


def test_requests_one_behind_the_other_are_answered_in_order(lab):
    with api(lab) as sock:
        keep = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        sock.sendall(keep * 20 + GOOD)
        reply = drain(sock)
    assert reply.count(b"HTTP/1.1 200") == 21 and reply.rindex(b"gitVersion") > reply.rindex(b"ok")


def test_many_connections_that_wait_hold_nobody_up(lab):
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(api(lab)).sendall(b"GET /api HTTP/1.1\r\nHo")
        assert lab.http("GET", "/version")[0] == 200


def test_watches_whose_client_is_gone_hold_nobody_up(lab):
    for _ in range(50):
        with api(lab) as sock:
            sock.sendall(b"GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\n\r\n")
            assert sock.recv(16).startswith(b"HTTP/1.1 200")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# Bodies

def deep(depth):
    return b'{"metadata":{"name":"deep"},"data":' + b"[" * depth + b"]" * depth + b"}"


BODIES = [
    ("nothing", b"", 400, "BadRequest"),
    ("half an object", b'{"metadata":{"name":', 400, "BadRequest"),
    ("two objects", b'{"metadata":{"name":"a"}}{}', 400, "BadRequest"),
    ("a list", b"[]", 400, "BadRequest"),
    ("null", b"null", 400, "BadRequest"),
    ("text", b'"text"', 400, "BadRequest"),
    ("a depth of 10,000", deep(10_000), 400, "BadRequest"),
    ("a depth of a million", deep(1_000_000), 400, "BadRequest"),
    ("bytes that are no UTF-8", b'{"metadata":{"name":"a"},"data":{"k":"\xff\xfe"}}', 400, "BadRequest"),
    ("half a surrogate pair", b'{"metadata":{"name":"a\\ud800"}}', None, None),
    ("a zero byte in a name", b'{"metadata":{"name":"a\\u0000b"}}', None, None),
    ("a number too large", b'{"metadata":{"name":"a","generation":1e999}}', None, None),
    ("metadata that is a list", b'{"metadata":[]}', 400, "BadRequest"),
    ("no name", b'{"metadata":{}}', 422, "Invalid"),
    ("a name of 300 characters", b'{"metadata":{"name":"' + b"a" * 300 + b'"}}', 422, "Invalid"),
    ("another kind", b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}', 400, "BadRequest"),
    ("another version", b'{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}', 400, "BadRequest"),
    ("10 MB", b'{"metadata":{"name":"big"},"data":{"k":"' + b"x" * 10_000_000 + b'"}}', 413, "RequestEntityTooLarge"),
]


@pytest.mark.parametrize("body,code,reason", [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_bad_body(lab, body, code, reason):
    got, status = lab.http("POST", CONFIGMAPS, body)
    if code is None:
        assert 400 <= got < 500, status
    else:
        assert (got, status["reason"]) == (code, reason), status
    assert status["kind"] == "Status" and status["code"] == got and status["message"]


def test_a_megabyte_is_not_too_large_for_a_request_but_for_a_config_map(lab):
    code, status = lab.http("POST", CONFIGMAPS, {"metadata": {"name": "big"}, "data": {"k": "x" * 1_100_000}})
    assert (code, status["reason"]) == (422, "Invalid") and "may not be more than 1048576 bytes" in status["message"]


def test_duplicate_keys_are_refused_warned_of_or_ignored(lab):
    body = b'{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}'
    code, status = lab.http("POST", f"{CONFIGMAPS}?fieldValidation=Strict&dryRun=All", body)
    assert code == 400 and 'duplicate field "data.a"' in status["message"]
    code, made = lab.http("POST", f"{CONFIGMAPS}?fieldValidation=Warn&dryRun=All", body)
    assert code == 201 and made["data"] == {"a": "2"}
    assert lab.last_headers["Warning"] == r'299 - "duplicate field \"data.a\""'
    code, made = lab.http("POST", f"{CONFIGMAPS}?fieldValidation=Ignore&dryRun=All", body)
    assert code == 201 and made["data"] == {"a": "2"} and "Warning" not in lab.last_headers
    assert lab.http("POST", f"{CONFIGMAPS}?fieldValidation=Perhaps", body)[0] == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json-patch+json", "image/png", ";;;"])
def test_wrong_content_type(lab, kind):
    code, status = lab.http("POST", CONFIGMAPS, b'{"metadata":{"name":"a"}}', content_type=kind)
    assert (code, status["reason"]) == (415, "UnsupportedMediaType")


def test_wrong_content_type_of_a_patch(lab):
    code, status = lab.http("PATCH", f"{SETS}/stateful-demo", b"{}", content_type="application/json")
    assert (code, status["reason"]) == (415, "UnsupportedMediaType")


def test_accept_that_cannot_be_met(lab):
    code, status = lab.http("GET", SETS, accept="image/png")
    assert (code, status["reason"]) == (406, "NotAcceptable")


@pytest.mark.parametrize("body", [b"k8s\0", b"k8s\0\xff\xff\xff", b"k8s\0\x0a\xff\xff\xff\xff\x0f", b"k8", b"",
                                  b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x05\x0a\x7fabc"])
def test_bad_protobuf(lab, body):
    code, status = lab.http("POST", CONFIGMAPS, body, content_type="application/vnd.kubernetes.protobuf")
    assert code in (400, 415), status
    assert status["kind"] == "Status"


def test_protobuf_of_other_kinds_is_told_to_send_json(lab):
    envelope = b"k8s\0\x0a\x09\x0a\x02v1\x12\x03Pod\x12\x00"
    code, status = lab.http("POST", "/api/v1/namespaces/default/pods", envelope,
                            content_type="application/vnd.kubernetes.protobuf")
    assert code == 415 and "send JSON" in status["message"]


# Paths, queries

@pytest.mark.parametrize("path", ["/nothing", "/api/v2", "/apis/none", "/apis/none/v1/things", "/api/v1/gadgets", "/apis/apps/v9",
                                  "/api/v1/namespaces/default/gadgets", "/api/v1/namespaces/default/pods/a/b/c/d/e",
                                  "/api/v1/namespaces/default/pods/x/nothing", "//", "/api//v1", "/" + "a/" * 5000,
                                  "/api/v1/namespaces/" + "n" * 300 + "/pods/" + "p" * 300])
def test_unknown_path(lab, path):
    code, _ = lab.http("GET", path)
    assert code in (404, 414), code


@pytest.mark.parametrize("method,path", [("DELETE", "/api/v1/namespaces"), ("POST", f"{SETS}/stateful-demo"), ("PUT", SETS),
                                         ("PATCH", SETS), ("DELETE", f"{SETS}/stateful-demo/status"), ("POST", "/version")])
def test_method_that_is_not_served(lab, method, path):
    code, _ = lab.http(method, path, {})
    assert code in (404, 405)


BAD_QUERIES = [
    "limit=abc", "limit=99999999999999999999", "limit=1&continue=rubbish", "continue=e30", "labelSelector=%3D%3D",
    "labelSelector=a%20in", "labelSelector=a%20in%20%28", "labelSelector=a%20in%20%28b", "labelSelector=%2C%2C", "labelSelector=%21%21a",
    "labelSelector=a%3D" + "x" * 64, "labelSelector=" + "a" * 300, "labelSelector=%ff%fe", "fieldSelector=a", "fieldSelector=spec.no%3Dx",
    "fieldSelector=%3D", "resourceVersion=abc", "resourceVersion=-5", 
    "resourceVersionMatch=Exact", "resourceVersionMatch=Sometimes&resourceVersion=1", "watch=true&sendInitialEvents=true",
]


@pytest.mark.parametrize("text", BAD_QUERIES, ids=[text[:40] for text in BAD_QUERIES])
def test_bad_query(lab, text):
    code, status = lab.http("GET", f"/api/v1/namespaces/experiments/pods?{text}")
    assert 400 <= code < 500 and status["kind"] == "Status", (code, status)


def test_versions_from_the_future(lab):
    code, status = lab.http("GET", "/api/v1/pods?resourceVersion=999999999")
    assert (code, status["reason"]) == (504, "Timeout")
    assert status["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"
    code, status = lab.http("GET", "/api/v1/pods?resourceVersion=1&resourceVersionMatch=Exact")
    assert (code, status.get("reason")) in ((410, "Expired"), (200, None))


@pytest.mark.parametrize("text", ["propagationPolicy=Sideways", "gracePeriodSeconds=abc", "dryRun=Some",
                                  "propagationPolicy=Orphan&orphanDependents=true"])
def test_bad_delete_options(lab, text):
    code, status = lab.http("DELETE", f"{SETS}/stateful-demo?{text}")
    assert code in (400, 422), status


# Patches that do not apply

PATCHES = [
    ("no JSON", "merge-patch+json", b"{", 400),
    ("a merge patch that is a list", "merge-patch+json", b"[]", 400),
    ("a JSON patch that is an object", "json-patch+json", b"{}", 400),
    ("an operation that does not exist", "json-patch+json", b'[{"op":"jump","path":"/a"}]', None),
    ("a path that does not exist", "json-patch+json", b'[{"op":"remove","path":"/spec/nope"}]', 422),
    ("a path without its slash", "json-patch+json", b'[{"op":"add","path":"spec","value":1}]', None),
    ("a test that fails", "json-patch+json", b'[{"op":"test","path":"/spec/replicas","value":99}]', 422),
    ("an index far away", "json-patch+json", b'[{"op":"add","path":"/spec/template/spec/containers/9999999999","value":{}}]', None),
    ("a move into itself", "json-patch+json", b'[{"op":"move","from":"/spec","path":"/spec/template"}]', None),
    ("the whole object removed", "json-patch+json", b'[{"op":"remove","path":""}]', None),
    ("copies that double each time", "json-patch+json",
     json.dumps([{"op": "add", "path": "/metadata/annotations", "value": {"a0": "x" * 1000}}]
                + [{"op": "copy", "from": "/metadata", "path": "/metadata/annotations/a"}] * 30).encode(), None),
    ("a directive that does not exist", "strategic-merge-patch+json", b'{"spec":{"template":{"$patch":"explode"}}}', 500),
    ("a list element without its key", "strategic-merge-patch+json",
     b'{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}', 500),
    ("a list where an object belongs", "strategic-merge-patch+json", b'{"spec":[1,2]}', None),
    ("text where a number belongs", "merge-patch+json", b'{"spec":{"replicas":"three"}}', None),
    ("a depth of 10,000", "merge-patch+json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    ("another name", "merge-patch+json", b'{"metadata":{"name":"other"}}', None),
    ("another uid", "merge-patch+json", b'{"metadata":{"uid":"other"}}', 409),
    ("an old version", "merge-patch+json", b'{"metadata":{"resourceVersion":"1"}}', 409),
    ("an apply without a manager", "apply-patch+yaml", b'{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"stateful-demo"}}', None),
    ("an apply that is no YAML", "apply-patch+yaml", b"a: [b: {", 400),
    ("an apply with YAML aliases that explode", "apply-patch+yaml",
     b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % ((c, c) + (c - 1,) * 9)
                                              for c in range(ord("b"), ord("k"))), None),
]


@pytest.mark.parametrize("kind,body,code", [row[1:] for row in PATCHES], ids=[row[0] for row in PATCHES])
def test_patch_that_does_not_apply(lab, kind, body, code):
    before = lab.http("GET", f"{SETS}/stateful-demo")[1]["metadata"]
    got, status = lab.http("PATCH", f"{SETS}/stateful-demo?fieldValidation=Strict", body, content_type=f"application/{kind}")
    assert got == code if code else 400 <= got < 500, status
    assert status["kind"] == "Status"
    assert lab.http("GET", f"{SETS}/stateful-demo")[1]["metadata"]["resourceVersion"] == before["resourceVersion"]


def test_client_that_leaves_in_the_middle_of_a_body(lab):
    for size in (0, 1, 1000, 500_000):
        with api(lab) as sock:
            sock.sendall(b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                         b"Content-Length: 1000000\r\n\r\n" + b"{" * size)


def test_large_answer_that_nobody_reads(lab):
    for n in range(20):
        assert lab.http("POST", CONFIGMAPS, {"metadata": {"name": f"large-{n}"}, "data": {"k": "x" * 900_000}})[0] == 201
    with api(lab) as deaf:
        deaf.sendall(b"GET /api/v1/configmaps HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        assert lab.http("GET", "/version")[0] == 200
    assert lab.http("DELETE", CONFIGMAPS)[0] == 200


def test_end_of_the_lab_with_open_connections_is_orderly(start_lab):
    lab = start_lab("-f", DEMO)
    with api(lab) as idle, api(lab) as half, api(lab) as watch, tcp(lab) as dns:
        half.sendall(b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        watch.sendall(b"GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\n\r\n")
        assert watch.recv(16).startswith(b"HTTP/1.1 200")
        dns.sendall(b"\0\x40abc")
        assert lab.stop() == 0, lab.log_text()
        assert idle.recv(1) == b""
