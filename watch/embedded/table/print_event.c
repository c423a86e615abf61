/* Rows of Events, of the older form and of events.k8s.io alike. See cells.h. */
#include "watch/embedded/table/cells.h"

static const struct column columns[] = {
	{ "Last Seen", "string", "", false, "Time since it happened last." },
	{ "Type", "string", "", false, "Normal or Warning." },
	{ "Reason", "string", "", false, "One word for what happened." },
	{ "Object", "string", "", false, "What it happened to." },
	{ "Subobject", "string", "", true, "Which part of that object." },
	{ "Source", "string", "", true, "Who tells of it." },
	{ "Message", "string", "", false, "What happened." },
	{ "First Seen", "string", "", true, "Time since it happened first." },
	{ "Count", "string", "", true, "How often it happened." },
	{ "Name", "string", "name", true, "Name of the event itself." },
};

static void cell_target(struct row *r, const struct json *about)
{
	struct strv kind = json_str(json_get(about, "kind"));
	struct strv name = json_str(json_get(about, "name"));
	struct buf b;
	buf_init(&b);
	for (size_t i = 0; i < kind.n; i++) {
		char c = kind.p[i];
		buf_add_char(&b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
	if (name.n > 0) {
		buf_add_char(&b, '/');
		buf_add(&b, name);
	}
	cell_buf(r, &b, "");
}

static void cell_source(struct row *r, const struct json *o)
{
	struct strv component = text_at(o, "source.component");
	struct strv host = text_at(o, "source.host");
	if (component.n == 0) {
		component = text_at(o, "reportingComponent");
	}
	if (host.n == 0) {
		host = text_at(o, "reportingInstance");
	}
	cell_printf(r, "%.*s%s%.*s", STRV_ARG(component), host.n > 0 ? ", " : "", STRV_ARG(host));
}

static struct strv first_of(struct strv a, struct strv b)
{
	return a.n > 0 ? a : b;
}

static void print_event(struct row *r, const struct json *o)
{
	struct strv first = first_of(text_at(o, "firstTimestamp"), text_at(o, "eventTime"));
	struct strv last = first_of(text_at(o, "series.lastObservedTime"),
		first_of(text_at(o, "lastTimestamp"), first));
	int64_t count = json_i64_or(json_get(o, "count"), 0);
	count = json_i64_or(json_dig(o, "series.count"), count);
	cell_since(r, last);
	cell_text(r, text_at(o, "type"));
	cell_text(r, text_at(o, "reason"));
	cell_target(r, json_get(o, "involvedObject"));
	cell_text(r, text_at(o, "involvedObject.fieldPath"));
	cell_source(r, o);
	cell_text(r, strv_trim(text_at(o, "message")));
	cell_since(r, first);
	cell_i64(r, count == 0 ? 1 : count);
	cell_name(r, o);
}

const struct printer printer_event = { columns, ARRAY_LEN(columns), print_event };
