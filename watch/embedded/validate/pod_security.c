/* securityContext of pods and containers. Source: Kubernetes API reference, PodSecurityContext and
 * SecurityContext. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

#define ID_MAX 2147483647

static void profile_validate(
	struct status *s, const struct path *p, const struct json *profile, const char *what)
{
	if (profile == NULL) {
		return;
	}
	check_enum(s, p, profile, "type", "Localhost|RuntimeDefault|Unconfined", true);
	bool local = text_is(profile, "type", "Localhost");
	if (local && text_of(profile, "localhostProfile").n == 0) {
		fault_printf(s, CAUSE_REQUIRED, AT(p, "localhostProfile"), NULL,
			"must be set when %s type is Localhost", what);
	} else if (!local && has(profile, "localhostProfile")) {
		fault_invalid(s, AT(p, "localhostProfile"), json_get(profile, "localhostProfile"),
			"can only be set when type is Localhost");
	}
}

static void common_validate(struct status *s, const struct path *p, const struct json *context)
{
	check_range(s, p, context, "runAsUser", 0, ID_MAX);
	check_range(s, p, context, "runAsGroup", 0, ID_MAX);
	profile_validate(
		s, AT(p, "seccompProfile"), json_get(context, "seccompProfile"), "seccomp");
	profile_validate(
		s, AT(p, "appArmorProfile"), json_get(context, "appArmorProfile"), "AppArmor");
}

void pod_security_validate(struct status *s, const struct path *p, const struct json *context)
{
	common_validate(s, p, context);
	check_range(s, p, context, "fsGroup", 0, ID_MAX);
	size_t i = 0;
	json_each(g, json_get(context, "supplementalGroups")) {
		int64_t id = json_i64_or(g, 0);
		if (id < 0 || id > ID_MAX) {
			fault_invalid_i64(s, AT_INDEX(AT(p, "supplementalGroups"), i), id,
				"must be between 0 and 2147483647, inclusive");
		}
		i++;
	}
	i = 0;
	json_each(c, json_get(context, "sysctls")) {
		const struct path *at = AT_INDEX(AT(p, "sysctls"), i++);
		(void)check_required(s, at, c, "name"); /* told */
	}
	check_enum(s, p, context, "fsGroupChangePolicy", "Always|OnRootMismatch", false);
	check_enum(s, p, context, "supplementalGroupsPolicy", "Merge|Strict", false);
}

static bool adds_sys_admin(const struct json *context)
{
	json_each(c, json_dig(context, "capabilities.add")) {
		if (value_listed(json_str(c), "CAP_SYS_ADMIN")) {
			return true;
		}
	}
	return false;
}

void container_security_validate(struct status *s, const struct path *p, const struct json *context)
{
	if (context == NULL) {
		return;
	}
	common_validate(s, p, context);
	check_enum(s, p, context, "procMount", "Default|Unmasked", false);
	if (json_bool(json_get(context, "allowPrivilegeEscalation"), true)) {
		return;
	}
	if (json_bool(json_get(context, "privileged"), false)) {
		fault_invalid(s, p, context,
			"cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
	}
	if (adds_sys_admin(context)) {
		fault_invalid(s, p, context,
			"cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
			"CAP_SYS_ADMIN");
	}
}
