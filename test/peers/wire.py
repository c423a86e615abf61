"""Asks many questions at once, over UDP and TCP, and gives each reply in a form that compares: section by section, record by
record, letter case kept. What no two servers can share is left out: the serial of an SOA, Extended DNS Errors, compression."""
import collections
import dataclasses
import select
import socket
import struct
import time

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype

LIMIT_S = 30  # bounds a hang
RESEND_S = 2  # UDP is asked again: a datagram may be lost
IN_FLIGHT = 24
SECTIONS = ("answer", "authority", "additional")


@dataclasses.dataclass(frozen=True)
class Question:
    """name is in presentation form with its final dot; edns is (octets, DO, options as (code, bytes)) or None."""
    name: str
    kind: str
    tcp: bool = False
    edns: tuple | None = None
    rd: bool = True
    cd: bool = False
    ad: bool = False
    klass: str = "IN"
    serial: int | None = None  # of an IXFR

    def __str__(self):
        bits = [self.name, self.kind, self.klass if self.klass != "IN" else "", "tcp" if self.tcp else "",
                f"edns={self.edns}" if self.edns else "", "" if self.rd else "norec", "cd" if self.cd else "",
                "ad" if self.ad else "", "" if self.serial is None else f"serial={self.serial}"]
        return " ".join(b for b in bits if b)

    def wire(self, number):
        flags = (dns.flags.RD if self.rd else 0) | (dns.flags.CD if self.cd else 0) | (dns.flags.AD if self.ad else 0)
        m = dns.message.QueryMessage(id=number)
        m.flags = dns.flags.Flag(flags)
        name = dns.name.from_text(self.name)
        m.find_rrset(m.question, name, dns.rdataclass.from_text(self.klass), dns.rdatatype.from_text(self.kind),
                     create=True, force_unique=True)
        if self.edns:
            octets, do, options = self.edns
            m.use_edns(0, dns.flags.DO if do else 0, octets, options=[dns.edns.GenericOption(c, b) for c, b in options])
        if self.serial is not None:
            soa = m.find_rrset(m.authority, name, dns.rdataclass.IN, dns.rdatatype.SOA, create=True)
            soa.add(dns.rdata.from_text("IN", "SOA", f". . {self.serial} 0 0 0 0"))
        return m.to_wire()


@dataclasses.dataclass(frozen=True)
class Reply:
    rcode: str
    flags: frozenset
    question: tuple
    answer: tuple
    authority: tuple
    additional: tuple
    edns: tuple | None  # octets, DO, version, codes of options
    errors: tuple = ()  # texts of Extended DNS Errors, not compared
    octets: int = 0     # not compared

    def compared(self):
        sections = [collections.Counter(getattr(self, s)) for s in SECTIONS]
        return (self.rcode, self.flags, self.question, *sections, self.edns)

    def __str__(self):
        lines = [f"{self.rcode} {' '.join(sorted(self.flags))} edns={self.edns} {self.octets} octets {self.errors or ''}"]
        for section in SECTIONS:
            lines += [f"  {section[:3]} {r}" for r in sorted(getattr(self, section))]
        return "\n".join(lines)


def record_text(rrset):
    rdata = rrset[0].to_text()
    if rrset.rdtype == dns.rdatatype.SOA:
        words = rdata.split()
        rdata = " ".join(words[:2] + ["SERIAL"] + words[3:])
    return f"{rrset.name} {rrset.ttl} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"


def read_reply(wire):
    m = dns.message.from_wire(wire, one_rr_per_rrset=True)
    edns, errors = None, ()
    if m.edns >= 0:
        codes = tuple(int(o.otype) for o in m.options if o.otype != dns.edns.OptionType.EDE)
        edns = (int(m.payload), bool(m.ednsflags & dns.flags.DO), m.edns, codes)
        errors = tuple(o.text for o in m.options if o.otype == dns.edns.OptionType.EDE)
    return Reply(
        rcode=dns.rcode.to_text(m.rcode()), flags=frozenset(dns.flags.to_text(m.flags).split()),
        question=tuple(f"{q.name} {dns.rdatatype.to_text(q.rdtype)} {q.rdclass}" for q in m.question),
        answer=tuple(record_text(r) for r in m.answer), authority=tuple(record_text(r) for r in m.authority),
        additional=tuple(record_text(r) for r in m.additional), edns=edns, errors=errors, octets=len(wire))


class Asker:
    """One port of a server on the loopback."""

    def __init__(self, port):
        self.port = port
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.connect(("127.0.0.1", port))
        self.udp.setblocking(False)

    def close(self):
        self.udp.close()

    def ask(self, question):
        return self.ask_all([question])[0]

    def ask_all(self, questions, silence_s=None):
        """The replies, in the order of the questions. None stands for a question that was not answered within
        silence_s; without that, no answer is an error."""
        replies = {}
        over_udp = [i for i, q in enumerate(questions) if not q.tcp]
        over_tcp = [i for i, q in enumerate(questions) if q.tcp]
        self._udp(questions, over_udp, replies, silence_s)
        if over_tcp:
            self._tcp(questions, over_tcp, replies, silence_s)
        return [replies.get(i) for i in range(len(questions))]

    def _udp(self, questions, numbers, replies, silence_s):
        waiting, out = list(reversed(numbers)), {}
        end = time.monotonic() + (silence_s or LIMIT_S)
        while waiting or out:
            while waiting and len(out) < IN_FLIGHT:
                i = waiting.pop()
                out[i] = time.monotonic()
                self.udp.send(questions[i].wire(i))
            readable, _, _ = select.select([self.udp], [], [], 0.1)
            if readable:
                wire = self.udp.recv(65535)
                i = struct.unpack("!H", wire[:2])[0]
                if out.pop(i, None):
                    replies[i] = read_reply(wire)
                    end = time.monotonic() + (silence_s or LIMIT_S)
                continue
            late = [i for i, since in out.items() if time.monotonic() > since + RESEND_S]
            for i in late:
                del out[i]
                waiting.append(i)
            if time.monotonic() > end:
                assert silence_s, f"port {self.port} does not answer: " + "; ".join(str(questions[i]) for i in out)
                return

    def _tcp(self, questions, numbers, replies, silence_s):
        with socket.create_connection(("127.0.0.1", self.port), LIMIT_S) as s:
            left = set(numbers)
            for at in range(0, len(numbers), IN_FLIGHT):
                batch = numbers[at:at + IN_FLIGHT]
                s.sendall(b"".join(struct.pack("!H", len(w)) + w for w in (questions[i].wire(i) for i in batch)))
                for _ in batch:
                    try:
                        wire = read_message(s, silence_s or LIMIT_S)
                    except TimeoutError:
                        assert silence_s, f"port {self.port} does not answer over TCP"
                        return
                    i = struct.unpack("!H", wire[:2])[0]
                    left.remove(i)
                    replies[i] = read_reply(wire)

    def serial(self, zone):
        self.udp.setblocking(True)
        self.udp.settimeout(LIMIT_S)
        self.udp.send(Question(zone, "SOA").wire(0))
        return dns.message.from_wire(self.udp.recv(65535)).answer[0][0].serial

    def transfer(self, question):
        """All records of an AXFR or IXFR in order, as text; or the reply that refused it."""
        with socket.create_connection(("127.0.0.1", self.port), LIMIT_S) as s:
            wire = question.wire(1)
            s.sendall(struct.pack("!H", len(wire)) + wire)
            records = []
            while True:
                reply = read_reply(read_message(s, LIMIT_S))
                records += reply.answer
                if reply.rcode != "NOERROR" or not records:
                    return reply
                if sum(" SOA " in r for r in records) == 2 or (question.kind == "IXFR" and len(records) == 1):
                    return records


def read_message(s, limit_s):
    s.settimeout(limit_s)
    size = struct.unpack("!H", read_exactly(s, 2))[0]
    return read_exactly(s, size)


def read_exactly(s, n):
    got = b""
    while len(got) < n:
        more = s.recv(n - len(got))
        assert more, "the connection was closed in the middle of a reply"
        got += more
    return got
