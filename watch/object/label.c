/* Label keys and values, judged. Source: apimachinery pkg/util/validation.
 * Regime: static text. Called by: selector_parse.c. */
#include "watch/object/label.h"

#include <stdbool.h>

#define NAME_MAX_CHARS   63
#define PREFIX_MAX_CHARS 253

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9] */
static bool is_name(struct strv s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool inside = i > 0 && i + 1 < s.n;
		char c = s.p[i];
		if (!is_alnum(c) && !(inside && (c == '-' || c == '_' || c == '.'))) {
			return false;
		}
	}
	return s.n > 0;
}

/* RFC 1123 subdomain: labels of [a-z0-9]([-a-z0-9]*[a-z0-9])?, joined by dots */
static bool is_subdomain(struct strv s)
{
	struct strv part;
	while (strv_cut(&s, '.', &part)) {
		for (size_t i = 0; i < part.n; i++) {
			bool inside = i > 0 && i + 1 < part.n;
			char c = part.p[i];
			if (!(is_alnum(c) && !(c >= 'A' && c <= 'Z')) && !(inside && c == '-')) {
				return false;
			}
		}
		if (part.n == 0) {
			return false;
		}
	}
	return true;
}

static const char *prefix_fault(struct strv prefix)
{
	if (prefix.n == 0) {
		return "prefix part must be non-empty";
	}
	if (prefix.n > PREFIX_MAX_CHARS) {
		return "prefix part must be no more than 253 bytes";
	}
	if (!is_subdomain(prefix)) {
		return "prefix part a lowercase RFC 1123 subdomain must consist of lower case "
		       "alphanumeric characters, '-' or '.', and must start and end with an "
		       "alphanumeric character (e.g. 'example.com', regex used for validation is "
		       "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
	}
	return NULL;
}

const char *label_key_fault(struct strv key)
{
	struct strv name = key, first, second, third;
	struct strv rest = key;
	if (strv_cut(&rest, '/', &first) && strv_cut(&rest, '/', &second)) {
		if (strv_cut(&rest, '/', &third)) {
			return "a qualified name must consist of alphanumeric characters, '-', '_' "
			       "or '.', "
			       "and must start and end with an alphanumeric character (e.g. "
			       "'MyName',  "
			       "or 'my.name',  or '123-abc', regex used for validation is "
			       "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS "
			       "subdomain prefix and '/' (e.g. 'example.com/MyName')";
		}
		name = second;
		const char *fault = prefix_fault(first);
		if (fault) {
			return fault;
		}
	}
	if (name.n == 0) {
		return "name part must be non-empty";
	}
	if (name.n > NAME_MAX_CHARS) {
		return "name part must be no more than 63 bytes";
	}
	if (!is_name(name)) {
		return "name part must consist of alphanumeric characters, '-', '_' or '.', and "
		       "must "
		       "start and end with an alphanumeric character (e.g. 'MyName',  or "
		       "'my.name',  "
		       "or '123-abc', regex used for validation is "
		       "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
	}
	return NULL;
}

const char *label_value_fault(struct strv value)
{
	if (value.n > NAME_MAX_CHARS) {
		return "must be no more than 63 bytes";
	}
	if (value.n > 0 && !is_name(value)) {
		return "a valid label must be an empty string or consist of alphanumeric "
		       "characters, "
		       "'-', '_' or '.', and must start and end with an alphanumeric character "
		       "(e.g. "
		       "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
		       "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
	}
	return NULL;
}
