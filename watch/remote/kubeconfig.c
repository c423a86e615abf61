/* Kubeconfig files, clientcmd's v1 Config: the context chosen, its cluster and its user. See access.h.
 * Relative paths are relative to the file's folder, as there. Data wins over files, as there. */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/yaml.h"
#include "watch/remote/access.h"

struct reader {
	struct access *a;
	const char *dir;
	char *why;
	int err; /* the first failure */
};

PRINTF_LIKE(3, 4) static void fail(struct reader *r, int err, const char *fmt, ...)
{
	if (r->err != ERR_OK) {
		return;
	}
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(r->why, ACCESS_WHY_CHARS, fmt, ap); /* a cut reason will do */
	va_end(ap);
	r->err = err;
}

static void fail_memory(struct reader *r)
{
	fail(r, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
}

/* A string member; NULL if absent or empty. */
static const char *text(struct reader *r, const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);
	if (!v || json_is_null(v)) {
		return NULL;
	}
	if (!json_is_string(v)) {
		fail(r, ERR_SYNTAX, "%s is not text", key);
		return NULL;
	}
	const char *s = json_cstr(v);
	return *s ? s : NULL;
}

static const char *path(struct reader *r, const struct json *o, const char *key)
{
	const char *s = text(r, o, key);
	if (!s || *s == '/') {
		return s;
	}
	s = arena_printf(&r->a->arena, "%s/%s", r->dir, s).p;
	if (!s) {
		fail_memory(r);
	}
	return s;
}

static struct strv data(struct reader *r, const struct json *o, const char *key)
{
	struct strv out = STRV_NONE;
	const char *s = text(r, o, key);
	if (s) {
		int err = base64_decode(&r->a->arena, strv_of(s), &out);
		if (err != ERR_OK) {
			fail(r, err, "%s is not base64", key);
		}
	}
	return out;
}

/* The element of this name, and its member: contexts[name=x].context */
static const struct json *named(struct reader *r, const struct json *root, const char *list,
	const char *name, const char *member)
{
	const struct json *all = json_get(root, list);
	json_each(e, json_is_array(all) ? all : NULL) {
		const struct json *v = json_get(e, member);
		if (strv_eq(json_str(json_get(e, "name")), strv_of(name)) && json_is_object(v)) {
			return v;
		}
	}
	fail(r, ERR_NOT_FOUND, "%s \"%.100s\" is not in its %s", member, name, list);
	return NULL;
}

static void read_cluster(struct reader *r, const struct json *o)
{
	struct http_tls *tls = &r->a->tls;
	struct access_endpoint e = { .url = text(r, o, "server") };
	if (r->err == ERR_OK) {
		r->err = access_endpoint(r->a, &e, r->why);
	}
	tls->ca_pem = data(r, o, "certificate-authority-data");
	tls->ca_file = path(r, o, "certificate-authority");
	tls->insecure = json_bool(json_get(o, "insecure-skip-tls-verify"), false);
	r->a->proxy = text(r, o, "proxy-url");
	if (text(r, o, "tls-server-name")) {
		fail(r, ERR_UNSUPPORTED, "tls-server-name is not supported");
	}
	if (tls->insecure && (tls->ca_pem.n > 0 || tls->ca_file)) {
		fail(r, ERR_SYNTAX,
			"insecure-skip-tls-verify and a certificate authority exclude each other");
	}
}

static char **texts(struct reader *r, const struct json *list, const char *first)
{
	size_t n = json_count(json_is_array(list) ? list : NULL);
	char **out = arena_array(&r->a->arena, char *, n + 2);
	size_t used = 0;
	if (!out) {
		fail_memory(r);
		return NULL;
	}
	if (first) {
		out[used++] = (char *)(uintptr_t)first; /* exec wants it so, and only reads */
	}
	json_each(e, json_is_array(list) ? list : NULL) {
		const char *s = json_cstr(e);
		if (!s) {
			fail(r, ERR_SYNTAX, "exec.args holds something that is not text");
			return NULL;
		}
		out[used++] = (char *)(uintptr_t)s;
	}
	return out;
}

static char **pairs(struct reader *r, const struct json *list)
{
	size_t n = json_count(json_is_array(list) ? list : NULL);
	char **out = arena_array(&r->a->arena, char *, n + 1);
	size_t used = 0;
	json_each(e, out && json_is_array(list) ? list : NULL) {
		const char *name = text(r, e, "name");
		const char *value = text(r, e, "value");
		struct strv s = arena_printf(
			&r->a->arena, "%s=%s", name ? name : "", value ? value : "");
		if (!name || !s.p) {
			fail(r, name ? ERR_NOMEM : ERR_SYNTAX,
				"exec.env holds an entry without name");
			return NULL;
		}
		out[used++] = (char *)(uintptr_t)s.p;
	}
	if (!out) {
		fail_memory(r);
	}
	return out;
}

static void read_exec(struct reader *r, const struct json *o)
{
	struct access_exec *e = &r->a->exec;
	if (!json_is_object(o)) {
		return;
	}
	const char *command = text(r, o, "command");
	const char *version = text(r, o, "apiVersion");
	if (!command || !version) {
		fail(r, ERR_SYNTAX, "exec has no command or no apiVersion");
		return;
	}
	if (strcmp(version, "client.authentication.k8s.io/v1") != 0 &&
		strcmp(version, "client.authentication.k8s.io/v1beta1") != 0) {
		fail(r, ERR_UNSUPPORTED, "exec.apiVersion \"%.100s\" is not supported", version);
		return;
	}
	if (strcmp(json_is_string(json_get(o, "interactiveMode"))
			    ? json_cstr(json_get(o, "interactiveMode"))
			    : "",
		    "Always") == 0) {
		fail(r, ERR_UNSUPPORTED, "exec wants a terminal (interactiveMode Always)");
		return;
	}
	e->command = strchr(command, '/') ? path(r, o, "command") : command;
	e->args = texts(r, json_get(o, "args"), e->command);
	e->env = pairs(r, json_get(o, "env"));
	e->api_version = version;
	e->provide_cluster = json_bool(json_get(o, "provideClusterInfo"), false);
}

static void read_user(struct reader *r, const struct json *o)
{
	struct access *a = r->a;
	a->tls.cert_pem = data(r, o, "client-certificate-data");
	a->tls.cert_file = path(r, o, "client-certificate");
	a->tls.key_pem = data(r, o, "client-key-data");
	a->tls.key_file = path(r, o, "client-key");
	a->token = text(r, o, "token");
	a->token_file = path(r, o, "tokenFile");
	a->user = text(r, o, "username");
	a->password = text(r, o, "password");
	a->impersonate = text(r, o, "as");
	read_exec(r, json_get(o, "exec"));
	bool has_cert = a->tls.cert_pem.n > 0 || a->tls.cert_file;
	bool has_key = a->tls.key_pem.n > 0 || a->tls.key_file;
	if (has_cert != has_key) {
		fail(r, ERR_SYNTAX, "a client %s is given without its %s",
			has_cert ? "certificate" : "key", has_cert ? "key" : "certificate");
	}
	if (json_get(o, "auth-provider")) {
		fail(r, ERR_UNSUPPORTED, "auth-provider is no longer supported: use exec");
	}
}

static void read_config(struct reader *r, const struct json *root, const char *context)
{
	const char *name = context && *context ? context : text(r, root, "current-context");
	if (!name) {
		fail(r, ERR_NOT_FOUND, "no context was given, and there is no current-context");
		return;
	}
	const struct json *c = named(r, root, "contexts", name, "context");
	const char *cluster = c ? text(r, c, "cluster") : NULL;
	const char *user = c ? text(r, c, "user") : NULL;
	const struct json *o = c ? named(r, root, "clusters", cluster ? cluster : "", "cluster")
				 : NULL;
	if (!o) {
		return;
	}
	read_cluster(r, o);
	if (user) {
		const struct json *all = json_get(root, "users");
		const struct json *first = json_first(all);
		/* "user: {}" may be written as null */
		bool bare = json_count(all) == 1 && json_is_null(json_get(first, "user"));
		o = bare ? NULL : named(r, root, "users", user, "user");
		if (o) {
			read_user(r, o);
		}
	}
}

int access_parse_kubeconfig(struct access *a, struct strv text_, const char *dir,
	const char *context, char why[ACCESS_WHY_CHARS])
{
	struct reader r = { .a = a, .why = why, .dir = arena_strdup(&a->arena, strv_of(dir)).p };
	struct yaml_stream *y = NULL;
	struct yaml_report report = { .line = 0 };
	struct json *root = NULL;
	*why = '\0';
	int err = r.dir ? yaml_open(text_, &y) : ERR_NOMEM;
	if (err == ERR_OK) {
		err = yaml_next(y, &a->arena, &root, &report);
	}
	yaml_close(y);
	if (err != ERR_OK) {
		fail(&r, err, "line %zu: %s", report.line,
			err == ERR_NOMEM ? err_text(err) : report.why);
	} else if (!json_is_object(root)) {
		fail(&r, ERR_SYNTAX, "is not a kubeconfig");
	} else {
		read_config(&r, root, context);
	}
	return r.err;
}

int access_read_kubeconfig(
	struct access *a, const char *path_, const char *context, char why[ACCESS_WHY_CHARS])
{
	char copy[PATH_MAX];
	struct strv bytes;
	int n = snprintf(copy, sizeof(copy), "%s", path_);
	int err = n > 0 && (size_t)n < sizeof(copy) ? ERR_OK : UV_ENAMETOOLONG;
	err = err ? err : access_read_file(&a->arena, path_, &bytes);
	if (err != ERR_OK) {
		(void)snprintf(why, ACCESS_WHY_CHARS, "%s", err_text(err)); /* fits */
		return err;
	}
	return access_parse_kubeconfig(a, bytes, dirname(copy), context, why);
}
