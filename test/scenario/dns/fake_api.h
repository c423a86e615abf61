/* A watch_api for tests: objects come as JSON texts and are told to subscribers at once, in the order of the calls.
 * Regime: the caller's storage; objects are held by reference until deinit. One thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "watch/api.h"
#include "watch/object/typed.h"

#define FAKE_SUBS 8

struct watch_sub {
	struct watch_interest interest;
	struct arena arena;
	struct selector selector;
	bool used;
};

struct fake_api {
	struct watch_api api;
	struct watch_sub subs[FAKE_SUBS];
	const struct object **objects;
	size_t n, room;
	bool synced;
	bool remote; /* the state before a change is told as identity only, as watch/api.h has it */
};

void fake_api_init(struct fake_api *f);
void fake_api_deinit(struct fake_api *f); /* fails the test when somebody is still subscribed */
/* SYNCED or REFUSED of one kind, to those who listen now. */
void fake_api_tell(struct fake_api *f, enum watch_type type, enum kind kind);
/* Every kind is synced, for those who come later too. */
void fake_api_sync(struct fake_api *f);
/* ADDED or MODIFIED. Text that is no object of a kind we know is passed over. */
void fake_api_apply(struct fake_api *f, const char *json_text);
void fake_api_apply_tree(struct fake_api *f, const struct json *tree);
void fake_api_delete(struct fake_api *f, enum kind kind, const char *ns, const char *name);
/* Remote: noticed only after a cut, so that of the object too only its identity is told. */
void fake_api_delete_missed(struct fake_api *f, enum kind kind, const char *ns, const char *name);
