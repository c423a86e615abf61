/* See fake_protobuf.h. */
#include "fake_protobuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void octets(struct fake_bytes *to, const char *p, size_t n)
{
	assert_true(n <= sizeof(to->p) - to->n);
	memcpy(to->p + to->n, p, n);
	to->n += n;
}

static void number(struct fake_bytes *to, size_t v)
{
	while (v > 127) {
		octets(to, &(char){ (char)(v | 128) }, 1);
		v >>= 7;
	}
	octets(to, &(char){ (char)v }, 1);
}

static void field(struct fake_bytes *to, unsigned n, const char *p, size_t len)
{
	number(to, n << 3 | 2);
	number(to, len);
	octets(to, p, len);
}

static void text(struct fake_bytes *to, unsigned n, const char *z)
{
	field(to, n, z, strlen(z));
}

static void object(struct fake_bytes *to, const struct fake_object *o)
{
	struct fake_bytes meta = { .n = 0 };
	if (o->name) {
		char uid[32];
		(void)snprintf(uid, sizeof(uid), "u-%s", o->name);
		text(&meta, 1, o->name);
		text(&meta, 3, "default");
		text(&meta, 5, uid);
	}
	text(&meta, 6, o->version);
	field(to, 1, meta.p, meta.n);
}

static void envelope(struct fake_bytes *to, const struct fake_bytes *message)
{
	octets(to, "k8s", 4);
	field(to, 1, "", 0); /* typeMeta */
	field(to, 2, message->p, message->n);
	text(to, 3, "");
	text(to, 4, "");
}

void fake_list(
	struct fake_bytes *to, const char *version, const struct fake_object *objects, size_t n)
{
	struct fake_bytes list = { .n = 0 };
	struct fake_bytes meta = { .n = 0 };
	text(&meta, 1, "");
	text(&meta, 2, version);
	field(&list, 1, meta.p, meta.n);
	for (size_t i = 0; i < n; i++) {
		struct fake_bytes one = { .n = 0 };
		object(&one, &objects[i]);
		field(&list, 2, one.p, one.n);
	}
	envelope(to, &list);
}

static void event(struct fake_bytes *to, const char *type, const struct fake_bytes *message)
{
	struct fake_bytes whole = { .n = 0 };
	struct fake_bytes extension = { .n = 0 };
	struct fake_bytes e = { .n = 0 };
	envelope(&whole, message);
	field(&extension, 1, whole.p, whole.n);
	text(&e, 1, type);
	field(&e, 2, extension.p, extension.n);
	assert_true(e.n < 65536);
	const char size[4] = { 0, 0, (char)(e.n >> 8), (char)e.n };
	octets(to, size, sizeof(size));
	octets(to, e.p, e.n);
}

void fake_event(struct fake_bytes *to, const char *type, const struct fake_object *o)
{
	struct fake_bytes message = { .n = 0 };
	object(&message, o);
	event(to, type, &message);
}

void fake_error(struct fake_bytes *to, unsigned code, const char *message)
{
	struct fake_bytes status = { .n = 0 };
	text(&status, 2, "Failure");
	text(&status, 3, message);
	number(&status, 6 << 3);
	number(&status, code);
	event(to, "ERROR", &status);
}
