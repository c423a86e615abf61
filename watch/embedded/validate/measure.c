/* Quantities of objects. See measure.h. */
#include "watch/embedded/validate/measure.h"

#include "base/err.h"

#define NANO 1000000000U

int measure(const struct json *value, struct amount *out)
{
	char text[64];
	struct strv digits = json_str(value);
	if (json_type_of(value) == JSON_NUMBER) {
		int64_t whole = 0;
		int n = json_i64(value, &whole) == ERR_OK
				? snprintf(text, sizeof(text), "%lld", (long long)whole)
				: snprintf(text, sizeof(text), "%.17g", json_number(value));
		if (n < 0 || (size_t)n >= sizeof(text)) {
			return ERR_SYNTAX;
		}
		digits = (struct strv){ text, (size_t)n };
	} else if (!json_is_string(value)) {
		return ERR_BAD_TYPE;
	}
	struct amount m = { 0 };
	int err = amount_parse(digits, &m);
	if (err == ERR_RANGE) {
		m = (struct amount){ .negative = digits.n > 0 && digits.p[0] == '-' };
		m.nano = ~m.nano;
		err = ERR_OK;
	}
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

int measure_sign(const struct amount *m)
{
	if (m->nano == 0) {
		return 0;
	}
	return m->negative ? -1 : 1;
}

bool measure_is_whole(const struct amount *m)
{
	return m->nano % NANO == 0;
}
