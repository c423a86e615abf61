/* ConfigMaps and Secrets: keys, size, what a type of Secret needs, immutability.
 * Source: Kubernetes "ConfigMaps", "Secrets". Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

#define MAX_BYTES ((size_t)1024 * 1024)
#define FROZEN    "field is immutable when `immutable` is set"

/* What base64 text stands for, in bytes. */
static size_t decoded_bytes(struct strv base64)
{
	while (base64.n > 0 && base64.p[base64.n - 1] == '=') {
		base64.n--;
	}
	return base64.n * 3 / 4;
}

static size_t keys_validate(
	struct status *s, const struct path *p, const struct json *data, bool base64)
{
	size_t bytes = 0;
	json_each(m, data) {
		struct strv key = strv_of(json_key(m));
		(void)check_name(s, AT_KEY(p, key), key, name_config_key); /* told */
		bytes += base64 ? decoded_bytes(json_str(m)) : json_str(m).n;
	}
	return bytes;
}

/* Nothing moves once immutable is set, that flag included. */
static void frozen_validate(struct status *s, const struct json *obj, const struct json *old)
{
	if (!json_bool(json_get(old, "immutable"), false)) {
		return;
	}
	if (!json_bool(json_get(obj, "immutable"), false)) {
		fault_forbidden(s, AT(NULL, "immutable"), FROZEN);
	}
	static const char *const members[] = { "data", "binaryData" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!same(json_get(obj, members[i]), json_get(old, members[i]))) {
			fault_forbidden(s, AT(NULL, members[i]), FROZEN);
		}
	}
}

void configmap_validate(struct status *s, const struct json *obj, const struct json *old)
{
	const struct json *data = json_get(obj, "data");
	const struct json *binary = json_get(obj, "binaryData");
	size_t bytes = keys_validate(s, AT(NULL, "data"), data, false);
	json_each(m, data) {
		if (json_get(binary, json_key(m)) != NULL) {
			fault_invalid_str(s, AT_KEY(AT(NULL, "data"), strv_of(json_key(m))),
				strv_of(json_key(m)), "duplicate of key present in binaryData");
		}
	}
	bytes += keys_validate(s, AT(NULL, "binaryData"), binary, true);
	if (bytes > MAX_BYTES) {
		fault_too_long(s, AT_KEY(NULL, STRV("")), MAX_BYTES);
	}
	if (old != NULL) {
		frozen_validate(s, obj, old);
	}
}

/* Types of Secrets that need keys; every one of them, or (basic-auth) any one. */
static void secret_type_validate(struct status *s, const struct json *obj)
{
	static const struct {
		const char *type;
		const char *keys;
	} rows[] = {
		{ "kubernetes.io/tls", "tls.crt|tls.key" },
		{ "kubernetes.io/dockercfg", ".dockercfg" },
		{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson" },
		{ "kubernetes.io/ssh-auth", "ssh-privatekey" },
	};
	const struct json *data = json_get(obj, "data");
	const struct path *p = AT(NULL, "data");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strv keys = strv_of(rows[i].keys);
		struct strv key;
		while (text_is(obj, "type", rows[i].type) && strv_cut(&keys, '|', &key)) {
			if (json_get_strv(data, key) == NULL) {
				fault_required(s, AT_KEY(p, key), "");
			}
		}
	}
	if (text_is(obj, "type", "kubernetes.io/basic-auth") &&
		json_get(data, "username") == NULL && json_get(data, "password") == NULL) {
		fault_required(s, AT_KEY(p, STRV("username")), "");
		fault_required(s, AT_KEY(p, STRV("password")), "");
	}
	struct strv account = STRV("kubernetes.io/service-account.name");
	if (text_is(obj, "type", "kubernetes.io/service-account-token") &&
		json_str(json_get_strv(json_dig(obj, "metadata.annotations"), account)).n == 0) {
		fault_required(s, AT_KEY(AT(AT(NULL, "metadata"), "annotations"), account), "");
	}
}

void secret_validate(struct status *s, const struct json *obj, const struct json *old)
{
	const struct path *p = AT(NULL, "data");
	if (keys_validate(s, p, json_get(obj, "data"), true) > MAX_BYTES) {
		fault_too_long(s, p, MAX_BYTES);
	}
	secret_type_validate(s, obj);
	if (old != NULL) {
		check_immutable(s, AT(NULL, "type"), json_get(obj, "type"), json_get(old, "type"));
		frozen_validate(s, obj, old);
	}
}
