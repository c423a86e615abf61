/* Request bodies. Source and regime: see body.h. */
#include "watch/embedded/body.h"

#include "base/err.h"
#include "base/yaml.h"
#include "watch/embedded/protobuf/protobuf.h"

static void decode_json(struct arena *a, struct strv text, struct json **out,
	struct json_report *report, struct status *s)
{
	int r = json_parse(a, text, out, report);
	if (r == ERR_NOMEM) {
		status_no_memory(s);
	} else if (r != ERR_OK) {
		status_bad_request(s, "the body is not valid JSON: %s at byte %zu", report->why,
			report->offset);
	}
}

/* kube-apiserver does not say what is wrong with these. */
static void decode_patch(struct arena *a, struct strv text, struct json **out,
	struct json_report *report, struct status *s)
{
	int r = json_parse(a, text, out, report);
	if (r == ERR_NOMEM) {
		status_no_memory(s);
	} else if (r != ERR_OK) {
		status_bad_request(s, "invalid JSON patch");
	}
}

static void decode_yaml(struct arena *a, struct strv text, struct json **out, struct status *s)
{
	struct yaml_stream *y = NULL;
	struct yaml_report report = { .line = 0 };
	int r = yaml_open(text, &y);
	if (r == ERR_OK) {
		r = yaml_next(y, a, out, &report);
	}
	yaml_close(y);
	if (r == ERR_NOMEM) {
		status_no_memory(s);
	} else if (r != ERR_OK) {
		status_bad_request(s, "the body is not valid YAML: line %zu, column %zu: %s",
			report.line, report.column, report.why);
	}
}

static void decode_protobuf(struct arena *a, struct strv text, struct json **out, struct status *s)
{
	char why[PROTOBUF_WHY_CHARS];
	int r = protobuf_decode(a, text, out, why);
	if (r == ERR_NOMEM) {
		status_no_memory(s);
	} else if (r == ERR_UNSUPPORTED) {
		status_unsupported_media(s,
			"the body of the request was in protobuf, which is not accepted here: %s",
			why);
	} else if (r != ERR_OK) {
		status_bad_request(s, "the body is not valid protobuf: %s", why);
	}
}

void body_decode(struct arena *a, enum media media, struct strv text, struct json **out,
	struct json_report *report, struct status *s)
{
	*out = NULL;
	*report = (struct json_report){ .n_dups = 0 };
	if (text.n == 0) {
		return;
	}
	switch (media) {
	case MEDIA_JSON:
		decode_json(a, text, out, report, s);
		return;
	case MEDIA_JSON_PATCH:
	case MEDIA_MERGE_PATCH:
	case MEDIA_STRATEGIC_PATCH:
		decode_patch(a, text, out, report, s);
		return;
	case MEDIA_APPLY_PATCH: /* kubectl sends JSON: tell duplicate keys as for JSON */
		if (strv_trim(text).n > 0 && strv_trim(text).p[0] == '{') {
			decode_json(a, text, out, report, s);
			return;
		}
		decode_yaml(a, text, out, s);
		return;
	case MEDIA_YAML:
		decode_yaml(a, text, out, s);
		return;
	case MEDIA_PROTOBUF:
		decode_protobuf(a, text, out, s);
		return;
	case MEDIA_OTHER:
		break;
	}
	status_unsupported_media(s,
		"the body of the request was in an unknown format - accepted media types include: "
		"application/json, application/yaml, application/vnd.kubernetes.protobuf");
}
