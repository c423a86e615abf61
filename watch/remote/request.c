/* Requests as the Kubernetes API wants them: paths, headers, what a failure says.
 * Source: API concepts, "Resource URIs"; metav1.Status. Regime: the caller's arena. */
#include "base/err.h"
#include "watch/object/protobuf.h"
#include "watch/remote/remote_internal.h"

#define HEADERS_MAX   6
#define FAILURE_CHARS 200

struct strv request_url(struct arena *a, const struct remote *r, enum kind kind, struct strv ns,
	struct strv name, const char *subresource, struct strv query)
{
	const struct kind_row *row = kind_row(kind);
	struct buf b;
	buf_init(&b);
	buf_printf(&b, "%s/%s/%s", r->access.server, *row->group ? "apis" : "api", row->group);
	buf_printf(&b, "%s%s", *row->group ? "/" : "", row->version);
	if (row->namespaced && ns.n > 0) {
		buf_add(&b, STRV("/namespaces/"));
		http_url_add(&b, ns);
	}
	buf_printf(&b, "/%s", row->plural);
	if (name.n > 0) {
		buf_add_char(&b, '/');
		http_url_add(&b, name);
	}
	if (subresource && *subresource) {
		buf_printf(&b, "/%s", subresource);
	}
	if (query.n > 0) {
		buf_add_char(&b, '?');
		buf_add(&b, query);
	}
	struct strv url = b.err == ERR_OK ? arena_strdup(a, buf_strv(&b)) : STRV_NONE;
	buf_deinit(&b);
	return url;
}

const char *const *request_headers(
	struct arena *a, const struct remote *r, bool protobuf, const char *content_type)
{
	const char **out = arena_array(a, const char *, HEADERS_MAX);
	const char *token = credentials_token(r->credentials);
	size_t n = 0;
	if (!out) {
		return NULL;
	}
	out[n++] = protobuf ? "Accept: " SOURCE_PROTOBUF ",application/json"
			    : "Accept: application/json";
	out[n++] = "User-Agent: ordinal/" ORDINAL_VERSION;
	if (token) {
		out[n++] = arena_printf(a, "Authorization: Bearer %s", token).p;
	}
	if (content_type) {
		out[n++] = arena_printf(a, "Content-Type: %s", content_type).p;
	}
	if (r->access.impersonate) {
		out[n++] = arena_printf(a, "Impersonate-User: %s", r->access.impersonate).p;
	}
	for (size_t i = 0; i < n; i++) {
		if (!out[i]) {
			return NULL;
		}
	}
	return out;
}

void request_identify(const struct remote *r, struct http_call_config *config)
{
	config->tls = credentials_tls(r->credentials);
	config->proxy = r->access.proxy;
	if (!credentials_token(r->credentials)) {
		config->user = r->access.user;
		config->password = r->access.password;
	}
}

bool request_is_protobuf(const struct http_head *head)
{
	return strv_has_prefix(strv_of(head->content_type), STRV(SOURCE_PROTOBUF));
}

/* Whichever it is written in. */
static bool read_status(struct arena *a, struct strv body, struct source_status *out)
{
	struct source s = { .tree = NULL };
	if (protobuf_open(a, body, &s.message) != ERR_OK &&
		(json_parse(a, body, &s.tree, NULL) != ERR_OK ||
			!strv_eq(json_str(json_get(s.tree, "kind")), STRV("Status")))) {
		return false;
	}
	*out = source_status(a, &s);
	return true;
}

struct strv request_failure(struct arena *a, struct strv body, struct strv *out_reason)
{
	struct source_status status;
	*out_reason = STRV("");
	if (body.n > 0 && read_status(a, body, &status)) {
		*out_reason = status.reason.p ? status.reason : STRV("");
		return status.message.p ? status.message : STRV("");
	}
	char text[FAILURE_CHARS];
	size_t n = 0;
	for (; n < body.n && n < sizeof(text); n++) {
		text[n] = (char)(body.p[n] < ' ' || body.p[n] > '~' ? ' ' : body.p[n]);
	}
	struct strv copy = arena_strdup(a, strv_trim((struct strv){ text, n }));
	return copy.p ? copy : STRV("");
}
