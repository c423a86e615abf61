/* The API server of a Corefile: see the header. */
#include "serve_remote.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* The stricter of what two blocks say; 0: it says nothing. */
static double stricter(double a, double b)
{
	return a > 0 && (b <= 0 || a < b) ? a : b;
}

static bool same_server(const struct remote_config *a, const struct remote_config *b)
{
	return same_text(a->kubeconfig, b->kubeconfig) && same_text(a->context, b->context) &&
	       same_text(a->endpoint, b->endpoint) && same_text(a->tls_cert, b->tls_cert) &&
	       same_text(a->tls_key, b->tls_key) && same_text(a->tls_ca, b->tls_ca);
}

static struct remote_config server_of(const struct corefile_kubernetes *k, const char *kubeconfig)
{
	if (kubeconfig) {
		return (struct remote_config){ .kubeconfig = kubeconfig };
	}
	return (struct remote_config){ .kubeconfig = k->kubeconfig,
		.context = k->context,
		.endpoint = k->kubeconfig ? NULL : k->endpoint,
		.tls_cert = k->tls_cert,
		.tls_key = k->tls_key,
		.tls_ca = k->tls_ca };
}

/* One API server feeds all blocks. *out_named: by whom it is named; NULL: there is none. */
NODISCARD static int choose_remote(const struct corefile *c, const char *kubeconfig,
	struct remote_config *out, const struct corefile_kubernetes **out_named)
{
	struct limit_config limit = { .qps = 0 };
	const struct corefile_kubernetes *named = NULL;
	for (size_t i = 0; i < c->n_blocks; i++) {
		const struct corefile_kubernetes *k = c->blocks[i].kubernetes;
		if (!k) {
			continue;
		}
		limit.qps = stricter(k->qps, limit.qps);
		limit.burst = (uint32_t)stricter(k->burst, limit.burst);
		limit.max_inflight = (uint32_t)stricter(k->max_inflight, limit.max_inflight);
		struct remote_config wanted = server_of(k, kubeconfig);
		if (named && !same_server(&wanted, out)) {
			fprintf(stderr,
				"error: %s:%u: more than one API server is not served yet\n",
				c->blocks[i].file, k->line);
			return ERR_UNSUPPORTED;
		}
		*out = wanted;
		named = k;
	}
	out->limit = limit;
	*out_named = named;
	return ERR_OK;
}

int serve_remote_open(const struct corefile *c, const char *kubeconfig, uv_loop_t *loop,
	struct clock *clock, struct remote **out)
{
	char why[REMOTE_WHY_CHARS];
	struct remote_config config = { .kubeconfig = NULL };
	const struct corefile_kubernetes *named = NULL;
	int err = choose_remote(c, kubeconfig, &config, &named);
	if (err || !named) {
		return err;
	}
	err = remote_open(loop, clock, &config, out, why);
	if (err && kubeconfig) {
		fprintf(stderr, "error: --kubeconfig: the API server cannot be watched: %s\n", why);
	} else if (err) {
		fprintf(stderr, "error: %s:%u: the API server cannot be watched: %s\n",
			named->access_file, named->access_line, why);
	}
	return err;
}
