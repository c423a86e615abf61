/* Accept and Content-Type headers. Source and regime: see negotiate.h. */
#include "watch/embedded/negotiate.h"

#define MAX_ENTRIES 32 /* of one Accept header */

struct entry { /* one of an Accept header */
	struct strv type;
	struct strv as, group, version;
};

static struct entry parse_entry(struct strv text)
{
	struct entry e = {
		.type = STRV(""), .as = STRV(""), .group = STRV(""), .version = STRV("")
	};
	struct strv rest = text, piece;
	if (strv_cut(&rest, ';', &piece)) {
		e.type = strv_trim(piece);
	}
	while (strv_cut(&rest, ';', &piece)) {
		struct strv key, value = strv_trim(piece);
		if (!strv_cut(&value, '=', &key)) {
			continue;
		}
		if (strv_eq(key, STRV("as"))) {
			e.as = value;
		} else if (strv_eq(key, STRV("g"))) {
			e.group = value;
		} else if (strv_eq(key, STRV("v"))) {
			e.version = value;
		}
	}
	return e;
}

static bool is_json(struct strv type)
{
	return strv_eq_nocase(type, STRV("application/json")) || strv_eq(type, STRV("*/*")) ||
	       strv_eq_nocase(type, STRV("application/*"));
}

static struct negotiated try_entry(const struct entry *e)
{
	const struct negotiated none = { FORM_NONE, NULL };
	if (!is_json(e->type)) {
		return none;
	}
	if (e->as.n == 0) {
		return (struct negotiated){ FORM_OBJECT, NULL };
	}
	if (!strv_eq(e->as, STRV("Table")) || !strv_eq(e->group, STRV("meta.k8s.io"))) {
		return none;
	}
	if (strv_eq(e->version, STRV("v1"))) {
		return (struct negotiated){ FORM_TABLE, "meta.k8s.io/v1" };
	}
	return strv_eq(e->version, STRV("v1beta1"))
		       ? (struct negotiated){ FORM_TABLE, "meta.k8s.io/v1beta1" }
		       : none;
}

struct negotiated negotiate(struct strv accept)
{
	struct negotiated found = { strv_trim(accept).n == 0 ? FORM_OBJECT : FORM_NONE, NULL };
	struct strv rest = accept, piece;
	for (int i = 0; found.form == FORM_NONE && i < MAX_ENTRIES && strv_cut(&rest, ',', &piece);
		i++) {
		struct entry e = parse_entry(piece);
		found = try_entry(&e);
	}
	return found;
}

enum media media_of(struct strv content_type)
{
	static const struct {
		struct strv name;
		enum media media;
	} rows[] = {
		{ { "application/json", 16 }, MEDIA_JSON },
		{ { "application/yaml", 16 }, MEDIA_YAML },
		{ { "application/vnd.kubernetes.protobuf", 35 }, MEDIA_PROTOBUF },
		{ { "application/json-patch+json", 27 }, MEDIA_JSON_PATCH },
		{ { "application/merge-patch+json", 28 }, MEDIA_MERGE_PATCH },
		{ { "application/strategic-merge-patch+json", 38 }, MEDIA_STRATEGIC_PATCH },
		{ { "application/apply-patch+yaml", 28 }, MEDIA_APPLY_PATCH },
	};
	struct strv rest = content_type, type = STRV("");
	(void)strv_cut(&rest, ';', &type); /* nothing to cut: absent */
	type = strv_trim(type);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strv_eq_nocase(type, rows[i].name)) {
			return rows[i].media;
		}
	}
	return strv_trim(content_type).n == 0 ? MEDIA_JSON : MEDIA_OTHER;
}
