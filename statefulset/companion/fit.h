/* Which volume fits which claim, and what a provisioned volume looks like. Pure but for the cache it reads.
 * Source: kube-controller-manager's volume index (access modes, capacity, class, mode, selector); the smallest that fits
 * wins. Called by: claims.c. */
#pragma once

#include "statefulset/companion/body.h"
#include "watch/cache.h"
#include "watch/object/typed.h"

/* The volume's claimRef names this claim (uid equal, or not given yet). */
bool fit_is_claimed_by(const struct object *volume, const struct object *claim);
/* NULL if the unclaimed volume can serve the claim; else what speaks against it: "requested PV is too small". */
const char *fit_fault(const struct object *volume, const struct object *claim);
/* The volume to bind: one that names the claim and is large enough, else the smallest Available one that fits (not if only_prebound). NULL: none. */
const struct object *fit_find(
	struct watch_cache *cache, const struct object *claim, bool only_prebound);

/* spec.claimRef for this claim. */
void fit_put_claim_ref(struct body *b, struct json *spec, const struct object *claim);
/* A PersistentVolume of class sc for the claim: hostPath at path. */
struct json *fit_volume_for(struct body *b, struct strv name, const struct object *claim,
	const struct object *sc, const char *path);
