/* Names: what name_read accepts c-ares expands to the same name; name_scan agrees where no pointer is; printing and
 * reading again gives the same octets. The first octet says where in the rest the name begins. */
#include <ares.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/wire/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct name *n)
{
	char text[NAME_TEXT_BYTES];
	struct name back;
	size_t text_n = name_print(n->b, text);
	REQUIRE(text_n < NAME_TEXT_BYTES);
	REQUIRE(name_parse((struct strv){ .p = text, .n = text_n }, &back) == ERR_OK);
	REQUIRE(back.n == n->n && memcmp(back.b, n->b, n->n) == 0);
}

/* c-ares prints a label of one NUL octet as nothing. */
static bool has_nul(const struct name *n)
{
	for (size_t at = 0; n->b[at] != 0; at += 1u + n->b[at]) {
		if (n->b[at] == 1 && n->b[at + 1] == 0) {
			return true;
		}
	}
	return false;
}

static void check_ares(
	const uint8_t *message, size_t size, size_t at, const struct name *n, size_t took)
{
	char *text = NULL;
	long ares_took = 0;
	struct name theirs;
	int status = ares_expand_name(message + at, message, (int)size, &text, &ares_took);
	REQUIRE(status == ARES_SUCCESS);
	REQUIRE((size_t)ares_took == took);
	REQUIRE(has_nul(n) || name_parse(strv_of(text[0] ? text : "."), &theirs) == ERR_OK);
	REQUIRE(has_nul(n) || (theirs.n == n->n && memcmp(theirs.b, n->b, n->n) == 0));
	ares_free_string(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	size_t at = data[0];
	data++;
	size--;
	struct name n;
	struct name parsed;
	if (at <= size) {
		struct rd r = rd_of(data, size);
		struct rd scan = r;
		struct name_map map;
		r.at = scan.at = data + at;
		int err = name_read(&r, &n);
		size_t scanned = name_scan(&scan, &map, NULL);
		if (err == ERR_OK) {
			check_text(&n);
			check_ares(data, size, at, &n, rd_offset(&r) - at);
		}
		REQUIRE(scanned == 0 || (err == ERR_OK && scanned == n.n));
		REQUIRE(scanned == 0 || map.at[map.n] == n.n - 1);
	}
	if (name_parse((struct strv){ .p = (const char *)data, .n = size }, &parsed) == ERR_OK) {
		REQUIRE(name_length(parsed.b) == parsed.n);
		check_text(&parsed);
	}
	return 0;
}
