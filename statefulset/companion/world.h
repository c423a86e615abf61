/* What every companion is given, and the companions themselves: one row each in companion.c.
 * Regime: the world outlives its companions; each companion is an owned heap object of companion.c.
 *
 * Glossary: look = deciding the next step of one key (worklist.h); claim = PersistentVolumeClaim; volume = PersistentVolume. */
#pragma once

#include "base/clock.h"
#include "statefulset/companion/companion.h"
#include "watch/api.h"
#include "watch/cache.h"
#include "watch/object/typed.h"

struct world {
	struct clock *clock;
	const struct watch_api *api;
	struct companion_config config;
	struct watch_cache *cache; /* all kinds, as CONTROL subscribers see them */
};

/* Every companion: opened with the world, told of each event after the cache was brought up to date, closed. SYNCED comes
 * once, when all kinds are there: looks begin then. close accepts NULL. */
struct scheduler;
NODISCARD int scheduler_open(struct world *world, struct scheduler **out);
void scheduler_event(struct scheduler *s, const struct watch_event *e);
void scheduler_close(struct scheduler *s);

struct kubelet;
NODISCARD int kubelet_open(struct world *world, struct kubelet **out);
void kubelet_event(struct kubelet *k, const struct watch_event *e);
void kubelet_close(struct kubelet *k);

struct claims; /* binding and provisioning, claim by claim */
NODISCARD int claims_open(struct world *world, struct claims **out);
void claims_event(struct claims *c, const struct watch_event *e);
void claims_close(struct claims *c);

struct volumes; /* phases and reclaiming, volume by volume */
NODISCARD int volumes_open(struct world *world, struct volumes **out);
void volumes_event(struct volumes *v, const struct watch_event *e);
void volumes_close(struct volumes *v);

struct slices; /* subscribes by itself, as RECORDS */
NODISCARD int slices_open(struct world *world, struct slices **out);
void slices_close(struct slices *s);

struct collector;
NODISCARD int collector_open(struct world *world, struct collector **out);
void collector_event(struct collector *c, const struct watch_event *e);
void collector_close(struct collector *c);

struct namespaces;
NODISCARD int namespaces_open(struct world *world, struct namespaces **out);
void namespaces_event(struct namespaces *n, const struct watch_event *e);
void namespaces_close(struct namespaces *n);
