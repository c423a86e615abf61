/* The options of a request line, and what Kubernetes refuses of them.
 * Source: Kubernetes API concepts; meta/v1 ListOptions, CreateOptions, UpdateOptions, PatchOptions, DeleteOptions; refusals
 * as observed. Regime: the request's arena. Called by: route.c. */
#include "base/err.h"
#include "watch/embedded/route_internal.h"

#define MAX_OPTIONS 64 /* of one query; the rest is ignored */
#define MAX_MANAGER 128

/* As the Kubernetes query decoder: anything but an explicit no is a yes. */
static bool truth(struct strv v)
{
	return !strv_eq_nocase(v, STRV("false")) && !strv_eq(v, STRV("0"));
}

static void set_integer(struct strv v, int64_t *out, struct status *s)
{
	if (v.n > 0 && strv_to_i64(v, out) != ERR_OK) {
		status_bad_request(
			s, "strconv.ParseInt: parsing \"%.*s\": invalid syntax", STRV_ARG(v));
	}
}

static void set_include(struct route_options *o, struct strv v, struct status *s)
{
	if (strv_eq(v, STRV("Object"))) {
		o->include = TABLE_OBJECT;
	} else if (strv_eq(v, STRV("None"))) {
		o->include = TABLE_NONE;
	} else if (v.n == 0 || strv_eq(v, STRV("Metadata"))) {
		o->include = TABLE_METADATA;
	} else {
		status_bad_request(s,
			"Unable to convert to Table as requested: includeObject: Invalid value: "
			"\"%.*s\": must be 'Metadata', 'Object', 'None', or empty",
			STRV_ARG(v));
	}
}

/* Options that are plain text. */
static const struct text_row {
	struct strv key;
	size_t offset;
} text_rows[] = {
	{ { "labelSelector", 13 }, offsetof(struct route_options, label_selector) },
	{ { "fieldSelector", 13 }, offsetof(struct route_options, field_selector) },
	{ { "continue", 8 }, offsetof(struct route_options, cont) },
	{ { "resourceVersion", 15 }, offsetof(struct route_options, resource_version) },
	{ { "resourceVersionMatch", 20 }, offsetof(struct route_options, version_match) },
	{ { "fieldManager", 12 }, offsetof(struct route_options, manager) },
	{ { "propagationPolicy", 17 }, offsetof(struct route_options, propagation) },
	{ { "fieldValidation", 15 }, offsetof(struct route_options, validation_text) },
	{ { "dryRun", 6 }, offsetof(struct route_options, dry_run_text) },
};

static bool set_text(struct route_options *o, struct strv key, struct strv v)
{
	for (size_t i = 0; i < ARRAY_LEN(text_rows); i++) {
		if (strv_eq(key, text_rows[i].key)) {
			*(struct strv *)(void *)((char *)o + text_rows[i].offset) = v;
			return true;
		}
	}
	return false;
}

static void set_option(struct route_options *o, struct strv key, struct strv v, struct status *s)
{
	if (set_text(o, key, v)) {
		return;
	}
	if (strv_eq(key, STRV("limit"))) {
		set_integer(v, &o->limit, s);
	} else if (strv_eq(key, STRV("timeoutSeconds"))) {
		o->timeout_s.set = v.n > 0;
		set_integer(v, &o->timeout_s.v, s);
	} else if (strv_eq(key, STRV("gracePeriodSeconds"))) {
		o->grace_s.set = v.n > 0;
		set_integer(v, &o->grace_s.v, s);
	} else if (strv_eq(key, STRV("watch"))) {
		o->watch = truth(v);
	} else if (strv_eq(key, STRV("allowWatchBookmarks"))) {
		o->bookmarks = truth(v);
	} else if (strv_eq(key, STRV("sendInitialEvents"))) {
		o->send_initial = (struct opt_bool){ true, truth(v) };
	} else if (strv_eq(key, STRV("force"))) {
		o->force = (struct opt_bool){ true, truth(v) };
	} else if (strv_eq(key, STRV("orphanDependents"))) {
		o->orphan_dependents = (struct opt_bool){ true, truth(v) };
	} else if (strv_eq(key, STRV("includeObject"))) {
		set_include(o, v, s);
	}
}

void route_options_parse(
	struct arena *a, struct strv query, struct route_options *o, struct status *s)
{
	struct strv rest = query, pair;
	for (size_t i = 0; i < MAX_OPTIONS && strv_cut(&rest, '&', &pair); i++) {
		struct strv key, value, v = pair;
		if (pair.n == 0) {
			continue;
		}
		(void)strv_cut(&v, '=', &key); /* true: pair is not empty */
		if (!route_decode(a, key, true, &key, s) || !route_decode(a, v, true, &value, s)) {
			return;
		}
		set_option(o, key, value, s);
		if (status_failed(s)) {
			return;
		}
	}
}

/* One refused option; the causes become the failure at the end of the check. */
static void refuse(
	struct status *s, enum cause why, const char *option, struct strv value, const char *detail)
{
	struct json *shown = json_new_str(s->arena, value);
	if (shown == NULL) {
		status_no_memory(s);
	} else {
		status_cause_add(s, why, strv_of(option), shown, "%s", detail);
	}
}

static void forbid(struct status *s, const char *option, const char *detail)
{
	refuse(s, CAUSE_FORBIDDEN, option, STRV(""), detail);
}

static void check_list(const struct route_options *o, struct status *s)
{
	static const char *const match = "resourceVersionMatch";
	if (o->version_match.n > 0) {
		bool exact = strv_eq(o->version_match, STRV("Exact"));
		if (o->resource_version.n == 0) {
			forbid(s, match,
				"resourceVersionMatch is forbidden unless resourceVersion is "
				"provided");
		}
		if (o->cont.n > 0) {
			forbid(s, match,
				"resourceVersionMatch is forbidden when continue is provided");
		}
		if (!exact && !strv_eq(o->version_match, STRV("NotOlderThan"))) {
			refuse(s, CAUSE_NOT_SUPPORTED, match, o->version_match,
				"supported values: \"Exact\", \"NotOlderThan\", \"\"");
		}
		if (exact && strv_eq(o->resource_version, STRV("0"))) {
			forbid(s, match,
				"resourceVersionMatch \"exact\" is forbidden for resourceVersion "
				"\"0\"");
		}
	}
	if (o->send_initial.set) {
		forbid(s, "sendInitialEvents", "sendInitialEvents is forbidden for list");
	}
}

static void check_watch(const struct route_options *o, struct status *s)
{
	static const char *const match = "resourceVersionMatch";
	bool fresh = strv_eq(o->version_match, STRV("NotOlderThan"));
	if (o->send_initial.set && !fresh) {
		forbid(s, match,
			"sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
	}
	if (o->version_match.n == 0) {
		return;
	}
	if (!o->send_initial.set) {
		forbid(s, match,
			"resourceVersionMatch is forbidden for watch unless sendInitialEvents is "
			"provided");
	}
	if (!fresh) {
		refuse(s, CAUSE_NOT_SUPPORTED, match, o->version_match,
			"supported values: \"NotOlderThan\"");
	}
	if (o->cont.n > 0) {
		forbid(s, match, "resourceVersionMatch is forbidden when continue is provided");
	}
}

static void check_manager(struct strv manager, struct status *s)
{
	if (manager.n > MAX_MANAGER) {
		refuse(s, CAUSE_TOO_LONG, "fieldManager", manager,
			"may not be more than 128 bytes");
	}
	for (size_t i = 0; i < manager.n; i++) {
		unsigned char c = (unsigned char)manager.p[i];
		if (c < 0x20 || c == 0x7f) {
			char why[64];
			(void)snprintf(why, sizeof(why),
				"invalid character U+%04X (at position %zu)", c, i); /* fits */
			refuse(s, CAUSE_INVALID, "fieldManager", manager, why);
			return;
		}
	}
}

static void check_dry_run(struct route_options *o, struct status *s)
{
	o->dry_run = strv_eq(o->dry_run_text, STRV("All"));
	if (o->dry_run || o->dry_run_text.n == 0) {
		return;
	}
	struct json *list = json_new_array(s->arena);
	if (json_append(s->arena, list, json_new_str(s->arena, o->dry_run_text)) != ERR_OK) {
		status_no_memory(s);
	} else {
		status_cause_add(s, CAUSE_NOT_SUPPORTED, STRV("dryRun"), list, "%s",
			"supported values: \"All\"");
	}
}

static void check_validation(struct route_options *o, struct status *s)
{
	struct strv v = o->validation_text;
	if (strv_eq(v, STRV("Strict"))) {
		o->validation = VALIDATION_STRICT;
	} else if (strv_eq(v, STRV("Ignore"))) {
		o->validation = VALIDATION_IGNORE;
	} else if (v.n > 0 && !strv_eq(v, STRV("Warn"))) {
		refuse(s, CAUSE_NOT_SUPPORTED, "fieldValidation", v,
			"supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"");
	}
}

static void check_write(struct route_options *o, struct status *s)
{
	check_manager(o->manager, s);
	check_dry_run(o, s);
	check_validation(o, s);
}

void route_options_check(struct route *r, struct status *s)
{
	static const char *const kinds[] = {
		[ROUTE_LIST] = "ListOptions",
		[ROUTE_WATCH] = "ListOptions",
		[ROUTE_CREATE] = "CreateOptions",
		[ROUTE_UPDATE] = "UpdateOptions",
		[ROUTE_PATCH] = "PatchOptions",
		[ROUTE_DELETE] = "DeleteOptions",
		[ROUTE_DELETE_COLLECTION] = "DeleteOptions",
	};
	switch (r->verb) {
	case ROUTE_GET:
		return;
	case ROUTE_LIST:
		check_list(&r->opt, s);
		break;
	case ROUTE_WATCH:
		check_watch(&r->opt, s);
		break;
	case ROUTE_CREATE:
	case ROUTE_UPDATE:
	case ROUTE_PATCH:
		check_write(&r->opt, s);
		break;
	case ROUTE_DELETE:
	case ROUTE_DELETE_COLLECTION:
		check_dry_run(&r->opt, s);
		break;
	}
	if (s->n_causes > 0) {
		status_options_end(s, kinds[r->verb]);
	}
}
