"""`ordinal serve` as a server of its own: it watches a lab as it would a cluster, and is asked by dig."""
import os
import re
import signal
import socket
import subprocess

import pytest

from conftest import DEMO, program
from serving import corefile

NAME = "stateful-svc.experiments.svc.cluster.local"
UNREACHABLE = """apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


def refused(tmp_path, text, *options, env=None):
    (tmp_path / "Corefile").write_text(text)
    return subprocess.run([program(), "serve", *options], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})


def test_it_answers_what_the_watched_cluster_has_and_follows_its_changes(experiment, start_serve):
    s = start_serve(corefile(experiment.kubeconfig, "pods insecure\n ttl 30")).ready()
    assert s.cluster == experiment.api
    assert s.short(NAME) == experiment.addresses(NAME) and len(s.short(NAME)) == 3
    assert s.short(f"stateful-demo-1.{NAME}") == experiment.addresses(f"stateful-demo-1.{NAME}")
    assert s.short(f"_web._tcp.{NAME}", "SRV") == sorted(experiment.dig("+short", f"_web._tcp.{NAME}", "SRV").split())
    assert s.short("1-2-3-4.experiments.pod.cluster.local") == ["1.2.3.4"]
    assert [line.split()[:3] for line in s.dig("+noall", "+answer", NAME).splitlines()] == [[f"{NAME}.", "30", "IN"]] * 3
    experiment.kubectl("scale", "statefulset/stateful-demo", "--replicas=4", "-n", "experiments")
    s.until(lambda: len(s.short(NAME)) == 4)
    experiment.kubectl("delete", "service", "stateful-svc", "-n", "experiments")
    s.until(lambda: s.rcode(NAME) == "NXDOMAIN")


def test_an_api_server_that_begins_anew_is_followed(start_lab, start_serve):
    """Its versions begin from the start: what serve knows is newer than anything it has, as after a restored etcd."""
    lab = start_lab("-f", DEMO)
    s = start_serve(corefile(lab.kubeconfig)).ready()
    lab.kubectl("scale", "statefulset/stateful-demo", "--replicas=9", "-n", "experiments")
    s.until(lambda: len(s.short(NAME)) == 9)
    assert lab.stop() == 0
    again = start_lab("-f", DEMO, "--api", lab.api.removeprefix("http://"))
    again.kubectl("rollout", "status", "statefulset/stateful-demo", "-n", "experiments", "--timeout=60s")
    s.until(lambda: s.short(NAME) == again.addresses(NAME))
    again.kubectl("scale", "statefulset/stateful-demo", "--replicas=1", "-n", "experiments")
    s.until(lambda: len(s.short(NAME)) == 1)


def test_the_command_line_names_the_cluster_before_the_corefile(experiment, start_serve):
    s = start_serve(corefile("/nowhere"), "--kubeconfig", experiment.kubeconfig).ready()
    assert len(s.short(NAME)) == 3


def test_an_endpoint_is_enough(experiment, start_serve):
    text = corefile("/nowhere").replace("kubeconfig /nowhere", f"endpoint {experiment.api}")
    assert len(start_serve(text).ready().short(NAME)) == 3


def block(zones, kubeconfig=None, options="", bind="127.0.0.1", more=""):
    kubernetes = f"kubernetes {{\n kubeconfig {kubeconfig}\n {options}\n }}" if kubeconfig else ""
    return f"{zones} {{\n bind {bind}\n {kubernetes}\n {more}\n}}\n"


def test_addresses_and_ports_answer_only_for_the_blocks_that_are_bound_to_them(experiment, start_serve):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    text = (block("a.local:0", experiment.kubeconfig, bind="127.0.0.1 127.0.0.2") + block("b.local:0", experiment.kubeconfig)
            + block(f"c.local:{port} d.local:0", experiment.kubeconfig))
    s = start_serve(text).ready()
    assert [host for host, _ in s.addresses] == ["127.0.0.1", "127.0.0.2", "127.0.0.1"] and s.addresses[2][1] == port
    name = NAME.removesuffix("cluster.local")
    for address, served in enumerate(("abd", "a", "c")):
        for zone in "abcd":
            rcode = "NOERROR" if zone in served else "REFUSED"
            assert (zone, s.rcode(f"{name}{zone}.local", address=address)) == (zone, rcode)


def test_blocks_on_one_port_have_options_of_their_own_and_the_longest_zone_counts(experiment, start_serve):
    text = (block("a.local:0", experiment.kubeconfig, "ttl 30\n pods insecure", more='log . "first {name}"')
            + block("b.a.local:0", experiment.kubeconfig, "ttl 60\n pods disabled", more='log . "second {name}"')
            + block("bare.a.local:0", more="errors") + block("empty.a.local:0"))
    s = start_serve(text).ready()
    assert len(s.addresses) == 1
    name = NAME.removesuffix("cluster.local")

    def ttls(zone):
        return [line.split()[1] for line in s.dig("+noall", "+answer", name + zone).splitlines()]

    assert ttls("a.local") == ["30"] * 3 and ttls("b.a.local") == ["60"] * 3
    pod = "1-2-3-4.experiments.pod."
    assert s.short(f"{pod}a.local") == ["1.2.3.4"] and s.rcode(f"{pod}B.A.local") == "NXDOMAIN"
    assert s.rcode("x.bare.a.local") == "SERVFAIL" and s.rcode("x.empty.a.local") == "REFUSED"
    assert s.rcode("local") == s.rcode("xa.local") == "REFUSED"
    assert s.stop() == 0
    said = re.findall(r"dns: (first|second) (\S+)", s.text())
    assert said == [("first", f"{name}a.local."), ("second", f"{name}b.a.local."), ("first", f"{pod}a.local."),
                    ("second", f"{pod}b.a.local.")]
    assert "SERVFAIL x.bare.a.local. A" in s.text() and "a.local. A" not in s.text().replace("x.bare.a.local. A", "")


def test_without_kubernetes_in_any_block_no_cluster_is_needed(start_serve):
    s = start_serve(block(".:0", more="errors")).ready()
    assert s.cluster is None and s.rcode("example.org") == "SERVFAIL"
    s.process.send_signal(signal.SIGUSR1)
    assert s.rcode("example.org") == "SERVFAIL"


def test_an_interface_stands_for_its_addresses_and_except_is_about_its_own_line(experiment, start_serve, tmp_path):
    def addresses(*lines):
        text = corefile(experiment.kubeconfig).replace("bind 127.0.0.1", "\n".join(lines))
        return [host for host, _ in start_serve(text).ready().addresses]

    assert "127.0.0.1" in addresses("bind lo")
    assert addresses("bind 127.0.0.2 lo {\n except lo\n}") == ["127.0.0.2"]
    assert addresses("bind 127.0.0.2 lo {\n except lo\n}", "bind 127.0.0.1 127.0.0.2") == ["127.0.0.2", "127.0.0.1"]
    for lines, words in ((("bind lo {\n except lo\n}",), "no address is left"),
                         (("bind lo {\n except nowhere0\n}",), '"nowhere0" is neither')):
        done = refused(tmp_path, corefile(experiment.kubeconfig).replace("bind 127.0.0.1", "\n".join(lines)))
        assert done.returncode == 1 and words in done.stderr


def test_without_bind_it_listens_everywhere_and_takes_the_port_of_the_command_line(experiment, start_serve):
    text = corefile(experiment.kubeconfig, zones=".").replace("bind 127.0.0.1", "")
    s = start_serve(text, "-dns.port", "0").ready()
    host, port = s.addresses[0]
    assert host in ("[::]", "0.0.0.0") and port != "53"
    s.addresses = [["127.0.0.1", port]]
    assert len(s.short(NAME)) == 3


def test_queries_and_failures_are_logged_when_asked_for(experiment, start_serve):
    s = start_serve(corefile(experiment.kubeconfig, more="errors\n log")).ready()
    assert s.rcode("example.org") == "SERVFAIL" and s.rcode(NAME) == "NOERROR"
    s.until(lambda: f'"A IN {NAME}. udp ' in s.text())
    line = next(line for line in s.text().splitlines() if f'"A IN {NAME}. udp ' in line)
    assert re.search(r' 127\.0\.0\.1:\d+ - \d+ "A IN \S+ udp \d+ false \d+" NOERROR qr,aa,rd \d+ 0\.\d+s$', line)
    assert "error dns: SERVFAIL example.org. A" in s.text()


def test_logs_are_as_the_corefile_wants_them(experiment, start_serve):
    s = start_serve(corefile(experiment.kubeconfig, more="""log experiments.svc.cluster.local "mine {name} {rcode} {>opcode}" {
            class denial
        }
        log . "other {type} {proto} {local}"
        errors {
            consolidate 1h "^nothing" warning show_first
        }""")).ready()
    assert s.rcode(NAME) == "NOERROR" and s.rcode(f"x.{NAME}") == "NXDOMAIN"
    assert [s.rcode("example.org", "TXT") for _ in range(3)] == ["SERVFAIL"] * 3
    assert s.stop() == 0
    said = [line.split(" dns: ")[1] for line in s.text().splitlines() if " dns: " in line]
    assert [line for line in said if line.startswith(("mine", "other"))] == [
        f"mine x.{NAME}. NXDOMAIN 0"] + ["other TXT udp 127.0.0.1"] * 3
    assert [line for line in said if "nothing" in line] == [
        "SERVFAIL example.org. TXT: nothing answers it", "3 errors like '^nothing' occurred in last 1h"]


def test_files_are_imported_from_beside_the_corefile(experiment, start_serve, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.conf").write_text("errors\nimport deeper/*\n")
    (tmp_path / "parts" / "deeper").mkdir()
    (tmp_path / "parts" / "deeper" / "b").write_text('log . "imported {name}"\n')
    s = start_serve(corefile(experiment.kubeconfig, more=f"import {tmp_path}/parts/*.conf\nimport nothing*")).ready()
    assert s.rcode(NAME) == "NOERROR" and f"imported {NAME}." in s.text()
    assert "import: no file is named like nothing*" in s.text()
    (tmp_path / "parts" / "deeper" / "c").write_text("\nlogg\n")
    done = refused(tmp_path, corefile(experiment.kubeconfig, more="import parts/*.conf"))
    assert done.returncode == 1 and 'parts/deeper/c:2: unknown directive "logg"' in done.stderr
    for pattern, words in (("parts", "import: parts: "), ("parts/*/*", "wants one * and one ? at most"),
                           ("parts/x", "import: no snippet (parts/x) before this line, and no such file")):
        done = refused(tmp_path, corefile(experiment.kubeconfig, more=f"import {pattern}"))
        assert done.returncode == 1 and words in done.stderr


def test_addresses_come_in_the_order_the_corefile_wants(experiment, start_serve, tmp_path):
    name, first = f"{NAME}.", "10.244.0.6"
    s = start_serve(corefile(experiment.kubeconfig, more=f"loadbalance {{\n prefer {first}/32\n }}")).ready()
    assert {s.dig("+short", NAME).split()[0] for _ in range(20)} == {first}
    (tmp_path / "weights").write_text(f"{name}\n{first} 255\n")
    s = start_serve(corefile(experiment.kubeconfig, more=f"loadbalance weighted {tmp_path}/weights")).ready()
    assert [s.dig("+short", NAME).split()[0] for _ in range(50)].count(first) > 25
    (tmp_path / "weights").write_text(f"{first} 255\n")
    done = refused(tmp_path, corefile(experiment.kubeconfig, more="loadbalance weighted weights"))
    assert done.returncode == 1 and "weights:1: wants a domain name before the first address" in done.stderr


def test_requests_to_the_cluster_are_limited_as_the_corefile_wants(experiment, start_serve):
    limits = "apiserver_qps 50\n apiserver_burst 1\n apiserver_max_inflight 1"
    assert len(start_serve(corefile(experiment.kubeconfig, limits)).ready().short(NAME)) == 3


def test_a_zone_goes_whole_to_whom_it_may(experiment, start_serve):
    s = start_serve(corefile(experiment.kubeconfig, more="transfer {\n to 127.0.0.1\n }")).ready()
    zone = s.dig("+noall", "+answer", "cluster.local", "AXFR")
    assert f"{NAME}." in zone and zone.splitlines()[0].split()[3] == "SOA"
    s = start_serve(corefile(experiment.kubeconfig, more="""transfer cluster.local {
            to 192.0.2.1
        }
        transfer in-addr.arpa {
            to *
        }""")).ready()
    assert "Transfer failed" in s.dig("cluster.local", "AXFR")
    assert "SOA" in s.dig("+noall", "+answer", "in-addr.arpa", "AXFR")


def test_before_the_cluster_is_known_it_waits_then_says_servfail_then_answers(start_lab, start_serve, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "kc").write_text(UNREACHABLE % port)
    s = start_serve(corefile(tmp_path / "kc", "startup_timeout 300ms"))
    s.ready()
    assert s.rcode(NAME) == "SERVFAIL" and "not all of" in s.text()
    assert s.rcode("cluster.local", "SOA") == "NOERROR"
    lab = start_lab("--api", f"127.0.0.1:{port}", "-f", DEMO)
    lab.kubectl("rollout", "status", "statefulset/stateful-demo", "-n", "experiments", "--timeout=60s")
    s.until(lambda: len(s.short(NAME)) == 3)


def test_a_cluster_that_goes_away_costs_no_answers(start_lab, start_serve):
    lab = start_lab("-f", DEMO)
    lab.kubectl("rollout", "status", "statefulset/stateful-demo", "-n", "experiments", "--timeout=60s")
    s = start_serve(corefile(lab.kubeconfig)).ready()
    s.until(lambda: set(s.figures()["in_step"].values()) == {1})  # its watches have begun
    port = lab.api.rsplit(":", 1)[1]
    assert lab.stop() == 0
    s.until(lambda: "warn" in s.text())
    said = [line for line in s.text().splitlines() if " warn " in line]
    assert len(said) == 1 and f"no contact with {s.cluster}: " in said[0] and "records are from before 2" in said[0]
    assert len(s.short(NAME)) == 3
    assert 0 in s.figures()["in_step"].values()
    again = start_lab("--api", f"127.0.0.1:{port}", "-f", DEMO)
    again.kubectl("rollout", "status", "statefulset/stateful-demo", "-n", "experiments", "--timeout=60s")
    s.until(lambda: f"contact with {s.cluster} is back after " in s.text())
    s.until(lambda: s.short(NAME) == again.addresses(NAME))
    s.until(lambda: set(s.figures()["in_step"].values()) == {1})  # its watches have begun


def test_figures_are_written_into_the_log_when_asked_for(experiment, start_serve):
    s = start_serve(corefile(experiment.kubeconfig), "--log-format", "text").ready()
    figures = s.figures()
    assert figures["objects"]["endpointslices"] >= 1 and figures["objects"]["services"] >= 2
    assert figures["lists_total"]["services"] == 1 and figures["undecodable_total"]["services"] == 0
    assert all(0 <= age < 120 for age in figures["contact_age_seconds"].values())
    before = figures["events_total"]["services"]
    experiment.kubectl("create", "service", "clusterip", "more", "--tcp=80")
    s.until(lambda: s.rcode("more.default.svc.cluster.local") == "NOERROR")
    assert s.figures()["events_total"]["services"] > before


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("wait", [True, False])
def test_a_signal_ends_it_in_order_be_it_ready_or_not(start_serve, tmp_path, signum, wait):
    (tmp_path / "kc").write_text(UNREACHABLE % 9)
    s = start_serve(corefile(tmp_path / "kc", f"startup_timeout {'0s' if wait else '1h'}"))
    if wait:
        s.ready()
    else:
        s.until(lambda: "list of" in s.text())
    assert s.stop(signum) == 0
    assert f"{signal.Signals(signum).name}: closing" in s.text()


@pytest.mark.parametrize("text, words", [
    ("", ["Corefile:1: no server block"]),
    (". {\n erorrs\n}\n", ['Corefile:2: unknown directive "erorrs"']),
    (". {\n kubernetes a {\n ttl 3601\n }\n}\n", ["Corefile:3: kubernetes: ttl: wants 0 to 3600"]),
    (". {\n kubernetes a {\n statefulsets hold 11s\n }\n}\n",
     ["Corefile:3: kubernetes: statefulsets: hold: wants a duration of at most 10s"]),
    (". {\n forward . 192.0.2.1\n}\n", ["Corefile:2: forward: this directive of CoreDNS is not served yet"]),
    ("a {\n errors\n}\nb a {\n errors\n}\n", ["Corefile:4: a.:53 is served already, line 1"]),
    ("a {\n errors\n}\na {\n bind 127.0.0.1\n errors\n}\n", ["Corefile:4: a.:53 is served already, line 1"]),
    ("a {\n bind lo\n errors\n}\na {\n bind 127.0.0.1\n errors\n}\n", ["Corefile:5: ", "another on its port has a zone"]),
    (". {\n bind nowhere0\n kubernetes a {\n endpoint http://127.0.0.1:9\n }\n}\n", ['"nowhere0" is neither']),
    (". {\n kubernetes a {\n kubeconfig /nowhere\n }\n}\n", ["Corefile:3: ", "/nowhere"]),
    (". {\n kubernetes a {\n tls a b c\n endpoint ftp://a\n }\n}\n", ["Corefile:4: ", "ftp://a"]),
    (". {\n kubernetes a {\n tls a b c\n }\n}\n", ["Corefile:3: ", "not in a cluster"]),
    (". {\n kubernetes a\n}\n", ["Corefile:2: ", "not in a cluster"]),
    (".:1 {\n kubernetes a {\n endpoint http://a\n }\n}\n.:2 {\n kubernetes a {\n endpoint http://b\n }\n}\n",
     ["Corefile:7: more than one API server is not served yet"]),
])
def test_what_cannot_be_served_is_refused_with_its_place_and_exit_1(tmp_path, text, words):
    done = refused(tmp_path, text)
    assert done.returncode == 1 and done.stdout == ""
    for word in words:
        assert word in done.stderr
    assert done.stderr.count("error: ") == 1, done.stderr


def test_a_wrong_context_is_refused_where_it_stands_be_it_in_a_file_of_its_own(tmp_path):
    (tmp_path / "kc").write_text(UNREACHABLE % 9)
    (tmp_path / "part").write_text("ttl 5\nkubeconfig kc no-such\n")
    done = refused(tmp_path, ". {\n kubernetes a {\n endpoint http://127.0.0.1:9\n import part\n }\n}\n")
    assert done.returncode == 1 and re.match(r'error: \S*part:2: .*"no-such"', done.stderr), done.stderr
    done = refused(tmp_path, corefile("kc"), "--kubeconfig", "nowhere")
    assert done.returncode == 1 and done.stderr.startswith("error: --kubeconfig: ") and "nowhere" in done.stderr


def test_a_corefile_that_is_named_has_to_be_there(tmp_path):
    done = refused(tmp_path, ". {\n}\n", "-conf", "nowhere")
    assert done.returncode == 1 and "error: cannot read nowhere" in done.stderr


def test_a_port_that_is_taken_is_one_clear_line(experiment, tmp_path):
    text = corefile(experiment.kubeconfig, zones=f".:{experiment.dns_port}")
    done = refused(tmp_path, text)
    assert done.returncode == 1 and done.stdout == ""
    assert f"DNS cannot listen on 127.0.0.1:{experiment.dns_port}: address already in use" in done.stderr
