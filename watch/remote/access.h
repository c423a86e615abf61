/* Where the API server is and who we are: read once at start, blocking, from a kubeconfig file, from the service
 * account of the pod we run in, or from a URL and files.
 * Source: clientcmd v1 Config; "Accessing the API from a Pod". Regime: owned; all text in its arena.
 * Called by: remote.c, credentials.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/http_client.h"

#define ACCESS_WHY_CHARS 256

struct access_exec {         /* users[].user.exec: a program that prints credentials */
	const char *command; /* NULL: none */
	char **args;         /* NULL at the end; args[0] is the command */
	char **env;          /* "NAME=value", NULL at the end: added to ours */
	const char *api_version;
	bool provide_cluster;
};

struct access {
	struct arena arena;
	const char *server; /* "https://10.96.0.1:443", without '/' at the end */
	struct http_tls tls;
	const char *proxy;      /* NULL: as the environment says */
	const char *token;      /* NULL: none */
	const char *token_file; /* NULL: none; wins over token; read again and again, it rotates */
	const char *user, *password; /* basic authentication, NULL: none */
	const char *impersonate;     /* users[].user.as, NULL: none */
	struct access_exec exec;
};

/* a is filled by one of these; access_deinit it also after a failure. why: one clause for people, with the place. */
void access_init(struct access *a);
void access_deinit(struct access *a);
/* context NULL: current-context. errors libuv's (file), ERR_SYNTAX, ERR_NOT_FOUND (context, cluster or user),
 * ERR_UNSUPPORTED, ERR_NOMEM */
NODISCARD int access_read_kubeconfig(
	struct access *a, const char *path, const char *context, char why[ACCESS_WHY_CHARS]);
/* The same from text; dir: what relative paths are relative to. For tests and fuzzing. */
NODISCARD int access_parse_kubeconfig(struct access *a, struct strv text, const char *dir,
	const char *context, char why[ACCESS_WHY_CHARS]);
/* KUBERNETES_SERVICE_HOST, _PORT and /var/run/secrets/kubernetes.io/serviceaccount. errors ERR_NOT_FOUND */
NODISCARD int access_in_cluster(struct access *a, char why[ACCESS_WHY_CHARS]);
struct access_endpoint {
	const char *url;             /* NULL: 127.0.0.1:8080, as kubectl */
	const char *cert, *key, *ca; /* files, may be NULL */
};
/* errors ERR_SYNTAX (URL), ERR_NOMEM */
NODISCARD int access_endpoint(
	struct access *a, const struct access_endpoint *e, char why[ACCESS_WHY_CHARS]);

/* A whole file, at most 1 MiB, in the arena. Blocking. errors libuv's, ERR_TOO_LARGE, ERR_NOMEM */
NODISCARD int access_read_file(struct arena *a, const char *path, struct strv *out);
