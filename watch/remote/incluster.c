/* The service account of the pod we run in, and a bare URL. See access.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"
#include "watch/remote/access.h"

#define ACCOUNT        "/var/run/secrets/kubernetes.io/serviceaccount/"
#define FILE_MAX_BYTES ((size_t)1 << 20)

void access_init(struct access *a)
{
	*a = (struct access){ .server = "" };
	arena_init(&a->arena, 0);
}

void access_deinit(struct access *a)
{
	arena_deinit(&a->arena);
}

/* From one place to the end of the file. */
static int read_all(struct arena *a, int fd, struct strv *out)
{
	struct stat st;
	if (fstat(fd, &st) != 0) {
		return uv_translate_sys_error(errno);
	}
	if (S_ISDIR(st.st_mode)) {
		return UV_EISDIR;
	}
	size_t cap = st.st_size > 0 ? (size_t)st.st_size + 1 : FILE_MAX_BYTES + 1; /* a pipe */
	char *p = cap <= FILE_MAX_BYTES + 1 ? arena_alloc(a, cap) : NULL;
	size_t n = 0;
	if (!p) {
		return cap > FILE_MAX_BYTES + 1 ? ERR_TOO_LARGE : ERR_NOMEM;
	}
	while (n < cap) {
		ssize_t got = read(fd, p + n, cap - n);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return uv_translate_sys_error(errno);
		}
		if (got == 0) {
			p[n] = '\0';
			*out = (struct strv){ p, n };
			return ERR_OK;
		}
		n += (size_t)got;
	}
	return ERR_TOO_LARGE; /* it grew, or is larger than allowed */
}

int access_read_file(struct arena *a, const char *path, struct strv *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return uv_translate_sys_error(errno);
	}
	int err = read_all(a, fd, out);
	(void)close(fd); /* was only read */
	return err;
}

int access_in_cluster(struct access *a, char why[ACCESS_WHY_CHARS])
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	if (!host || !port || !*host || !*port || access(ACCOUNT "token", R_OK) != 0) {
		(void)snprintf(why, ACCESS_WHY_CHARS,
			"not in a cluster (KUBERNETES_SERVICE_HOST and a service account are "
			"missing): give a kubeconfig or an endpoint");
		return ERR_NOT_FOUND;
	}
	bool v6 = strchr(host, ':') != NULL;
	struct strv url = arena_printf(
		&a->arena, "https://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
	if (!url.p) {
		return ERR_NOMEM;
	}
	a->server = url.p;
	a->token_file = ACCOUNT "token";
	if (access(ACCOUNT "ca.crt", R_OK) == 0) {
		a->tls.ca_file = ACCOUNT "ca.crt";
	}
	return ERR_OK;
}

static int copy_path(struct access *a, const char *path, const char **out)
{
	if (path && *path) {
		*out = arena_strdup(&a->arena, strv_of(path)).p;
		return *out ? ERR_OK : ERR_NOMEM;
	}
	return ERR_OK;
}

int access_endpoint(struct access *a, const struct access_endpoint *e, char why[ACCESS_WHY_CHARS])
{
	struct strv url = e->url ? strv_of(e->url) : STRV("http://127.0.0.1:8080");
	while (strv_has_suffix(url, STRV("/"))) {
		url.n--;
	}
	bool has_scheme = strv_has_prefix(url, STRV("http://")) ||
			  strv_has_prefix(url, STRV("https://"));
	if (url.n == 0 || (!has_scheme && memmem(url.p, url.n, "://", 3))) {
		(void)snprintf(why, ACCESS_WHY_CHARS, "server \"%.*s\" is not an http or https URL",
			(int)(url.n < 100 ? url.n : 100), url.p);
		return ERR_SYNTAX;
	}
	url = arena_printf(&a->arena, "%s%.*s", has_scheme ? "" : "http://", STRV_ARG(url));
	a->server = url.p;
	int err = url.p ? ERR_OK : ERR_NOMEM;
	err = err ? err : copy_path(a, e->cert, &a->tls.cert_file);
	err = err ? err : copy_path(a, e->key, &a->tls.key_file);
	return err ? err : copy_path(a, e->ca, &a->tls.ca_file);
}
