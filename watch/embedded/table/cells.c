/* Cells that several kinds have in common. See cells.h. */
#include "watch/embedded/table/cells.h"

#include "base/clock.h"
#include "base/err.h"
#include "watch/embedded/table/table.h"

static void cell_add(struct row *r, struct json *v)
{
	if (r->err == ERR_OK) {
		r->err = json_append(r->arena, r->cells, v);
	}
}

void cell_text(struct row *r, struct strv text)
{
	cell_add(r, json_new_str(r->arena, text.p == NULL ? STRV("") : text));
}

void cell_cstr(struct row *r, const char *text)
{
	cell_text(r, strv_of(text));
}

void cell_i64(struct row *r, int64_t n)
{
	cell_add(r, json_new_i64(r->arena, n));
}

void cell_bool(struct row *r, bool b)
{
	cell_add(r, json_new_bool(r->arena, b));
}

void cell_printf(struct row *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct strv text = arena_vprintf(r->arena, fmt, ap);
	va_end(ap);
	cell_add(r, text.p == NULL ? NULL : json_new_str(r->arena, text));
}

void cell_buf(struct row *r, struct buf *b, const char *otherwise)
{
	if (b->err != ERR_OK) {
		r->err = b->err;
	}
	cell_text_or(r, buf_strv(b), otherwise);
	buf_deinit(b);
}

void cell_text_or(struct row *r, struct strv text, const char *otherwise)
{
	cell_text(r, text.n > 0 ? text : strv_of(otherwise));
}

void cell_name(struct row *r, const struct json *o)
{
	cell_text(r, text_at(o, "metadata.name"));
}

void cell_since(struct row *r, struct strv time)
{
	int64_t at = 0;
	char age[TABLE_AGE_CHARS + 1];
	if (time.n == 0 || clock_parse(time.p, time.n, &at) != ERR_OK) {
		cell_cstr(r, "<unknown>");
		return;
	}
	table_age(r->now_ms - at, age);
	cell_cstr(r, age);
}

void cell_age(struct row *r, const struct json *o)
{
	cell_since(r, text_at(o, "metadata.creationTimestamp"));
}

/* Selectors are small: the next key in order is looked for each time. */
static const struct json *next_key(const struct json *object, const struct json *after)
{
	const struct json *best = NULL;
	json_each(m, object) {
		if (after != NULL && strcmp(json_key(m), json_key(after)) <= 0) {
			continue;
		}
		if (best == NULL || strcmp(json_key(m), json_key(best)) < 0) {
			best = m;
		}
	}
	return best;
}

void cell_labels(struct row *r, const struct json *labels)
{
	struct buf b;
	buf_init(&b);
	for (const struct json *m = next_key(labels, NULL); m != NULL; m = next_key(labels, m)) {
		list_add(&b, strv_of(json_key(m)));
		buf_add_char(&b, '=');
		buf_add(&b, json_str(m));
	}
	cell_buf(r, &b, "<none>");
}

struct strv text_at(const struct json *o, const char *dotted_path)
{
	return json_str(json_dig(o, dotted_path));
}

void list_add(struct buf *b, struct strv text)
{
	if (b->n > 0) {
		buf_add_char(b, ',');
	}
	buf_add(b, text);
}

bool text_equals(const struct json *v, const char *text)
{
	return strv_eq(json_str(v), strv_of(text));
}

const struct json *condition_of(const struct json *o, const char *type)
{
	json_each(c, json_dig(o, "status.conditions")) {
		if (text_equals(json_get(c, "type"), type)) {
			return c;
		}
	}
	return NULL;
}

void access_modes_print(struct buf *b, const struct json *modes)
{
	static const struct {
		const char *mode, *brief;
	} rows[] = { { "ReadWriteOnce", "RWO" }, { "ReadOnlyMany", "ROX" },
		{ "ReadWriteMany", "RWX" }, { "ReadWriteOncePod", "RWOP" } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_each(m, modes) {
			if (text_equals(m, rows[i].mode)) {
				list_add(b, strv_of(rows[i].brief));
				break;
			}
		}
	}
}
