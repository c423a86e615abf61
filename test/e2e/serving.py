"""A running `ordinal serve`, and the Corefile it is given: shared by the tests of serve, alone and beside its peers."""
import os
import re
import select
import signal
import subprocess
import time

from conftest import START_LIMIT_S, program


class Serve:
    """One running `ordinal serve`, in a folder of its own with its Corefile."""

    def __init__(self, home, corefile, *options, env=None, before=()):
        self.home = home
        (home / "Corefile").write_text(corefile)
        self.log = open(home / "serve.log", "w+")
        self.process = subprocess.Popen([*before, program(), "serve", *map(str, options)], cwd=home,
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=self.log, text=True,
                                        env={**os.environ, **(env or {})})

    def ready(self):
        readable, _, _ = select.select([self.process.stdout], [], [], START_LIMIT_S)
        line = self.process.stdout.readline() if readable else ""
        found = re.fullmatch(r"ready dns=(\S+)(?: cluster=(\S+))?\n", line)
        assert found, f"no ready line but {line!r}\n{self.text()}"
        self.addresses = [a.rsplit(":", 1) for a in found[1].split(",")]
        self.cluster = found[2]
        return self

    def text(self):
        self.log.flush()
        return (self.home / "serve.log").read_text()

    def dig(self, *argv, address=0):
        host, port = self.addresses[address]
        return subprocess.run(["dig", f"@{host.strip('[]')}", "-p", port, "+tries=1", "+time=30", *argv],
                              capture_output=True, text=True, check=False).stdout

    def short(self, name, kind="A", **more):
        return sorted(self.dig("+short", name, kind, **more).split())

    def rcode(self, name, kind="A", **more):
        return re.search(r"status: (\w+)", self.dig(name, kind, **more))[1]

    def until(self, satisfied, limit_s=60):
        end = time.monotonic() + limit_s
        while not satisfied():
            assert time.monotonic() < end, self.text()
            time.sleep(0.02)

    def figures(self):
        """What SIGUSR1 writes into the log: {"objects": {"services": 2.0, ...}, ...}, by kind."""
        mark, before = "serve: SIGUSR1: ", self.text()
        self.process.send_signal(signal.SIGUSR1)
        self.until(lambda: self.text().count(mark) > before.count(mark))
        found = {}
        for name, kind, value in re.findall(r' figures: (\w+)\{kind="(\w+)"\} (\S+)\n', self.text()[len(before):]):
            found.setdefault(name.removeprefix("ordinal_kubernetes_"), {})[kind] = float(value)
        return found

    def stop(self, signum=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signum)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code


def corefile(kubeconfig, options="", more="", zones=".:0"):
    return f"""{zones} {{
        bind 127.0.0.1
        kubernetes cluster.local in-addr.arpa ip6.arpa {{
            kubeconfig {kubeconfig}
            {options}
        }}
        {more}
    }}
    """
