/* How long a cold start against a real kube-apiserver takes, and what it costs: lists Namespaces, Services and
 * EndpointSlices, prints the time until all are told, CPU time and memory, then, with a third argument, every event for
 * so many seconds. Usage: remote_sync KUBECONFIG|URL [CONTEXT] [SECONDS]. Beside it: curl of the same LISTs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "watch/object/typed.h"
#include "watch/remote/remote.h"

#define KINDS (KIND_BIT(KIND_NAMESPACE) | KIND_BIT(KIND_SERVICE) | KIND_BIT(KIND_ENDPOINTSLICE))

struct bench {
	uv_loop_t loop;
	uv_timer_t end;
	struct clock *clock;
	struct remote *remote;
	struct watch_sub *sub;
	uint64_t begun_ns;
	kind_set synced;
	size_t objects, endpoints;
	long seconds;
};

static void stop(struct bench *b)
{
	watch_unsubscribe(remote_api(b->remote), b->sub);
	b->sub = NULL;
	remote_close(b->remote, NULL, NULL);
	clock_close(b->clock, NULL, NULL);
	uv_close((uv_handle_t *)&b->end, NULL);
}

static void on_end(uv_timer_t *t)
{
	stop(container_of(t, struct bench, end));
}

static void print_event(const struct bench *b, const struct watch_event *e)
{
	static const char *const names[] = { "ADDED", "MODIFIED", "DELETED", "SYNCED", "REFUSED" };
	struct strv ns = e->obj ? e->obj->meta.ns : STRV("");
	struct strv name = e->obj ? e->obj->meta.name : STRV("");
	struct watch_freshness fresh;
	watch_freshness(remote_api(b->remote), &fresh);
	printf("%8.3f %s %s %.*s/%.*s age %lld\n", (double)(uv_hrtime() - b->begun_ns) / 1e9,
		names[e->type], kind_row(e->kind)->name, STRV_ARG(ns), STRV_ARG(name),
		(long long)fresh.age_ms);
	fflush(stdout);
}

static void print_sync(const struct bench *b)
{
	struct rusage u;
	(void)getrusage(RUSAGE_SELF, &u); /* cannot fail for ourselves */
	printf("synced seconds=%.3f user=%.3f sys=%.3f rss_mib=%.1f objects=%zu endpoints=%zu\n",
		(double)(uv_hrtime() - b->begun_ns) / 1e9,
		(double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6,
		(double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6,
		(double)u.ru_maxrss / 1024, b->objects, b->endpoints);
	fflush(stdout);
}

static void on_event(void *ctx, const struct watch_event *e)
{
	struct bench *b = ctx;
	bool live = b->synced == KINDS;
	if (e->type == WATCH_SYNCED) {
		b->synced |= KIND_BIT(e->kind);
		if (b->synced == KINDS) {
			print_sync(b);
			(void)uv_timer_start(
				&b->end, on_end, (uint64_t)b->seconds * 1000, 0); /* open */
		}
	} else if (e->kind == KIND_ENDPOINTSLICE && e->type == WATCH_ADDED) {
		b->endpoints += e->obj->as.endpointslice->n_endpoints;
	}
	b->objects += e->type == WATCH_ADDED;
	if (live || !e->obj) {
		print_event(b, e);
	}
}

int main(int argc, char **argv)
{
	static struct bench b;
	char why[REMOTE_WHY_CHARS];
	bool is_url = argc > 1 && strncmp(argv[1], "http", 4) == 0;
	struct remote_config config = { .kubeconfig = argc > 1 && !is_url ? argv[1] : NULL,
		.endpoint = is_url ? argv[1] : NULL,
		.context = argc > 2 ? argv[2] : NULL };
	b.seconds = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
	if (uv_loop_init(&b.loop) != 0 || clock_open(&b.loop, &b.clock) != ERR_OK) {
		return 1;
	}
	(void)uv_timer_init(&b.loop, &b.end); /* cannot fail */
	b.begun_ns = uv_hrtime();
	if (remote_open(&b.loop, b.clock, &config, &b.remote, why) != ERR_OK) {
		fprintf(stderr, "error: %s\n", why);
		return 1;
	}
	const struct watch_interest w = {
		.kinds = KINDS, .fn = on_event, .ctx = &b, .tell_refused = true
	};
	if (watch_subscribe(remote_api(b.remote), &w, &b.sub) != ERR_OK) {
		return 1;
	}
	(void)uv_run(&b.loop, UV_RUN_DEFAULT);
	return uv_loop_close(&b.loop) == 0 ? 0 : 1;
}
