/* Watch streams over a socket: the test is the client, and turns the loop while it waits. */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "test/unit/base/quoted.h"
#include "watch/embedded/server.h"

#define PATIENCE_NS 60000000000u /* only a test that fails waits so long */
#define WATCHERS    200
#define CHANGES     50

struct world {
	uv_loop_t loop;
	struct clock *clock;
	struct embedded e;
	struct arena a;
};

static unsigned write_one(
	struct world *w, enum write_verb verb, enum kind kind, const char *name, const char *body)
{
	struct write_result out;
	struct write_request r = { .verb = verb,
		.kind = kind,
		.ns = kind == KIND_NAMESPACE ? STRV("") : STRV("default"),
		.name = strv_of(name),
		.body = quoted_json(&w->a, body),
		.trusted = true };
	write_run(&w->e, &w->a, &r, &out);
	object_unref(out.obj);
	arena_reset(&w->a);
	return status_failed(&out.status) ? out.status.code : out.code;
}

static void create(struct world *w, const char *name, const char *labels)
{
	char body[256];
	(void)snprintf(
		body, sizeof(body), "{'metadata':{'name':'%s','labels':{%s}}}", name, labels);
	assert_int_equal(write_one(w, WRITE_CREATE, KIND_CONFIGMAP, "", body), 201);
}

static void patch(struct world *w, const char *name, const char *body)
{
	assert_int_equal(write_one(w, WRITE_PATCH_MERGE, KIND_CONFIGMAP, name, body), 200);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct store_limits limits = { .history_events = 64 };
	assert_non_null(w);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open(&w->loop, &w->clock), ERR_OK);
	assert_int_equal(
		embedded_core_open(&w->e, &w->loop, w->clock, "10.96.0.0/16", &limits), ERR_OK);
	const struct http_config http = {
		.host = "127.0.0.1", .handler = server_handle, .ctx = &w->e
	};
	assert_int_equal(http_server_open(&w->loop, &http, &w->e.http), ERR_OK);
	w->e.live = 1; /* the test's own: the struct is not on the heap */
	arena_init(&w->a, 0);
	*state = w;
	assert_int_equal(
		write_one(w, WRITE_CREATE, KIND_NAMESPACE, "", "{'metadata':{'name':'default'}}"),
		201);
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	http_server_close(w->e.http, NULL, NULL);
	for (int i = 0; i < 1000 && w->e.live > 1; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(w->e.live, 1);
	clock_close(w->clock, NULL, NULL);
	embedded_core_close(&w->e);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	arena_deinit(&w->a);
	free(w);
	return 0;
}

static int ask(struct world *w, const char *query, const char *accept)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_server_port(w->e.http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char text[512];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	int n = snprintf(text, sizeof(text),
		"GET /api/v1/namespaces/default/configmaps?watch=1%s HTTP/1.1\r\nHost: h\r\n"
		"Accept: %s\r\n\r\n",
		query, accept);
	assert_int_equal(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
	return fd;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what)) {
		n++;
	}
	return n;
}

/* Turns the loop until needle was seen times over; at most for a minute. Returns what came. */
static const char *hear(struct world *w, int fd, const char *needle, size_t times)
{
	static char text[1 << 20];
	size_t n = 0;
	uint64_t end = uv_hrtime() + PATIENCE_NS;
	text[0] = '\0';
	while (uv_hrtime() < end && n < sizeof(text) - 1) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
		ssize_t got = recv(fd, text + n, sizeof(text) - 1 - n, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN)) {
			return text;
		}
		n += got > 0 ? (size_t)got : 0;
		text[n] = '\0';
		if (got > 0 && count(text, needle) >= times) {
			return text;
		}
	}
	return text;
}

static void a_watch_from_a_revision_sees_what_comes_after(void **state)
{
	struct world *w = *state;
	char query[64];
	create(w, "old", "");
	(void)snprintf(query, sizeof(query), "&resourceVersion=%llu",
		(unsigned long long)store_revision(w->e.store));
	int fd = ask(w, query, "*/*");
	(void)hear(w, fd, "\r\n\r\n", 1);
	create(w, "new", "");
	patch(w, "new", "{'data':{'a':'b'}}");
	assert_int_equal(write_one(w, WRITE_DELETE, KIND_CONFIGMAP, "new", "{}"), 200);
	const char *text = hear(w, fd, "\"type\":", 3);
	assert_null(strstr(text, "\"old\""));
	const char *added = strstr(text, "{\"type\":\"ADDED\",\"object\":{");
	const char *changed = strstr(text, "{\"type\":\"MODIFIED\",\"object\":{");
	const char *deleted = strstr(text, "{\"type\":\"DELETED\",\"object\":{");
	assert_true(added != NULL && changed > added && deleted > changed);
	(void)snprintf(query, sizeof(query), "\"resourceVersion\":\"%llu\"",
		(unsigned long long)store_revision(w->e.store));
	assert_non_null(strstr(deleted, query)); /* the revision of the removal */
	close(fd);
}

static void a_watch_from_nothing_begins_with_what_exists(void **state)
{
	struct world *w = *state;
	create(w, "one", "");
	create(w, "two", "");
	int fd = ask(w, "", "*/*");
	const char *text = hear(w, fd, "\"ADDED\"", 2);
	assert_int_equal(count(text, "\"ADDED\""), 2);
	patch(w, "one", "{'data':{'a':'b'}}");
	assert_int_equal(count(hear(w, fd, "\"MODIFIED\"", 1), "\"MODIFIED\""), 1);
	close(fd);
}

static void sent_initial_events_end_in_a_bookmark(void **state)
{
	struct world *w = *state;
	create(w, "one", "");
	int fd = ask(w,
		"&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
		"&allowWatchBookmarks=true",
		"*/*");
	const char *text = hear(w, fd, "initial-events-end", 1);
	const char *mark = strstr(text, "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\","
					"\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":");
	assert_non_null(mark);
	assert_true(strstr(text, "\"ADDED\"") < mark);
	assert_non_null(strstr(mark, "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"));
	close(fd);
}

static void an_object_that_starts_or_stops_matching_is_added_or_deleted(void **state)
{
	struct world *w = *state;
	create(w, "x", "'a':'no'");
	int fd = ask(w, "&labelSelector=a%3Dyes", "*/*");
	(void)hear(w, fd, "\r\n\r\n", 1);
	patch(w, "x", "{'metadata':{'labels':{'a':'yes'}}}");
	assert_non_null(strstr(hear(w, fd, "\"type\"", 1), "{\"type\":\"ADDED\""));
	patch(w, "x", "{'metadata':{'labels':{'a':'no'}},'data':{'k':'late'}}");
	const char *text = hear(w, fd, "\"type\"", 1);
	char version[64];
	(void)snprintf(version, sizeof(version), "\"resourceVersion\":\"%llu\"",
		(unsigned long long)store_revision(w->e.store));
	assert_non_null(strstr(text, "{\"type\":\"DELETED\""));
	assert_non_null(strstr(text, "\"a\":\"yes\"")); /* as it last matched */
	assert_null(strstr(text, "late"));
	assert_non_null(strstr(text, version)); /* under the new revision */
	close(fd);
}

static void a_table_watch_sends_its_columns_once(void **state)
{
	struct world *w = *state;
	int fd = ask(w, "", "application/json;as=Table;v=v1;g=meta.k8s.io");
	(void)hear(w, fd, "\r\n\r\n", 1);
	create(w, "one", "");
	create(w, "two", "");
	const char *text = hear(w, fd, "\"type\":\"ADDED\"", 2);
	assert_int_equal(count(text, "\"kind\":\"Table\""), 2);
	assert_int_equal(count(text, "\"columnDefinitions\":[{"), 1);
	assert_int_equal(count(text, "\"columnDefinitions\":null"), 1);
	close(fd);
}

static void time_out_ends_the_stream_cleanly(void **state)
{
	struct world *w = *state;
	int fd = ask(w, "&timeoutSeconds=1", "*/*");
	const char *text = hear(w, fd, "\r\n0\r\n\r\n", 1);
	assert_non_null(strstr(text, "\r\n0\r\n\r\n"));
	close(fd);
}

static void a_revision_that_has_left_the_history_is_gone(void **state)
{
	struct world *w = *state;
	create(w, "x", "");
	for (int i = 0; i < 200; i++) {
		char body[64];
		(void)snprintf(body, sizeof(body), "{'data':{'a':'%d'}}", i);
		patch(w, "x", body);
	}
	int fd = ask(w, "&resourceVersion=2", "*/*");
	const char *text = hear(w, fd, "\r\n0\r\n\r\n", 1);
	assert_non_null(strstr(text, "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\""));
	assert_non_null(strstr(text, "\"reason\":\"Expired\""));
	assert_non_null(strstr(text, "\"code\":410"));
	close(fd);
}

static void a_slow_watcher_is_ended_and_nobody_waits_for_it(void **state)
{
	struct world *w = *state;
	static char body[70000];
	int fd = ask(w, "", "*/*");
	(void)hear(w, fd, "\r\n\r\n", 1);
	create(w, "x", "");
	memset(body, 'x', sizeof(body));
	for (int i = 0; i < 400; i++) { /* more than the socket and the history hold together */
		int n = snprintf(body, sizeof(body), "{'data':{'n':'%d','a':'", i);
		body[n] = 'x';
		memcpy(body + sizeof(body) - 5, "'}}", 4);
		patch(w, "x", body);
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	uint64_t end = uv_hrtime() + PATIENCE_NS;
	static char text[1 << 16];
	bool gone = false, more = true;
	while (more && !gone && uv_hrtime() < end) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
		ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
		text[n > 0 ? n : 0] = '\0';
		gone = strstr(text, "{\"type\":\"ERROR\"") != NULL;
		more = n > 0 || (n < 0 && errno == EAGAIN);
	}
	assert_true(gone);
	close(fd);
}

static void bad_wishes_are_answered_by_a_status(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *why, *query, *code;
	} rows[] = {
		{ "initial events without the match", "&sendInitialEvents=true", " 422 " },
		{ "a match without initial events",
			"&resourceVersion=1&resourceVersionMatch=NotOlderThan", " 422 " },
		{ "a revision that is no number", "&resourceVersion=x", " 500 " },
		{ "a revision from the future", "&resourceVersion=999999", " 504 " },
		{ "a bad label selector", "&labelSelector=a%3D%3D%3Db", " 400 " },
		{ "an unknown field", "&fieldSelector=x%3Dy", " 400 " },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int fd = ask(w, rows[i].query, "*/*");
		const char *text = hear(w, fd, "\"Failure\"", 1);
		if (strstr(text, rows[i].code) == NULL) {
			fail_msg("%s: %s", rows[i].why, text);
		}
		close(fd);
	}
}

static void many_watchers_get_every_change(void **state)
{
	struct world *w = *state;
	static int fds[WATCHERS];
	static size_t seen[WATCHERS];
	memset(seen, 0, sizeof(seen));
	create(w, "x", "");
	for (int i = 0; i < WATCHERS; i++) {
		fds[i] = ask(w, "", "*/*");
		assert_int_equal(count(hear(w, fds[i], "\"ADDED\"", 1), "\"ADDED\""), 1);
	}
	for (int i = 0; i < CHANGES; i++) {
		char body[64];
		(void)snprintf(body, sizeof(body), "{'data':{'a':'%d'}}", i);
		patch(w, "x", body);
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	for (int i = 0; i < WATCHERS; i++) {
		assert_int_equal(
			count(hear(w, fds[i], "\"MODIFIED\"", CHANGES), "\"MODIFIED\""), CHANGES);
		close(fds[i]);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_watch_from_a_revision_sees_what_comes_after),
		T(a_watch_from_nothing_begins_with_what_exists),
		T(sent_initial_events_end_in_a_bookmark),
		T(an_object_that_starts_or_stops_matching_is_added_or_deleted),
		T(a_table_watch_sends_its_columns_once),
		T(time_out_ends_the_stream_cleanly),
		T(a_revision_that_has_left_the_history_is_gone),
		T(a_slow_watcher_is_ended_and_nobody_waits_for_it),
		T(bad_wishes_are_answered_by_a_status),
		T(many_watchers_get_every_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
