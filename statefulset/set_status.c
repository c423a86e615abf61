/* Counting and writing of status. Regime and source: set_status.h. */
#include "statefulset/set_status.h"

#include "base/err.h"
#include "watch/object/typed.h"

void set_status_count(struct set_status *s, const struct member *members, size_t n,
	int64_t min_ready_s, int64_t now_ms)
{
	uint64_t current = revision_id(s->current_revision);
	uint64_t update = revision_id(s->update_revision);
	s->replicas = s->ready = s->available = s->current = s->updated = 0;
	for (size_t i = 0; i < n; i++) {
		const struct member *m = &members[i];
		if (!member_is_claimed(m) || m->ordinal < 0 || !member_is(m, MEMBER_CREATED)) {
			continue;
		}
		s->replicas++;
		if (member_is(m, MEMBER_READY)) {
			s->ready++;
			s->available += member_is_available(m, min_ready_s, now_ms, NULL);
		}
		if (!member_is(m, MEMBER_TERMINATING)) {
			s->current += m->revision == current;
			s->updated += m->revision == update;
		}
	}
}

void set_status_complete(struct set_status *s, int64_t replicas)
{
	if (s->updated == replicas && s->ready == replicas && s->replicas == replicas) {
		s->current = s->updated;
		s->current_revision = s->update_revision;
	}
}

bool set_status_differs(const struct set_status *s, const struct object *set)
{
	const struct statefulset *old = set->as.statefulset;
	return s->observed_generation > old->status.observed_generation ||
	       s->replicas != old->status.replicas || s->ready != old->status.ready ||
	       s->available != old->status.available || s->current != old->status.current ||
	       s->updated != old->status.updated ||
	       !strv_eq(s->current_revision, old->status.current_revision) ||
	       !strv_eq(s->update_revision, old->status.update_revision);
}

static int set_count(struct arena *a, struct json *v, const char *key, int64_t n)
{
	return json_set(a, v, key, n == 0 ? json_new_null(a) : json_new_i64(a, n));
}

static int set_text(struct arena *a, struct json *v, const char *key, struct strv text)
{
	return json_set(a, v, key, text.n ? json_new_str(a, text) : json_new_null(a));
}

struct json *set_status_patch(
	struct arena *a, const struct set_status *s, const struct object *set, int64_t collisions)
{
	struct json *v = json_new_object(a);
	struct json *metadata = json_new_object(a);
	struct json *status = json_new_object(a);
	if (json_set_str(a, metadata, "uid", set->meta.uid) ||
		json_set(a, v, "metadata", metadata) ||
		set_count(a, status, "observedGeneration", s->observed_generation) ||
		json_set_i64(a, status, "replicas", s->replicas) ||
		set_count(a, status, "readyReplicas", s->ready) ||
		json_set_i64(a, status, "availableReplicas", s->available) ||
		set_count(a, status, "currentReplicas", s->current) ||
		set_count(a, status, "updatedReplicas", s->updated) ||
		set_text(a, status, "currentRevision", s->current_revision) ||
		set_text(a, status, "updateRevision", s->update_revision) ||
		json_set_i64(a, status, "collisionCount", collisions) ||
		json_set(a, v, "status", status)) {
		return NULL;
	}
	return v;
}
