/* JSON patch: a list of operations on places named by JSON pointers, done one after the other, all or none
 * (the caller drops the document when one fails).
 * Source: RFC 6902, RFC 6901. Two things are as kube-apiserver has them and not as the RFC: "test" for null
 * passes where nothing is, and a patch has at most 10,000 operations.
 * Regime: everything in the caller's arena; the patch is only read. Called by: watch/embedded/write.
 *
 * Glossary: pointer = "/spec/ports/0"; token = one unescaped part of it; place = the value a pointer leads to. */
#include "watch/embedded/patch/patch.h"

#include <stdarg.h>

#include "base/err.h"
#include "watch/embedded/patch/words.h"

#define MAX_OPS 10000u
#define MAX_COPY_BYTES                                                                             \
	(3u << 20) /* what "copy" may add in all: as much as a request body may hold */

enum op_kind { OP_ADD, OP_REMOVE, OP_REPLACE, OP_MOVE, OP_COPY, OP_TEST, OP_COUNT };
static const char *const op_names[OP_COUNT] = { "add", "remove", "replace", "move", "copy",
	"test" };

struct pointer {
	struct strv text;
	struct strv *tokens;
	size_t n;
};

struct run {
	struct arena *a;
	struct json *doc;
	struct status *s;
	size_t copied_bytes; /* by "copy" so far */
};

/* Whatever does not apply is refused alike; why stands at the calls. */
static int refuse(struct run *r)
{
	status_rejected(r->s);
	return ERR_SYNTAX;
}

static int no_memory(struct run *r)
{
	status_no_memory(r->s);
	return ERR_NOMEM;
}

/* RFC 6901 section 4: "~1" is "/", "~0" is "~". */
static int token_unescape(struct run *r, struct strv raw, struct strv *out)
{
	char *text = arena_array(r->a, char, raw.n + 1);
	if (!text) {
		return no_memory(r);
	}
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '~') {
			i++;
			if (i == raw.n || (raw.p[i] != '0' && raw.p[i] != '1')) {
				return refuse(r); /* "~" must be followed by 0 or 1 in a path */
			}
			c = raw.p[i] == '0' ? '~' : '/';
		}
		text[n++] = c;
	}
	*out = (struct strv){ text, n };
	return ERR_OK;
}

static int pointer_read(
	struct run *r, const struct json *op, const char *member, struct pointer *out)
{
	const struct json *v = json_get(op, member);
	struct strv rest = json_str(v);
	if (!json_is_string(v)) {
		return refuse(r); /* absent, or no string */
	}
	*out = (struct pointer){ .text = rest };
	if (rest.n == 0) {
		return ERR_OK; /* the whole document */
	}
	if (rest.p[0] != '/') {
		return refuse(r); /* "" or "/..." */
	}
	size_t n = 0;
	for (size_t i = 0; i < rest.n; i++) {
		n += rest.p[i] == '/';
	}
	if (n > JSON_MAX_DEPTH) {
		return refuse(r); /* deeper than JSON_MAX_DEPTH */
	}
	out->tokens = arena_array(r->a, struct strv, n);
	if (!out->tokens) {
		return no_memory(r);
	}
	rest = strv_sub(rest, 1, rest.n);
	struct strv raw;
	while (out->n < n && strv_cut(&rest, '/', &raw)) {
		int err = token_unescape(r, raw, &out->tokens[out->n]);
		if (err != ERR_OK) {
			return err;
		}
		out->n++;
	}
	return ERR_OK;
}

/* RFC 6901 section 4: digits without a needless zero in front. */
static bool token_index(struct strv token, size_t *out)
{
	uint32_t index;
	if (token.n == 0 || (token.p[0] == '0' && token.n > 1) ||
		strv_to_u32(token, &index) != ERR_OK) {
		return false;
	}
	*out = index;
	return true;
}

static struct json *child(const struct json *v, struct strv token)
{
	size_t index;
	if (json_is_object(v)) {
		return json_get_strv(v, token);
	}
	return json_is_array(v) && token_index(token, &index) ? json_at(v, index) : NULL;
}

/* The value n tokens deep, NULL if there is none. */
static struct json *walk(const struct run *r, const struct pointer *p, size_t n)
{
	struct json *v = r->doc;
	for (size_t i = 0; i < n && v; i++) {
		v = child(v, p->tokens[i]);
	}
	return v;
}

static size_t depth_of(const struct json *v)
{
	size_t deepest = 0;
	json_each(c, v) {
		size_t d = depth_of(c);
		deepest = d > deepest ? d : deepest;
	}
	return deepest + 1;
}

/* About as many bytes as the value's text has. */
static size_t weight_of(const struct json *v)
{
	size_t n = 8 + json_str(v).n;
	json_each(c, v) {
		n += weight_of(c) + strv_of(json_key(c)).n;
	}
	return n;
}

static int array_add(struct run *r, const struct pointer *p, struct json *array, struct json *v)
{
	struct strv last = p->tokens[p->n - 1];
	size_t index = SIZE_MAX; /* "-": behind the last */
	bool good = strv_eq(last, STRV("-"));
	if (!good && token_index(last, &index)) {
		good = index == 0 || json_at(array, index - 1); /* no need to count them all */
	}
	if (!good) {
		return refuse(r); /* no such place in the array */
	}
	int err = index == SIZE_MAX ? json_append(r->a, array, v)
				    : json_insert(r->a, array, index, v);
	return err == ERR_OK ? ERR_OK : no_memory(r);
}

/* v without parent. RFC 6902 4.1 */
static int add(struct run *r, const struct pointer *p, struct json *v)
{
	if (!v) {
		return no_memory(r);
	}
	if (p->n + depth_of(v) > JSON_MAX_DEPTH) {
		return refuse(r); /* the result would be too deep */
	}
	if (p->n == 0) {
		r->doc = v;
		return ERR_OK;
	}
	struct json *parent = walk(r, p, p->n - 1);
	if (json_is_array(parent)) {
		return array_add(r, p, parent, v);
	}
	if (!json_is_object(parent)) {
		return refuse(r);
	}
	struct strv key = p->tokens[p->n - 1];
	return json_set_strv(r->a, parent, key, v) == ERR_OK ? ERR_OK : no_memory(r);
}

/* Takes the value out. RFC 6902 4.2 */
static int take(struct run *r, const struct pointer *p, struct json **out)
{
	if (p->n == 0) {
		return refuse(r); /* the whole document cannot be removed */
	}
	struct json *v = walk(r, p, p->n);
	if (!v) {
		return refuse(r);
	}
	*out = json_detach(walk(r, p, p->n - 1), v);
	return ERR_OK;
}

/* RFC 6902 4.3 */
static int replace(struct run *r, const struct pointer *p, const struct json *value)
{
	struct json *old = walk(r, p, p->n);
	if (!old && json_is_array(walk(r, p, p->n > 0 ? p->n - 1 : 0))) {
		return refuse(r);
	}
	if (p->n > 0 && json_is_array(walk(r, p, p->n - 1))) {
		if (p->n + depth_of(value) > JSON_MAX_DEPTH) {
			return refuse(r); /* the result would be too deep */
		}
		struct json *parent = walk(r, p, p->n - 1);
		int err = json_replace(r->a, parent, old, json_copy(r->a, value));
		return err == ERR_OK ? ERR_OK : no_memory(r);
	}
	/* In its place; one that is not there is added, against the RFC: kube-apiserver does so. */
	return add(r, p, json_copy(r->a, value));
}

static bool is_inside(const struct pointer *outer, const struct pointer *inner)
{
	if (outer->n >= inner->n) {
		return false;
	}
	for (size_t i = 0; i < outer->n; i++) {
		if (!strv_eq(outer->tokens[i], inner->tokens[i])) {
			return false;
		}
	}
	return true;
}

/* RFC 6902 4.4 */
static int move(struct run *r, const struct pointer *from, const struct pointer *to)
{
	if (strv_eq(from->text, to->text)) {
		return walk(r, from, from->n) ? ERR_OK : refuse(r);
	}
	if (is_inside(from, to)) {
		return refuse(r); /* into itself */
	}
	struct json *v = NULL;
	int err = take(r, from, &v);
	return err == ERR_OK ? add(r, to, v) : err;
}

/* RFC 6902 4.5 */
static int copy(struct run *r, const struct pointer *from, const struct pointer *to)
{
	const struct json *v = walk(r, from, from->n);
	if (!v) {
		return refuse(r);
	}
	r->copied_bytes += weight_of(v);
	if (r->copied_bytes > MAX_COPY_BYTES) {
		return refuse(r); /* more than the copies of one patch may come to */
	}
	return add(r, to, json_copy(r->a, v));
}

/* RFC 6902 4.6 */
static int test(struct run *r, const struct pointer *p, const struct json *value)
{
	const struct json *v = walk(r, p, p->n);
	if (!v && json_is_null(value) && p->n > 0 && walk(r, p, p->n - 1)) {
		return ERR_OK; /* the way clients of Kubernetes ask for absence */
	}
	if (!v) {
		return refuse(r);
	}
	return json_equal(v, value) ? ERR_OK : refuse(r);
}

static enum op_kind op_kind_of(const struct json *op)
{
	for (unsigned k = 0; k < OP_COUNT; k++) {
		if (strv_eq(json_str(json_get(op, "op")), strv_of(op_names[k]))) {
			return (enum op_kind)k;
		}
	}
	return OP_COUNT;
}

static int run_op(struct run *r, const struct json *op)
{
	enum op_kind kind = op_kind_of(op);
	if (kind == OP_COUNT) {
		return refuse(r); /* none of op_names */
	}
	struct pointer path = { 0 };
	struct pointer from = { 0 };
	int err = pointer_read(r, op, "path", &path);
	if (err == ERR_OK && (kind == OP_MOVE || kind == OP_COPY)) {
		err = pointer_read(r, op, "from", &from);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct json *value = json_get(op, "value");
	if (!value && (kind == OP_ADD || kind == OP_REPLACE || kind == OP_TEST)) {
		return refuse(r);
	}
	struct json *dropped;
	switch (kind) {
	case OP_ADD:
		return add(r, &path, json_copy(r->a, value));
	case OP_REMOVE:
		return take(r, &path, &dropped);
	case OP_REPLACE:
		return replace(r, &path, value);
	case OP_MOVE:
		return move(r, &from, &path);
	case OP_COPY:
		return copy(r, &from, &path);
	case OP_TEST:
	case OP_COUNT:
		break;
	}
	return test(r, &path, value);
}

int patch_json(struct arena *a, struct json **doc, const struct json *patch, struct status *s)
{
	struct run r = { .a = a, .doc = *doc, .s = s };
	if (!json_is_array(patch)) {
		words_refuse_type(s, "error decoding patch: ", patch, "[]handlers.jsonPatchOp");
		return ERR_SYNTAX;
	}
	if (json_count(patch) > MAX_OPS) {
		status_bad_request(s,
			"The allowed maximum operations in a JSON patch is %u, got %zu", MAX_OPS,
			json_count(patch));
		return ERR_TOO_LARGE;
	}
	json_each(op, patch) {
		if (!json_is_object(op)) {
			words_refuse_type(s, "error decoding patch: ", op, "handlers.jsonPatchOp");
			return ERR_SYNTAX;
		}
		int err = run_op(&r, op);
		if (err != ERR_OK) {
			return err;
		}
	}
	*doc = r.doc;
	return ERR_OK;
}
