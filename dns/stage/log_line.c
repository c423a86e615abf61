/* See log_line.h. A format is cut into pieces once: text as it is, or a placeholder. */
#include "dns/stage/log_line.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"

#define COMMON                                                                                     \
	"{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" "       \
	"{rcode} {>rflags} {rsize} {duration}"
#define COMBINED COMMON " \"{>opcode}\""

struct writing { /* being written */
	const struct query *q;
	uint64_t took_ns;
	char *at;
	size_t left; /* with the NUL */
};

static void put(struct writing *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct writing *l, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(l->at, l->left, fmt, ap);
	va_end(ap);
	size_t took = n < 0 ? 0 : (size_t)n < l->left ? (size_t)n : l->left - 1;
	l->at += took;
	l->left -= took;
}

static void put_none(struct writing *l)
{
	put(l, "-");
}

static void put_type(struct writing *l)
{
	const char *name = type_name(l->q->type);
	if (*name) {
		put(l, "%s", name);
	} else {
		put(l, "TYPE%u", l->q->type);
	}
}

static void put_class(struct writing *l)
{
	if (l->q->class == CLASS_IN) {
		put(l, "IN");
	} else {
		put(l, "CLASS%u", l->q->class);
	}
}

static void put_name(struct writing *l)
{
	char name[NAME_TEXT_BYTES];
	uint8_t lower[NAME_MAX_BYTES];
	const uint8_t *asked = l->q->w.base + MESSAGE_HEADER_BYTES;
	name_lower(lower, asked, name_length(asked));
	(void)name_print(lower, name); /* NAME_TEXT_BYTES is enough */
	put(l, "%s", name);
}

static void put_proto(struct writing *l)
{
	put(l, "%s", l->q->transport == TRANSPORT_UDP ? "udp" : "tcp");
}

static void put_size(struct writing *l)
{
	put(l, "%zu", l->q->message_n);
}

static void put_remote(struct writing *l)
{
	const struct sockaddr *sa = l->q->client;
	char host[INET6_ADDRSTRLEN];
	if (sa && sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
		put(l, "%s", inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)));
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;
		const uint8_t *b = in->sin6_addr.s6_addr;
		bool v4 = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);
		const char *text = v4 ? inet_ntop(AF_INET, b + 12, host, sizeof(host))
				      : inet_ntop(AF_INET6, b, host, sizeof(host));
		put(l, v4 ? "%s" : "[%s]", text);
	} else {
		put_none(l);
	}
}

static void put_port(struct writing *l)
{
	const struct sockaddr *sa = l->q->client;
	if (sa && (sa->sa_family == AF_INET || sa->sa_family == AF_INET6)) {
		/* the port is at the same place in both */
		put(l, "%u", ntohs(((const struct sockaddr_in *)(const void *)sa)->sin_port));
	} else {
		put_none(l);
	}
}

static void put_local(struct writing *l)
{
	const char *local = l->q->thread ? l->q->thread->local : "";
	if (strchr(local, ':')) {
		put(l, "[%s]", local);
	} else {
		put(l, "%s", *local ? local : "-");
	}
}

static void put_id(struct writing *l)
{
	put(l, "%u", l->q->header.id);
}

static void put_opcode(struct writing *l)
{
	put(l, "%u", header_opcode(&l->q->header));
}

static void put_do(struct writing *l)
{
	put(l, "%s", l->q->edns.present && l->q->edns.dnssec_ok ? "true" : "false");
}

static void put_bufsize(struct writing *l)
{
	const struct query *q = l->q;
	unsigned size = q->edns.present && q->edns.udp_bytes > MESSAGE_UDP_BYTES
				? q->edns.udp_bytes
				: MESSAGE_UDP_BYTES;
	put(l, "%u", q->transport == TRANSPORT_TCP ? MESSAGE_MAX_BYTES : size);
}

static void put_rcode(struct writing *l)
{
	put(l, "%s", rcode_name(l->q->rcode));
}

static void put_rsize(struct writing *l)
{
	if (l->q->stream) {
		put_none(l);
	} else {
		put(l, "%zu", l->q->w.n);
	}
}

static void put_rflags(struct writing *l)
{
	static const struct {
		unsigned bit;
		const char *name;
	} rows[] = {
		{ FLAG_QR, "qr" },
		{ FLAG_AA, "aa" },
		{ FLAG_TC, "tc" },
		{ FLAG_RD, "rd" },
		{ FLAG_RA, "ra" },
		{ FLAG_AD, "ad" },
		{ FLAG_CD, "cd" },
	};
	if (l->q->stream) {
		put_none(l);
		return;
	}
	unsigned flags = get_u16(l->q->w.base + 2);
	const char *comma = "";
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (flags & rows[i].bit) {
			put(l, "%s%s", comma, rows[i].name);
			comma = ",";
		}
	}
}

static void put_duration(struct writing *l)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64 ".%09" PRIu64, l->took_ns / 1000000000u,
		l->took_ns % 1000000000u);
	while (n > 0 && digits[n - 1] == '0') { /* the shortest that says the same */
		n--;
	}
	n -= n > 0 && digits[n - 1] == '.';
	put(l, "%.*ss", n, digits);
}

static const struct placeholder {
	const char *name;
	void (*put)(struct writing *l);
} placeholders[] = {
	{ "{type}", put_type },
	{ "{class}", put_class },
	{ "{name}", put_name },
	{ "{proto}", put_proto },
	{ "{size}", put_size },
	{ "{remote}", put_remote },
	{ "{port}", put_port },
	{ "{local}", put_local },
	{ "{>id}", put_id },
	{ "{>opcode}", put_opcode },
	{ "{>do}", put_do },
	{ "{>bufsize}", put_bufsize },
	{ "{rcode}", put_rcode },
	{ "{rsize}", put_rsize },
	{ "{>rflags}", put_rflags },
	{ "{duration}", put_duration },
};

struct piece {
	uint32_t from, n;               /* text */
	void (*put)(struct writing *l); /* a placeholder; NULL: the text */
};
struct log_line {
	char *text;
	struct piece *pieces;
	size_t n;
};

/* Every FROM in text becomes TO. */
static int replace(struct strv text, struct strv from, struct strv to, struct buf *out)
{
	for (size_t i = 0; i < text.n;) {
		if (strv_has_prefix(strv_sub(text, i, text.n), from)) {
			buf_add(out, to);
			i += from.n;
		} else {
			buf_add_char(out, text.p[i++]);
		}
	}
	return out->err;
}

/* What stands in braces, braces included; NULL: as it is. */
static void (*find_put(struct strv braced))(struct writing *l)
{
	for (size_t i = 0; i < ARRAY_LEN(placeholders); i++) {
		if (strv_eq(braced, strv_of(placeholders[i].name))) {
			return placeholders[i].put;
		}
	}
	return strv_has_prefix(braced, STRV("{/")) ? put_none : NULL;
}

/* Placeholders end with the next "}" and begin with the last "{" before it. */
static void cut(struct log_line *f, size_t length)
{
	uint32_t text_from = 0;
	uint32_t open = UINT32_MAX;
	for (uint32_t i = 0; i < length; i++) {
		if (f->text[i] == '{') {
			open = i;
		}
		if (f->text[i] != '}' || open == UINT32_MAX) {
			continue;
		}
		void (*fn)(struct writing * l) = find_put(
			(struct strv){ f->text + open, i + 1 - open });
		if (fn) {
			f->pieces[f->n++] = (struct piece){ .from = text_from,
				.n = open - text_from };
			f->pieces[f->n++] = (struct piece){ .put = fn };
			text_from = i + 1;
		}
		open = UINT32_MAX;
	}
	f->pieces[f->n++] = (struct piece){ .from = text_from, .n = (uint32_t)length - text_from };
}

int log_line_new(const char *text, struct log_line **out)
{
	struct buf common;
	struct buf all;
	buf_init(&common);
	buf_init(&all);
	struct log_line *f = calloc(1, sizeof(*f));
	int err = f ? replace(strv_of(text), STRV("{common}"), STRV(COMMON), &common) : ERR_NOMEM;
	err = err ? err : replace(buf_strv(&common), STRV("{combined}"), STRV(COMBINED), &all);
	if (!err) {
		f->text = strndup(all.n > 0 ? all.p : "", all.n);
		f->pieces = calloc(all.n + 2, sizeof(*f->pieces)); /* at most two a "}" */
		err = f->text && f->pieces ? ERR_OK : ERR_NOMEM;
	}
	if (!err) {
		cut(f, all.n);
		*out = f;
	} else {
		log_line_free(f);
	}
	buf_deinit(&common);
	buf_deinit(&all);
	return err;
}

void log_line_free(struct log_line *f)
{
	if (f) {
		free(f->text);
		free(f->pieces);
		free(f);
	}
}

void log_line_print(
	const struct log_line *f, const struct query *q, uint64_t took_ns, char *out, size_t n)
{
	struct writing l = { .q = q, .took_ns = took_ns, .at = out, .left = n };
	REQUIRE(n > 0);
	out[0] = '\0';
	for (size_t i = 0; i < f->n; i++) {
		const struct piece *p = &f->pieces[i];
		if (p->put) {
			p->put(&l);
		} else {
			put(&l, "%.*s", (int)p->n, f->text + p->from);
		}
	}
}
