"""Who `ordinal serve` is to a real kube-apiserver, over TLS: every way of a kubeconfig, and the service account of a pod."""
import base64
import json
import os
import stat
import subprocess
import time

import pytest
from control_plane import ControlPlane, until
from serving import Serve, corefile

NAME = "who.default.svc.cluster.local"
READER = "system:masters"
# The service account of a pod, where a pod finds it: in a mount namespace of the process alone.
IN_A_POD = """mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io &&
ln -s "$ACCOUNT" /run/secrets/kubernetes.io/serviceaccount && exec "$@"
"""


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    plane = ControlPlane(tmp_path_factory.mktemp("plane"))
    plane.create("/api/v1/namespaces/default/services", {
        "metadata": {"name": "who"}, "spec": {"clusterIP": "10.96.7.7", "ports": [{"port": 80}]}})
    plane.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": {"name": "dns"}, "rules": [
        {"apiGroups": ["", "discovery.k8s.io", "apps"], "verbs": ["list", "watch"],
         "resources": ["namespaces", "services", "endpointslices", "statefulsets", "pods"]}]})
    plane.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": "dns"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "dns"},
        "subjects": [{"kind": "ServiceAccount", "name": "dns", "namespace": "default"}]})
    yield plane
    plane.kill_api()  # or it would wait for the watches to end
    plane.stop()


def new_token(plane):
    """Of the service account, made anew: whatever it had before does not count any more."""
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    plane.request("DELETE", f"{accounts}/dns")
    plane.create(accounts, {"metadata": {"name": "dns"}})
    return plane.create(f"{accounts}/dns/token", {"spec": {}})["status"]["token"]


def kubeconfig(path, plane, user, **cluster):
    """Another context goes before the one that counts, to somewhere else with somebody else."""
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "good",
        "clusters": [{"name": "elsewhere", "cluster": {"server": "https://127.0.0.1:9"}},
                     {"name": "here", "cluster": {"server": plane.url, **cluster}}],
        "users": [{"name": "nobody", "user": {"token": "nonsense"}}, {"name": "us", "user": user}],
        "contexts": [{"name": "bad", "context": {"cluster": "elsewhere", "user": "nobody"}},
                     {"name": "good", "context": {"cluster": "here", "user": "us"}},
                     {"name": "stranger", "context": {"cluster": "here", "user": "nobody"}}]}))
    return path


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode()


def answers(serve):
    return serve.short(NAME) == ["10.96.7.7"]


def users(plane):
    cert, key = plane.client_certificate("somebody", READER)
    return {
        "a token": {"token": plane.token},
        "a certificate and its key in files": {"client-certificate": str(cert), "client-key": str(key)},
        "a certificate and its key as data": {"client-certificate-data": encoded(cert), "client-key-data": encoded(key)},
        "data go before files": {"client-certificate-data": encoded(cert), "client-key-data": encoded(key),
                                 "client-certificate": "/nowhere", "client-key": "/nowhere"},
        "a file with a token": {"tokenFile": str(plane.folder / "token")},
    }


@pytest.mark.parametrize("who", ["a token", "a certificate and its key in files", "a certificate and its key as data",
                                 "data go before files", "a file with a token"])
def test_a_user_is_known_by(plane, tmp_path, start_serve, who):
    (plane.folder / "token").write_text(plane.token + "\n")
    kc = kubeconfig(tmp_path / "kc", plane, users(plane)[who], **{"certificate-authority-data": encoded(plane.ca)})
    serve = start_serve(corefile(kc)).ready()
    assert answers(serve) and "warn" not in serve.text()


def test_files_are_relative_to_the_kubeconfig(plane, tmp_path, start_serve):
    (tmp_path / "ca.crt").write_bytes(plane.ca.read_bytes())
    kc = kubeconfig(tmp_path / "kc", plane, {"token": plane.token}, **{"certificate-authority": "ca.crt"})
    assert answers(start_serve(corefile(kc)).ready())


def test_a_server_that_is_not_vouched_for_is_not_talked_to(plane, tmp_path, start_serve):
    cert, _ = plane.client_certificate("other", READER)
    for how in ({}, {"certificate-authority": str(cert)}):
        kc = kubeconfig(tmp_path / "kc", plane, {"token": plane.token}, **how)
        serve = start_serve(corefile(kc, "startup_timeout 200ms")).ready()
        assert serve.rcode(NAME) == "SERVFAIL"
        assert f"no contact with {plane.url}: list of " in serve.text() and "certificate" in serve.text()
        assert not any(serve.figures()["objects"].values())


def test_unless_that_is_wanted_and_said(plane, tmp_path, start_serve):
    kc = kubeconfig(tmp_path / "kc", plane, {"token": plane.token}, **{"insecure-skip-tls-verify": True})
    serve = start_serve(corefile(kc)).ready()
    assert answers(serve)
    assert f"warn  api: the certificate of {plane.url} is not checked (insecure-skip-tls-verify)" in serve.text()


def test_a_context_may_be_named(plane, tmp_path, start_serve):
    kc = kubeconfig(tmp_path / "kc", plane, {"token": plane.token}, **{"certificate-authority": str(plane.ca)})
    assert answers(start_serve(corefile(f"{kc} good")).ready())
    serve = start_serve(corefile(f"{kc} stranger", "startup_timeout 200ms")).ready()
    assert serve.rcode(NAME) == "SERVFAIL"
    assert "the server says 401 Unauthorized; not all is known yet" in serve.text()
    assert start_serve(corefile(f"{kc} bad", "startup_timeout 200ms")).ready().cluster == "https://127.0.0.1:9"


def test_an_endpoint_with_files_of_the_corefile(plane, start_serve):
    cert, key = plane.client_certificate("corefile", READER)
    text = corefile("/nowhere").replace("kubeconfig /nowhere", f"endpoint {plane.url}\n tls {cert} {key} {plane.ca}")
    assert answers(start_serve(text).ready())


def plugin(tmp_path, print_status):
    """A program that prints an ExecCredential, and notes that it was run."""
    program = tmp_path / "plugin"
    program.write_text(f"""#!/bin/sh
test -n "$KUBERNETES_EXEC_INFO" && test "$1 $GREETING" = "now hello" || exit 1
echo run >>{tmp_path}/runs
{print_status}
""")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "args": ["now"],
                     "env": [{"name": "GREETING", "value": "hello"}], "interactiveMode": "Never"}}


CREDENTIAL = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": %s}'


def test_a_plugin_is_asked_again_when_what_it_gave_has_expired(plane, tmp_path, start_serve):
    current = tmp_path / "current"
    current.write_text(new_token(plane))
    status = f'{{"token": "$(cat {current})", "expirationTimestamp": "$(date -u -d +2sec +%FT%TZ)"}}'
    user = plugin(tmp_path, f"cat <<END\n{CREDENTIAL % status}\nEND")
    kc = kubeconfig(tmp_path / "kc", plane, user, **{"certificate-authority": str(plane.ca)})
    serve = start_serve(corefile(kc)).ready()
    assert answers(serve)
    runs = (tmp_path / "runs").read_text().count("run")
    current.write_text(new_token(plane))
    until(lambda: time.time() > (tmp_path / "runs").stat().st_mtime + 6, "the end of what the plugin gave")
    plane.kill_api()
    plane.start_api()
    serve.until(lambda: set(serve.figures()["in_step"].values()) == {1})
    assert (tmp_path / "runs").read_text().count("run") > runs
    assert "the server says 401" not in serve.text() and answers(serve)


def test_a_plugin_may_give_a_certificate(plane, tmp_path, start_serve):
    cert, key = plane.client_certificate("plugin", READER)
    status = {"clientCertificateData": cert.read_text(), "clientKeyData": key.read_text()}
    (tmp_path / "status").write_text(CREDENTIAL % json.dumps(status))
    user = plugin(tmp_path, f"cat {tmp_path}/status")
    kc = kubeconfig(tmp_path / "kc", plane, user, **{"certificate-authority": str(plane.ca)})
    assert answers(start_serve(corefile(kc)).ready())
    assert (tmp_path / "runs").read_text() == "run\n"  # once, though several kinds wait for it


def test_a_plugin_that_fails_is_said(plane, tmp_path, start_serve):
    kc = kubeconfig(tmp_path / "kc", plane, plugin(tmp_path, "exit 3"), **{"certificate-authority": str(plane.ca)})
    serve = start_serve(corefile(kc, "startup_timeout 300ms")).ready()
    assert serve.rcode(NAME) == "SERVFAIL"
    assert f"exec plugin {tmp_path}/plugin failed (exit 3)" in serve.text()


class InAPod(Serve):
    def __init__(self, home, corefile, account, plane):
        environment = {"ACCOUNT": str(account), "KUBERNETES_SERVICE_HOST": "127.0.0.1",
                       "KUBERNETES_SERVICE_PORT": str(plane.api_port)}
        super().__init__(home, corefile, "--threads", "1", env=environment,
                         before=("unshare", "-rm", "sh", "-ec", IN_A_POD, "sh"))


def test_in_a_pod_the_service_account_is_enough_and_its_token_may_change(plane, tmp_path):
    probe = subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /run"], check=False, capture_output=True)
    if probe.returncode != 0:
        pytest.skip("no mount namespace may be made here")
    account, home = tmp_path / "account", tmp_path / "home"
    account.mkdir()
    home.mkdir()
    (account / "token").write_text(new_token(plane))
    (account / "ca.crt").write_bytes(plane.ca.read_bytes())
    serve = InAPod(home, corefile("").replace("kubeconfig", "pods disabled #"), account, plane)
    try:
        serve.ready()
        assert serve.cluster == plane.url and answers(serve)
        # as the kubelet does it: the old one counts no more, the new one takes its place in one step
        (account / "token.new").write_text(new_token(plane))
        os.replace(account / "token.new", account / "token")
        plane.kill_api()
        plane.start_api()
        serve.until(lambda: set(serve.figures()["in_step"].values()) == {1})
        plane.patch("/api/v1/namespaces/default/services/who", {"spec": {"ports": [{"port": 81, "name": "new"}]}})
        serve.until(lambda: serve.rcode(f"_new._tcp.{NAME}", "SRV") == "NOERROR")
    finally:
        assert serve.stop() == 0, serve.text()
