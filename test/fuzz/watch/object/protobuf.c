/* Any bytes as an object in protobuf: read or refused, and what is read can be used.
 * Input: one octet for the kind, then the message. */
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "watch/object/protobuf.h"
#include "watch/object/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct object *o)
{
	uint64_t sum = strv_hash(o->meta.name, 0);
	REQUIRE(json_is_text(o->meta.name) && json_is_text(o->meta.ns));
	for (size_t i = 0; i < o->meta.labels.n; i++) {
		sum = strv_hash(o->meta.labels.at[i].key, sum);
		sum = strv_hash(o->meta.labels.at[i].value, sum);
	}
	for (size_t i = 0; o->kind == KIND_ENDPOINTSLICE && i < o->as.endpointslice->n_endpoints;
		i++) {
		const struct slice_endpoint *e = &o->as.endpointslice->endpoints[i];
		REQUIRE((e->n_ips == 0 || e->names.n == 0) && json_is_text(e->hostname));
		sum = strv_hash(e->target_uid, sum);
	}
	for (size_t i = 0; o->kind == KIND_POD && i < o->as.pod->n_containers; i++) {
		sum = strv_hash(o->as.pod->containers[i].image, sum);
	}
	for (size_t i = 0; o->kind == KIND_SERVICE && i < o->as.service->n_ports; i++) {
		sum = strv_hash(o->as.service->ports[i].name, sum);
	}
	REQUIRE(sum != 1 || o != NULL); /* keeps the reads */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum kind kinds[] = { KIND_NAMESPACE, KIND_SERVICE, KIND_ENDPOINTSLICE,
		KIND_POD };
	const struct object *o = NULL;
	const char *field = NULL;
	struct arena a;
	if (size == 0) {
		return 0;
	}
	arena_init(&a, 0);
	const struct strv message = { (const char *)data + 1, size - 1 };
	int err = object_new_protobuf(kinds[data[0] % ARRAY_LEN(kinds)], &a, message, &o, &field);
	arena_deinit(&a); /* nothing of it may be left in the object */
	if (err == ERR_OK) {
		use(o);
		object_unref(o);
	} else {
		REQUIRE(err == ERR_SYNTAX || (err == ERR_BAD_TYPE && field));
	}
	return 0;
}
