"""Judges a pair of answers: they are equal, or the table of the README says how they differ."""
import collections
import dataclasses

import dns.name
from documented import DOCUMENTED, TRANSFERS, dotted, unpacked
from wire import Question, Reply


@dataclasses.dataclass
class Case:
    question: Question
    server: object  # a Server of the test: zones, options, core (an Asker of CoreDNS), plain (an Asker of a CoreDNS not bound)
    world: object
    ours: Reply | None = None  # what Ordinal answered

    def core(self, **changes):
        """What CoreDNS says to the question with these changes."""
        return self.server.core.ask(dataclasses.replace(self.question, **changes))

    def as_many_as_fit(self, few, many):
        """few, if it is part of many and Ordinal's reply had no room for another; else something that equals nothing."""
        left = collections.Counter(many) - collections.Counter(few)
        limit = max(512, self.question.edns[0] if self.question.edns else 0)
        longest = max((len(r.split(" ", 3)[3]) for r in left), default=0) + 64 + 20  # owner, type, class, TTL, lengths
        is_part = not collections.Counter(few) - collections.Counter(many)
        return few if is_part and (not left or self.ours.octets + longest > limit) else ("not as many as fit",)

    @property
    def zone(self):
        """The zone of the question and the labels before it, all lower case; (None, ...) outside."""
        name = dns.name.from_text(self.question.name.lower())
        for zone in sorted(self.server.zones, key=len, reverse=True):
            if name.is_subdomain(dns.name.from_text(zone)):
                return zone, [label.decode("latin-1") for label in name.relativize(dns.name.from_text(zone)).labels]
        return None, []


def agree(case, expected):
    """Both say the same. Of a reply that was cut, which records are left is not promised: it has to hold as many as
    fit, all of them from the whole."""
    ours = case.ours
    if expected is None or ours is None:
        return expected is ours
    if "TC" in ours.flags and "TC" in expected.flags:
        whole = dotted(case, case.core(tcp=True))
        expected = dataclasses.replace(expected, answer=case.as_many_as_fit(ours.answer, whole.answer))
    return expected.compared() == ours.compared()


def judge(case, core):
    """(agrees, titles of the rows that were needed for it, what they made of CoreDNS's reply)"""
    expected, applied = core, []
    if agree(case, expected):
        return True, applied, expected
    for title, function in DOCUMENTED.items():
        changed = function(case, expected) if expected or function is unpacked else None
        if changed is not None and changed != expected:
            expected = changed
            applied.append(title)
            if agree(case, expected):
                return True, applied, expected
    return False, applied, expected


def judge_transfer(server, world, zone, core, ours):
    """(agrees, titles of the rows that were needed, what they made of CoreDNS's records)"""
    applied = []
    for title, function in [(None, None), *TRANSFERS.items()]:
        changed = function(server, world, zone, core) if function else core
        if title and changed != core:
            applied.append(title)
        core = changed
        if sorted(core) == sorted(ours) and core[0] == ours[0] and core[-1] == ours[-1]:
            return True, applied, core
    return False, applied, core
