"""The command line as people and scripts meet it: options, manifests, exit codes, messages that say what, where and what
to do. 0 all went well, 1 something could not be done, 2 the command itself was wrong."""
import json
import os
import re
import signal
import socket
import subprocess

import pytest

from conftest import DEMO, program

FREE = ("--api", "127.0.0.1:0", "--dns", "127.0.0.1:0")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: c, image: i}]}\n"


def ordinal(*argv, stdin=None, env=None, limit_s=60):
    return subprocess.run([program(), *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=limit_s,
                          check=False, env={**os.environ, **(env or {})})


@pytest.fixture
def once(tmp_path):
    """once(*options) -> a finished `ordinal lab --once`."""
    def run(*options, **more):
        return ordinal("lab", *FREE, "--kubeconfig", tmp_path / "kubeconfig", "--once", *options, **more)
    return run


def errors(done):
    return [line for line in done.stderr.splitlines() if line.startswith("error: ")]


# What it says of itself

def test_help_names_every_command_and_exits_0():
    done = ordinal("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert "lab" in done.stdout and "Usage: ordinal" in done.stdout
    for command in re.findall(r"^  (\w+) ", done.stdout, re.M):
        own = ordinal(command, "--help")
        assert own.returncode == 0 and own.stderr == "" and f"Usage: ordinal {command}" in own.stdout
        assert ordinal("help", command).stdout == own.stdout


def test_lab_help_tells_every_option_with_its_default():
    done = ordinal("lab", "--help")
    assert done.returncode == 0
    for option in ("--api", "--dns", "--kubeconfig", "-f", "--search", "--pod-cidr", "--ready-after", "--terminate-after",
                   "--bind-after", "--hold", "--storage-class", "--data", "--clock", "--log-format", "-v", "--once"):
        assert option in done.stdout, option
    for default in ("127.0.0.1:8001", "127.0.0.1:1053", "10.244.0.0/16", "standard"):
        assert default in done.stdout, default


def test_version_is_one_line():
    done = ordinal("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"ordinal \d+\.\d+\.\d+\n", done.stdout)


def test_the_manual_page_names_every_option():
    done = ordinal("man")
    assert done.returncode == 0 and done.stdout.startswith(".TH ordinal 1")
    for option in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", ordinal("lab", "--help").stdout, re.M):
        assert option == "--help" or option.replace("-", "\\-") in done.stdout or option in done.stdout, option


def test_lines_to_copy_stay_lines_in_the_manual_page():
    page = ordinal("man").stdout
    assert re.search(r"^\.nf\n  ready api=\S+ dns=\S+ kubeconfig=PATH\n\.fi$", page, re.M)
    assert re.search(r"^\.SH EXAMPLES\n\.PP\n\.nf\n  ordinal serve ", page, re.M)
    assert page.count(".SH EXAMPLES\n") == 1 and "\n.nf\n  ordinal lab \\-f " in page


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_know_commands_and_options(shell):
    done = ordinal("completion", shell)
    assert done.returncode == 0
    assert "lab" in done.stdout and "ready-after" in done.stdout


@pytest.mark.parametrize("words, found", [
    ("ordinal lab --ready", "--ready-after"),
    ("ordinal lab --clock ''", "real virtual"),
    ("ordinal lab --storage-class ''", "none"),
    ("ordinal lab --hold ''", ""),
    ("ordinal lab --data nowher", "nowhere-else"),
    ("ordinal help ''", "serve lab"),
    ("ordinal comp", "completion"),
])
def test_the_bash_completion_completes(tmp_path, words, found):
    (tmp_path / "nowhere-else").mkdir()
    script = tmp_path / "c"
    script.write_text(ordinal("completion", "bash").stdout + f"\nCOMP_WORDS=({words})\n"
                      'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_ordinal\necho "${COMPREPLY[*]}"\n')
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == found and done.stderr == ""


# Wrong commands

@pytest.mark.parametrize("argv, words", [
    (["lab", "--bogus"], ['"--bogus"', "--help"]),
    (["lab", "extra"], ['"extra"']),
    (["lab", "--api"], ['"--api"', "value"]),
    (["lab", "--api", "nowhere"], ["--api", "nowhere", "127.0.0.1:8001"]),
    (["lab", "--dns", "127.0.0.1:65536"], ["--dns", "65536"]),
    (["lab", "--ready-after", "soon"], ["--ready-after", "soon", "30s"]),
    (["lab", "--ready-after", "-1s"], ["--ready-after", "-1s"]),
    (["lab", "--hold", "10001ms"], ["--hold 10001ms", "at most 10s"]),
    (["lab", "--hold", "2"], ["--hold", "duration"]),
    (["lab", "--pod-cidr", "10.0.0.0/40"], ["--pod-cidr", "10.0.0.0/40", "10.244.0.0/16"]),
    (["lab", "--pod-cidr", "10.1.2.0/30"], ["--pod-cidr", "10.1.2.0/30", "/29"]),
    (["lab", "--pod-cidr", "10.96.3.0/24"], ["--pod-cidr", "Services"]),
    (["lab", "--pod-cidr", "127.0.0.0/8"], ["--pod-cidr", "loopback"]),
    (["lab", "--clock", "maybe"], ["--clock", "maybe", "real|virtual"]),
    (["lab", "-v", "many"], ["many", "0 to 10"]),
    (["serf"], ['"serf"']),
    (["completion", "cmd"], ["bash, zsh, fish"]),
])
def test_a_wrong_command_is_one_clear_line_and_exit_2(argv, words):
    done = ordinal(*argv)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_no_command_at_all_shows_the_usage_and_exits_2():
    done = ordinal()
    assert done.returncode == 2 and "Usage: ordinal" in done.stderr + done.stdout


# Manifests

def test_the_demo_is_applied_ready_and_resolvable(once):
    done = once("-f", DEMO)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"ready api=http://127\.0\.0\.1:\d+ dns=127\.0\.0\.1:\d+ kubeconfig=\S+\n", done.stdout)
    assert errors(done) == []


def test_the_experiments_own_figures_take_no_time_in_virtual_time(once):
    done = once("-f", DEMO, "--clock", "virtual", "--ready-after", "60s", "--bind-after", "30s", limit_s=20)
    assert done.returncode == 0, done.stderr


def test_files_folders_and_standard_input_are_applied_together(start_lab, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.yml").write_text(CONFIG % "b" + "---\n" + CONFIG % "c")
    (tmp_path / "folder" / "d.json").write_text(json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": n}} for n in ("d", "e")]}))
    (tmp_path / "folder" / "ignored.txt").write_text("no: [yaml")
    (tmp_path / "a.yaml").write_text(CONFIG % "a")
    (tmp_path / "stdin").write_text(CONFIG % "f")
    with open(tmp_path / "stdin") as stdin:
        lab = start_lab("-f", tmp_path / "a.yaml", "-f", tmp_path / "folder", "-f", "-", stdin=stdin)
    assert lab.kubectl("get", "configmaps", "-o", "name").out.split() == [f"configmap/{n}" for n in "abcdef"]


def test_good_documents_are_applied_and_bad_ones_reported_with_their_place(start_lab, tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(CONFIG % "first" + "---\nkind: What\n---\n"
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: hollow}\nspec: {}\n---\n"
                    "apiVersion: acme.example/v1\nkind: Rocket\nmetadata: {name: r}\n---\n" + CONFIG % "last")
    lab = start_lab("-f", path)
    assert lab.kubectl("get", "configmaps", "-o", "name").out.split() == ["configmap/first", "configmap/last"]
    told = [line for line in lab.log_text().splitlines() if line.startswith("error: ")]
    assert len(told) == 3
    for line, at in zip(sorted(told, key=lambda t: int(re.search(r":(\d+):", t)[1])), (5, 7, 12)):
        assert line.startswith(f"error: {path}:{at}: "), line
    assert any('Pod "hollow" was not applied' in t and "spec.containers: Required value" in t for t in told)


def test_one_bad_document_fails_once_though_the_good_ones_are_there(once, tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(CONFIG % "good" + "---\nkind: What\n")
    done = once("-f", path)
    assert done.returncode == 1 and len(errors(done)) == 1
    assert done.stdout.startswith("ready ")


def test_nothing_but_bad_documents_ends_before_ready(once):
    done = once("-f", "-", stdin="a: [1\n")
    assert done.returncode == 1 and done.stdout == ""
    assert errors(done)[0].startswith("error: stdin:")


def test_a_manifest_applied_twice_is_merged(start_lab, tmp_path):
    (tmp_path / "1.yaml").write_text(CONFIG % "a" + "data: {one: '1'}\n")
    (tmp_path / "2.yaml").write_text(CONFIG % "a" + "data: {two: '2'}\n")
    lab = start_lab("-f", tmp_path)
    assert lab.get("configmap", "a")["data"] == {"one": "1", "two": "2"}


@pytest.mark.parametrize("make, reason", [
    (lambda p: p / "missing.yaml", "no such file or directory"),
    (lambda p: (p / "empty").mkdir() or p / "empty", "no .yaml, .yml or .json"),
])
def test_an_unreadable_manifest_is_what_where_and_what_to_do(once, tmp_path, make, reason):
    path = make(tmp_path)
    done = once("-f", path)
    assert done.returncode == 1 and done.stdout == ""
    assert len(errors(done)) == 1 and str(path) in errors(done)[0] and reason in errors(done)[0]


def test_a_manifest_of_ten_thousand_brackets_is_refused_not_followed(once):
    done = once("-f", "-", stdin="[" * 10000)
    assert done.returncode == 1 and errors(done)[0].startswith("error: stdin:")


# --once

def test_once_gives_up_in_time_and_says_what_is_missing(once, tmp_path):
    done = once("-f", DEMO, "--storage-class", "none", "--timeout", "500ms")
    assert done.returncode == 1
    told = errors(done)
    assert "after 0.500 s" in told[0] and "--timeout" in told[0]
    assert any("StatefulSet experiments/stateful-demo: 0 of 3 replicas Ready" in t for t in told), told
    assert any("Service experiments/stateful-svc: its name has no address" in t for t in told), told


def test_once_waits_for_pods_and_claims_too(once):
    claim = ("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
             "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n")
    assert once("-f", "-", stdin=POD % "p" + "---\n" + claim).returncode == 0
    done = once("-f", "-", "--ready-after", "1h", "--bind-after", "1h", "--timeout", "300ms",
                stdin=POD % "p" + "---\n" + claim)
    assert done.returncode == 1
    assert any("Pod default/p: Running, not Ready" in t for t in errors(done)), done.stderr
    assert any("PersistentVolumeClaim default/data: Pending, not Bound" in t for t in errors(done)), done.stderr


def test_once_without_manifests_is_ready_at_once(once):
    assert once().returncode == 0


# The place it runs in

def taken():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen()
    return s


@pytest.mark.parametrize("option", ["api", "dns"])
def test_a_port_that_is_taken_is_what_where_and_what_to_do(option, tmp_path):
    with taken() as s:
        where = f"127.0.0.1:{s.getsockname()[1]}"
        other = "dns" if option == "api" else "api"
        done = ordinal("lab", f"--{option}", where, f"--{other}", "127.0.0.1:0", "--kubeconfig", tmp_path / "k", "--once")
    assert done.returncode == 1 and done.stdout == ""
    assert len(errors(done)) == 1, done.stderr
    assert where in errors(done)[0] and f"--{option}" in errors(done)[0] and "another program" in errors(done)[0]


def test_a_kubeconfig_that_cannot_be_written_names_the_option(tmp_path):
    done = ordinal("lab", *FREE, "--kubeconfig", tmp_path / "no" / "such" / "file", "--once")
    assert done.returncode == 1 and done.stdout == ""
    assert "--kubeconfig" in errors(done)[0] and str(tmp_path / "no") in errors(done)[0]


def test_the_users_own_kubeconfig_is_never_touched(tmp_path):
    own = tmp_path / ".kube" / "config"
    own.parent.mkdir()
    own.write_text("mine")
    done = ordinal("lab", *FREE, "--kubeconfig", own, "--once", env={"HOME": str(tmp_path)})
    assert done.returncode == 1 and own.read_text() == "mine"
    assert "never touches" in errors(done)[0]


def test_a_data_folder_that_is_a_file_is_refused(once, tmp_path):
    (tmp_path / "file").write_text("")
    done = once("--data", tmp_path / "file" / "x")
    assert done.returncode == 1 and done.stdout == ""
    assert "--data" in errors(done)[0]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_kubeconfig_at_its_default_place_is_shown_for_people_and_removed_at_the_end(tmp_path, signum):
    process = subprocess.Popen([program(), "lab", *FREE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)})
    line = process.stdout.readline()
    path = re.search(r"kubeconfig=(\S+)", line)[1]
    assert path.startswith(str(tmp_path)) and os.stat(path).st_mode & 0o777 == 0o600
    process.send_signal(signum)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"export KUBECONFIG={path}\n" in err
    assert not os.path.exists(path)


def test_a_json_log_is_one_object_a_line(start_lab):
    lab = start_lab("--log-format", "json", "-v", "1", "-f", DEMO)
    lines = [line for line in lab.log_text().splitlines() if not line.startswith("export ")]
    assert lines
    for line in lines:
        assert isinstance(json.loads(line), dict)
