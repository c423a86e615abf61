"""Ordinal and CoreDNS 1.15 on one real API server, asked the same: whole answers are equal, but for the table of
the README (test/peers/documented.py). ORDINAL_SEEDS=10-40 asks other clusters than the few that always run,
ORDINAL_ROUNDS=N more rounds of each."""
import collections
import os
import pathlib
import socket

import pytest
from conftest import ROOT
from documented import DOCUMENTED, ELSEWHERE, TRANSFERS, may_be_silent
from judge import Case, judge, judge_transfer
from pair import Pair, Variant, numbers, own_address
from questions import APEX, Questions, rng_of
from wire import Question
from world import World, load

FIXTURES = sorted(f for f in (ROOT / "test" / "scenario" / "dns" / "worlds").glob("*.objects")
                  if f.stem != "circle")  # the end of CoreDNS
QUESTIONS = 200  # a server block and round
CHANGES = 40     # before each round but the first


@pytest.fixture
def start_pair(tmp_path, control_plane, start_serve):
    """Gives start(variants..., kubeconfig=...) -> Pair."""
    pairs = []

    def start(*variants, kubeconfig=control_plane.kubeconfig):
        pairs.append(Pair(tmp_path / f"coredns{len(pairs)}", kubeconfig, start_serve, *variants))
        return pairs[-1]

    yield start
    for pair in pairs:
        pair.stop()


class Report:
    """What differed, and which rows of the table were needed."""
    needed = collections.Counter()  # of the whole run

    def __init__(self):
        self.n = 0
        self.differences = []

    def ask(self, server, world, questions):
        """A PTR that CoreDNS may leave without a reply is asked apart, and not of everybody: it has to be waited for."""
        silent = {q for q in questions if may_be_silent(world, q)}
        loud = [q for q in questions if q not in silent]
        waited_for = sorted(silent, key=str) if server.variant.name in ("as it comes", "verified", "labels") else []
        for some, wait in ((loud, None), (waited_for, 0.3)):
            for question, core, ours in zip(some, server.core.ask_all(some, wait), server.ours.ask_all(some)):
                self.judge(Case(question, server, world, ours), core)

    def judge(self, case, core):
        self.n += 1
        agrees, rows, expected = judge(case, core)
        self.needed.update(rows)
        if not agrees:
            told = f"\n{rows}: {expected}" if rows else ""
            self.differ(f"[{case.server.variant.name}] {case.question}\nCoreDNS: {core}{told}\nOrdinal: {case.ours}")

    def differ(self, text):
        self.differences.append(text)

    def check(self, of_what):
        assert not self.differences, (
            f"{len(self.differences)} of {self.n} answers differ, {of_what}\n\n" + "\n\n".join(self.differences[:12]))


@pytest.mark.parametrize("seed", numbers("ORDINAL_SEEDS", "1-2"))
def test_answers_equal_coredns_in_a_random_cluster_that_changes(control_plane, start_pair, seed):
    world, report = World(control_plane, seed, own_address()), Report()
    try:
        world.grow()
        world.mark()
        pair = start_pair()
        for r in range(int(os.environ.get("ORDINAL_ROUNDS", "3"))):
            for _ in range(CHANGES if r > 0 else 0):
                world.change()
            if r > 0:
                world.mark()
            pair.wait(world)
            for s in pair.servers:
                drawn = Questions(world, rng_of(seed, r, s.variant.name))
                report.ask(s, world, [drawn.one(s.variant.forward) for _ in range(QUESTIONS)])
                for zone in s.zones if s.variant.more.startswith("transfer") else ():
                    compare_transfers(report, s, world, zone)
        report.check(f"seed {seed}, {world.n_written} writes of which {world.n_refused} were refused")
    finally:
        world.clear()


def compare_transfers(report, server, world, zone):
    for kind, held in (("AXFR", None), ("IXFR", 1), ("IXFR", "current")):
        got = []
        for asker in (server.core, server.ours):
            serial = asker.serial(zone) if held == "current" else held
            got.append(asker.transfer(Question(zone, kind, serial=serial)))
        report.n += 1
        agrees, rows, core = judge_transfer(server, world, zone, *got)
        report.needed.update(rows)
        if not agrees:
            core, ours = collections.Counter(core), collections.Counter(got[1])
            report.differ(f"[{server.variant.name}] {kind} {held or ''} {zone} {rows}\n"
                          f"only CoreDNS: {dict(core - ours)}\nonly Ordinal: {dict(ours - core)}")


def questions_of(fixture):
    """Those that stand in its cases."""
    for line in fixture.with_suffix(".cases").read_text().splitlines():
        if line.startswith("ask "):
            _, name, kind, *more = line.split()
            if kind not in ("AXFR", "IXFR"):
                yield Question(name, kind, tcp="tcp" in more, edns=(1232, False, ()) if "edns" in more else None)


def test_answers_equal_coredns_in_the_worlds_of_the_scenarios(control_plane, start_pair):
    pair, report, r = start_pair(), Report(), 1000
    for fixture in FIXTURES:
        world = World(control_plane, fixture.stem, first_round=r)
        try:
            load(world, fixture)
            world.mark()
            pair.wait(world)
            rng = rng_of(fixture.stem)
            written = list(dict.fromkeys(questions_of(fixture)))
            for s in pair.servers:
                drawn = Questions(world, rng)
                asked = [drawn.one(s.variant.forward) for _ in range(25)] + rng.sample(written, len(written) // 3)
                report.ask(s, world, asked)
        finally:
            world.clear()
        r = world.round
    report.check("worlds of test/scenario")


def test_before_the_objects_have_arrived_answers_equal_coredns(start_pair, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes connections and says nothing
        config = tmp_path / "mute"
        config.write_text(f"""{{"apiVersion": "v1", "kind": "Config", "current-context": "m",
            "clusters": [{{"name": "m", "cluster": {{"server": "http://127.0.0.1:{mute.getsockname()[1]}"}}}}],
            "users": [{{"name": "m", "user": {{}}}}], "contexts": [{{"name": "m", "context": {{"cluster": "m", "user": "m"}}}}]}}""")
        variants = [Variant("unsynced", ("startup_timeout 100ms",)),
                    Variant("unsynced, falls through", ("startup_timeout 100ms", "fallthrough", "pods insecure"))]
        pair, report, world = start_pair(variants, kubeconfig=config), Report(), World(None, "mute")
        names = [*APEX, "web.red.svc", "red.svc", "red.pod", "10-9-0-1.red.pod", "_http._tcp.web.red.svc", "a.web.red.svc"]
        for s in pair.servers:
            asked = [Question(f"{name}.cluster.local.".lstrip("."), kind) for name in names
                     for kind in ("A", "AAAA", "SRV", "TXT", "SOA", "NS", "MX", "PTR")]
            asked += [Question(name, kind) for name in ("1.0.9.10.in-addr.arpa.", "in-addr.arpa.") for kind in ("PTR", "SOA", "A")]
            report.ask(s, world, asked)
        report.check("nothing has arrived")


def test_the_table_of_the_readme_has_these_rows():
    table = (ROOT / "README.md").read_text().partition("### Where it differs from CoreDNS")[2].partition("\n#")[0]
    titles = {line.split(" | ")[0].strip("| ") for line in table.splitlines() if line.startswith("| ")} - {"question"}
    assert titles == {*DOCUMENTED, *TRANSFERS, *ELSEWHERE}
    assert not {*DOCUMENTED, *TRANSFERS} & {*ELSEWHERE}
    for shown in ELSEWHERE.values():
        path, _, test = shown.partition(": ")
        assert test in (ROOT / path).read_text(), shown


def test_each_row_of_the_table_was_needed():
    """Runs last. A row that no question needs is wrong, or is not asked for."""
    interfaces = pathlib.Path("/proc/net/if_inet6")
    has_link_local = interfaces.exists() and any(line.startswith("fe80") for line in interfaces.read_text().splitlines())
    if Report.needed:
        assert [title for title in {*DOCUMENTED, *TRANSFERS} - {*Report.needed}
                if has_link_local or "link-local" not in title] == []
