/* The schema: see the header. */
#include "dns/kube/schema.h"

#define POD_LABELS_MAX 3 /* the address and what CoreDNS lets stand before it */

/* "_http" and "http" are the same here, "_" is no wish at all. */
static struct strv strip_underscore(struct strv label)
{
	return label.n > 0 && label.p[0] == '_' ? strv_sub(label, 1, label.n - 1) : label;
}

static struct meaning below_pod(
	struct meaning m, const uint8_t *lower, const struct name_map *map, size_t left)
{
	m.kind = left <= POD_LABELS_MAX ? MEANS_POD : MEANS_NOTHING;
	m.endpoint = name_label(lower, map, left - 1);
	return m;
}

/* TOPOLOGY.pin._zone, TOPOLOGY.prefer._zone */
static struct meaning below_zone(
	struct meaning m, const uint8_t *lower, const struct name_map *map, size_t left)
{
	struct strv directive = name_label(lower, map, left - 2);
	bool pin = strv_eq(directive, STRV("pin"));
	m.kind = MEANS_NOTHING;
	if (strv_eq(name_label(lower, map, left - 1), STRV("_zone")) &&
		(pin || strv_eq(directive, STRV("prefer")))) {
		m.kind = pin ? MEANS_PIN : MEANS_PREFER;
		m.topology = (struct strv){ .p = (const char *)lower, .n = map->at[left - 2] };
	}
	return m;
}

static bool has_underscore(struct strv label)
{
	return label.n > 0 && label.p[0] == '_';
}

/* Two labels: _PORT._PROTO or NAME.CLUSTER. Without any underscore the latter, where there is such a thing. */
static struct meaning pair(
	struct meaning m, const uint8_t *lower, const struct name_map *map, enum schema_kind schema)
{
	struct strv first = name_label(lower, map, 0);
	struct strv second = name_label(lower, map, 1);
	if (schema == SCHEMA_CLUSTERS && !has_underscore(first) && !has_underscore(second)) {
		m.kind = MEANS_ENDPOINT;
		m.endpoint = first;
		m.topology = (struct strv){ .p = second.p - 1, .n = second.n + 1 };
		return m;
	}
	m.kind = MEANS_PORT;
	m.port = strip_underscore(first);
	m.protocol = strip_underscore(second);
	return m;
}

static struct meaning below_service(struct meaning m, const uint8_t *lower,
	const struct name_map *map, size_t left, enum schema_kind schema)
{
	m.service_label = (uint8_t)left;
	switch (left) {
	case 0:
		m.kind = MEANS_SERVICE;
		break;
	case 1:
		m.kind = MEANS_ENDPOINT;
		m.endpoint = name_label(lower, map, 0);
		break;
	case 2:
		return pair(m, lower, map, schema);
	default:
		if (schema == SCHEMA_ZONAL) {
			return below_zone(m, lower, map, left);
		}
		m.kind = MEANS_NOTHING;
		break;
	}
	return m;
}

/* dns-version and ns.dns: names of the server itself. */
static enum meaning_kind special(const uint8_t *lower, const struct name_map *map, size_t labels)
{
	struct strv first = name_label(lower, map, 0);
	if (labels == 1 && strv_eq(first, STRV("dns-version"))) {
		return MEANS_VERSION;
	}
	if (labels == 2 && strv_eq(first, STRV("ns")) &&
		strv_eq(name_label(lower, map, 1), STRV("dns"))) {
		return MEANS_NS;
	}
	return MEANS_NOTHING;
}

struct meaning schema_read(const uint8_t *lower, const struct name_map *map, size_t zone_labels,
	enum schema_kind schema)
{
	REQUIRE(zone_labels <= map->n);
	struct meaning m = { .kind = MEANS_NOTHING };
	size_t left = map->n - zone_labels; /* labels not read yet */
	if (left == 0) {
		m.kind = MEANS_APEX;
		return m;
	}
	struct strv tree = name_label(lower, map, left - 1);
	m.pod_tree = strv_eq(tree, STRV("pod"));
	if (!m.pod_tree && !strv_eq(tree, STRV("svc"))) {
		m.kind = special(lower, map, left);
		return m;
	}
	left--;
	if (left == 0) {
		m.kind = MEANS_TREE;
		return m;
	}
	left--;
	m.ns = name_label(lower, map, left);
	if (left == 0) {
		m.kind = MEANS_NAMESPACE;
		return m;
	}
	if (m.pod_tree) {
		return below_pod(m, lower, map, left);
	}
	left--;
	m.service = name_label(lower, map, left);
	return below_service(m, lower, map, left, schema);
}
