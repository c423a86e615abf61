/* What a subscriber of watch_api has been told, as a set of "Kind/namespace/name=resourceVersion"; checks that the events
 * make sense one by one. For comparing two watch_apis. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch/api.h"

#define PICTURE_MAX 4096

struct picture_entry {
	enum kind kind;
	char name[160]; /* namespace/name */
	uint64_t version;
	char service[64], import[64]; /* of an EndpointSlice */
};

struct picture {
	struct picture_entry at[PICTURE_MAX];
	size_t n;
	kind_set synced, refused;
	size_t events, added, modified, deleted;
	void (*then)(struct picture *p, const struct watch_event *e); /* may be NULL */
	void *ctx;
};

void picture_event(void *ctx, const struct watch_event *e); /* ctx: struct picture */
const struct picture_entry *picture_get(const struct picture *p, enum kind kind, const char *name);
bool picture_equal(const struct picture *a, const struct picture *b);
