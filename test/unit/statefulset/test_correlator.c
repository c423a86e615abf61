/* Which events are written, and as what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "statefulset/correlator.h"

static struct correlator_series *take(struct correlator *c, const char *object, int message,
	int64_t now_ms, enum correlator_verdict want)
{
	char text[32];
	enum correlator_verdict verdict = CORRELATOR_DROP;
	struct correlator_series *s = NULL;
	(void)snprintf(text, sizeof(text), "message %d", message);
	struct correlator_event e = { .object = strv_of(object),
		.type = STRV("Normal"),
		.reason = STRV("Created"),
		.message = strv_of(text),
		.at_ms = now_ms };
	assert_int_equal(correlator_take(c, &e, &verdict, &s), 0);
	assert_int_equal(verdict, want);
	return s;
}

static struct correlator *open_one(void)
{
	struct correlator *c = NULL;
	assert_int_equal(correlator_new(&c), 0);
	return c;
}

static void the_same_message_again_is_counted_in_its_series(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	struct correlator_series *first = take(c, "a", 1, 1000, CORRELATOR_SEND);
	assert_int_equal(first->count, 1);
	struct correlator_series *again = take(c, "a", 1, 2000, CORRELATOR_SEND);
	assert_ptr_equal(first, again);
	assert_int_equal(again->count, 2);
	assert_int_equal(again->first_ms, 1000);
	assert_ptr_not_equal(take(c, "b", 1, 2000, CORRELATOR_SEND), first);
	correlator_free(c);
}

static void from_the_tenth_different_message_on_one_series_stands_for_all(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	for (int i = 1; i <= 9; i++) {
		assert_false(take(c, "a", i, 1000, CORRELATOR_SEND)->combined);
	}
	struct correlator_series *s = take(c, "a", 10, 1000, CORRELATOR_SEND);
	assert_true(s->combined);
	assert_ptr_equal(take(c, "a", 11, 1000, CORRELATOR_SEND), s);
	assert_int_equal(s->count, 2);
	assert_false(take(c, "a", 9, 1000, CORRELATOR_SEND)
			     ->combined); /* a known one goes on by itself */
	assert_false(take(c, "b", 10, 1000, CORRELATOR_SEND)->combined); /* other objects too */
	correlator_free(c);
}

static void after_ten_quiet_minutes_messages_are_told_apart_again(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	for (int i = 1; i <= 10; i++) {
		(void)take(c, "a", i, 1000, CORRELATOR_SEND);
	}
	assert_true(take(c, "a", 11, 1000 + CORRELATOR_WINDOW_MS, CORRELATOR_SEND)->combined);
	assert_false(take(c, "a", 12, 1001 + 2 * CORRELATOR_WINDOW_MS, CORRELATOR_SEND)->combined);
	correlator_free(c);
}

static void who_talks_too_much_is_silenced_but_counted(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	for (int i = 0; i < CORRELATOR_BURST; i++) {
		(void)take(c, "a", 1, 1000, CORRELATOR_SEND);
	}
	(void)take(c, "a", 1, 1000, CORRELATOR_DROP);
	(void)take(c, "a", 1, 999 + CORRELATOR_REFILL_MS, CORRELATOR_DROP);
	struct correlator_series *s = take(c, "a", 1, 1000 + CORRELATOR_REFILL_MS, CORRELATOR_SEND);
	assert_int_equal(s->count, CORRELATOR_BURST + 3);
	(void)take(c, "a", 1, 1000 + CORRELATOR_REFILL_MS, CORRELATOR_DROP);
	(void)take(c, "b", 1, 1000, CORRELATOR_SEND);
	correlator_free(c);
}

static void a_clock_set_back_does_no_harm(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	(void)take(c, "a", 1, 1000000, CORRELATOR_SEND);
	(void)take(c, "a", 1, 5, CORRELATOR_SEND);
	correlator_free(c);
}

static void parts_of_one_object_share_what_it_may_say(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	size_t sent = 0, combined = 0;
	for (int i = 0; i < 1000; i++) {
		char part[32], message[32];
		(void)snprintf(part, sizeof(part), "containers{%d}", i);
		(void)snprintf(message, sizeof(message), "created %d", i);
		struct correlator_event e = { .object = STRV("pod"),
			.part = strv_of(part),
			.type = STRV("Normal"),
			.reason = STRV("Created"),
			.message = strv_of(message),
			.at_ms = 1000 };
		enum correlator_verdict verdict;
		struct correlator_series *s;
		assert_int_equal(correlator_take(c, &e, &verdict, &s), 0);
		assert_int_equal(s->count, 1);
		sent += verdict == CORRELATOR_SEND;
		combined += s->combined;
	}
	assert_int_equal(sent, CORRELATOR_BURST);
	assert_int_equal(combined, 1000 - 9);
	correlator_free(c);
}

static void memory_is_bounded_and_series_in_flight_stay(void **state)
{
	(void)state;
	struct correlator *c = open_one();
	struct correlator_series *pinned = take(c, "pinned", 1, 1000, CORRELATOR_SEND);
	pinned->in_flight = true;
	for (int i = 0; i < 2 * CORRELATOR_ENTRIES; i++) {
		char object[32];
		(void)snprintf(object, sizeof(object), "object %d", i);
		(void)take(c, object, 1, 1000, CORRELATOR_SEND);
	}
	assert_int_equal(take(c, "pinned", 1, 1000, CORRELATOR_SEND)->count, 2);
	assert_int_equal(take(c, "object 0", 1, 1000, CORRELATOR_SEND)->count, 1); /* forgotten */
	correlator_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_message_again_is_counted_in_its_series),
		cmocka_unit_test(from_the_tenth_different_message_on_one_series_stands_for_all),
		cmocka_unit_test(after_ten_quiet_minutes_messages_are_told_apart_again),
		cmocka_unit_test(who_talks_too_much_is_silenced_but_counted),
		cmocka_unit_test(a_clock_set_back_does_no_harm),
		cmocka_unit_test(parts_of_one_object_share_what_it_may_say),
		cmocka_unit_test(memory_is_bounded_and_series_in_flight_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
