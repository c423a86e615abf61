/* A Corefile: server blocks, each with zones, ports and directives, as CoreDNS writes them.
 * Source: CoreDNS's manual (corefile, plugin READMEs), what its 1.15 accepts and refuses. Regime: one owned heap object
 * that holds its text; immutable once read. Pure: no file but through its source, no socket, no log. Called by: serve.c
 * at start.
 *
 * Glossary: server block = zones, then { directives }; zone = a name and all below it, written as a name or as a
 * network (CIDR, which stands for its reverse zones); directive = one word of a block with its arguments and options
 * (CoreDNS: plugin); option = one line inside a directive's braces; snippet = "(name) { ... }", put in place by
 * "import name"; imported file = one that "import PATTERN" puts in place; unserved = well-formed, understood, but nothing of ours does it yet: the caller has to refuse it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/kube/options.h"
#include "dns/stage/options.h"

#define COREFILE_MAX_BYTES 1048576
#define COREFILE_WHY_CHARS 256

struct corefile_words {
	const char *const *at;
	size_t n;
};

struct corefile_note {
	const char *file;
	unsigned line;
	const char *text;
	const struct corefile_note *next;
};

struct corefile_zone {
	const char *name; /* lower case, with the final dot */
	unsigned port;
};

/* kubernetes: what the schema needs is in options, the rest is about the API server and about what comes after. */
struct corefile_kubernetes {
	unsigned line;
	struct kube_options options; /* addresses stay NULL */
	struct corefile_words zones; /* the same zones as in options, one by one */
	const char *endpoint;        /* URL; NULL: not given */
	const char *tls_cert, *tls_key, *tls_ca;
	const char *kubeconfig, *context;
	const char *access_file; /* where what counts of these stands, else kubernetes itself */
	unsigned access_line;
	struct corefile_words multicluster; /* each is one of zones */
	int64_t startup_timeout_ms;
	double qps; /* 0: not given; so are the next two */
	uint32_t burst, max_inflight;
};
#define COREFILE_STARTUP_TIMEOUT_MS 5000

/* One bind line. */
struct corefile_bind {
	const char *file;
	unsigned line;
	struct corefile_words words, except; /* addresses or names of interfaces */
};

struct corefile_block {
	const char *file;
	unsigned line;
	const struct corefile_zone *zones; /* at least one */
	size_t n_zones;
	struct corefile_words bind; /* of all bind lines; none: all addresses */
	const struct corefile_bind *binds;
	size_t n_binds;
	bool debug;
	struct stage_options stages;                  /* of errors, log, loadbalance, transfer */
	const struct corefile_kubernetes *kubernetes; /* NULL: none */
};

/* A server block on one of its ports: what is to be opened. */
struct corefile_listener {
	const struct corefile_block *block;
	unsigned port;
	const char *zones; /* of the block on this port, blank-separated */
};

struct corefile {
	const char *file;
	const struct corefile_block *blocks; /* at least one */
	size_t n_blocks;
	const struct corefile_listener *listeners;
	size_t n_listeners;
	const struct corefile_note *unserved; /* in order of their lines; NULL: all is served */
	const struct corefile_note *warnings; /* accepted as CoreDNS does, but worth saying */
};

/* One imported file. errors as corefile_parse */
typedef int (*corefile_take_fn)(void *ctx, const char *path, struct strv text);

struct corefile_source {
	const char *file;      /* as messages name it */
	unsigned default_port; /* of zones that name none */
	/* Value of an environment variable, NULL if it is unset; NULL: there are none. */
	const char *(*env)(void *ctx, const char *name);
	/* Hands the files that pattern names, relative to the folder of the file `from`, to take in their order, and stops when
	 * it fails. NULL: no files are imported. errors those of take; ERR_NOT_FOUND (there is none), others: why is filled */
	int (*files)(void *ctx, const char *pattern, const char *from, corefile_take_fn take,
		void *take_ctx, char why[COREFILE_WHY_CHARS]);
	void *ctx;
};

struct corefile_report {
	char text[512]; /* "FILE:LINE: directive: reason" */
};

/* Reads the whole file.
 * errors ERR_SYNTAX and ERR_TOO_LARGE, report filled; ERR_NOMEM */
NODISCARD int corefile_parse(struct strv text, const struct corefile_source *source,
	struct corefile **out, struct corefile_report *report);
/* Accepts NULL. */
void corefile_free(struct corefile *c);
