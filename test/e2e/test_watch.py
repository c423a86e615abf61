"""Watch streams from outside, by plain sockets: nothing lost, in order, slow readers left behind, the forms that clients of
1.28 to 1.37 ask for."""
import json
import selectors
import socket

import pytest

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
STREAMING_LIST = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"


class Stream:
    """One watch: its bytes as they come, its events."""

    def __init__(self, lab, query, path=CONFIGMAPS, receive_bytes=None, accept="application/json"):
        host, port = lab.api.removeprefix("http://").split(":")
        self.sock = socket.socket()
        if receive_bytes:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.sock.settimeout(120)
        self.sock.connect((host, int(port)))
        self.sock.sendall(f"GET {path}?{query} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode())
        self.raw, self.text, self.ended = b"", b"", False
        self.events = []
        while b"\r\n\r\n" not in self.raw:
            self.read()
        head, self.raw = self.raw.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        self.chunked = b"transfer-encoding: chunked" in head.lower()
        self.parse()

    def read(self):
        more = self.sock.recv(1 << 16)
        if not more:
            self.ended = True
            raise EOFError(self.raw[-200:])
        self.raw += more

    def parse(self):
        """Takes whole chunks off raw, and whole lines off those."""
        while self.chunked and b"\r\n" in self.raw:
            size, rest = self.raw.split(b"\r\n", 1)
            n = int(size, 16)
            if len(rest) < n + 2:
                break
            self.text += rest[:n]
            self.raw = rest[n + 2:]
            self.ended = self.ended or n == 0
        *lines, self.text = self.text.split(b"\n")
        self.events += [json.loads(line) for line in lines if line]

    def until(self, satisfied):
        """All events up to the first that satisfies."""
        done = 0
        while True:
            for n in range(done, len(self.events)):
                if satisfied(self.events[n]):
                    return self.events[:n + 1]
            done = len(self.events)
            assert not self.ended, f"it ended without: {[brief(e) for e in self.events][-10:]}"
            self.read()
            self.parse()

    def to_the_end(self):
        while not self.ended:
            try:
                self.read()
            except EOFError:
                break
            self.parse()
        return self.events

    def close(self):
        self.sock.close()


def brief(event):
    meta = event["object"].get("metadata", {})
    return event["type"], meta.get("name"), meta.get("resourceVersion")


@pytest.fixture
def open_stream(lab):
    streams = []

    def start(query, **more):
        streams.append(Stream(lab, query, **more))
        return streams[-1]

    yield start
    for stream in streams:
        stream.close()


def write(lab, method, name="", body=None, **headers):
    code, reply = lab.http(method, CONFIGMAPS + (f"/{name}" if name else ""), body, **headers)
    assert code in (200, 201), reply
    return reply


def version_now(lab):
    return lab.http("GET", CONFIGMAPS)[1]["metadata"]["resourceVersion"]


def read_all(streams, satisfied):
    """Reads them side by side until the last event of each satisfies."""
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream.sock, selectors.EVENT_READ, stream)
        left = len(streams)
        while left > 0:
            ready = selector.select(120)
            assert ready, f"{left} watchers wait for ever"
            for key, _ in ready:
                stream = key.data
                stream.read()
                stream.parse()
                if stream.events and satisfied(stream.events[-1]):
                    selector.unregister(stream.sock)
                    left -= 1


def test_300_watchers_see_300_changes_each_once_and_in_order(lab, open_stream):
    version = version_now(lab)
    streams = [open_stream(f"watch=true&resourceVersion={version}") for _ in range(300)]
    expected = []
    for n in range(100):
        name = f"c{n}"
        made = write(lab, "POST", body={"metadata": {"name": name}, "data": {"k": "v"}})
        expected.append(("ADDED", name, made["metadata"]["resourceVersion"]))
        changed = write(lab, "PATCH", name, {"data": {"k": "w"}}, content_type="application/merge-patch+json")
        expected.append(("MODIFIED", name, changed["metadata"]["resourceVersion"]))
        write(lab, "DELETE", name)
        expected.append(("DELETED", name))
    read_all(streams, lambda event: event["type"] == "DELETED" and event["object"]["metadata"]["name"] == "c99")
    for stream in streams:
        seen = [brief(event) for event in stream.events]
        assert [event[:len(want)] for event, want in zip(seen, expected)] == expected and len(seen) == 300
        versions = [int(event[2]) for event in seen]
        assert versions == sorted(set(versions)), "a deletion has a version of its own"


def test_slow_watcher_is_left_behind_and_told_while_others_go_on(lab, open_stream):
    version = version_now(lab)
    slow = open_stream(f"watch=true&resourceVersion={version}", receive_bytes=4096)
    quick = open_stream(f"watch=true&resourceVersion={version}")
    rounds = 60  # twice the bytes that the history holds
    for n in range(rounds):
        write(lab, "POST", body={"metadata": {"name": "c", "labels": {"n": str(n)}}, "data": {"k": "x" * 1_000_000}})
        write(lab, "DELETE", "c")
        quick.until(lambda event, n=n: event["type"] == "DELETED" and event["object"]["metadata"]["labels"]["n"] == str(n))
    assert [event["type"] for event in quick.events] == ["ADDED", "DELETED"] * rounds
    events = slow.to_the_end()
    assert events[-1]["type"] == "ERROR"
    status = events[-1]["object"]
    assert (status["kind"], status["code"], status["reason"]) == ("Status", 410, "Expired")
    assert [event["type"] for event in events[:-1]] == [event["type"] for event in quick.events[:len(events) - 1]]
    assert len(events) < 2 * rounds
    late = open_stream(f"watch=true&resourceVersion={version}")
    if late.status == 200:
        assert [(e["type"], e["object"]["code"]) for e in late.to_the_end()] == [("ERROR", 410)]
    else:
        assert late.status == 410


def test_watcher_without_a_version_begins_with_what_there_is(lab, open_stream):
    write(lab, "POST", body={"metadata": {"name": "a"}})
    for query in ("watch=true", "watch=1", "watch=true&resourceVersion=0"):
        stream = open_stream(query + "&labelSelector=%21x")
        first = stream.until(lambda event: event["object"]["metadata"]["name"] == "a")[-1]
        assert first["type"] == "ADDED" and first["object"]["kind"] == "ConfigMap" and first["object"]["apiVersion"] == "v1"


def test_streaming_list_ends_in_its_bookmark(lab, open_stream):
    for name in "abc":
        write(lab, "POST", body={"metadata": {"name": name, "labels": {"l": "y"}}})
    stream = open_stream(f"{STREAMING_LIST}&labelSelector=l")
    events = stream.until(lambda event: event["type"] == "BOOKMARK")
    assert [brief(event)[:2] for event in events[:-1]] == [("ADDED", name) for name in "abc"]
    meta = events[-1]["object"]["metadata"]
    assert meta["annotations"] == {"k8s.io/initial-events-end": "true"} and meta["resourceVersion"] == version_now(lab)
    assert events[-1]["object"]["kind"] == "ConfigMap"
    write(lab, "POST", body={"metadata": {"name": "d", "labels": {"l": "y"}}})
    assert brief(stream.until(lambda event: event["object"]["metadata"].get("name") == "d")[-1])[0] == "ADDED"


def test_streaming_list_of_nothing_is_its_bookmark(open_stream):
    stream = open_stream(f"{STREAMING_LIST}&labelSelector=nobody")
    assert [event["type"] for event in stream.until(lambda event: event["type"] == "BOOKMARK")] == ["BOOKMARK"]


def test_timeout_ends_the_stream_cleanly(lab, open_stream):
    write(lab, "POST", body={"metadata": {"name": "a"}})
    stream = open_stream("watch=true&timeoutSeconds=1&labelSelector=%21x")
    assert ("ADDED", "a") in [brief(event)[:2] for event in stream.to_the_end()]
    assert stream.ended, "by the last chunk, not by a cut connection"


def test_selectors_turn_changes_into_additions_and_deletions(lab, open_stream):
    version = version_now(lab)
    stream = open_stream(f"watch=true&resourceVersion={version}&labelSelector=on%3Dyes")
    write(lab, "POST", body={"metadata": {"name": "a"}})
    for value in ("yes", "no", "yes"):
        write(lab, "PATCH", "a", {"metadata": {"labels": {"on": value}}}, content_type="application/merge-patch+json")
    last = write(lab, "PATCH", "a", {"data": {"k": "v"}}, content_type="application/merge-patch+json")
    write(lab, "DELETE", "a")
    seen = stream.until(lambda event: event["type"] == "DELETED" and event["object"].get("data"))
    assert [event["type"] for event in seen] == ["ADDED", "DELETED", "ADDED", "MODIFIED", "DELETED"]
    assert seen[1]["object"]["metadata"]["labels"] == {"on": "yes"}, "as it last matched"
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in seen]
    assert versions == sorted(set(versions)) and versions[-1] > int(last["metadata"]["resourceVersion"])


def test_watch_of_one_name(lab, open_stream):
    version = version_now(lab)
    stream = open_stream(f"watch=true&resourceVersion={version}&fieldSelector=metadata.name%3Db")
    for name in "abc":
        write(lab, "POST", body={"metadata": {"name": name}})
    write(lab, "DELETE", "b")
    seen = stream.until(lambda event: event["type"] == "DELETED")
    assert [brief(event)[:2] for event in seen] == [("ADDED", "b"), ("DELETED", "b")]


def test_watch_as_tables_sends_the_columns_once(lab, open_stream):
    version = version_now(lab)
    stream = open_stream(f"watch=true&resourceVersion={version}", accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    for name in "ab":
        write(lab, "POST", body={"metadata": {"name": name}, "data": {"k": "v"}})
    first, second = stream.until(lambda event: event["object"]["rows"][0]["cells"][0] == "b")
    assert [column["name"] for column in first["object"]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert not second["object"]["columnDefinitions"]
    assert second["object"]["rows"][0]["cells"][:2] == ["b", 1]
    assert second["object"]["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


def test_version_from_the_future_waits_or_is_refused(lab, open_stream):
    stream = open_stream("watch=true&resourceVersion=999999999&timeoutSeconds=1")
    if stream.status == 200:
        assert all(event["type"] == "ERROR" for event in stream.to_the_end())
    else:
        assert stream.status == 504
