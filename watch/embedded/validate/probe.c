/* Probes and lifecycle hooks of a container: one handler each, sensible figures.
 * Source: Kubernetes API reference, Probe and Lifecycle. Pure. See rules.h. */
#include "watch/embedded/validate/rules.h"

static void http_get_validate(struct status *s, const struct path *p, const struct json *http)
{
	(void)check_required(s, p, http, "path"); /* told */
	check_port_or_name(s, AT(p, "port"), json_get(http, "port"));
	check_enum(s, p, http, "scheme", "HTTP|HTTPS", false);
	size_t i = 0;
	json_each(h, json_get(http, "httpHeaders")) {
		(void)check_name(s, AT(AT_INDEX(AT(p, "httpHeaders"), i++), "name"),
			text_of(h, "name"), name_http_header); /* told */
	}
}

/* Exactly one of exec, httpGet, tcpSocket, grpc (probes), sleep (hooks). */
static void handler_validate(
	struct status *s, const struct path *p, const struct json *handler, bool probe)
{
	static const char *const kinds[] = { "exec", "httpGet", "tcpSocket", "grpc", "sleep" };
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct json *h = json_get(handler, kinds[i]);
		const struct path *at = AT(p, kinds[i]);
		if (!has(handler, kinds[i]) || (i == 3 && !probe) || (i == 4 && probe)) {
			continue;
		}
		if (n++ > 0) {
			fault_forbidden(s, at, "may not specify more than 1 handler type");
			continue;
		}
		if (i == 0 && json_count(json_get(h, "command")) == 0) {
			fault_required(s, AT(at, "command"), "");
		} else if (i == 1) {
			http_get_validate(s, at, h);
		} else if (i == 2) {
			check_port_or_name(s, AT(at, "port"), json_get(h, "port"));
		} else if (i == 3) {
			check_port_number(s, AT(at, "port"), json_i64_or(json_get(h, "port"), 0));
		} else if (i == 4) {
			check_not_negative(s, at, h, "seconds");
		}
	}
	if (n == 0) {
		fault_required(s, p, "must specify a handler type");
	}
}

static void probe_validate(struct status *s, const struct path *p, const struct json *probe)
{
	static const char *const figures[] = { "initialDelaySeconds", "timeoutSeconds",
		"periodSeconds", "successThreshold", "failureThreshold" };
	handler_validate(s, p, probe, true);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		check_not_negative(s, p, probe, figures[i]);
	}
	int64_t grace = json_i64_or(json_get(probe, "terminationGracePeriodSeconds"), 1);
	if (grace <= 0) {
		fault_invalid_i64(
			s, AT(p, "terminationGracePeriodSeconds"), grace, "must be greater than 0");
	}
}

/* A probe that restarts succeeds at once or not at all. */
static void success_is_one(struct status *s, const struct path *p, const struct json *probe)
{
	int64_t n = json_i64_or(json_get(probe, "successThreshold"), 1);
	if (n != 1) {
		fault_invalid_i64(s, AT(p, "successThreshold"), n, "must be 1");
	}
}

void probes_validate(struct status *s, const struct path *p, const struct json *container)
{
	const struct json *lifecycle = json_get(container, "lifecycle");
	static const char *const hooks[] = { "postStart", "preStop" };
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		if (has(lifecycle, hooks[i])) {
			handler_validate(s, AT(AT(p, "lifecycle"), hooks[i]),
				json_get(lifecycle, hooks[i]), false);
		}
	}
	static const char *const names[] = { "livenessProbe", "readinessProbe", "startupProbe" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct json *probe = json_get(container, names[i]);
		const struct path *at = AT(p, names[i]);
		if (!has(container, names[i])) {
			continue;
		}
		probe_validate(s, at, probe);
		if (i != 1) {
			success_is_one(s, at, probe);
		} else if (has(probe, "terminationGracePeriodSeconds")) {
			fault_invalid(s, AT(at, "terminationGracePeriodSeconds"),
				json_get(probe, "terminationGracePeriodSeconds"),
				"must not be set for readinessProbes");
		}
	}
}
