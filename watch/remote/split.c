/* See split.h; JSON here, protobuf in split_protobuf.c. States of a LIST; a value is skipped over by its brackets and quotes:
 *
 *	START {-> KEY "..." -> COLON : -> VALUE -> AFTER , -> KEY
 *	                                   |          } -> DONE
 *	                                   +- [ of "items" -> ITEM <-> ITEM_AFTER ] -> AFTER
 * A WATCH has one state: everything up to the end of the line. */
#include "watch/remote/split_internal.h"

#include <uv.h>

#include "base/err.h"

enum state {
	START,
	KEY,
	KEY_TEXT,
	COLON,
	VALUE,
	VALUE_TEXT,
	AFTER,
	ITEM,
	ITEM_TEXT,
	ITEM_AFTER,
	DONE,
	LINE
};

#define KEEP_BYTES ((size_t)64 << 10) /* a larger buffer is not kept for the next piece */

void split_init(struct split *s, enum split_mode mode, size_t max_bytes)
{
	*s = (struct split){ .max_bytes = max_bytes };
	buf_init(&s->kept);
	split_reset(s, mode);
}

void split_deinit(struct split *s)
{
	buf_deinit(&s->kept);
}

static void kept_reset(struct split *s)
{
	if (s->kept.cap > KEEP_BYTES) {
		buf_deinit(&s->kept);
		buf_init(&s->kept);
	}
	buf_reset(&s->kept);
	s->dropping = false;
}

void split_reset(struct split *s, enum split_mode mode)
{
	struct buf kept = s->kept;
	*s = (struct split){ .mode = mode, .max_bytes = s->max_bytes, .kept = kept };
	s->state = (unsigned char)(mode == SPLIT_WATCH  ? LINE
				   : mode == SPLIT_LIST ? START
							: split_protobuf_start(mode));
	kept_reset(s);
}

int split_keep(struct split *s, const char *from, const char *to)
{
	size_t n = (size_t)(to - from);
	if (s->dropping || n > s->max_bytes - s->kept.n) {
		kept_reset(s);
		s->dropping = true;
		return ERR_OK;
	}
	buf_add(&s->kept, (struct strv){ from, n });
	return s->kept.err;
}

int split_emit(struct split *s, const char *from, const char *to, split_fn fn, void *ctx)
{
	bool is_item = s->mode == SPLIT_LIST && s->state == ITEM_TEXT;
	struct split_piece piece = { .key = { s->key, is_item ? 0 : s->key_n },
		.text = { from, (size_t)(to - from) } };
	if (s->kept.n > 0 || s->dropping || piece.text.n > s->max_bytes) {
		int err = split_keep(s, from, to);
		if (err != ERR_OK) {
			return err;
		}
		piece.text = buf_strv(&s->kept);
		piece.too_large = s->dropping;
	}
	bool go_on = fn(ctx, &piece);
	kept_reset(s);
	return go_on ? ERR_OK : UV_ECANCELED;
}

/* Lines of a watch */

/* Blanks in front of an event are nothing, wherever the bytes are cut. */
static const char *skip_blanks(const struct split *s, const char *p, const char *end)
{
	while (s->kept.n == 0 && !s->dropping && p < end &&
		(*p == ' ' || *p == '\r' || *p == '\t')) {
		p++;
	}
	return p;
}

static int feed_lines(struct split *s, const char *p, const char *end, split_fn fn, void *ctx)
{
	int err = ERR_OK;
	while (err == ERR_OK && p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		p = skip_blanks(s, p, eol ? eol : end);
		if (!eol) {
			return split_keep(s, p, end);
		}
		if (p < eol || s->kept.n > 0 || s->dropping) {
			err = split_emit(s, p, eol, fn, ctx);
		}
		p = eol + 1;
	}
	return err;
}

/* Values of a list */

enum class { OTHER, QUOTE, OPEN, CLOSE, SEPARATOR };
static const unsigned char classes[256] = { ['"'] = QUOTE,
	['{'] = OPEN,
	['['] = OPEN,
	['}'] = CLOSE,
	[']'] = CLOSE,
	[','] = SEPARATOR,
	[' '] = SEPARATOR,
	['\n'] = SEPARATOR,
	['\r'] = SEPARATOR,
	['\t'] = SEPARATOR };

/* Behind the closing quote, or NULL at the end. */
static const char *skip_string(struct split *s, const char *p, const char *end)
{
	if (s->escaped && p < end) {
		s->escaped = false;
		p++;
	}
	for (; p < end; p++) {
		if (*p == '"') {
			return p + 1;
		}
		if (*p == '\\' && ++p == end) {
			s->escaped = true; /* the next byte comes with the next bytes */
			break;
		}
	}
	return NULL;
}

/* Behind the value, or NULL when it goes on behind end. Nine tenths of all bytes pass here: what changes is kept in
 * registers. */
static const char *skip_value(struct split *s, const char *p, const char *end)
{
	size_t depth = s->depth;
	bool in_string = s->in_string;
	const char *out = NULL;
	while (p < end) {
		if (in_string) {
			p = skip_string(s, p, end);
			in_string = p == NULL;
			if (in_string || depth == 0) {
				out = p;
				break;
			}
			continue;
		}
		unsigned char class = classes[(unsigned char)*p];
		if (class == OTHER || (class == SEPARATOR && depth > 0)) {
			p++;
			continue;
		}
		if (depth == 0 && (class == CLOSE || class == SEPARATOR)) {
			out = p; /* a number or a word ends before it */
			break;
		}
		p++;
		in_string = class == QUOTE;
		depth += class == OPEN;
		if (class == CLOSE && --depth == 0) {
			out = p;
			break;
		}
	}
	s->depth = depth;
	s->in_string = in_string;
	return out;
}

/* A value that is under way at p; *out behind it or at end. after: the state when it is over. */
static int feed_value(struct split *s, const char *p, const char *end, enum state after,
	const char **out, split_fn fn, void *ctx)
{
	const char *stop = skip_value(s, p, end);
	if (!stop) {
		*out = end;
		return split_keep(s, p, end);
	}
	int err = split_emit(s, p, stop, fn, ctx);
	s->state = (unsigned char)after;
	*out = stop;
	return err;
}

static int feed_key(struct split *s, char c)
{
	if (c == '"' && !s->escaped) {
		s->state = COLON;
		return ERR_OK;
	}
	s->escaped = c == '\\' && !s->escaped;
	if (s->key_n == SPLIT_KEY_CHARS) {
		return ERR_SYNTAX; /* no list has such a member */
	}
	s->key[s->key_n++] = c;
	return ERR_OK;
}

/* One byte between values; p stays on the first byte of a value. */
static int feed_between(struct split *s, const char **p)
{
	char c = **p;
	bool is_items = s->key_n == 5 && memcmp(s->key, "items", 5) == 0;
	enum state next = DONE;
	if (s->state != KEY_TEXT && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
		++*p;
		return ERR_OK;
	}
	switch ((enum state)s->state) {
	case START:
		next = c == '{' ? KEY : LINE;
		break;
	case KEY:
		next = c == '"' ? KEY_TEXT : c == '}' ? DONE : LINE;
		s->key_n = 0;
		break;
	case KEY_TEXT:
		++*p;
		return feed_key(s, c);
	case COLON:
		next = c == ':' ? VALUE : LINE;
		break;
	case VALUE:
		next = is_items && c == '[' ? ITEM : VALUE_TEXT;
		break;
	case AFTER:
		next = c == ',' ? KEY : c == '}' ? DONE : LINE;
		break;
	case ITEM:
		next = c == ']' ? AFTER : ITEM_TEXT;
		break;
	case ITEM_AFTER:
		next = c == ',' ? ITEM : c == ']' ? AFTER : LINE;
		break;
	case DONE: /* something behind the list */
	case VALUE_TEXT:
	case ITEM_TEXT:
	case LINE:
		next = LINE;
		break;
	}
	bool is_value = next == VALUE_TEXT || next == ITEM_TEXT;
	if (next == LINE || (is_value && classes[(unsigned char)c] >= CLOSE)) {
		return ERR_SYNTAX;
	}
	s->state = (unsigned char)next;
	*p += !is_value;
	return ERR_OK;
}

int split_feed(struct split *s, struct strv bytes, split_fn fn, void *ctx)
{
	const char *p = bytes.p;
	const char *end = p + bytes.n;
	int err = ERR_OK;
	if (s->mode == SPLIT_WATCH) {
		return feed_lines(s, p, end, fn, ctx);
	}
	if (s->mode != SPLIT_LIST) {
		return split_protobuf_feed(s, p, end, fn, ctx);
	}
	while (err == ERR_OK && p < end) {
		if (s->state == ITEM_TEXT) {
			err = feed_value(s, p, end, ITEM_AFTER, &p, fn, ctx);
		} else if (s->state == VALUE_TEXT) {
			err = feed_value(s, p, end, AFTER, &p, fn, ctx);
		} else {
			err = feed_between(s, &p);
		}
	}
	return err;
}

int split_end(const struct split *s)
{
	bool whole = false;
	switch (s->mode) {
	case SPLIT_LIST:
		whole = s->state == DONE;
		break;
	case SPLIT_WATCH:
		whole = s->kept.n == 0 && !s->dropping;
		break;
	case SPLIT_LIST_PROTOBUF:
	case SPLIT_WATCH_PROTOBUF:
		whole = split_protobuf_whole(s);
		break;
	}
	return whole ? ERR_OK : ERR_TRUNCATED;
}
