"""A real control plane on the loopback, and a CoreDNS beside it: what Ordinal is compared with.

The programs come from test/peers/build (deploy/deps peers). Every process is started on free ports, in a folder of its
own, and ended by its pid. Nothing here judges Ordinal; the tests do."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

CACHE = pathlib.Path(os.environ.get("ORDINAL_CACHE", pathlib.Path.home() / ".cache" / "ordinal"))
BIN = CACHE / "peers" / "bin"
STAGES = CACHE / "peers" / "kwok-stages"
START_LIMIT_S = 120  # bounds a hang; nothing is judged by it
TOKEN = "admin-of-the-tests"
SERVICES_V4, SERVICES_V6 = "10.96.0.0/16", "fd00:96::/112"


def free_port(given=set()):
    """Free for TCP and UDP, not given before, and below those that outgoing connections take: nobody gets it by chance
    before it is used."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def until(satisfied, what, limit_s=START_LIMIT_S, pause_s=0.05):
    """Waits for satisfied() to be true and returns what it gave; a hang ends with `what`."""
    end = time.monotonic() + limit_s
    while True:
        got = satisfied()
        if got:
            return got
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(pause_s)


class Process:
    """One program in the background, its output in a file."""

    def __init__(self, folder, name, *argv, env=None):
        self.log = folder / f"{name}.log"
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=subprocess.STDOUT, cwd=folder, env={**os.environ, **(env or {})})

    @property
    def pid(self):
        return self.popen.pid

    def stop(self, signum=signal.SIGTERM, limit_s=30):
        if self.popen.poll() is None:
            self.popen.send_signal(signum)
        try:
            return self.popen.wait(timeout=limit_s)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()

    def text(self):
        return self.log.read_text(errors="replace")


class ControlPlane:
    """etcd and kube-apiserver; with controllers=True also kube-controller-manager, kube-scheduler and kwok with one node
    that makes every pod Ready at once. Fields: kubeconfig (path), url, token, ca (path of the certificate)."""

    def __init__(self, folder, controllers=False, api_args=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.api_args = [str(a) for a in api_args]
        self.etcd_port, self.api_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.api_port}"
        self.token = TOKEN
        self.pki = self.folder / "pki"
        self.ca = self.pki / "apiserver.crt"
        self.kubeconfig = self.folder / "kubeconfig"
        self.parts = {}
        self._thread = threading.local()  # .connection: the one to the API, kept
        self._make_keys()
        try:
            self.start_etcd()
            self.start_api()
            if controllers:
                self.start_controllers()
        except BaseException:
            self.stop()
            raise

    def _make_keys(self):
        self.pki.mkdir(exist_ok=True)
        key, public = self.pki / "sa.key", self.pki / "sa.pub"
        self._openssl("genrsa", "-out", key, "2048")
        self._openssl("rsa", "-in", key, "-pubout", "-out", public)
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=clients",
                      "-keyout", self.pki / "clients.key", "-out", self.pki / "clients.crt")
        (self.folder / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url, "certificate-authority": str(self.ca)}}],
            "users": [{"name": "test", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}))

    @staticmethod
    def _openssl(*argv):
        subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True)

    def client_certificate(self, user, group):
        """Paths of a certificate that the API server takes for this user, and of its key."""
        cert, key, request = (self.pki / f"{user}.{end}" for end in ("crt", "key", "csr"))
        self._openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/O={group}/CN={user}", "-keyout", key,
                      "-out", request)
        self._openssl("x509", "-req", "-days", "30", "-in", request, "-CA", self.pki / "clients.crt", "-CAkey",
                      self.pki / "clients.key", "-CAcreateserial", "-out", cert)
        return cert, key

    def start_etcd(self):
        peer = free_port()
        self.parts["etcd"] = Process(
            self.folder, "etcd", BIN / "etcd", "--data-dir", self.folder / "etcd", "--unsafe-no-fsync",
            "--listen-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--advertise-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-cluster", f"default=http://127.0.0.1:{peer}", "--log-level", "warn")

    def start_api(self):
        self.parts["api"] = Process(
            self.folder, "kube-apiserver", BIN / "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{self.etcd_port}",
            "--secure-port", self.api_port, "--bind-address", "127.0.0.1", "--cert-dir", self.pki,
            "--endpoint-reconciler-type", "none", "--service-cluster-ip-range", f"{SERVICES_V4},{SERVICES_V6}",
            "--service-account-key-file", self.pki / "sa.pub", "--service-account-signing-key-file", self.pki / "sa.key",
            "--service-account-issuer", "https://kubernetes.default.svc", "--token-auth-file", self.folder / "tokens.csv",
            "--client-ca-file", self.pki / "clients.crt",
            "--authorization-mode", "RBAC", "--disable-admission-plugins", "ServiceAccount", "--allow-privileged",
            *self.api_args)
        until(self.is_ready, f"kube-apiserver; see {self.parts['api'].log}", pause_s=0.1)

    def start_controllers(self):
        self.parts["controllers"] = Process(
            self.folder, "kube-controller-manager", BIN / "kube-controller-manager", "--kubeconfig", self.kubeconfig,
            "--leader-elect=false", "--bind-address", "127.0.0.1", "--secure-port", free_port(),
            "--service-account-private-key-file", self.pki / "sa.key", "--use-service-account-credentials=false",
            "--pvclaimbinder-sync-period=1s",  # claims that wait for a volume look again
            "--controllers", "*,-bootstrap-signer-controller,-token-cleaner-controller")
        self.parts["scheduler"] = Process(
            self.folder, "kube-scheduler", BIN / "kube-scheduler", "--kubeconfig", self.kubeconfig, "--leader-elect=false",
            "--bind-address", "127.0.0.1", "--secure-port", free_port())
        stages = ["pod/fast/pod-ready.yaml", "pod/fast/pod-complete.yaml", "pod/fast/pod-delete.yaml",
                  "node/fast/node-initialize.yaml", "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml"]
        self.parts["kwok"] = Process(
            self.folder, "kwok", BIN / "kwok", *[f"--config={STAGES / s}" for s in stages],
            "--node-lease-duration-seconds=40", "--kubeconfig", self.kubeconfig, "--manage-all-nodes=false",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake", "--cidr", "10.244.0.0/16",
            "--node-ip", "127.0.0.1")
        room = {"cpu": "10000", "memory": "1000Gi", "pods": "100000"}
        self.create("/api/v1/nodes", {
            "metadata": {"name": "node0", "annotations": {"kwok.x-k8s.io/node": "fake"},
                         "labels": {"type": "kwok", "kubernetes.io/hostname": "node0"}},
            "status": {"allocatable": room, "capacity": room}})
        until(lambda: "default" in [a["metadata"]["name"] for a in
                                    self.get("/api/v1/namespaces/default/serviceaccounts")["items"]],
              "the controllers' first work")

    def is_ready(self):
        api = self.parts["api"]
        assert api.popen.poll() is None, api.text()[-2000:]
        try:
            return self.request("GET", "/readyz")[0] == 200
        except OSError:
            return False

    # The API, plainly, on one connection a thread. Bodies are dicts; what comes back is decoded where it is JSON.
    def request(self, method, path, body=None, content_type="application/json", accept="application/json", limit_s=60):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type, "Accept": accept}
        data = None if body is None else json.dumps(body).encode()
        kept = getattr(self._thread, "connection", None)
        if kept:
            try:
                return self._exchange(kept, limit_s, method, path, data, headers)
            except (ConnectionError, ssl.SSLEOFError):
                pass  # it was closed while nobody looked; a write that was done all the same says so the second time
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        kept = self._thread.connection = http.client.HTTPSConnection("127.0.0.1", self.api_port, context=context)
        return self._exchange(kept, limit_s, method, path, data, headers)

    def _exchange(self, connection, limit_s, *request):
        connection.timeout = limit_s
        if connection.sock:
            connection.sock.settimeout(limit_s)
        try:
            connection.request(*request)
            reply = connection.getresponse()
            status, data = reply.status, reply.read()
        except BaseException:
            connection.close()
            self._thread.connection = None
            raise
        try:
            return status, json.loads(data)
        except ValueError:
            return status, data.decode(errors="replace")

    def status_as(self, token, path):
        """What the server says to the bearer of this token."""
        context = ssl._create_unverified_context()
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as reply:
                return reply.status
        except urllib.error.HTTPError as e:
            return e.code

    def _must(self, method, path, body=None, **more):
        status, got = self.request(method, path, body, **more)
        assert status in (200, 201, 202), f"{method} {path}: {status} {got}"
        return got

    def get(self, path):
        return self._must("GET", path)

    def create(self, path, body):
        return self._must("POST", path, body)

    def replace(self, path, body):
        return self._must("PUT", path, body)

    def patch(self, path, body):
        return self._must("PATCH", path, body, content_type="application/merge-patch+json")

    def delete(self, path, body=None):
        return self._must("DELETE", path, body)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C", "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *argv, minor="32", stdin=None, check=True, limit_s=120):
        done = subprocess.run([str(CACHE / "kubectl" / f"1.{minor}" / "kubectl"), *map(str, argv)], input=stdin, text=True,
                              capture_output=True, timeout=limit_s, check=False, env=self.environment())
        assert not check or done.returncode == 0, f"kubectl {argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def compact(self):
        """etcd forgets its history: a watch from before is 410."""
        revision = self._etcd("/v3/kv/range", {"key": "AA=="})["header"]["revision"]
        self._etcd("/v3/kv/compaction", {"revision": revision, "physical": True})

    def _etcd(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.etcd_port}{path}", data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def kill_api(self):
        self.parts["api"].stop(signal.SIGKILL)

    def stop(self):
        for name in ("kwok", "scheduler", "controllers", "api", "etcd"):
            if name in self.parts:
                self.parts.pop(name).stop()
        shutil.rmtree(self.folder / "etcd", ignore_errors=True)


class CoreDNS:
    """One CoreDNS on a port of its own; options is the inside of its kubernetes block; or blocks(port) is the Corefile."""

    def __init__(self, folder, kubeconfig, options="", zones="cluster.local in-addr.arpa ip6.arpa", more="", env=None,
                 blocks=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        corefile = self.folder / "Corefile"
        corefile.write_text(blocks(self.port) if blocks else f""".:{self.port} {{
    errors
    kubernetes {zones} {{
        kubeconfig {kubeconfig}
        {options}
    }}
    {more}
}}
""")
        self.process = Process(self.folder, "coredns", BIN / "coredns", "-conf", corefile, env=env)
        until(self.listens, f"CoreDNS; see {self.process.log}")

    def listens(self):
        assert self.process.popen.poll() is None, self.process.text()[-2000:]
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.stop()
