/* Stage log: a line for each reply whose question the first rule that knows its name wants logged. Source: CoreDNS plugin/log; its classes are those of
 * plugin/pkg/response. Regime: owned heap object, const once made; query threads. */
#include <stdlib.h>
#include <uv.h>

#include "base/err.h"
#include "base/log.h"
#include "dns/stage/log_line.h"
#include "dns/stage/stages.h"

#define LINE_BYTES 2048

struct rule {
	struct name name;
	struct log_line *format;
	unsigned classes;
};

struct log_stage {
	enum log_level level;
	size_t n;
	struct rule rules[];
};

int log_stage_new(
	const struct log_rule *rules, size_t n, enum log_level level, struct log_stage **out)
{
	struct log_stage *s = calloc(1, sizeof(*s) + n * sizeof(s->rules[0]));
	int err = s ? ERR_OK : ERR_NOMEM;
	if (err) {
		return err;
	}
	s->level = level;
	for (; s->n < n && !err; s->n++) {
		struct rule *r = &s->rules[s->n];
		r->classes = rules[s->n].classes;
		err = name_parse(strv_of(rules[s->n].name), &r->name);
		err = err ? err : log_line_new(rules[s->n].format, &r->format);
		name_lower(r->name.b, r->name.b, r->name.n);
	}
	if (err) {
		log_stage_free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void log_stage_free(struct log_stage *s)
{
	for (size_t i = 0; s && i < s->n; i++) {
		log_line_free(s->rules[i].format);
	}
	free(s);
}

static const struct rule *find_rule(const struct log_stage *s, const struct query *q)
{
	uint8_t lower[NAME_MAX_BYTES];
	const uint8_t *asked = q->w.base + MESSAGE_HEADER_BYTES; /* the subject may have moved on */
	const size_t n = name_length(asked);
	name_lower(lower, asked, n);
	for (size_t i = 0; i < s->n; i++) {
		const struct name *name = &s->rules[i].name;
		if (name_suffix_at(lower, n, name->b, name->n) >= 0) {
			return &s->rules[i];
		}
	}
	return NULL;
}

static unsigned class_of(const struct query *q)
{
	bool answered = q->count[SECTION_ANSWER] > 0;
	bool meta = q->type == TYPE_AXFR || q->type == TYPE_IXFR ||
		    header_opcode(&q->header) == OPCODE_NOTIFY;
	if (meta || (q->rcode != RCODE_NOERROR && q->rcode != RCODE_NXDOMAIN)) {
		return LOG_CLASS_ERROR;
	}
	if (q->rcode == RCODE_NXDOMAIN) {
		return answered ? LOG_CLASS_ERROR : LOG_CLASS_DENIAL;
	}
	/* the authority section holds nothing but the SOA of a NODATA */
	return !answered && q->count[SECTION_AUTHORITY] > 0 ? LOG_CLASS_DENIAL : LOG_CLASS_SUCCESS;
}

static enum verdict run(void *self, struct query *q)
{
	(void)self;
	q->begun_ns = q->begun_ns ? q->begun_ns : uv_hrtime();
	return V_NEXT;
}

static void done(void *self, const struct query *q)
{
	const struct log_stage *s = self;
	if (!log_is_on(s->level)) {
		return;
	}
	const struct rule *r = find_rule(s, q);
	if (r && (r->classes & class_of(q))) {
		char line[LINE_BYTES];
		log_line_print(r->format, q, uv_hrtime() - q->begun_ns, line, sizeof(line));
		log_write(s->level, "dns", "%s", line);
	}
}

const struct stage_row stage_log = { .name = "log", .run = run, .done = done };
