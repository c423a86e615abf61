/* base/log: levels, both forms, what cannot be forged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

static int saved_fd, read_fd;

static void capture(void)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	saved_fd = dup(STDERR_FILENO);
	assert_true(saved_fd >= 0);
	assert_true(dup2(fds[1], STDERR_FILENO) >= 0);
	close(fds[1]);
	read_fd = fds[0];
}

/* What was written since capture; NUL-terminated. */
static size_t captured(char *out, size_t size)
{
	assert_true(dup2(saved_fd, STDERR_FILENO) >= 0);
	close(saved_fd);
	size_t n = 0;
	for (ssize_t got = 1; got > 0 && n + 1 < size; n += (size_t)got) {
		got = read(read_fd, out + n, size - 1 - n);
		assert_true(got >= 0);
	}
	out[n] = '\0';
	close(read_fd);
	return n;
}

static void verbosity_decides_what_is_shown(void **state)
{
	static const struct {
		int verbosity;
		const char *want;
	} rows[] = { { -1, "ew" }, { 0, "ewi" }, { 1, "ewid" }, { 9, "ewid" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char out[1024];
		char letters[8] = "";
		size_t n = 0;
		log_setup(LOG_TEXT, rows[i].verbosity);
		capture();
		log_error("api", "e");
		log_warn("api", "w");
		log_info("api", "i");
		log_debug("api", "d");
		(void)captured(out, sizeof(out)); /* its length is looked for by line */
		for (char *line = out; *line; line = strchr(line, '\n') + 1) {
			letters[n++] = strchr(line, '\n')[-1];
		}
		assert_string_equal(letters, rows[i].want);
		assert_int_equal(log_is_on(LOG_DEBUG), rows[i].verbosity > 0);
	}
}

static void a_line_of_text_has_time_level_area_and_message(void **state)
{
	char out[256];
	int64_t ms;
	(void)state;
	log_setup(LOG_TEXT, 0);
	capture();
	log_warn("dns", "%s gone", "web-0");
	assert_true(captured(out, sizeof(out)) > 27);
	assert_int_equal(clock_parse(out, 27, &ms), ERR_OK);
	assert_string_equal(out + 27, " warn  dns: web-0 gone\n");
}

static void what_is_logged_cannot_forge_a_line(void **state)
{
	static const char *const rows[] = { "a\nb", "\x1b[31m", "\"\\", "\xc3\xa4", "tab\there",
		"\x7f" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char out[512];
		struct arena a;
		struct json *v = NULL;
		log_setup(LOG_JSON, 0);
		capture();
		log_info("dns", "%s", rows[i]);
		size_t n = captured(out, sizeof(out));
		assert_int_equal(out[n - 1], '\n');
		arena_init(&a, 0);
		assert_int_equal(json_parse(&a, (struct strv){ out, n }, &v, NULL), ERR_OK);
		assert_string_equal(json_cstr(json_get(v, "message")), rows[i]);
		assert_string_equal(json_cstr(json_get(v, "area")), "dns");
		assert_string_equal(json_cstr(json_get(v, "level")), "info");
		arena_deinit(&a);
		log_setup(LOG_TEXT, 0);
		capture();
		log_info("dns", "%s", rows[i]);
		n = captured(out, sizeof(out));
		for (size_t j = 0; j + 1 < n; j++) {
			assert_true((unsigned char)out[j] >= ' ' && out[j] != 0x7f);
		}
	}
}

static void a_long_message_is_cut_at_a_whole_character(void **state)
{
	char message[4001];
	char out[9000];
	(void)state;
	for (size_t i = 0; i < sizeof(message) - 1; i++) {
		message[i] = "\xe2\x82\xac"[i % 3];
	}
	message[sizeof(message) - 1] = '\0';
	log_setup(LOG_JSON, 0);
	for (int shift = 0; shift < 3; shift++) {
		capture();
		log_error("dns", "%.*s%s", shift, "xx", message);
		size_t n = captured(out, sizeof(out));
		assert_in_range(n, 900, 1200);
		assert_true(strv_has_suffix((struct strv){ out, n }, STRV("\xe2\x82\xac...\"}\n")));
	}
	memset(message, 1, sizeof(message) - 1); /* each byte grows sixfold */
	capture();
	log_error("dns", "%s", message);
	size_t n = captured(out, sizeof(out));
	assert_true(strv_has_suffix((struct strv){ out, n }, STRV("\\u0001...\"}\n")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbosity_decides_what_is_shown),
		cmocka_unit_test(a_line_of_text_has_time_level_area_and_message),
		cmocka_unit_test(what_is_logged_cannot_forge_a_line),
		cmocka_unit_test(a_long_message_is_cut_at_a_whole_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
