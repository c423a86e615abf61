/* See split.h: the protobuf modes. States, each over any number of bytes:
 *
 *	LIST   MAGIC -> TAG <-> LENGTH -> SKIP, or of field 2 the list: TAG <-> LENGTH -> PIECE (fields 1, 2) or SKIP
 *	WATCH  SIZE -> PIECE -> SIZE ...                          (four octets, big-endian)
 * All fields of both messages are length-delimited; the list ends where its length says, and the envelope goes on.
 * Source: protobuf's encoding; Kubernetes API concepts, "Kubernetes Protobuf encoding". */
#include "base/err.h"
#include "watch/remote/split_internal.h"

enum state { MAGIC, TAG, LENGTH, SIZE, PIECE, SKIP };

#define MAGIC_TEXT       "k8s\0"
#define SIZE_BYTES       4u
#define VARINT_BYTES     10u /* of 64 bits; longer is no number */
#define FIELD_METADATA   1u
#define FIELD_ITEMS      2u           /* of a list */
#define FIELD_RAW        2u           /* of the envelope */
#define LENGTH_DELIMITED 2u           /* wire type */
#define EVENT_FIRST      (1 << 3 | 2) /* an event begins with its type, field 1 */

/* One more octet of a number; true when it is whole, or (*err) none. */
static bool number_take(struct split *s, unsigned char octet, int *err)
{
	if (s->number_n == VARINT_BYTES) {
		*err = ERR_SYNTAX;
		return true;
	}
	s->number |= (uint64_t)(octet & 0x7fu) << (7 * s->number_n);
	s->number_n++;
	return (octet & 0x80u) == 0;
}

static void number_begin(struct split *s, enum state state)
{
	s->state = (unsigned char)state;
	s->number = 0;
	s->number_n = 0;
}

/* Behind a field, or behind the list itself. */
static void next_field(struct split *s)
{
	if (s->in_list && s->list_left == 0) {
		s->in_list = false;
		s->listed = true;
	}
	number_begin(s, TAG);
}

/* The tag is whole: key_n says what its value is. */
static int on_tag(struct split *s)
{
	static const char metadata[] = "metadata";
	uint64_t field = s->number >> 3;
	if ((s->number & 7) != LENGTH_DELIMITED || field == 0) {
		return ERR_SYNTAX;
	}
	bool is_list = !s->in_list && field == FIELD_RAW;
	if (is_list && s->listed) {
		return ERR_SYNTAX; /* a second one */
	}
	s->skipped = s->in_list ? field != FIELD_METADATA && field != FIELD_ITEMS : !is_list;
	s->key_n = 0;
	if (s->in_list && field == FIELD_METADATA) {
		s->key_n = sizeof(metadata) - 1;
		memcpy(s->key, metadata, s->key_n);
	}
	number_begin(s, LENGTH);
	return ERR_OK;
}

static int piece_begin(struct split *s, uint64_t n, const char *p, split_fn fn, void *ctx);

/* The length is whole, and ends at p. */
static int on_length(struct split *s, const char *p, split_fn fn, void *ctx)
{
	uint64_t n = s->number;
	if (s->in_list) {
		if (n > s->list_left) {
			return ERR_SYNTAX;
		}
		s->list_left -= n;
	} else if (!s->skipped) { /* the list */
		s->in_list = true;
		s->list_left = n;
		next_field(s);
		return ERR_OK;
	}
	return piece_begin(s, n, p, fn, ctx);
}

static int piece_end(struct split *s, const char *from, const char *to, split_fn fn, void *ctx)
{
	int err = s->state == PIECE ? split_emit(s, from, to, fn, ctx) : ERR_OK;
	s->skipped = false;
	if (s->mode == SPLIT_LIST_PROTOBUF) {
		next_field(s);
	} else {
		number_begin(s, SIZE);
	}
	return err;
}

/* n octets follow p. */
static int piece_begin(struct split *s, uint64_t n, const char *p, split_fn fn, void *ctx)
{
	s->state = s->skipped ? SKIP : PIECE;
	s->left = n;
	return n == 0 ? piece_end(s, p, p, fn, ctx) : ERR_OK;
}

/* One octet of what is no piece, at p. */
static int feed_octet(struct split *s, const char *p, split_fn fn, void *ctx)
{
	unsigned char octet = (unsigned char)*p;
	int err = ERR_OK;
	if (s->in_list) {
		if (s->list_left == 0) {
			return ERR_SYNTAX; /* it ends inside a field */
		}
		s->list_left--;
	}
	switch ((enum state)s->state) {
	case MAGIC:
		if (*p != MAGIC_TEXT[s->number_n]) {
			return ERR_SYNTAX;
		}
		if (++s->number_n == sizeof(MAGIC_TEXT) - 1) {
			number_begin(s, TAG);
		}
		break;
	case TAG:
		if (number_take(s, octet, &err) && err == ERR_OK) {
			err = on_tag(s);
		}
		break;
	case LENGTH:
		if (number_take(s, octet, &err) && err == ERR_OK) {
			err = on_length(s, p + 1, fn, ctx);
		}
		break;
	case SIZE:
		s->number = s->number << 8 | octet;
		if (++s->number_n == SIZE_BYTES) {
			err = piece_begin(s, s->number, p + 1, fn, ctx);
		}
		break;
	case PIECE:
	case SKIP:
		break; /* split_protobuf_feed's */
	}
	return err;
}

/* Octets of a piece, or skipped ones; *p behind them. */
static int feed_run(struct split *s, const char **p, const char *end, split_fn fn, void *ctx)
{
	const char *from = *p;
	bool is_event = s->mode == SPLIT_WATCH_PROTOBUF && s->left == s->number;
	if (is_event && (*from != EVENT_FIRST || s->left > s->max_bytes)) {
		return ERR_SYNTAX; /* a wrong size: it would swallow what follows, for megabytes */
	}
	size_t room = (size_t)(end - from);
	size_t n = s->left < room ? (size_t)s->left : room;
	*p = from + n;
	s->left -= n;
	if (s->left == 0) {
		return piece_end(s, from, *p, fn, ctx);
	}
	return s->state == PIECE ? split_keep(s, from, *p) : ERR_OK;
}

unsigned char split_protobuf_start(enum split_mode mode)
{
	return mode == SPLIT_WATCH_PROTOBUF ? SIZE : MAGIC;
}

int split_protobuf_feed(struct split *s, const char *p, const char *end, split_fn fn, void *ctx)
{
	int err = ERR_OK;
	while (err == ERR_OK && p < end) {
		if (s->state == PIECE || s->state == SKIP) {
			err = feed_run(s, &p, end, fn, ctx);
		} else {
			err = feed_octet(s, p, fn, ctx);
			p++;
		}
	}
	return err;
}

bool split_protobuf_whole(const struct split *s)
{
	if (s->mode == SPLIT_WATCH_PROTOBUF) {
		return s->state == SIZE && s->number_n == 0;
	}
	return s->state == TAG && s->number_n == 0 && s->listed && !s->in_list;
}
