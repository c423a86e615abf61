/* base/err: one number space, a text for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

#include "base/base.h"
#include "base/err.h"

static const int ours[] = {
#define X(name, number, text) name,
	ERR_LIST(X)
#undef X
};

static void our_numbers_are_distinct_and_clear_of_libuvs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		assert_true(ours[i] < UV_EOF && ours[i] < -4095);
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(ours[i], ours[j]);
		}
	}
}

static void every_number_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		assert_true(strlen(err_text(ours[i])) > 3);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(err_text(ours[i]), err_text(ours[j]));
		}
	}
	assert_string_equal(err_text(ERR_OK), "no error");
	assert_string_equal(err_text(UV_EADDRINUSE), "address already in use");
	assert_string_equal(err_text(12345), "unknown error");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_numbers_are_distinct_and_clear_of_libuvs),
		cmocka_unit_test(every_number_has_a_text_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
