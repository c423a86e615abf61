/* object_new on any JSON: the first byte chooses the kind, the rest is the text. What is accepted keeps its text and
 * is readable to its last byte after the tree is gone.
 * Called by: libFuzzer, or test/fuzz/replay.c. */
#include <stdint.h>

#include "base/err.h"
#include "watch/object/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* keeps the reads from being optimised away */

static void read_text(struct strv s)
{
	sum += s.n > 0 ? strv_hash(s, 1) : 0;
}

static void read_labels(const struct labels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		read_text(l->at[i].key);
		read_text(l->at[i].value);
	}
}

static void read_object(const struct object *o)
{
	read_text(o->meta.ns);
	read_text(o->meta.name);
	read_text(o->json);
	read_labels(&o->meta.labels);
	read_labels(&o->meta.annotations);
	for (size_t i = 0; i < o->meta.n_owners; i++) {
		read_text(o->meta.owners[i].uid);
	}
	if (o->kind == KIND_ENDPOINTSLICE) {
		for (size_t i = 0; i < o->as.endpointslice->n_endpoints; i++) {
			const struct slice_endpoint *e = &o->as.endpointslice->endpoints[i];
			read_text(e->hostname);
			for (size_t k = 0; k < e->names.n; k++) {
				read_text(e->names.at[k]);
			}
			for (size_t k = 0; k < e->n_ips; k++) {
				sum += e->ips[k].bytes[0];
			}
		}
	} else if (o->kind == KIND_STATEFULSET) {
		sum += selector_matches(&o->as.statefulset->selector, &o->meta.labels);
	} else if (o->kind == KIND_POD) {
		for (size_t i = 0; i < o->as.pod->n_containers; i++) {
			read_text(o->as.pod->containers[i].name);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct json *tree, *again;
	const struct object *o;
	const char *field = NULL;
	if (size < 1) {
		return 0;
	}
	arena_init(&arena, 0);
	struct strv text = { (const char *)data + 1, size - 1 };
	if (json_parse(&arena, text, &tree, NULL) == ERR_OK) {
		int err = object_new((enum kind)(data[0] % KIND_COUNT), tree, true, &o, &field);
		REQUIRE(err == ERR_OK || (err == ERR_BAD_TYPE && field));
		if (err == ERR_OK) {
			arena_reset(&arena);
			read_object(o);
			again = object_tree(o, &arena);
			REQUIRE(json_is_object(again));
			object_unref(o);
		}
	}
	arena_deinit(&arena);
	return 0;
}
