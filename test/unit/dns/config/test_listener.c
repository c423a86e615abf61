#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"

/* "53 .|cluster.local.; 1053 ...", "-" for a block without kubernetes. */
static const char *listeners_text(const struct corefile *c)
{
	static char text[1024];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < c->n_listeners; i++) {
		const struct corefile_listener *l = &c->listeners[i];
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u %s|%s", i > 0 ? "; " : "",
			l->port, l->zones,
			l->block->kubernetes ? l->block->kubernetes->options.zones : "-");
		assert_true(n < sizeof(text));
	}
	return text;
}

static void a_block_listens_on_each_of_its_ports_with_the_zones_asked_for_there(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "the usual one", ".:53 {\nkubernetes cluster.local in-addr.arpa\n}\n",
			"53 .|cluster.local. in-addr.arpa." },
		{ "the block's own zones", "a.b:1 10.0.0.0/8:1 {\nkubernetes\n}\n",
			"1 a.b. 10.in-addr.arpa.|a.b. 10.in-addr.arpa." },
		{ "two ports", "a:1 b:2 {\nkubernetes\n}\n", "1 a.|a. b.; 2 b.|a. b." },
		{ "two blocks", "a:1 {\nkubernetes\n}\nb:2 {\nkubernetes x.b\n}\n",
			"1 a.|a.; 2 b.|x.b." },
		{ "two blocks on two addresses",
			". {\nbind ::1\nkubernetes a\n}\n. {\nbind ::2\nkubernetes b\n}\n",
			"53 .|a.; 53 .|b." },
		{ "two blocks on one port", "a {\nkubernetes\n}\nb {\nkubernetes\n}\n",
			"53 a.|a.; 53 b.|b." },
		{ "a zone within another's", "a {\nkubernetes\n}\nb.a {\nkubernetes a\n}\n",
			"53 a.|a.; 53 b.a.|a." },
		{ "without kubernetes", ".:53 {\nerrors\n}\n", "53 .|-" },
		{ "reverse zones on a port of their own", "a:1 10.0.0.0/8:2 {\nkubernetes\n}\n",
			"1 a.|a. 10.in-addr.arpa.; 2 10.in-addr.arpa.|a. 10.in-addr.arpa." },
		{ "zones elsewhere", "a {\nkubernetes b\n}\n", "53 a.|b." },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_parse(&f, rows[i].in);
		if (f.err || f.corefile->unserved) {
			fail_msg("%s: %s", rows[i].why,
				f.err ? f.report.text : f.corefile->unserved->text);
		}
		if (strcmp(listeners_text(f.corefile), rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, listeners_text(f.corefile));
		}
		fixture_deinit(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_block_listens_on_each_of_its_ports_with_the_zones_asked_for_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
