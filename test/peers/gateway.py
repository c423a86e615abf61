"""A plain-HTTP front of a control plane that misbehaves on request: refuses, cuts after so many bytes, adds garbage, goes byte
by byte, answers on its own. What the client sends as credentials is handed on; HTTP/1.1, a thread a connection."""
import contextlib
import dataclasses
import http.client
import json
import pathlib
import re
import socket
import socketserver
import ssl
import threading
import time

LIMIT_S = 600  # bounds a hang


@dataclasses.dataclass
class Fault:
    """Of requests whose target matches `of`, `times` times. One of: reply (raw bytes instead of the server's), cut (so many
    octets of the reply are sent, head included, then the connection ends), garbage (sent behind `after` octets: in the middle
    of the head, or in the body as a chunk of its own), step (octets a write)."""
    of: str
    times: int = 1
    reply: bytes | None = None
    cut: int | None = None
    garbage: bytes | None = None
    after: int = 0
    step: int | None = None


class Cut(Exception):
    pass


class Gateway:
    """Fields: url; requests: when each target was asked for, as (seconds, target); faults: put one in to have it."""

    def __init__(self, plane):
        self.plane = plane
        self.faults, self.requests = [], []
        self.lock = threading.Lock()
        self.clients = set()
        self.down = False
        gateway = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError, Cut, http.client.HTTPException, ValueError):
                    gateway.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def stop(self):
        self.refuse()
        self.server.shutdown()
        self.server.server_close()

    def kubeconfig(self, path, **user):
        """Writes a kubeconfig that leads here; user as in a kubeconfig, without one the plane's token."""
        path = pathlib.Path(path)
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url}}],
            "users": [{"name": "test", "user": user or {"token": self.plane.token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}))
        return path

    def refuse(self):
        """Every connection is ended, and every new one, until accept()."""
        with self.lock:
            self.down = True
        self.cut_all()

    def accept(self):
        self.down = False

    def cut_all(self):
        with self.lock:
            for s in self.clients:
                cut_off(s)

    def fault_of(self, target):
        with self.lock:
            self.requests.append((time.monotonic(), target))
            for f in self.faults:
                if re.search(f.of, target):
                    f.times -= 1
                    if f.times <= 0:
                        self.faults.remove(f)
                    return f
        return None

    def serve(self, client):
        with self.lock:
            if self.down:
                cut_off(client)
                return
            self.clients.add(client)
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = client.makefile("rb")
            while line := reader.readline():
                method, target, _ = line.decode().split(" ", 2)
                headers = http.client.parse_headers(reader)
                self.answer(Out(client, self.fault_of(target)), method, target, headers)
        finally:
            with self.lock:
                self.clients.discard(client)

    def answer(self, out, method, target, headers):
        if out.fault and out.fault.reply is not None:
            out.client.sendall(out.fault.reply)
            out.client.shutdown(socket.SHUT_WR)
            raise Cut
        context = ssl._create_unverified_context()
        up = http.client.HTTPSConnection("127.0.0.1", self.plane.api_port, context=context, timeout=LIMIT_S)
        try:
            up.request(method, target, headers={k: v for k, v in headers.items() if k.lower() in ("authorization", "accept")})
            # A watch whose client is gone ends with the plane's next bookmark, or with the plane.
            reply = up.getresponse()
            out.write(f"HTTP/1.1 {reply.status} {reply.reason}\r\nTransfer-Encoding: chunked\r\n"
                      f"Content-Type: {reply.headers['Content-Type']}\r\n\r\n".encode())
            while data := reply.read1(65536):
                out.write(chunk(data))
            out.write(chunk(b""))
        finally:
            up.close()


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Out:
    """The way to the client, with the fault of one reply."""

    def __init__(self, client, fault):
        self.client, self.fault, self.sent = client, fault, 0

    def write(self, data):
        f = self.fault
        if f and f.garbage is not None and self.sent + len(data) > f.after:
            at = max(f.after - self.sent, 0)
            data = data[:at] + f.garbage + data[at:] if self.sent == 0 else chunk(f.garbage) + data
            f.garbage = None
        if f and f.cut is not None and self.sent + len(data) >= f.cut:
            self.client.sendall(data[:f.cut - self.sent])
            cut_off(self.client)
            raise Cut
        for at in range(0, len(data), f.step if f and f.step else max(len(data), 1)):
            self.client.sendall(data[at:at + (f.step if f and f.step else len(data))])
        self.sent += len(data)


def cut_off(s):
    """What was sent still arrives, then the connection ends in the middle of whatever it was."""
    with contextlib.suppress(OSError):
        s.shutdown(socket.SHUT_RDWR)
