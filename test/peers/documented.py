"""Where Ordinal differs from CoreDNS 1.15 on purpose: the table of the README, a function a row. Each takes the case and
what CoreDNS answered (or what an earlier row made of it) and gives what Ordinal has to answer, or None where the row says
nothing. Nothing else is let through."""
import collections
import dataclasses
import re

import dns.exception
import dns.name
import dns.reversename
from wire import Question

DOCUMENTED = {}


def row(title):
    def keep(function):
        DOCUMENTED[title] = function
        return function
    return keep


# Rows that the comparison cannot show, as it leaves out what they are about, or its worlds have no such thing (ServiceImports, a
# circle that ends CoreDNS, the time between two writes): the test that shows what Ordinal answers.
ELSEWHERE = {
    "a reply that would fit uncompressed":
        "test/scenario/dns/test_server.c: sizes_are_kept_and_truncated_replies_come_whole_over_tcp",
    "a Pod of a StatefulSet that is Ready, or deleted, and slices do not have that yet":
        "test/e2e/test_peers_readiness.py: test_a_pod_is_answered_when_it_is_ready_and_gone_when_it_is_deleted",
    "negative answers with EDNS":
        "test/scenario/dns/test_server.c: negative_answers_say_why_to_those_who_speak_edns",
    "ExternalNames in a circle through two zones of the server":
        "test/scenario/dns/worlds/circle.cases: ExternalNames in a circle through two zones come to an end",
    "`multicluster` where the cluster knows no ServiceImports":
        "test/e2e/test_peers_multicluster.py: test_without_the_kind_only_multicluster_zones_fail",
    "SRV of an import that has an endpoint without source cluster":
        "test/scenario/dns/test_multicluster.c: without_a_cluster_an_endpoint_has_its_plain_name",
    "PTR, when a multicluster zone is named first":
        "test/scenario/dns/test_multicluster.c: an_address_leads_into_a_zone_of_services_not_of_imports",
}


def asked_as(reply, question_of):
    """The reply as one to another question of the same name."""
    return dataclasses.replace(reply, question=question_of.question)


@row("TXT of the zone, `svc`, `pod`, a namespace, `ns.dns`; PTR of `ns.dns`")
def text_of_places(case, expected):
    zone, labels = case.zone
    is_place = labels in ([], ["svc"], ["pod"], ["ns", "dns"]) or (len(labels) == 2 and labels[1] in ("svc", "pod"))
    asked = case.question.kind == "TXT" or (case.question.kind == "PTR" and labels == ["ns", "dns"])
    if not asked or not zone or not is_place:
        return None
    return asked_as(case.core(kind="MX"), expected)


@row("SOA of a name that does not exist")
def soa_of_nothing(case, expected):
    zone, labels = case.zone
    if case.question.kind != "SOA" or not zone or not labels:
        return None
    return asked_as(case.core(kind="MX"), expected)


@row("NS of the zone, `ns.dns`, in mixed case")
def mixed_case(case, expected):
    return name_servers(case, expected) if case.question.name != case.question.name.lower() else None


@row("NS of the zone, `ns.dns`, with `bind`")
def with_bind(case, expected):
    return name_servers(case, expected) if case.server.variant.bind else None


def name_servers(case, expected):
    """What CoreDNS says in lower case, and not bound, with the names as they were asked for."""
    zone, labels = case.zone
    if not zone or not (labels == ["ns", "dns"] or (labels == [] and case.question.kind == "NS")):
        return None
    kind = "MX" if case.question.kind in ("TXT", "SOA", "PTR") else case.question.kind
    plain = case.core(name=case.question.name.lower(), kind=kind)
    if plain.rcode == "NOERROR" and case.server.variant.bind:
        plain = case.server.plain.ask(dataclasses.replace(case.question, name=case.question.name.lower(), kind=kind))
    suffix = case.question.name[-len(zone):]

    def as_asked(records):
        records = tuple(re.sub(re.escape(zone), suffix, r) for r in records)
        return tuple(case.question.name + r[len(case.question.name):] if labels and r.startswith("ns.dns.") else r for r in records)

    return dataclasses.replace(plain, question=expected.question, answer=as_asked(plain.answer),
                               authority=as_asked(plain.authority), additional=as_asked(plain.additional))


@row("NS of the zone, `ns.dns`, on a machine with link-local addresses")
def link_local(case, expected):
    zone, labels = case.zone
    if not zone or labels not in ([], ["ns", "dns"]):
        return None

    def kept(records):
        return tuple(r for r in records if not re.search(r" AAAA fe[89ab]", r))

    changed = dataclasses.replace(expected, answer=kept(expected.answer), additional=kept(expected.additional))
    return changed if changed.answer or not expected.answer else None


@row("`svc` and `pod` of a reverse zone")
def trees_of_addresses(case, expected):
    zone, labels = case.zone
    return without_answers(case) if zone and zone.endswith(".arpa.") and labels in (["svc"], ["pod"]) else None


@row("PTR below an IPv6 address")
def below_address(case, expected):
    labels = case.question.name.lower().rstrip(".").split(".")
    if case.question.kind != "PTR" or labels[-2:] != ["ip6", "arpa"] or not 34 < len(labels) < 38 or not case.zone[0]:
        return None
    return without_answers(case)


@row("PTR of an address in a slice whose Service is gone, or hidden by `namespace_labels`")
def nobody(case, expected):
    if case.question.kind != "PTR" or case.zone[0] is None or not case.zone[0].endswith(".arpa."):
        return None
    kept = tuple(r for r in expected.answer if has_service(case, r.split()[-1]))
    if kept == expected.answer:
        return None
    return without_answers(case) if not kept else dataclasses.replace(expected, answer=kept)


@row("PTR of an address in a slice without label")
def unpacked(case, expected):
    """What CoreDNS could not pack: the names that the slices with a label give, of Services that are there."""
    if expected is not None or not may_be_silent(case.world, case.question):
        return None
    nothing = without_answers(case)
    if below_address(case, nothing):
        return nothing
    address = address_of(case.question.name)
    zone = case.server.zones[0]
    ttl = nothing.authority[0].split()[-1] if nothing.authority else case.core(name=zone, kind="SOA").answer[0].split()[-1]
    targets = set()
    for (_, ns, _), o in case.world.of("slice"):
        service = (o["metadata"].get("labels") or {}).get("kubernetes.io/service-name")
        if service and case.server.selects(o):
            for e in o.get("endpoints") or []:
                if address in e["addresses"] and (e.get("conditions") or {}).get("ready", True):
                    targets.add(f"{label_of(case, e, address)}.{service}.{ns}.svc.{zone}")
    kept = tuple(f"{case.question.name} {ttl} PTR {t}" for t in sorted(targets) if has_service(case, t))
    if not kept:
        return nothing
    return dataclasses.replace(nothing, rcode="NOERROR", flags=nothing.flags | {"AA"}, answer=kept, authority=())


def label_of(case, endpoint, address):
    name = endpoint.get("targetRef", {}).get("name", "")
    if "hostname" in endpoint:
        return endpoint["hostname"]
    if "endpoint_pod_names" in case.server.variant.options and 0 < len(name) < 64:
        return name
    dashed = address.replace(".", "-").replace(":", "-")
    return dashed + "0" if dashed.endswith("-") else dashed


def address_of(name):
    """The address that CoreDNS reads from a reverse name, or None. In ip6.arpa it looks past up to three labels in front."""
    labels = name.lower().rstrip(".").split(".")
    if labels[-2:] == ["ip6", "arpa"] and 34 <= len(labels) < 38:
        labels = labels[-34:]
    try:
        return dns.reversename.to_address(dns.name.from_text(".".join(labels) + "."))
    except (dns.exception.DNSException, ValueError):
        return None


def may_be_silent(world, question):
    """CoreDNS cannot pack the reply to a PTR of an address in a slice without label: it says nothing."""
    address = address_of(question.name) if question.kind == "PTR" else None
    return address and any(not (o["metadata"].get("labels") or {}).get("kubernetes.io/service-name") and
                           any(address in e["addresses"] for e in o.get("endpoints") or []) for _, o in world.of("slice"))


def has_service(case, target):
    """Is the Service of this target of a PTR there, for this server?"""
    zone = case.server.zones[0]
    name, ns = target[:-len("svc." + zone) - 1].split(".")[-2:]
    service = case.world.objects.get(("svc", ns, name))
    return service and case.server.selects(service) and case.core(name=f"{ns}.svc.{zone}", kind="MX").rcode == "NOERROR"


def without_answers(case):
    """What CoreDNS says to a reverse name that cannot exist, as if to this question."""
    nothing = case.core(name="x.x.x.x." + case.question.name, kind="PTR")
    kind = case.question.kind
    return dataclasses.replace(nothing, question=(nothing.question[0].removeprefix("x.x.x.x.").replace(" PTR ", f" {kind} "),))


@row("an endpoint named by a Pod whose name has a dot")
def dotted(case, expected):
    return dataclasses.replace(expected, answer=one_label(case.server, case.world, expected.answer),
                               additional=one_label(case.server, case.world, expected.additional))


def one_label(server, world, records):
    """A name with a dot is one label, not two."""
    if "endpoint_pod_names" not in server.variant.options:
        return records
    for name in {e["targetRef"]["name"] for _, o in world.of("slice") for e in o.get("endpoints") or []
                 if "." in e.get("targetRef", {}).get("name", "")}:
        label = name.replace(".", "\\.") + "."
        records = tuple(re.sub(f"(^| ){re.escape(name)}\\.", lambda m: m[1] + label, r) for r in records)
    return records


def slices_of(case):
    """Of the Service that the question is about or below: ([types of its slices], labels of the Service)."""
    _, labels = case.zone
    if len(labels) < 3 or labels[-1] != "svc":
        return [], []
    return [o["addressType"] for (_, ns, _), o in case.world.of("slice") if ns == labels[-2] and o.get("endpoints")
            and (o["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == labels[-3]], labels[-3:]


@row("names below a Service whose slices are names")
def below_alias(case, expected):
    zone, labels = case.zone
    types, service = slices_of(case)
    if set(types) != {"FQDN"} or len(labels) == 3 or labels[:2] == ["_", "_"]:
        return None
    nothing = case.core(name=".".join(["nobody", *service, zone]), kind="MX")
    suffix = case.question.name[-len(zone):]
    return dataclasses.replace(nothing, question=expected.question,
                               authority=tuple(re.sub(re.escape(zone), suffix, r) for r in nothing.authority))


@row("a Service whose slices hold several names (FQDN), or have several ports")
def alias_once(case, expected):
    """One CNAME of each name, to the target that sorts first, and what it leads to."""
    targets, kept, name = {}, [], case.question.name
    if slices_of(case)[1] == case.zone[1] and case.question.kind == "CNAME":
        expected = dataclasses.replace(expected, answer=case.core(kind="A").answer)
    for r in dict.fromkeys(expected.answer):
        owner, _, kind, data = r.split(" ", 3)
        if kind == "CNAME":
            targets.setdefault(owner, []).append((dns.name.from_text(data).to_wire(), data, r))
    while name in targets:
        _, data, r = min(targets.pop(name))
        kept.append(r)
        name = data if case.question.kind != "CNAME" else ""
    kept += [r for r in dict.fromkeys(expected.answer) if r.split()[0] == name and " CNAME " not in r]
    return dataclasses.replace(expected, answer=tuple(kept)) if kept and " CNAME " in kept[0] else None


@row("`fallthrough` before all objects have arrived")
def unsynced(case, expected):
    if not case.server.variant.name.startswith("unsynced") or expected.rcode != "SERVFAIL" or "AA" in expected.flags:
        return None
    if not case.zone[0]:
        return None
    kind = "MX" if case.question.kind == "SOA" else case.question.kind
    return asked_as(case.server.plain.ask(dataclasses.replace(case.question, kind=kind)), expected)


@row("a Pod of a StatefulSet that is not Ready yet")
def due(case, expected):
    zone, labels = case.zone
    if len(labels) != 4 or labels[3] != "svc" or not case.server.has_endpoints:
        return None
    if expected.rcode == "NOERROR" and case.question.kind != "SOA":
        return None
    found = re.fullmatch(r"(.+)-(0|[1-9][0-9]*)", labels[0])
    if not found or not is_due(case, found[1], int(found[2]), labels[1], labels[2]):
        return None
    soa = case.core(name=zone, kind="SOA").answer[0]
    name = case.question.name[-len(zone):]
    words = re.sub(re.escape(zone), lambda _: name, soa).split()
    words[1] = words[-1] = "0"
    edns = expected.edns
    return dataclasses.replace(expected, rcode="NXDOMAIN", flags=expected.flags | {"AA"}, authority=(" ".join(words),), edns=edns)


def is_due(case, set_name, ordinal, service, namespace):
    o = case.world.objects.get(("sts", namespace, set_name))
    governing = case.world.objects.get(("svc", namespace, service))
    if not o or not governing or o["spec"]["serviceName"] != service or governing["spec"]["type"] == "ExternalName":
        return False
    start = o["spec"].get("ordinals", {}).get("start", 0)
    return case.server.selects(governing) and start <= ordinal < start + o["spec"].get("replicas", 1)


@row("only additional records had to go")
def glue_alone(case, expected):
    if "TC" not in expected.flags or case.ours is None:
        return None
    whole = dotted(case, case.core(tcp=True))
    if collections.Counter(whole.answer) != collections.Counter(dotted(case, expected).answer):
        return None
    return dataclasses.replace(expected, flags=expected.flags - {"TC"}, answer=whole.answer,
                               additional=case.as_many_as_fit(case.ours.additional, whole.additional))


# ---- transfers: the rows take the records of CoreDNS and give Ordinal's

TRANSFERS = {}


def transfer_row(title):
    def keep(function):
        TRANSFERS[title] = function
        return function
    return keep


@transfer_row("AXFR of a reverse zone")
def forward_names(server, world, zone, records):
    servers = {r.split()[-1] for r in records if " NS " in r}
    return [r for r in records if not zone.endswith(".arpa.") or f".svc.{zone} " not in r
            or (r.split()[0] in servers and r.split()[1] == "0")]


@transfer_row("NS of the zone, `ns.dns`, on a machine with link-local addresses")
def own_link_local(server, world, zone, records):
    return [r for r in records if not re.search(r" AAAA fe[89ab]", r)]


@transfer_row("an endpoint named by a Pod whose name has a dot")
def dotted_transfer(server, world, zone, records):
    return list(one_label(server, world, records))


@transfer_row("AXFR: a port without a number")
def numberless(server, world, zone, records):
    return [r for r in records if not re.search(r" SRV 0 [0-9]+ 65535 ", r)]


@transfer_row("AXFR: a Service whose slices are names")
def aliases(server, world, zone, records):
    kept = [r for r in records if not (" SRV " in r and r.endswith(" ."))]
    for (_, ns, _), o in world.of("slice"):
        service = (o["metadata"].get("labels") or {}).get("kubernetes.io/service-name")
        if o["addressType"] == "FQDN" and service and not zone.endswith(".arpa."):
            kept[-1:-1] = server.core.ask(Question(f"{service}.{ns}.svc.{zone}", "CNAME")).answer[:1]
    return kept
