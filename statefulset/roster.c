/* Members in order: binary search by (ordinal, name). Regime: roster.h. */
#include "statefulset/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "statefulset/identity.h"
#include "watch/object/typed.h"

void roster_init(struct roster *r)
{
	*r = (struct roster){ 0 };
}

void roster_deinit(struct roster *r)
{
	for (size_t i = 0; i < r->n; i++) {
		object_unref(r->at[i].pod);
	}
	free(r->at);
	*r = (struct roster){ 0 };
}

uint64_t revision_id(struct strv name)
{
	return name.n ? strv_hash(name, 0) | 1 : 0;
}

static bool storage_fits(const struct statefulset *spec, const struct object *pod)
{
	for (size_t i = 0; i < spec->n_claims; i++) {
		const struct strv_list *claims = &pod->as.pod->claims;
		size_t k = 0;
		while (k < claims->n &&
			!identity_is_claim(claims->at[k], spec->claims[i].name, pod->meta.name)) {
			k++;
		}
		if (k == claims->n) {
			return false;
		}
	}
	return true;
}

/* The bits that depend on the set. */
static uint32_t judge_by_set(const struct object *set, const struct object *pod, struct strv parent)
{
	const struct owner_ref *ref = meta_controller(&pod->meta);
	uint32_t bits = ref ? 0 : MEMBER_ORPHAN;
	if (!set) {
		return bits;
	}
	if (ref && strv_eq(ref->uid, set->meta.uid) && strv_eq(ref->name, set->meta.name) &&
		strv_eq(ref->kind, STRV("StatefulSet"))) {
		bits |= MEMBER_OWNED;
	}
	if (strv_eq(parent, set->meta.name) &&
		selector_matches(&set->as.statefulset->selector, &pod->meta.labels)) {
		bits |= MEMBER_MATCHES;
	}
	if (storage_fits(set->as.statefulset, pod)) {
		bits |= MEMBER_STORAGE;
	}
	return bits;
}

static uint32_t judge_by_pod(const struct object *pod)
{
	const struct pod *p = pod->as.pod;
	uint32_t bits = p->phase.n ? MEMBER_CREATED : 0;
	if (strv_eq(p->phase, STRV("Pending"))) {
		bits |= MEMBER_PENDING;
	}
	if (p->terminal) {
		bits |= MEMBER_TERMINAL;
	}
	if (pod->meta.deletion_ms.set) {
		bits |= MEMBER_TERMINATING;
	}
	if (p->ready) {
		bits |= MEMBER_CONDITION;
		if (strv_eq(p->phase, STRV("Running"))) {
			bits |= MEMBER_READY;
		}
	}
	const struct strv *label = labels_get(&pod->meta.labels, STRV(IDENTITY_LABEL_POD));
	if (label && strv_eq(*label, pod->meta.name)) {
		bits |= MEMBER_IDENTITY;
	}
	return bits;
}

static struct member judge(const struct object *set, const struct object *pod)
{
	struct member m = { .pod = pod, .ordinal = -1 };
	struct strv parent = STRV_NONE;
	(void)identity_parse(pod->meta.name, &parent, &m.ordinal); /* else it is of no set */
	m.bits = judge_by_pod(pod) | judge_by_set(set, pod, parent);
	m.ready_ms = pod->as.pod->ready_ms;
	const struct strv *label = labels_get(&pod->meta.labels, STRV(IDENTITY_LABEL_REVISION));
	m.revision = revision_id(label ? *label : STRV_NONE);
	return m;
}

static int member_cmp(const struct member *m, int32_t ordinal, struct strv name)
{
	if (m->ordinal != ordinal) {
		return m->ordinal < ordinal ? -1 : 1;
	}
	return strv_cmp(m->pod->meta.name, name);
}

/* Where (ordinal, name) is, or where it belongs. */
static size_t position(const struct roster *r, int32_t ordinal, struct strv name, bool *out_found)
{
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (member_cmp(&r->at[mid], ordinal, name) < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	*out_found = low < r->n && member_cmp(&r->at[low], ordinal, name) == 0;
	return low;
}

static int grow(struct roster *r)
{
	if (r->n < r->cap) {
		return ERR_OK;
	}
	size_t cap = r->cap ? r->cap * 2 : 4;
	struct member *at = realloc(r->at, cap * sizeof(*at));
	if (!at) {
		return ERR_NOMEM;
	}
	r->at = at;
	r->cap = cap;
	return ERR_OK;
}

int roster_put(struct roster *r, const struct object *set, const struct object *pod)
{
	bool found;
	struct member m = judge(set, pod);
	size_t i = position(r, m.ordinal, pod->meta.name, &found);
	if (found) {
		const struct object *old = r->at[i].pod;
		r->at[i] = m;
		(void)object_ref(pod);
		object_unref(old);
		return ERR_OK;
	}
	int err = grow(r);
	if (err) {
		return err;
	}
	memmove(&r->at[i + 1], &r->at[i], (r->n - i) * sizeof(r->at[0]));
	r->at[i] = m;
	r->n++;
	(void)object_ref(pod);
	return ERR_OK;
}

void roster_remove(struct roster *r, const struct object *pod)
{
	bool found;
	struct strv parent;
	int32_t ordinal = -1;
	(void)identity_parse(pod->meta.name, &parent, &ordinal); /* else it stays -1 */
	size_t i = position(r, ordinal, pod->meta.name, &found);
	if (!found) {
		return;
	}
	object_unref(r->at[i].pod);
	r->n--;
	memmove(&r->at[i], &r->at[i + 1], (r->n - i) * sizeof(r->at[0]));
}

void roster_rejudge(struct roster *r, const struct object *set)
{
	for (size_t i = 0; i < r->n; i++) {
		r->at[i] = judge(set, r->at[i].pod);
	}
}

bool member_is_available(
	const struct member *m, int64_t min_ready_s, int64_t now_ms, int64_t *out_wait_ms)
{
	int64_t wait_ms = -1;
	bool available = false;
	if (m->bits & MEMBER_CONDITION) {
		/* absent lastTransitionTime: never available while minReadySeconds asks for it */
		bool counts = min_ready_s <= 0 || m->ready_ms != 0;
		int64_t left_ms = min_ready_s <= 0 ? 0 : m->ready_ms + min_ready_s * 1000 - now_ms;
		available = counts && left_ms <= 0;
		wait_ms = available ? 0 : counts ? left_ms : -1;
	}
	if (out_wait_ms) {
		*out_wait_ms = wait_ms;
	}
	return available;
}
