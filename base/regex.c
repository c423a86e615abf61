/* See regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define TRIES_MAX                                                                                  \
	100000u /* of the matcher; a sane expression needs a few times the text's length */
#define HEAP_KIB   1024u
#define NESTED_MAX 250u

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
};

static int compile(struct strv pattern, struct regex *r, char why[REGEX_WHY_CHARS])
{
	int number = 0;
	PCRE2_SIZE at = 0;
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);
	if (!c) {
		return ERR_NOMEM;
	}
	(void)pcre2_set_parens_nest_limit(c, NESTED_MAX); /* always 0 */
	/* RE2: $ is the very end, text is UTF-8, what is not is matched octet by octet */
	r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
		PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE, &number, &at, c);
	pcre2_compile_context_free(c);
	if (r->code) {
		return ERR_OK;
	}
	PCRE2_UCHAR text[128];
	(void)pcre2_get_error_message(number, text, sizeof(text)); /* cut at worst */
	(void)snprintf(why, REGEX_WHY_CHARS, "%s, at character %zu", (const char *)text, at + 1);
	return number == PCRE2_ERROR_NOMEMORY ? ERR_NOMEM : ERR_SYNTAX;
}

int regex_new(struct strv pattern, struct regex **out, char why[REGEX_WHY_CHARS])
{
	if (pattern.n > REGEX_MAX_BYTES) {
		(void)snprintf(why, REGEX_WHY_CHARS, "longer than %d octets", REGEX_MAX_BYTES);
		return ERR_TOO_LARGE;
	}
	(void)snprintf(why, REGEX_WHY_CHARS, "%s", err_text(ERR_NOMEM)); /* fits */
	struct regex *r = calloc(1, sizeof(*r));
	int err = r ? compile(pattern, r, why) : ERR_NOMEM;
	if (!err) {
		r->limits = pcre2_match_context_create(NULL);
		err = r->limits ? ERR_OK : ERR_NOMEM;
	}
	if (err) {
		regex_free(r);
		return err;
	}
	(void)pcre2_set_match_limit(r->limits, TRIES_MAX); /* these three are always 0 */
	(void)pcre2_set_depth_limit(r->limits, TRIES_MAX);
	(void)pcre2_set_heap_limit(r->limits, HEAP_KIB);
	*out = r;
	return ERR_OK;
}

void regex_free(struct regex *r)
{
	if (r) {
		pcre2_match_context_free(r->limits);
		pcre2_code_free(r->code);
		free(r);
	}
}

bool regex_matches(const struct regex *r, struct strv text)
{
	pcre2_match_data *found = pcre2_match_data_create(1, NULL);
	if (!found) {
		return false;
	}
	/* a pair too few for all groups is no failure: 0 is returned */
	int n = pcre2_match(
		r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, found, r->limits);
	pcre2_match_data_free(found);
	return n >= 0;
}
