/* Containers of a pod spec: names, image, ports, environment, mounts.
 * Source: Kubernetes API reference, Container. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/rules.h"

/* Has an element before i the same text under key? */
static bool repeats(const struct json *list, const struct json *element, const char *key)
{
	struct strv v = text_of(element, key);
	json_each(e, list) {
		if (e == element) {
			return false;
		}
		if (strv_eq(text_of(e, key), v)) {
			return true;
		}
	}
	return false;
}

static void ports_validate(struct status *s, const struct path *p, const struct json *ports)
{
	size_t i = 0;
	json_each(port, ports) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(port, "name");
		if (name.n > 0 && check_name(s, AT(at, "name"), name, name_port) &&
			repeats(ports, port, "name")) {
			fault_duplicate(s, AT(at, "name"), name);
		}
		int64_t number = json_i64_or(json_get(port, "containerPort"), 0);
		if (number == 0) {
			fault_required(s, AT(at, "containerPort"), "");
		} else {
			check_port_number(s, AT(at, "containerPort"), number);
		}
		int64_t host = json_i64_or(json_get(port, "hostPort"), 0);
		if (host != 0) {
			check_port_number(s, AT(at, "hostPort"), host);
		}
		check_enum(s, at, port, "protocol", "SCTP|TCP|UDP", true);
		struct strv ip = text_of(port, "hostIP");
		if (ip.n > 0) {
			(void)check_name(s, AT(at, "hostIP"), ip, name_ip); /* told */
		}
	}
}

static bool list_has_name(const struct json *list, struct strv name, bool in_metadata)
{
	json_each(e, list) {
		const struct json *o = in_metadata ? json_get(e, "metadata") : e;
		if (strv_eq(text_of(o, "name"), name)) {
			return true;
		}
	}
	return false;
}

static bool volume_exists(const struct json *spec, const struct pod_place *place, struct strv name)
{
	return list_has_name(json_get(spec, "volumes"), name, false) ||
	       list_has_name(place->claims, name, true);
}

/* A path below a mount: relative, never upwards. */
static void descending_validate(struct status *s, const struct path *at, struct strv path)
{
	if (path.n > 0 && path.p[0] == '/') {
		fault_invalid_str(s, at, path, "must be a relative path");
	}
	struct strv part;
	struct strv rest = path;
	while (strv_cut(&rest, '/', &part)) {
		if (strv_eq(part, STRV(".."))) {
			fault_invalid_str(s, at, path, "must not contain '..'");
			return;
		}
	}
}

static void mounts_validate(struct status *s, const struct path *p, const struct json *container,
	const struct json *spec, const struct pod_place *place)
{
	const struct json *mounts = json_get(container, "volumeMounts");
	size_t i = 0;
	json_each(m, mounts) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(m, "name");
		if (name.n == 0) {
			fault_required(s, AT(at, "name"), "");
		}
		if (!volume_exists(spec, place, name)) {
			fault_not_found(s, AT(at, "name"), name);
		}
		struct strv path = text_of(m, "mountPath");
		if (path.n == 0) {
			fault_required(s, AT(at, "mountPath"), "");
		} else if (repeats(mounts, m, "mountPath")) {
			fault_invalid_str(s, AT(at, "mountPath"), path, "must be unique");
		}
		struct strv sub = text_of(m, "subPath");
		struct strv expr = text_of(m, "subPathExpr");
		if (sub.n > 0 && expr.n > 0) {
			fault_invalid_str(s, AT(at, "subPathExpr"), expr,
				"subPathExpr and subPath are mutually exclusive");
		}
		descending_validate(s, AT(at, "subPath"), sub);
		descending_validate(s, AT(at, "subPathExpr"), expr);
		check_enum(
			s, at, m, "mountPropagation", "Bidirectional|HostToContainer|None", false);
	}
}

static void devices_validate(struct status *s, const struct path *p, const struct json *devices,
	const struct json *spec, const struct pod_place *place)
{
	size_t i = 0;
	json_each(d, devices) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(d, "name");
		if (name.n == 0) {
			fault_required(s, AT(at, "name"), "");
		} else if (repeats(devices, d, "name")) {
			fault_invalid_str(s, AT(at, "name"), name, "must be unique");
		}
		if (!volume_exists(spec, place, name)) {
			fault_not_found(s, AT(at, "name"), name);
		}
		if (text_of(d, "devicePath").n == 0) {
			fault_required(s, AT(at, "devicePath"), "");
		} else if (repeats(devices, d, "devicePath")) {
			fault_invalid_str(s, AT(at, "devicePath"), text_of(d, "devicePath"),
				"must be unique");
		}
	}
}

static void container_validate(struct status *s, const struct path *p, const struct json *c,
	const struct json *spec, const struct pod_place *place)
{
	if (check_required(s, p, c, "name")) {
		(void)check_name(s, AT(p, "name"), text_of(c, "name"), name_label); /* told */
	}
	struct strv image = text_of(c, "image");
	if (image.n == 0) {
		fault_required(s, AT(p, "image"), "");
	} else if (strv_trim(image).n != image.n) {
		fault_invalid_str(
			s, AT(p, "image"), image, "must not have leading or trailing whitespace");
	}
	check_enum(s, p, c, "terminationMessagePolicy", "FallbackToLogsOnError|File", true);
	ports_validate(s, AT(p, "ports"), json_get(c, "ports"));
	env_validate(s, AT(p, "env"), json_get(c, "env"));
	env_from_validate(s, AT(p, "envFrom"), json_get(c, "envFrom"));
	mounts_validate(s, AT(p, "volumeMounts"), c, spec, place);
	devices_validate(s, AT(p, "volumeDevices"), json_get(c, "volumeDevices"), spec, place);
	check_enum(s, p, c, "imagePullPolicy", "Always|IfNotPresent|Never", true);
	resources_validate(s, AT(p, "resources"), json_get(c, "resources"));
	container_security_validate(s, AT(p, "securityContext"), json_get(c, "securityContext"));
}

static void init_only_validate(struct status *s, const struct path *p, const struct json *c)
{
	check_enum(s, p, c, "restartPolicy", "Always|Never|OnFailure", false);
	if (text_is(c, "restartPolicy", "Always")) {
		probes_validate(s, p, c);
		return;
	}
	static const char *const members[] = { "lifecycle", "livenessProbe", "readinessProbe",
		"startupProbe" };
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (has(c, members[i])) {
			fault_forbidden(s, AT(p, members[i]),
				"may not be set for init containers without "
				"restartPolicy=Always");
		}
	}
}

static bool same_host_port(const struct json *a, const struct json *b)
{
	int64_t number = json_i64_or(json_get(a, "hostPort"), 0);
	return number != 0 && number == json_i64_or(json_get(b, "hostPort"), 0) &&
	       strv_eq(text_of(a, "protocol"), text_of(b, "protocol")) &&
	       strv_eq(text_of(a, "hostIP"), text_of(b, "hostIP"));
}

/* Was that port of the host asked for before, in these containers? */
static bool host_port_is_taken(const struct json *containers, const struct json *port)
{
	json_each(c, containers) {
		json_each(other, json_get(c, "ports")) {
			if (other == port) {
				return false;
			}
			if (same_host_port(other, port)) {
				return true;
			}
		}
	}
	return false;
}

static void host_ports_validate(
	struct status *s, const struct path *p, const struct json *containers)
{
	size_t i = 0;
	json_each(c, containers) {
		const struct path *ports = AT(AT_INDEX(p, i++), "ports");
		size_t j = 0;
		json_each(port, json_get(c, "ports")) {
			const struct path *at = AT(AT_INDEX(ports, j++), "hostPort");
			struct strv ip = text_of(port, "hostIP");
			if (host_port_is_taken(containers, port)) {
				fault_duplicate(s, at,
					arena_printf(s->arena, "%.*s/%.*s/%lld",
						STRV_ARG(text_of(port, "protocol")),
						STRV_ARG(ip.n > 0 ? ip : STRV("0.0.0.0")),
						(long long)json_i64_or(
							json_get(port, "hostPort"), 0)));
			}
		}
	}
}

void containers_validate(struct status *s, const struct path *p, const struct json *spec,
	const struct pod_place *place)
{
	const struct json *containers = json_get(spec, "containers");
	const struct path *at = AT(p, "containers");
	if (json_count(containers) == 0) {
		fault_required(s, at, "");
	}
	size_t i = 0;
	json_each(c, containers) {
		const struct path *one = AT_INDEX(at, i++);
		container_validate(s, one, c, spec, place);
		if (text_of(c, "name").n > 0 && repeats(containers, c, "name")) {
			fault_duplicate(s, AT(one, "name"), text_of(c, "name"));
		}
		probes_validate(s, one, c);
	}
	host_ports_validate(s, at, containers);
	const struct json *inits = json_get(spec, "initContainers");
	i = 0;
	json_each(c, inits) {
		const struct path *one = AT_INDEX(AT(p, "initContainers"), i++);
		struct strv name = text_of(c, "name");
		container_validate(s, one, c, spec, place);
		if (name.n > 0 &&
			(repeats(inits, c, "name") || list_has_name(containers, name, false))) {
			fault_duplicate(s, AT(one, "name"), name);
		}
		init_only_validate(s, one, c);
	}
}
