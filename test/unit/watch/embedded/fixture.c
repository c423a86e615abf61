/* See fixture.h. */
#include "fixture.h"
#include "test/unit/base/quoted.h"

int fixture_open(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(clock_open_virtual(&f->loop, 1767225600000, &f->clock), ERR_OK);
	assert_int_equal(
		embedded_core_open(&f->e, &f->loop, f->clock, "10.96.0.0/16", NULL), ERR_OK);
	arena_init(&f->a, 0);
	f->manager = "test";
	*state = f;
	assert_int_equal(
		fixture_create(f, KIND_NAMESPACE, "", "{'metadata':{'name':'default'}}"), 201);
	return 0;
}

int fixture_close(void **state)
{
	struct fixture *f = *state;
	object_unref(f->out.obj);
	embedded_core_close(&f->e);
	arena_deinit(&f->a);
	clock_close(f->clock, NULL, NULL);
	assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	free(f);
	return 0;
}

static struct json *parse(struct fixture *f, const char *text, struct json_report *report)
{
	struct json *v = NULL;
	if (json_parse(&f->a, quoted(&f->a, text), &v, report) != ERR_OK) {
		fail_msg("%s at %zu: %s", report->why, report->offset, text);
	}
	return v;
}

unsigned fixture_write(struct fixture *f, enum write_verb verb, enum kind kind, const char *ns,
	const char *name, const char *sub, const char *body)
{
	static struct json_report report;
	report = (struct json_report){ .n_dups = 0 };
	struct write_request r = { .verb = verb,
		.kind = kind,
		.ns = strv_of(ns),
		.name = strv_of(name),
		.sub = sub,
		.body = body != NULL ? parse(f, body, &report) : NULL,
		.report = &report,
		.manager = strv_of(f->manager),
		.validation = f->validation,
		.dry_run = f->dry_run,
		.force = f->force,
		.trusted = f->trusted };
	object_unref(f->out.obj);
	write_run(&f->e, &f->a, &r, &f->out);
	if (status_failed(&f->out.status)) { /* shown by cmocka when the test fails */
		print_message("%u %.*s\n", f->out.status.code, STRV_ARG(f->out.status.message));
		return f->out.status.code;
	}
	return f->out.code;
}

unsigned fixture_create(struct fixture *f, enum kind kind, const char *ns, const char *body)
{
	return fixture_write(f, WRITE_CREATE, kind, ns, "", "", body);
}

unsigned fixture_merge(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *patch)
{
	return fixture_write(f, WRITE_PATCH_MERGE, kind, ns, name, "", patch);
}

unsigned fixture_delete(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *options)
{
	return fixture_write(f, WRITE_DELETE, kind, ns, name, "", options);
}

bool fixture_has(struct fixture *f, enum kind kind, const char *ns, const char *name)
{
	return store_get(f->e.store, kind, strv_of(ns), strv_of(name)) != NULL;
}

const struct object *fixture_get(
	struct fixture *f, enum kind kind, const char *ns, const char *name)
{
	const struct object *o = store_get(f->e.store, kind, strv_of(ns), strv_of(name));
	if (o == NULL) {
		fail_msg("%s %s/%s is absent", kind_row(kind)->name, ns, name);
	}
	return o;
}

const char *fixture_field(struct fixture *f, const char *path)
{
	if (f->out.obj == NULL) {
		fail_msg("no object: %.*s", STRV_ARG(f->out.status.message));
	}
	const struct json *v = json_dig(object_tree(f->out.obj, &f->a), path);
	return v != NULL ? json_text(&f->a, v).p : "null";
}

void fixture_expect(struct fixture *f, const char *path, const char *want)
{
	const char *got = fixture_field(f, path);
	if (strcmp(got, want) != 0) {
		fail_msg("%s is %s, not %s", path, got, want);
	}
}
