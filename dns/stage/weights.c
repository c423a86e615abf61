/* See weights.h. */
#include "dns/stage/weights.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/wire/name.h"
#include "watch/object/typed.h"

struct weight {
	struct name name; /* lower case */
	uint8_t bytes;    /* of the address */
	uint8_t address[16];
	uint8_t value;
	uint32_t line; /* of equal ones the first counts */
};

struct reading {
	struct weights *w;
	struct weights_report *report;
	size_t room;
	bool named;
	struct name name;
	unsigned line;
};

/* The next word of a line; empty at its end. */
static struct strv next_word(struct strv *rest)
{
	*rest = strv_trim(*rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t') {
		n++;
	}
	struct strv word = strv_sub(*rest, 0, n);
	*rest = strv_sub(*rest, n, rest->n);
	return word;
}

NODISCARD static int wrong(struct reading *r, const char *what, struct strv word)
{
	r->report->line = r->line;
	(void)snprintf(r->report->why, sizeof(r->report->why), "%s, has \"%.*s\"", what,
		(int)(word.n < 60 ? word.n : 60), word.p); /* cut at worst */
	return ERR_SYNTAX;
}

NODISCARD static int read_name(struct reading *r, struct strv word)
{
	struct ip ip;
	if (ip_parse(word, &ip) == ERR_OK) {
		return wrong(r, "wants a weight behind an address", word);
	}
	if (name_parse(word, &r->name) != ERR_OK) {
		return wrong(r, "wants a domain name", word);
	}
	name_lower(r->name.b, r->name.b, r->name.n);
	r->named = true;
	return ERR_OK;
}

NODISCARD static int read_weight(struct reading *r, struct strv address, struct strv value)
{
	struct ip ip;
	uint32_t number = 0;
	if (ip_parse(address, &ip) != ERR_OK) {
		return wrong(r, "wants an address", address);
	}
	if (strv_to_u32(value, &number) || number < 1 || number > 255) {
		return wrong(r, "wants a weight from 1 to 255", value);
	}
	if (!r->named) {
		return wrong(r, "wants a domain name before the first address", address);
	}
	if (r->w->n == r->room) {
		size_t room = r->room > 0 ? 2 * r->room : 16;
		struct weight *grown = realloc(r->w->at, room * sizeof(*grown));
		if (!grown) {
			return ERR_NOMEM;
		}
		r->w->at = grown;
		r->room = room;
	}
	struct weight *w = &r->w->at[r->w->n++];
	memset(w, 0, sizeof(*w));
	w->name = r->name;
	w->bytes = ip.family == IP_V4 ? 4 : 16;
	memcpy(w->address, ip.bytes, w->bytes);
	w->value = (uint8_t)number;
	w->line = r->line;
	return ERR_OK;
}

NODISCARD static int read_line(struct reading *r, struct strv line)
{
	struct strv first = next_word(&line);
	if (first.n == 0 || first.p[0] == '#') {
		return ERR_OK;
	}
	struct strv second = next_word(&line);
	if (second.n == 0) {
		return read_name(r, first);
	}
	struct strv third = next_word(&line);
	return third.n > 0 ? wrong(r, "wants an address and its weight", third)
			   : read_weight(r, first, second);
}

static int compare(
	const struct weight *a, const uint8_t *name, size_t n, const uint8_t *address, size_t bytes)
{
	int c = (a->name.n > n) - (a->name.n < n);
	c = c ? c : memcmp(a->name.b, name, n);
	c = c ? c : (a->bytes > bytes) - (a->bytes < bytes);
	return c ? c : memcmp(a->address, address, bytes);
}

static int compare_weights(const void *a, const void *b)
{
	const struct weight *x = a;
	const struct weight *y = b;
	int c = compare(x, y->name.b, y->name.n, y->address, y->bytes);
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

int weights_parse(struct strv text, struct weights **out, struct weights_report *report)
{
	struct reading r = { .report = report, .w = calloc(1, sizeof(*r.w)) };
	int err = r.w ? ERR_OK : ERR_NOMEM;
	*report = (struct weights_report){ .line = 1 };
	if (!err && text.n > WEIGHTS_MAX_BYTES) {
		(void)snprintf(report->why, sizeof(report->why),
			"the file is larger than %d octets", WEIGHTS_MAX_BYTES);
		err = ERR_TOO_LARGE;
	}
	struct strv line;
	while (!err && strv_cut(&text, '\n', &line)) {
		r.line++;
		err = read_line(&r, line);
	}
	if (err) {
		weights_free(r.w);
		return err;
	}
	if (r.w->n > 0) {
		qsort(r.w->at, r.w->n, sizeof(*r.w->at), compare_weights);
	}
	*out = r.w;
	return ERR_OK;
}

void weights_free(struct weights *w)
{
	if (w) {
		free(w->at);
		free(w);
	}
}

unsigned weights_of(const struct weights *w, const uint8_t *lower, size_t n, const uint8_t *address,
	size_t bytes)
{
	size_t low = 0;
	size_t high = w->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&w->at[middle], lower, n, address, bytes) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < w->n && compare(&w->at[low], lower, n, address, bytes) == 0;
	return found ? w->at[low].value : WEIGHT_DEFAULT;
}
