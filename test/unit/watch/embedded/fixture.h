/* A store with the write pipeline around it, in virtual time and without HTTP; writes from one-line JSON. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/write.h"

struct fixture {
	uv_loop_t loop;
	struct clock *clock;
	struct embedded e;
	struct arena a;
	struct write_result out; /* of the last write; its object is given back by the next */
	bool trusted, dry_run, force;
	const char *manager;
	enum field_validation validation;
};

int fixture_open(void **state);
int fixture_close(void **state);

/* One write. body is JSON with single quotes for double ones; NULL: none. Returns the status code. */
unsigned fixture_write(struct fixture *f, enum write_verb verb, enum kind kind, const char *ns,
	const char *name, const char *sub, const char *body);
unsigned fixture_create(struct fixture *f, enum kind kind, const char *ns, const char *body);
unsigned fixture_merge(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *patch);
unsigned fixture_delete(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *options);

/* What is stored; fails the test when it is absent. */
const struct object *fixture_get(
	struct fixture *f, enum kind kind, const char *ns, const char *name);
bool fixture_has(struct fixture *f, enum kind kind, const char *ns, const char *name);
/* A member of the last write's object by dotted path, as JSON text ("null" if absent). */
const char *fixture_field(struct fixture *f, const char *path);
void fixture_expect(struct fixture *f, const char *path, const char *want);
