/* kubernetes [ZONE...] { options }: the cluster's names. Each option is one row and one function below.
 * Source: CoreDNS plugin/kubernetes (README, setup.go's refusals); statefulsets is ours. */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/config/zone.h"
#include "watch/object/typed.h"

#define WANT_SELECTOR "a label selector such as environment=prod,tier in (a, b)"

static int pods(struct reader *r, const struct config_line *l, void *into)
{
	static const struct {
		const char *word;
		enum kube_pods mode;
	} rows[] = {
		{ "disabled", KUBE_PODS_DISABLED },
		{ "insecure", KUBE_PODS_INSECURE },
		{ "verified", KUBE_PODS_VERIFIED },
	};
	const char *word = l->args.at[0];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].word, word) == 0) {
			((struct corefile_kubernetes *)into)->options.pods = rows[i].mode;
			return ERR_OK;
		}
	}
	return refuse(r, l->line,
		"kubernetes: pods: wants disabled, insecure or verified, has \"%s\"", word);
}

static int endpoint_pod_names(struct reader *r, const struct config_line *l, void *into)
{
	(void)r;
	(void)l;
	((struct corefile_kubernetes *)into)->options.endpoint_pod_names = true;
	return ERR_OK;
}

static int noendpoints(struct reader *r, const struct config_line *l, void *into)
{
	(void)r;
	(void)l;
	((struct corefile_kubernetes *)into)->options.no_endpoints = true;
	return ERR_OK;
}

static int zonal(struct reader *r, const struct config_line *l, void *into)
{
	(void)r;
	(void)l;
	((struct corefile_kubernetes *)into)->options.zonal = true;
	return ERR_OK;
}

static int ignore(struct reader *r, const struct config_line *l, void *into)
{
	if (strcmp(l->args.at[0], "empty_service") != 0) {
		return refuse(r, l->line, "kubernetes: ignore: wants empty_service, has \"%s\"",
			l->args.at[0]);
	}
	((struct corefile_kubernetes *)into)->options.ignore_empty_service = true;
	return ERR_OK;
}

static int namespaces(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	struct corefile_words all = { .n = 0 };
	if (k->options.namespaces) {
		all = (struct corefile_words){ &k->options.namespaces, 1 };
	}
	int err = words_append(r, &all, &l->args);
	k->options.namespaces = err ? NULL : words_join(r, &all);
	return err ? err : k->options.namespaces ? ERR_OK : ERR_NOMEM;
}

NODISCARD static int selector(struct reader *r, const struct config_line *l, const char **out)
{
	char why[SELECTOR_WHY_CHARS];
	struct selector s;
	const char *text = words_join(r, &l->args);
	int err = text ? selector_parse(r->arena, strv_of(text), &s, why) : ERR_NOMEM;
	if (err == ERR_SYNTAX) {
		return refuse(r, l->line, "kubernetes: %s: \"%s\": %s", l->name, text, why);
	}
	*out = text;
	return err;
}

static int labels(struct reader *r, const struct config_line *l, void *into)
{
	return selector(r, l, &((struct corefile_kubernetes *)into)->options.labels);
}

static int namespace_labels(struct reader *r, const struct config_line *l, void *into)
{
	return selector(r, l, &((struct corefile_kubernetes *)into)->options.namespace_labels);
}

/* kubeconfig goes before endpoint, and that before tls, which alone names no server. */
static void note_access(struct corefile_kubernetes *k, const struct config_line *l)
{
	k->access_file = l->file;
	k->access_line = l->line;
}

static int endpoint(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	k->endpoint = l->args.at[0];
	if (!k->kubeconfig) {
		note_access(k, l);
	}
	return l->args.n == 1
		       ? ERR_OK
		       : warn(r, l->line, "kubernetes: endpoint: only the first, %s, is used",
				 l->args.at[0]);
}

static int tls(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	(void)r;
	k->tls_cert = l->args.at[0];
	k->tls_key = l->args.at[1];
	k->tls_ca = l->args.at[2];
	if (!k->kubeconfig && !k->endpoint) {
		note_access(k, l);
	}
	return ERR_OK;
}

static int kubeconfig(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	(void)r;
	k->kubeconfig = l->args.at[0];
	k->context = l->args.n > 1 ? l->args.at[1] : NULL;
	note_access(k, l);
	return ERR_OK;
}

static int multicluster(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	k->multicluster = (struct corefile_words){ .n = 0 };
	int err = zones_read(r, l, &k->multicluster);
	for (size_t i = 0; i < k->multicluster.n && !err; i++) {
		const char *zone = k->multicluster.at[i];
		if (!words_have(&k->zones, zone)) {
			err = refuse(r, l->line,
				"kubernetes: multicluster: %s is not one of the zones", zone);
		}
	}
	k->options.multicluster = err ? NULL : words_join(r, &k->multicluster);
	return err ? err : k->options.multicluster ? ERR_OK : ERR_NOMEM;
}

static int fall_through(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	struct corefile_words zones = { .n = 0 };
	int err = zones_read(r, l, &zones);
	if (err) {
		return err;
	}
	k->options.fallthrough = true;
	k->options.fallthrough_zones = zones.n > 0 ? words_join(r, &zones) : NULL;
	return zones.n > 0 && !k->options.fallthrough_zones ? ERR_NOMEM : ERR_OK;
}

static int ttl(struct reader *r, const struct config_line *l, void *into)
{
	int64_t seconds = 0;
	if (strv_to_i64(strv_of(l->args.at[0]), &seconds) || seconds < 0 || seconds > 3600) {
		return refuse(r, l->line, "kubernetes: ttl: wants 0 to 3600 seconds, has \"%s\"",
			l->args.at[0]);
	}
	((struct corefile_kubernetes *)into)->options.ttl = (uint32_t)seconds;
	return ERR_OK;
}

static int startup_timeout(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	if (strv_to_duration_ms(strv_of(l->args.at[0]), &k->startup_timeout_ms)) {
		return refuse(r, l->line,
			"kubernetes: startup_timeout: wants a duration such as 5s, has \"%s\"",
			l->args.at[0]);
	}
	return ERR_OK;
}

static int qps(struct reader *r, const struct config_line *l, void *into)
{
	const char *word = l->args.at[0];
	char *end = NULL;
	double v = word[strspn(word, "0123456789.e+")] == '\0' ? strtod(word, &end) : -1;
	if (!end || end == word || *end != '\0' || !isfinite(v)) {
		return refuse(
			r, l->line, "kubernetes: apiserver_qps: wants a number, has \"%s\"", word);
	}
	((struct corefile_kubernetes *)into)->qps = v;
	return ERR_OK;
}

NODISCARD static int count(struct reader *r, const struct config_line *l, uint32_t *out)
{
	if (strv_to_u32(strv_of(l->args.at[0]), out) || *out > INT32_MAX) {
		return refuse(r, l->line, "kubernetes: %s: wants a whole number, has \"%s\"",
			l->name, l->args.at[0]);
	}
	return ERR_OK;
}

static int burst(struct reader *r, const struct config_line *l, void *into)
{
	return count(r, l, &((struct corefile_kubernetes *)into)->burst);
}

static int max_inflight(struct reader *r, const struct config_line *l, void *into)
{
	return count(r, l, &((struct corefile_kubernetes *)into)->max_inflight);
}

/* Ours: names that are due are told from names that are not. [hold DURATION] [off] */
static int statefulsets(struct reader *r, const struct config_line *l, void *into)
{
	struct corefile_kubernetes *k = into;
	int64_t hold_ms = 0;
	k->options.no_statefulsets = false;
	for (size_t i = 0; i < l->args.n; i++) {
		const char *word = l->args.at[i];
		if (strcmp(word, "off") == 0) {
			k->options.no_statefulsets = true;
		} else if (strcmp(word, "hold") != 0) {
			return refuse(r, l->line,
				"kubernetes: statefulsets: wants hold DURATION or off, has \"%s\"",
				word);
		} else if (++i == l->args.n ||
			   strv_to_duration_ms(strv_of(l->args.at[i]), &hold_ms) ||
			   hold_ms > KUBE_HOLD_MAX_MS) {
			return refuse(r, l->line,
				"kubernetes: statefulsets: hold: wants a duration of at most %us, "
				"such as 2s",
				KUBE_HOLD_MAX_MS / 1000u);
		}
	}
	if (k->options.no_statefulsets && hold_ms > 0) {
		return refuse(r, l->line, "kubernetes: statefulsets: either hold or off");
	}
	k->options.hold_ms = (uint32_t)hold_ms;
	return ERR_OK;
}

#define ANY SIZE_MAX
static const struct option_of options[] = {
	{ "apiserver_burst", 1, 1, false, "a whole number", burst },
	{ "apiserver_max_inflight", 1, 1, false, "a whole number", max_inflight },
	{ "apiserver_qps", 1, 1, false, "a number", qps },
	{ "endpoint", 1, ANY, false, "a URL", endpoint },
	{ "endpoint_pod_names", 0, 0, false, "no arguments", endpoint_pod_names },
	{ "fallthrough", 0, ANY, false, "zones or nothing", fall_through },
	{ "ignore", 1, 1, true, "empty_service", ignore },
	{ "kubeconfig", 1, 2, false, "a file and perhaps a context", kubeconfig },
	{ "labels", 1, ANY, false, WANT_SELECTOR, labels },
	{ "multicluster", 0, ANY, false, "zones", multicluster },
	{ "namespace_labels", 1, ANY, false, WANT_SELECTOR, namespace_labels },
	{ "namespaces", 1, ANY, false, "one or more namespaces", namespaces },
	{ "noendpoints", 0, 0, false, "no arguments", noendpoints },
	{ "pods", 1, 1, false, "one of disabled, insecure, verified", pods },
	{ "startup_timeout", 1, 1, true, "a duration", startup_timeout },
	{ "statefulsets", 0, 3, false, "hold DURATION or off", statefulsets },
	{ "tls", 3, 3, false, "certificate, key and CA files", tls },
	{ "ttl", 1, 1, true, "seconds, 0 to 3600", ttl },
	{ "zonal", 0, 0, false, "no arguments", zonal },
};

NODISCARD static int own_zones(struct reader *r, const struct directive *d,
	const struct corefile_block *b, struct corefile_kubernetes *k)
{
	int err = zones_read(r, &d->head, &k->zones);
	for (size_t i = 0; !err && d->head.args.n == 0 && i < b->n_zones; i++) {
		err = words_append(r, &k->zones, &(struct corefile_words){ &b->zones[i].name, 1 });
	}
	size_t reverse = 0;
	for (size_t i = 0; i < k->zones.n; i++) {
		reverse += zone_is_reverse(k->zones.at[i]);
	}
	if (!err && reverse == k->zones.n) {
		return refuse(
			r, d->head.line, "kubernetes: wants a zone that is not a reverse one");
	}
	k->options.zones = err ? NULL : words_join(r, &k->zones);
	return err ? err : k->options.zones ? ERR_OK : ERR_NOMEM;
}

int kubernetes_read(struct reader *r, const struct directive *d, struct corefile_block *b)
{
	struct corefile_kubernetes *k = arena_new(r->arena, struct corefile_kubernetes);
	if (!k) {
		return ERR_NOMEM;
	}
	k->line = d->head.line;
	note_access(k, &d->head);
	k->options.ttl = KUBE_TTL_DEFAULT;
	k->startup_timeout_ms = COREFILE_STARTUP_TIMEOUT_MS;
	int err = own_zones(r, d, b, k);
	err = err ? err : options_read(r, d, options, ARRAY_LEN(options), k);
	if (err) {
		return err;
	}
	if (k->options.namespaces && k->options.namespace_labels) {
		return refuse(r, k->line,
			"kubernetes: namespaces and namespace_labels exclude each other");
	}
	if (k->options.zonal && k->options.no_endpoints) {
		return refuse(
			r, k->line, "kubernetes: zonal needs endpoints, noendpoints has none");
	}
	b->kubernetes = k;
	return ERR_OK;
}
