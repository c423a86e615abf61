/* The book of the EndpointSlices: which slices of a Service there are, and which pod stands in which of them.
 * Regime: caller's storage; entries, slices and places are heap objects of the book, and hold counted objects.
 * Called by: slices.c.
 *
 * Glossary: entry = one Service; slice = one EndpointSlice of it, as it is to be written; place = where one pod stands, by
 * family. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/strv.h"
#include "statefulset/companion/slices.h"
#include "watch/object/object.h"

#define SLICES_NAME_CHARS 254

struct slices_place;

struct slices_slice {
	struct slices_slice *next;
	enum ip_family family;
	uint64_t ports_hash; /* 0 while empty: fits any */
	bool exists;         /* the API has it */
	bool dirty;
	size_t n;
	const struct object *pods[SLICE_ENDPOINTS_MAX]; /* counted */
	char name[SLICES_NAME_CHARS];
};

struct slices_place {
	UT_hash_handle hh;
	struct slices_slice *slice;
	size_t index;
	char key[]; /* family letter, pod name */
};

struct slices_entry {
	UT_hash_handle hh;
	const struct object *service; /* counted */
	struct slices_slice *slices;
	struct slices_place *places; /* hash */
	char key[];                  /* ns '\0' name */
};

struct slices_book {
	struct clock *clock;          /* names are drawn from it */
	struct slices_entry *entries; /* hash */
};

void slices_book_init(struct slices_book *b, struct clock *clock);
void slices_book_deinit(struct slices_book *b);

/* NULL if absent. Borrowed until it is removed. */
struct slices_entry *slices_book_find(
	const struct slices_book *b, struct strv ns, struct strv name);
/* An entry without slices for a Service that has none; takes a reference. NULL when out of memory. */
struct slices_entry *slices_book_add(struct slices_book *b, const struct object *service);
void slices_book_remove(struct slices_book *b, struct slices_entry *e);

/* An empty slice under a new name, to be written. NULL when out of memory. */
struct slices_slice *slices_slice_add(
	struct slices_book *b, struct slices_entry *e, enum ip_family family);

struct slices_place *slices_place_find(
	const struct slices_entry *e, enum ip_family family, struct strv pod); /* NULL if absent */
/* Enters a pod that has no place yet into the fullest slice of its ports with room, else an empty one, else a new one,
 * which is then to be written. Takes a reference. errors ERR_NOMEM */
NODISCARD int slices_place_add(struct slices_book *b, struct slices_entry *e, enum ip_family family,
	const struct object *pod, uint64_t ports_hash);
/* The last pod of the slice moves to the place that gets free. */
void slices_place_remove(struct slices_entry *e, struct slices_place *p);
