/* What the files of base/json share: a value is a cJSON node, linked as cJSON links (first->prev is
 * the last). A number whose text must be kept (an integer beyond +-2^53) has it in valuestring.
 * Included by base/json*.c only. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct json {
	cJSON n;
};

static inline struct json *json_of(cJSON *n)
{
	return (struct json *)n;
}

#define JSON_EXACT_MAX 9007199254740992.0 /* 2^53 */

/* A number of the text that cJSON cannot carry as it stands. */
struct json_odd {
	size_t ordinal; /* how many numbers precede it */
	struct strv text;
};

struct json_scan {
	struct arena *arena;
	struct strv text;
	struct json_report *report; /* never NULL here */
	bool is_front;              /* more may follow the value */
	size_t at;
	size_t n_numbers;
	struct json_odd *odds; /* heap */
	size_t n_odds, cap_odds;
	bool has_long; /* some odd is longer than cJSON's number buffer */
};

/* Checks the whole text by RFC 8259, without recursion, and finds the odd numbers. errors as
 * json_parse */
NODISCARD int json_scan_text(struct json_scan *s);
/* Nothing but RFC 8259's white space. */
bool json_is_blank(struct strv text);
/* Length of the UTF-8 sequence at s.p[0], 0 if it is none (overlong, surrogate, beyond U+10FFFF,
 * cut). */
size_t json_utf8_len(struct strv s);

/* A number's shortest text that reads back the same, laid out as Go's encoding/json does. */
#define JSON_NUMBER_CHARS 32
size_t json_number_text(double d, char out[JSON_NUMBER_CHARS]);
