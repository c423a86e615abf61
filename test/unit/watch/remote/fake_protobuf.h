/* What the fake server says, in protobuf: written by hand, so that it is not read by what wrote it.
 * Source: protobuf's encoding; Kubernetes API concepts, "Kubernetes Protobuf encoding". */
#pragma once

#include <stddef.h>

struct fake_bytes {
	char p[4096];
	size_t n;
};
struct fake_object {
	const char *name, *version; /* name NULL: only a version, as a bookmark has */
};

void fake_list(
	struct fake_bytes *to, const char *version, const struct fake_object *objects, size_t n);
void fake_event(struct fake_bytes *to, const char *type, const struct fake_object *o);
void fake_error(struct fake_bytes *to, unsigned code, const char *message); /* an event */
