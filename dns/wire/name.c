/* Domain names in wire form: reading, comparing, text. See the header. */
#include "dns/wire/name.h"

#define POINTER_BITS 0xC0 /* RFC 1035 4.1.4 */

const struct name name_root = { .n = 1, .b = { 0 } };

/* One run of labels from at up to a zero octet or a pointer. Bounds: at grows, end stands still. */
struct run {
	const uint8_t *at;
	const uint8_t *end;
	size_t pointer; /* its target, or SIZE_MAX when the name is complete */
};

static int run_copy(struct run *run, struct name *out)
{
	size_t n = out->n;
	for (;;) {
		if (run->at == run->end) {
			return ERR_TRUNCATED;
		}
		size_t len = *run->at;
		if ((len & POINTER_BITS) == POINTER_BITS) {
			if (run->end - run->at < 2) {
				return ERR_TRUNCATED;
			}
			run->pointer = get_u16(run->at) & 0x3FFF;
			run->at += 2;
			break;
		}
		if (len > LABEL_MAX_BYTES || n + 1 + len > NAME_MAX_BYTES - (len > 0 ? 1 : 0)) {
			return ERR_BAD_NAME;
		}
		if ((size_t)(run->end - run->at) < 1 + len) {
			return ERR_TRUNCATED;
		}
		memcpy(out->b + n, run->at, 1 + len);
		n += 1 + len;
		run->at += 1 + len;
		if (len == 0) {
			run->pointer = SIZE_MAX;
			break;
		}
	}
	out->n = (uint8_t)n;
	return ERR_OK;
}

int name_read(struct rd *r, struct name *out)
{
	if (r->err != ERR_OK) {
		return r->err;
	}
	struct name name;
	name.n = 0;
	struct run run = { .at = r->at, .end = r->end };
	const uint8_t *began = r->at;
	const uint8_t *behind = NULL;
	for (;;) {
		r->err = run_copy(&run, &name);
		if (r->err != ERR_OK) {
			return r->err;
		}
		behind = behind ? behind : run.at;
		if (run.pointer == SIZE_MAX) {
			break;
		}
		/* Strictly backwards: each run begins before the one that pointed to it. */
		if (run.pointer >= (size_t)(began - r->base)) {
			r->err = ERR_BAD_NAME;
			return r->err;
		}
		began = run.at = r->base + run.pointer;
	}
	r->at = behind;
	out->n = name.n;
	memcpy(out->b, name.b, name.n);
	return ERR_OK;
}

size_t name_scan(struct rd *r, struct name_map *out_map, uint8_t out_lower[NAME_MAX_BYTES])
{
	if (r->err != ERR_OK) {
		return 0;
	}
	const uint8_t *p = r->at;
	size_t left = rd_left(r);
	size_t limit = left < NAME_MAX_BYTES ? left : NAME_MAX_BYTES;
	size_t n = 0;
	unsigned labels = 0;
	while (n < limit && p[n] != 0) {
		if (p[n] > LABEL_MAX_BYTES) {
			r->err = ERR_BAD_NAME;
			return 0;
		}
		out_map->at[labels] = (uint8_t)n;
		labels++; /* at most 127: each takes two octets or more of 255 */
		n += 1u + p[n];
	}
	if (n >= limit) {
		r->err = left < NAME_MAX_BYTES ? ERR_TRUNCATED : ERR_BAD_NAME;
		return 0;
	}
	out_map->n = (uint8_t)labels;
	out_map->at[labels] = (uint8_t)n;
	n++;
	if (out_lower) {
		name_lower(out_lower, p, n);
	}
	r->at += n;
	return n;
}

/* "\DDD" or "\c" behind a backslash; gives how many characters it took, 0 if broken. */
static size_t unescape(struct strv text, size_t at, uint8_t *out)
{
	if (at >= text.n) {
		return 0;
	}
	const char *p = text.p + at;
	if (p[0] < '0' || p[0] > '9') {
		*out = (uint8_t)p[0];
		return 1;
	}
	if (text.n - at < 3 || p[1] < '0' || p[1] > '9' || p[2] < '0' || p[2] > '9') {
		return 0;
	}
	int v = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	*out = (uint8_t)v;
	return v <= 255 ? 3 : 0;
}

int name_parse(struct strv text, struct name *out)
{
	struct name name;
	size_t label = 0; /* where the current label's length octet stands */
	size_t n = 1;
	if (text.n == 0) {
		return ERR_BAD_NAME;
	}
	if (strv_eq(text, STRV("."))) {
		*out = name_root;
		return ERR_OK;
	}
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];
		if (c == '.') {
			if (n - label == 1) {
				return ERR_BAD_NAME;
			}
			name.b[label] = (uint8_t)(n - label - 1);
			label = n;
			n++;
			if (n > NAME_MAX_BYTES) {
				return ERR_BAD_NAME;
			}
			continue;
		}
		if (c == '\\') {
			size_t took = unescape(text, i + 1, &c);
			if (took == 0) {
				return ERR_BAD_NAME;
			}
			i += took;
		}
		if (n - label > LABEL_MAX_BYTES || n + 1 >= NAME_MAX_BYTES) {
			return ERR_BAD_NAME;
		}
		name.b[n++] = c;
	}
	name.b[label] = (uint8_t)(n - label - 1);
	if (name.b[label] != 0) {
		name.b[n++] = 0;
	}
	out->n = (uint8_t)n;
	memcpy(out->b, name.b, n);
	return ERR_OK;
}

static size_t octet_print(uint8_t c, char *out)
{
	if (c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' ||
		c == '$') {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	if (c > 0x20 && c < 0x7F) {
		out[0] = (char)c;
		return 1;
	}
	out[0] = '\\';
	out[1] = (char)('0' + c / 100);
	out[2] = (char)('0' + c / 10 % 10);
	out[3] = (char)('0' + c % 10);
	return 4;
}

size_t name_print(const uint8_t *wire, char out[NAME_TEXT_BYTES])
{
	size_t n = 0;
	if (*wire == 0) {
		out[n++] = '.';
	}
	while (*wire != 0) {
		size_t len = *wire++;
		for (size_t i = 0; i < len; i++) {
			n += octet_print(wire[i], out + n);
		}
		wire += len;
		out[n++] = '.';
	}
	out[n] = '\0';
	return n;
}

size_t name_length(const uint8_t *wire)
{
	size_t n = 0;
	while (wire[n] != 0) {
		n += 1u + wire[n];
	}
	return n + 1;
}

void name_map_of(const uint8_t *wire, struct name_map *out)
{
	size_t n = 0;
	unsigned labels = 0;
	while (wire[n] != 0) {
		REQUIRE(labels < NAME_MAX_LABELS);
		out->at[labels++] = (uint8_t)n;
		n += 1u + wire[n];
	}
	out->n = (uint8_t)labels;
	out->at[labels] = (uint8_t)n;
}

void name_lower(uint8_t *out, const uint8_t *in, size_t n)
{
	/* Length octets are at most 63 and so never letters. Eight octets a step: an octet below 0x80 that is at least 'A'
	 * gets its high bit set by adding 0x80 - 'A', one that is above 'Z' by adding 0x7F - 'Z'. */
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t high = 0x80 * ones;
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t v;
		memcpy(&v, in + i, 8);
		uint64_t low7 = v & ~high;
		uint64_t from_a = low7 + (0x80 - 'A') * ones;
		uint64_t above_z = low7 + (0x7F - 'Z') * ones;
		v |= (from_a & ~above_z & ~v & high) >> 2;
		memcpy(out + i, &v, 8);
	}
	for (; i < n; i++) {
		out[i] = octet_lower(in[i]);
	}
}

bool octets_eq_nocase(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (octet_lower(a[i]) != octet_lower(b[i])) {
			return false;
		}
	}
	return true;
}

bool name_eq(const uint8_t *a, const uint8_t *b)
{
	size_t n = name_length(a);
	return n == name_length(b) && octets_eq_nocase(a, b, n);
}

int name_suffix_at(const uint8_t *name, size_t n, const uint8_t *suffix, size_t suffix_n)
{
	if (suffix_n > n) {
		return -1;
	}
	size_t want = n - suffix_n;
	size_t at = 0;
	while (at < want) {
		at += 1u + name[at];
	}
	return at == want && octets_eq_nocase(name + at, suffix, suffix_n) ? (int)at : -1;
}

int name_prepend(struct name *n, struct strv label)
{
	if (label.n == 0 || label.n > LABEL_MAX_BYTES || n->n + 1 + label.n > NAME_MAX_BYTES) {
		return ERR_BAD_NAME;
	}
	memmove(n->b + 1 + label.n, n->b, n->n);
	n->b[0] = (uint8_t)label.n;
	memcpy(n->b + 1, label.p, label.n);
	n->n = (uint8_t)(n->n + 1 + label.n);
	return ERR_OK;
}

int name_join(const uint8_t *a, const uint8_t *b, struct name *out)
{
	size_t a_n = name_length(a) - 1;
	size_t b_n = name_length(b);
	if (a_n + b_n > NAME_MAX_BYTES) {
		return ERR_BAD_NAME;
	}
	memcpy(out->b, a, a_n);
	memcpy(out->b + a_n, b, b_n);
	out->n = (uint8_t)(a_n + b_n);
	return ERR_OK;
}

uint64_t octets_hash(const uint8_t *p, size_t n, uint64_t seed)
{
	/* Multiply and fold, eight octets a step; setting bit 5 of every octet makes letters equal
	 * in both cases (and a few other octets too, which only costs a comparison). */
	const uint64_t k = 0x9E3779B97F4A7C15u;
	const uint64_t fold = 0x2020202020202020u;
	uint64_t h = seed ^ (n * k);
	while (n >= 8) {
		uint64_t v;
		memcpy(&v, p, 8);
		h = (h ^ (v | fold)) * k;
		h ^= h >> 32;
		p += 8;
		n -= 8;
	}
	uint64_t v = 0;
	memcpy(&v, p, n);
	h = (h ^ (v | fold)) * k;
	h ^= h >> 29;
	h *= 0xBF58476D1CE4E5B9u;
	return h ^ (h >> 32);
}
