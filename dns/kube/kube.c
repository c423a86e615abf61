/* Making the kube part from its options: see kube.h. */
#include "dns/kube/kube.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/kube_internal.h"

#define ZONES_DEFAULT "cluster.local in-addr.arpa ip6.arpa"
#define TTL_MAX       3600

static bool is_reverse(const struct name *zone)
{
	static const uint8_t in_addr[] = "\7in-addr\4arpa";
	static const uint8_t ip6[] = "\3ip6\4arpa";
	return name_suffix_at(zone->b, zone->n, in_addr, sizeof(in_addr)) >= 0 ||
	       name_suffix_at(zone->b, zone->n, ip6, sizeof(ip6)) >= 0;
}

/* The next word of blank-separated text; false at its end. */
static bool next_word(struct strv *rest, struct strv *out)
{
	while (strv_cut(rest, ' ', out)) {
		if (out->n > 0) {
			return true;
		}
	}
	return false;
}

/* Keeps the zones with most labels first, so that the first that fits is the longest. */
static void insert_zone(struct kube *k, const struct kube_zone *z)
{
	size_t i = k->n_zones++;
	while (i > 0 && k->zones[i - 1].labels < z->labels) {
		k->zones[i] = k->zones[i - 1];
		i--;
	}
	k->zones[i] = *z;
}

/* Is this zone one of the blank-separated ones? *out only when there is no error. */
static int is_listed(const struct name *zone, const char *list, bool *out)
{
	struct strv rest = strv_of(list);
	struct strv word;
	bool found = false;
	while (next_word(&rest, &word)) {
		struct name one;
		int err = name_parse(word, &one);
		if (err != ERR_OK) {
			return err;
		}
		name_lower(one.b, one.b, one.n);
		found = found || (one.n == zone->n && memcmp(one.b, zone->b, one.n) == 0);
	}
	*out = found;
	return ERR_OK;
}

/* A forward zone; the first one names what PTR leads to, and those of imports have other Services. */
static void note_forward(struct kube *k, const struct kube_zone *z)
{
	if (!k->has_forward || (k->forward_imports && !z->imports)) {
		k->has_forward = true;
		k->forward = z->name;
		k->forward_imports = z->imports;
	}
}

static int read_zones(struct kube *k, const struct kube_options *options)
{
	struct strv rest = strv_of(options->zones ? options->zones : ZONES_DEFAULT);
	struct strv word;
	while (next_word(&rest, &word)) {
		struct kube_zone z;
		struct name_map map;
		if (k->n_zones == ZONES_MAX) {
			return ERR_TOO_LARGE;
		}
		int err = name_parse(word, &z.name);
		if (err != ERR_OK) {
			return err;
		}
		name_lower(z.name.b, z.name.b, z.name.n);
		name_map_of(z.name.b, &map);
		z.labels = map.n;
		z.reverse = is_reverse(&z.name);
		err = is_listed(&z.name, options->multicluster, &z.imports);
		if (err != ERR_OK) {
			return err;
		}
		insert_zone(k, &z);
		if (!z.reverse) {
			note_forward(k, &z);
		}
	}
	return k->n_zones > 0 ? ERR_OK : ERR_BAD_NAME;
}

static int read_addresses(struct kube *k, const char *text)
{
	struct strv rest = strv_of(text);
	struct strv word;
	while (next_word(&rest, &word) && k->n_addresses < ADDRESSES_MAX) {
		int err = ip_parse(word, &k->addresses[k->n_addresses]);
		if (err != ERR_OK) {
			return ERR_SYNTAX;
		}
		k->n_addresses++;
	}
	return ERR_OK;
}

static int read_falls(struct kube *k, const struct kube_options *options)
{
	struct strv rest = strv_of(options->fallthrough_zones);
	struct strv word;
	k->falls = options->fallthrough;
	while (k->falls && next_word(&rest, &word)) {
		struct name *zone = &k->falls_in[k->n_falls_in];
		if (k->n_falls_in == ZONES_MAX) {
			return ERR_TOO_LARGE;
		}
		int err = name_parse(word, zone);
		if (err != ERR_OK) {
			return err;
		}
		name_lower(zone->b, zone->b, zone->n);
		k->n_falls_in++;
	}
	return ERR_OK;
}

static int keep_text(const char *text, char **out)
{
	*out = text && *text ? strdup(text) : NULL;
	return text && *text && !*out ? ERR_NOMEM : ERR_OK;
}

/* Pods of StatefulSets, and only those that `labels` takes. */
static int make_replica_labels(struct kube *k)
{
	const char *more = k->labels ? k->labels : "";
	size_t room = sizeof(POD_INDEX_LABEL ",") + strlen(more);
	k->replica_labels = malloc(room);
	if (!k->replica_labels) {
		return ERR_NOMEM;
	}
	(void)snprintf(k->replica_labels, room, "%s%s%s", POD_INDEX_LABEL, *more ? "," : "", more);
	return ERR_OK;
}

static int read_texts(struct kube *k, const struct kube_options *options)
{
	int err = read_zones(k, options);
	if (err == ERR_OK) {
		err = read_addresses(k, options->addresses);
	}
	if (err == ERR_OK) {
		err = read_falls(k, options);
	}
	if (err == ERR_OK) {
		err = keep_text(options->labels, &k->labels);
	}
	if (err == ERR_OK) {
		err = keep_text(options->namespace_labels, &k->namespace_labels);
	}
	return err;
}

static int make_stores(struct kube *k, const struct kube_options *options, struct reclaim *rc)
{
	struct index_exposure exposure = {
		.namespaces = options->namespaces,
		.known_only = k->namespace_labels != NULL,
	};
	clock_random(k->clock, &k->seed, sizeof(k->seed));
	int err = index_new(rc, &exposure, k->seed, &k->index);
	for (size_t i = 0; i < k->n_zones && err == ERR_OK; i++) {
		if (k->zones[i].imports && !k->imports) {
			err = index_new(rc, &exposure, k->seed, &k->imports);
		}
	}
	if (err == ERR_OK && options->pods == KUBE_PODS_VERIFIED) {
		err = pods_new(rc, k->seed, &k->pods);
	}
	if (err == ERR_OK && !options->no_statefulsets && !options->no_endpoints) {
		err = sets_new(rc, k->seed, &k->sets);
	}
	if (err == ERR_OK && k->sets) {
		err = make_replica_labels(k);
	}
	return err;
}

int kube_new(const struct kube_options *options, struct clock *clock, struct reclaim *rc,
	struct kube **out)
{
	struct kube *k = calloc(1, sizeof(*k));
	if (!k) {
		return ERR_NOMEM;
	}
	k->clock = clock;
	k->options = *options;
	k->options.zones = k->options.namespaces = k->options.addresses = NULL;
	k->options.multicluster = NULL;
	k->options.labels = k->options.namespace_labels = NULL;
	k->options.fallthrough_zones = NULL;
	bool in_range = options->ttl <= TTL_MAX && options->hold_ms <= KUBE_HOLD_MAX_MS;
	int err = in_range ? ERR_OK : ERR_RANGE;
	if (err == ERR_OK) {
		err = read_texts(k, options);
	}
	if (err == ERR_OK) {
		err = make_stores(k, options, rc);
	}
	if (err != ERR_OK) {
		kube_free(k);
		return err;
	}
	*out = k;
	return ERR_OK;
}

void kube_on_change(struct kube *k, void (*fn)(void *ctx), void *ctx)
{
	k->on_change = fn;
	k->on_change_ctx = ctx;
}

void kube_free(struct kube *k)
{
	if (k) {
		REQUIRE(k->n_subs == 0);
		index_free(k->index);
		index_free(k->imports);
		pods_free(k->pods);
		sets_free(k->sets);
		free(k->labels);
		free(k->replica_labels);
		free(k->namespace_labels);
		free(k);
	}
}
