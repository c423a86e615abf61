/* What store.c and hub.c share. Regime: owned heap object. Called by: this folder only. */
#pragma once

#include "watch/object/sorted.h"
#include "watch/object/typed.h"
#include "watch/store/history.h"
#include "watch/store/store.h"

struct hub {
	struct clock_task turn;
	struct watch_sub
		*first; /* in the order of subscribing; dead ones among them until nobody walks */
	struct watch_sub **last;
	struct watch_sub *resume; /* CONTROL subscriber to be told next; NULL: the first */
	size_t n_subs;            /* dead ones too */
	unsigned walks;           /* walks over the list that are under way */
	uint64_t settled; /* revision that RECORDS subscribers have digested; 0: look anew */
	bool has_dead;
	bool in_records; /* a RECORDS subscriber is being told */
};

struct store {
	struct clock *clock;
	struct sorted kinds[KIND_COUNT];
	struct history history;
	struct hub hub;
	struct store_listener *listeners;
	struct store_listener *next_listener; /* while they are being called: whose turn is next */
	kind_set changed;                     /* kinds that listeners have not been told of */
};

void hub_init(struct store *s);
void hub_deinit(struct store *s);  /* REQUIREs that nobody subscribes any more */
void hub_changed(struct store *s); /* after a commit: a turn is due */
/* Lets go of the history that exceeds its limits with so many changes more, and that no subscriber needs. */
void hub_trim(struct store *s, size_t more);
/* Runs store_settled_fn of all listeners for what changed since they were last called. */
void store_tell_listeners(struct store *s);
