/* One allocation fails somewhere between event and write: nothing crashes or leaks, and the pod comes all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "test/scenario/statefulset/lab.h"

#define ROUNDS 20000 /* more allocations than one pod costs */

static void a_sync_that_runs_out_of_memory_is_made_again(void **state)
{
	(void)state;
	size_t n = 1, lost = 0;
	for (bool refused = true; refused; n++) {
		struct lab *l = lab_open();
		assert_true(n < ROUNDS);
		lab_set(l, "web",
			"{'replicas':2,'minReadySeconds':5,'volumeClaimTemplates':[{'metadata':{'"
			"name':"
			"'data'}," LAB_CLAIM "}]}");
		lab_ready(l, "web-0");
		lab_calls(l);
		fault_begin(n, false);
		lab_run(l,
			6000); /* web-0 becomes available: the claim, the pod, status and Events */
		refused = fault_end();
		lab_run(l, 2000 * 1000);
		lost += lab_get(l, KIND_POD, "web-1") == NULL;
		lab_close(l);
	}
	print_message("%zu allocations, pod missing after %zu\n", n, lost);
	assert_int_equal(lost, 0);
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sync_that_runs_out_of_memory_is_made_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
