"""Long kubectl sessions, typed at a real cluster and at the lab: what is printed on both streams and how kubectl ends are
the same. The sessions are in session/*.session, one shell command a line; kubectl, $NS and the manifests beside them are
at hand. What the lab does otherwise on purpose is in twins.py, by name."""
import concurrent.futures
import difflib
import os
import pathlib
import shutil
import subprocess

import pytest

from conftest import kubectl_path
from twins import Masks

SESSIONS = pathlib.Path(__file__).parent / "session"
LIMIT_S = 120  # bounds a hang of one command


class Side:
    """One of the two: where its commands run, and what its answers have been made alike by."""

    def __init__(self, side, folder, kubeconfig, minor, namespace, url):
        self.folder = folder
        shutil.copytree(SESSIONS, folder)
        shutil.copy(kubeconfig, folder / "kubeconfig")
        (folder / "bin").mkdir()
        (folder / "bin" / "kubectl").symlink_to(kubectl_path(minor))
        self.masks = Masks(side, url, folder)
        self.environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C",
                            "KUBECONFIG": str(folder / "kubeconfig"), "NS": namespace, "TMPDIR": str(folder)}

    def run(self, line):
        done = subprocess.run(["sh", "-c", line], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return [f"exit {done.returncode}", "-- stdout", *self.masks.printed(done.stdout, line),
                "-- stderr", *self.masks.printed(done.stderr, line)]


def differences(name, sides):
    """(Every line of the session whose outcome differs, with how; the share of lines that end well in the cluster.)"""
    found, well = [], []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for line in (SESSIONS / name).read_text().splitlines():
            if line and not line.startswith("#"):
                real, lab = pool.map(lambda side, line=line: side.run(line), sides)
                well.append(real[0] == "exit 0")
                if "kubectl api-" in line:  # the lab serves fewer kinds; those it serves are told of alike
                    real = [row for row in real if row in lab]
                if real != lab:
                    shown = difflib.unified_diff(real, lab, "cluster", "lab", n=2, lineterm="")
                    found.append("\n".join([f"$ {line}", *shown]))
    return found, sum(well) / len(well)


@pytest.mark.parametrize("minor, name", [("32", "life.session"), ("37", "short.session"), ("28", "short.session")])
def test_a_session_prints_the_same_in_a_cluster_and_in_the_lab(minor, name, full_control_plane, start_lab, tmp_path):
    lab = start_lab("--storage-class", "none")
    namespace = f"session-{minor}"
    found, well = differences(name, [
        Side("cluster", tmp_path / "cluster", full_control_plane.kubeconfig, minor, namespace, full_control_plane.url),
        Side("lab", tmp_path / "lab", lab.kubeconfig, minor, namespace, lab.api)])
    assert not found, "\n\n".join([f"{len(found)} commands differ:", *found])
    assert well > 0.6, "two that do nothing are alike as well"
