/* Names from ordinals and back. Regime and source: identity.h. */
#include "statefulset/identity.h"

#include "base/err.h"

static size_t last_dash(struct strv s)
{
	size_t at = s.n;
	while (at > 0 && s.p[at - 1] != '-') {
		at--;
	}
	return at; /* behind the dash; 0: none */
}

bool identity_parse(struct strv pod_name, struct strv *out_set, int32_t *out_ordinal)
{
	size_t at = last_dash(pod_name);
	struct strv digits = strv_sub(pod_name, at, pod_name.n);
	int64_t ordinal;
	if (at < 2 || digits.n == 0 || digits.n > 10 || (digits.n > 1 && digits.p[0] == '0') ||
		strv_to_i64(digits, &ordinal) || ordinal > INT32_MAX) {
		return false;
	}
	*out_set = strv_sub(pod_name, 0, at - 1);
	*out_ordinal = (int32_t)ordinal;
	return true;
}

struct strv identity_parent(struct strv name)
{
	size_t at = last_dash(name);
	return at > 0 ? strv_sub(name, 0, at - 1) : name;
}

struct strv identity_pod(struct arena *a, struct strv set, int64_t ordinal)
{
	return arena_printf(a, "%.*s-%lld", STRV_ARG(set), (long long)ordinal);
}

struct strv identity_claim(
	struct arena *a, struct strv claim_template, struct strv set, int64_t ordinal)
{
	return arena_printf(
		a, "%.*s-%.*s-%lld", STRV_ARG(claim_template), STRV_ARG(set), (long long)ordinal);
}

bool identity_is_claim(struct strv name, struct strv claim_template, struct strv pod_name)
{
	return name.n == claim_template.n + 1 + pod_name.n &&
	       strv_has_prefix(name, claim_template) && name.p[claim_template.n] == '-' &&
	       strv_has_suffix(name, pod_name);
}
