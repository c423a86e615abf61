/* Reflectors against a server that misbehaves: whatever it does, in the end the picture is the true one, and nothing was
 * absent meanwhile that was there. */
#include "fake_server.h"
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "watch/remote/remote.h"

#define PATIENCE_MS 60000 /* ends a hang */

struct world {
	uv_loop_t loop;
	struct clock *clock;
	struct fake_server fake;
	struct remote *remote;
	struct watch_sub *sub;
	struct picture seen, more;
	enum kind kind;
	bool protobuf;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	log_setup(LOG_TEXT, -1);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open(&w->loop, &w->clock), ERR_OK);
	w->kind = KIND_CONFIGMAP; /* is always read from JSON */
	*state = w;
	return 0;
}

static int set_up_protobuf(void **state)
{
	(void)set_up(state); /* 0 */
	struct world *w = *state;
	w->kind = KIND_NAMESPACE;
	w->protobuf = true;
	return 0;
}

static void begin_with(struct world *w, const struct fake_fault *faults, size_t n,
	const struct remote_config *settings)
{
	struct remote_config config = *settings;
	char url[64];
	char why[REMOTE_WHY_CHARS];
	fake_open(&w->fake, &w->loop);
	w->fake.protobuf = w->protobuf;
	memset(&w->seen, 0, sizeof(w->seen));
	memset(&w->more, 0, sizeof(w->more));
	for (size_t i = 0; i < n; i++) {
		w->fake.faults[i] = faults[i];
	}
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", w->fake.port);
	config.endpoint = url;
	assert_int_equal(remote_open(&w->loop, w->clock, &config, &w->remote, why), ERR_OK);
	const struct watch_interest i = { .kinds = KIND_BIT(w->kind),
		.fn = picture_event,
		.ctx = &w->seen,
		.tell_refused = true };
	assert_int_equal(watch_subscribe(remote_api(w->remote), &i, &w->sub), ERR_OK);
}

static void begin(struct world *w, const struct fake_fault *faults, size_t n)
{
	const struct remote_config config = {
		.retry_first_ms = 1, .retry_last_ms = 4, .refused_retry_ms = 20
	};
	begin_with(w, faults, n, &config);
}

static void end(struct world *w)
{
	watch_unsubscribe(remote_api(w->remote), w->sub);
	remote_close(w->remote, NULL, NULL);
	for (int i = 0; i < 5; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	fake_close(&w->fake);
	for (int i = 0; i < 5; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
}

static int tear_down(void **state)
{
	struct world *w = *state;
	clock_close(w->clock, NULL, NULL);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	free(w);
	return 0;
}

static bool has(const struct world *w, const char *name, uint64_t version)
{
	const struct picture_entry *e = picture_get(&w->seen, w->kind, name);
	return e && e->version == version;
}

static struct watch_freshness freshness(const struct world *w)
{
	struct watch_freshness f;
	watch_freshness(remote_api(w->remote), &f);
	return f;
}

static bool is_true(const struct world *w)
{
	return w->seen.n == 3 && has(w, "default/a", 11) && has(w, "default/c", 7) &&
	       has(w, "default/d", 15) && w->seen.synced && freshness(w).in_step;
}

static void wait_until(struct world *w, bool (*is_so)(const struct world *w), const char *what)
{
	uint64_t limit = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
	while (!is_so(w)) {
		if (uv_hrtime() > limit) {
			fail_msg("%s: does not come true, %zu objects, %u requests, last %.60s",
				what, w->seen.n, w->fake.requests, w->fake.last);
		}
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	}
}

static struct remote_kind stream(const struct world *w)
{
	struct remote_kind k;
	assert_true(remote_kind(w->remote, w->kind, &k));
	return k;
}

static void a_list_and_a_watch_give_the_picture(void **state)
{
	struct world *w = *state;
	begin(w, NULL, 0);
	wait_until(w, is_true, "plain");
	assert_int_equal(w->fake.requests, 2);
	assert_string_equal(w->fake.lists_seen, "0 ");
	assert_non_null(strstr(w->fake.last, "allowWatchBookmarks=true"));
	assert_int_equal(w->seen.deleted, 1);
	assert_int_equal(stream(w).bad, 0);
	end(w);
}

static void a_list_cut_at_any_byte_is_asked_for_again(void **state)
{
	struct world *w = *state;
	begin(w, NULL, 0);
	wait_until(w, is_true, "plain");
	end(w);
	size_t whole = w->fake.list_bytes;
	for (size_t cut = 0; cut <= whole; cut++) {
		const struct fake_fault faults[] = { { FAKE_CUT, cut, NULL } };
		begin(w, faults, 1);
		wait_until(w, is_true, "list cut");
		assert_int_equal(stream(w).bad, 0);
		end(w);
	}
}

static void a_watch_cut_at_any_byte_resumes_where_it_was(void **state)
{
	struct world *w = *state;
	begin(w, NULL, 0);
	wait_until(w, is_true, "plain");
	end(w);
	size_t whole = w->fake.watch_bytes;
	for (size_t cut = 0; cut <= whole; cut++) {
		const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL },
			{ FAKE_CUT, cut, NULL } };
		begin(w, faults, 2);
		wait_until(w, is_true, "watch cut");
		assert_int_equal(w->fake.lists, 1); /* never from the beginning */
		assert_int_equal(w->seen.added, 4);
		assert_int_equal(w->seen.deleted, 1);
		assert_int_equal(stream(w).bad, 0);
		end(w);
	}
}

static bool one_is_true(const struct world *w)
{
	const struct picture_entry *e = picture_get(&w->more, KIND_CONFIGMAP, "default/d");
	return has(w, "default/d", 15) || (e && e->version == 15);
}

static void a_stream_that_hangs_holds_up_no_other(void **state)
{
	struct world *w = *state;
	struct watch_sub *sub = NULL;
	/* both watches are cut; of the two that follow, the first is never answered */
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_NONE, 0, NULL },
		{ FAKE_CUT, 0, NULL }, { FAKE_CUT, 0, NULL }, { FAKE_HANG, 0, NULL } };
	const struct remote_config config = { .retry_first_ms = 20 };
	begin_with(w, faults, 5, &config);
	const struct watch_interest i = {
		.kinds = KIND_BIT(KIND_CONFIGMAP), .fn = picture_event, .ctx = &w->more
	};
	assert_int_equal(watch_subscribe(remote_api(w->remote), &i, &sub), ERR_OK);
	wait_until(w, one_is_true, "the other");
	watch_unsubscribe(remote_api(w->remote), sub);
	end(w);
}

static void slow_bytes_are_put_together(void **state)
{
	struct world *w = *state;
	const struct fake_fault faults[] = { { FAKE_SLOW, 3, NULL }, { FAKE_SLOW, 1, NULL } };
	begin(w, faults, 2);
	wait_until(w, is_true, "slow");
	end(w);
}

static bool has_b(const struct world *w)
{
	return has(w, "default/b", 6);
}

static void after_410_a_new_list_is_told_as_differences(void **state)
{
	struct world *w = *state;
	/* the first watch brings nothing and ends; then history is compacted */
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_CUT, 60, NULL } };
	begin(w, faults, 2);
	wait_until(w, has_b, "b");
	w->fake.compacted = true;
	wait_until(w, is_true, "after 410");
	assert_string_equal(w->fake.lists_seen, "0 10 "); /* nothing older than what was told */
	assert_int_equal(w->seen.added, 4);               /* c was never told twice */
	assert_int_equal(w->seen.modified, 1);            /* a */
	assert_int_equal(w->seen.deleted, 1);             /* b, which no event told of */
	end(w);
}

static void a_server_that_says_410_time_and_again_is_not_hurried(void **state)
{
	struct world *w = *state;
	static const char gone[] = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":"
				   "410,\"message\":\"old\"}}\n";
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_BODY, 0, gone },
		{ FAKE_NONE, 0, NULL }, { FAKE_BODY, 0, gone }, { FAKE_NONE, 0, NULL },
		{ FAKE_BODY, 0, gone } };
	begin(w, faults, 6);
	wait_until(w, is_true, "after 410 three times");
	assert_int_equal(stream(w).lists, 4);
	assert_int_equal(stream(w).failures, 2); /* the first is a matter of course */
	end(w);
}

#define STATUS(code, reason)                                                                       \
	"{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"no\",\"reason\":\"" reason      \
	"\",\"code\":" #code "}"

static void failures_are_waited_out(void **state)
{
	struct world *w = *state;
	static const char *const replies[] = {
		"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nboom",
		"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
		"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		"not HTTP at all\r\n\r\n",
		"\r\n",
	};
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		const struct fake_fault faults[] = { { FAKE_REPLY, 0, replies[i] },
			{ FAKE_NONE, 0, NULL }, { FAKE_REPLY, 0, replies[i] } };
		begin(w, faults, 3); /* once as the answer to a LIST, once to a WATCH */
		wait_until(w, is_true, replies[i]);
		assert_true(stream(w).failures >= 1);
		end(w);
	}
}

static void retry_after_is_obeyed(void **state)
{
	struct world *w = *state;
	const struct fake_fault faults[] = { { FAKE_REPLY, 0,
		"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n" } };
	begin(w, faults, 1);
	uint64_t before = uv_hrtime();
	wait_until(w, is_true, "429");
	assert_true(uv_hrtime() - before >= 990000000u);
	end(w);
}

static bool has_failed(const struct world *w)
{
	return stream(w).failures > 0;
}

static void nonsense_in_retry_after_does_no_harm(void **state)
{
	struct world *w = *state;
	const struct fake_fault faults[] = { { FAKE_REPLY, 0,
		"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9223372036854775806\r\n"
		"Content-Length: 0\r\n\r\n" } };
	begin(w, faults, 1);
	wait_until(w, has_failed, "429");
	end(w);
}

static bool is_refused(const struct world *w)
{
	return w->seen.refused != 0;
}

static void what_is_forbidden_is_told_once_and_tried_seldom(void **state)
{
	struct world *w = *state;
	static const char no[] = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n"
				 "Connection: close\r\n\r\n" STATUS(403, "Forbidden");
	const struct fake_fault faults[] = { { FAKE_REPLY, 0, no }, { FAKE_REPLY, 0, no } };
	begin(w, faults, 2);
	wait_until(w, is_refused, "403");
	assert_true(freshness(w).in_step); /* it is not waited for */
	assert_true(stream(w).refused);
	w->seen.refused = 0;
	wait_until(w, is_true, "permitted");
	assert_int_equal(w->seen.refused, 0); /* not told again */
	end(w);
}

static void garbage_in_a_watch_loses_nothing(void **state)
{
	struct world *w = *state;
	static const char *const bodies[] = { "garbage\n", "{\"type\":\"ADDED\"\n",
		"\x01\x02\xff\n\n\n", "{\"type\":\"ADDED\",\"object\":{}}\n",
		"{\"type\":\"WHAT\",\"object\":{}}\n", "{\"type\":\"ADDED\",\"object\":[]}\n",
		"{\"type\":17}\n", "[]\n", "\"x\"\n",
		"{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"etcd\"}}\n",
		"{\"type\":\"BOOKMARK\",\"object\":{}}\n" };
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL },
			{ FAKE_BODY, 0, bodies[i] }, { FAKE_BODY, 0, bodies[i] },
			{ FAKE_BODY, 0, bodies[i] }, { FAKE_BODY, 0, bodies[i] } };
		begin(w, faults, 5);
		wait_until(w, is_true, bodies[i]);
		end(w);
	}
}

static bool has_two(const struct world *w)
{
	return w->seen.synced && w->seen.n == 2;
}

static void one_unreadable_object_does_not_hide_the_others(void **state)
{
	struct world *w = *state;
	static const char list[] =
		"{\"metadata\":{\"resourceVersion\":\"15\"},\"items\":["
		"{\"metadata\":{\"name\":\"c\",\"namespace\":\"default\",\"resourceVersion\":\"7\"}"
		"},"
		"{\"metadata\":{\"name\":17,\"namespace\":\"default\"}},{},7,{bad},"
		"{\"metadata\":{\"name\":\"e\",\"namespace\":\"default\",\"resourceVersion\":\"9\","
		"\"future\":{}}}]}";
	const struct fake_fault faults[] = { { FAKE_BODY, 0, list } };
	begin(w, faults, 1);
	wait_until(w, has_two, "the readable ones");
	assert_true(has(w, "default/c", 7) && has(w, "default/e", 9));
	assert_int_equal(stream(w).bad, 4);
	end(w);
}

static bool has_only_b(const struct world *w)
{
	return w->seen.n == 1 && has_b(w);
}

static void a_name_longer_than_any_real_one_keeps_nothing_alive(void **state)
{
	struct world *w = *state;
	char longest[400], list[1000];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	(void)snprintf(list, sizeof(list),
		"{\"metadata\":{\"resourceVersion\":\"15\"},\"items\":["
		"{\"metadata\":{\"name\":\"%s\",\"namespace\":\"default\",\"resourceVersion\":"
		"\"7\"}},"
		"{\"metadata\":{\"name\":\"b\",\"namespace\":\"default\",\"resourceVersion\":\"6\"}"
		"}]}",
		longest);
	/* after 410 the new list has b only, and what cannot be kept */
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_CUT, 60, NULL },
		{ FAKE_NONE, 0, NULL }, { FAKE_BODY, 0, list } };
	begin(w, faults, 4);
	wait_until(w, has_b, "b");
	w->fake.compacted = true;
	wait_until(w, has_only_b, "what is no longer there is gone");
	assert_int_equal(stream(w).bad, 1);
	end(w);
}

static bool is_stale(const struct world *w)
{
	return !freshness(w).in_step && freshness(w).age_ms > 30;
}

static void a_server_that_is_gone_costs_freshness_only(void **state)
{
	struct world *w = *state;
	begin(w, NULL, 0);
	wait_until(w, is_true, "plain");
	fake_close(&w->fake);
	wait_until(w, is_stale, "age");
	assert_int_equal(w->seen.n, 3);
	assert_true(freshness(w).synced);
	watch_unsubscribe(remote_api(w->remote), w->sub);
	remote_close(w->remote, NULL, NULL);
}

/* What the log says of contact. */

struct capture {
	int saved, file;
	char text[8192];
};

static void capture_begin(struct capture *c)
{
	char path[] = "/tmp/ordinal-log-XXXXXX";
	c->file = mkstemp(path);
	assert_true(c->file >= 0 && unlink(path) == 0);
	c->saved = dup(STDERR_FILENO);
	assert_true(c->saved >= 0 && dup2(c->file, STDERR_FILENO) >= 0);
	log_setup(LOG_TEXT, 0);
}

static void capture_end(struct capture *c)
{
	log_setup(LOG_TEXT, -1);
	assert_true(dup2(c->saved, STDERR_FILENO) >= 0);
	ssize_t n = pread(c->file, c->text, sizeof(c->text) - 1, 0);
	assert_true(n >= 0);
	c->text[n] = '\0';
	close(c->saved);
	close(c->file);
}

static unsigned count_of(const char *text, const char *word)
{
	unsigned n = 0;
	for (const char *p = text; (p = strstr(p, word)) != NULL; p++) {
		n++;
	}
	return n;
}

static void a_connection_that_is_cut_and_resumed_is_not_worth_a_word(void **state)
{
	struct world *w = *state;
	struct capture log;
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_CUT, 300, NULL } };
	capture_begin(&log);
	begin(w, faults, 2);
	wait_until(w, is_true, "resumed");
	assert_int_equal(stream(w).failures, 1);
	end(w);
	capture_end(&log);
	assert_string_equal(log.text, "");
}

#define BUSY "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"

static void lost_contact_is_said_once_then_seldom_then_that_it_is_back(void **state)
{
	struct world *w = *state;
	struct capture log;
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_CUT, 300, NULL },
		{ FAKE_REPLY, 0, BUSY }, { FAKE_REPLY, 0, BUSY }, { FAKE_REPLY, 0, BUSY },
		{ FAKE_REPLY, 0, BUSY } };
	const struct remote_config config = { .retry_first_ms = 40,
		.retry_last_ms = 40,
		.remind_first_ms = 1,
		.remind_next_ms = 100000 };
	capture_begin(&log);
	begin_with(w, faults, 6, &config);
	wait_until(w, is_true, "back");
	assert_int_equal(stream(w).failures, 5);
	assert_true(freshness(w).age_ms >= 0);
	end(w);
	capture_end(&log);
	if (count_of(log.text, "\n") != 3) {
		fail_msg("%s", log.text);
	}
	assert_non_null(strstr(log.text, "warn  api: no contact with http://127.0.0.1:"));
	assert_non_null(strstr(log.text, ": watch of configmaps: the server says 503"));
	assert_int_equal(count_of(log.text, "records are from before 2"), 2);
	assert_non_null(strstr(log.text, "for 0 s (configmaps): records are from before "));
	assert_non_null(strstr(log.text, "info  api: contact with http://127.0.0.1:"));
	assert_non_null(strstr(log.text, " is back after 0 s"));
}

static void before_all_is_known_the_first_failure_is_said(void **state)
{
	struct world *w = *state;
	struct capture log;
	const struct fake_fault faults[] = { { FAKE_REPLY, 0, BUSY } };
	capture_begin(&log);
	begin(w, faults, 1);
	assert_int_equal(freshness(w).age_ms, -1);
	assert_false(freshness(w).synced);
	wait_until(w, is_true, "back");
	end(w);
	capture_end(&log);
	assert_non_null(strstr(
		log.text, ": list of configmaps: the server says 503; not all is known yet"));
	assert_int_equal(count_of(log.text, "\n"), 2);
}

static void what_a_refusal_says_has_its_number_once(void **state)
{
	struct world *w = *state;
	struct capture log;
	const struct fake_fault faults[] = { { FAKE_REPLY, 0,
		"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Connection: close\r\n\r\n404 page not found\n" } };
	capture_begin(&log);
	begin(w, faults, 1);
	wait_until(w, is_refused, "404");
	end(w);
	capture_end(&log);
	assert_non_null(
		strstr(log.text, "configmaps cannot be read: the server says 404 page not found"));
}

static bool hangs(const struct world *w)
{
	return !freshness(w).in_step && freshness(w).age_ms >= 1000;
}

static void a_watch_that_hangs_is_noticed_and_started_anew(void **state)
{
	struct world *w = *state;
	struct capture log;
	/* all events but the last come, then nothing more does: neither bytes nor an end */
	const struct fake_fault faults[] = { { FAKE_NONE, 0, NULL }, { FAKE_HANG, 700, NULL } };
	const struct remote_config config = { .retry_first_ms = 1, .watch_stall_s = 1 };
	capture_begin(&log);
	begin_with(w, faults, 2, &config);
	wait_until(w, hangs, "a hang");
	wait_until(w, is_true, "in step again");
	assert_int_equal(w->fake.lists, 1);
	end(w);
	capture_end(&log);
	assert_non_null(strstr(log.text, "no contact with "));
	assert_non_null(strstr(log.text, "is back after "));
}

static void figures_tell_kinds_apart(void **state)
{
	struct world *w = *state;
	struct buf page;
	begin(w, NULL, 0);
	wait_until(w, is_true, "plain");
	buf_init(&page);
	remote_metrics(w->remote, &page);
	buf_add_char(&page, '\0');
	assert_int_equal(page.err, ERR_OK);
	assert_non_null(
		strstr(page.p, "# TYPE ordinal_kubernetes_contact_age_seconds gauge\n"
			       "ordinal_kubernetes_contact_age_seconds{kind=\"configmaps\"} 0."));
	assert_non_null(strstr(page.p, "ordinal_kubernetes_in_step{kind=\"configmaps\"} 1\n"));
	assert_non_null(strstr(page.p, "ordinal_kubernetes_objects{kind=\"configmaps\"} 3\n"));
	assert_non_null(strstr(page.p, "ordinal_kubernetes_lists_total{kind=\"configmaps\"} 1\n"));
	assert_non_null(strstr(page.p, "ordinal_kubernetes_events_total{kind=\"configmaps\"} 7\n"));
	assert_null(strstr(page.p, "pods"));
	buf_deinit(&page);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(a_list_and_a_watch_give_the_picture),
		T(a_list_cut_at_any_byte_is_asked_for_again),
		T(a_watch_cut_at_any_byte_resumes_where_it_was),
		T(a_stream_that_hangs_holds_up_no_other),
		T(slow_bytes_are_put_together),
		T(after_410_a_new_list_is_told_as_differences),
		T(a_server_that_says_410_time_and_again_is_not_hurried),
		T(failures_are_waited_out),
		T(retry_after_is_obeyed),
		T(nonsense_in_retry_after_does_no_harm),
		T(what_is_forbidden_is_told_once_and_tried_seldom),
		T(garbage_in_a_watch_loses_nothing),
		T(one_unreadable_object_does_not_hide_the_others),
		T(a_name_longer_than_any_real_one_keeps_nothing_alive),
		T(a_server_that_is_gone_costs_freshness_only),
		T(a_connection_that_is_cut_and_resumed_is_not_worth_a_word),
		T(lost_contact_is_said_once_then_seldom_then_that_it_is_back),
		T(before_all_is_known_the_first_failure_is_said),
		T(what_a_refusal_says_has_its_number_once),
		T(a_watch_that_hangs_is_noticed_and_started_anew),
		T(figures_tell_kinds_apart),
	/* the same, in protobuf */
#define P(f) cmocka_unit_test_setup_teardown(f, set_up_protobuf, tear_down)
		P(a_list_and_a_watch_give_the_picture),
		P(a_list_cut_at_any_byte_is_asked_for_again),
		P(a_watch_cut_at_any_byte_resumes_where_it_was),
		P(slow_bytes_are_put_together),
		P(after_410_a_new_list_is_told_as_differences),
		P(failures_are_waited_out),
		P(garbage_in_a_watch_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
