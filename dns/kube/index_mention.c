/* Which Services mention which Pod of a StatefulSet: part_uid -> entry number, once a mention, kept in step with the slices
 * once there are such Pods; and since when a slice has said what it says of one. See replicas.h. */
#include "base/err.h"
#include "dns/kube/index_internal.h"

static int compare_mentions(const struct slice_part *a, const struct part_endpoint *x,
	const struct slice_part *b, const struct part_endpoint *y)
{
	int c = a->each != b->each ? (a->each > b->each) - (a->each < b->each)
				   : memcmp(part_address(a, x), part_address(b, y), a->each);
	return c != 0 ? c : (x->uid > y->uid) - (x->uid < y->uid);
}

/* The next endpoint of `of`, from *i on, with a uid and not in `but`; both are in order, *k goes along. NULL: no more. */
static const struct part_endpoint *next_mention(
	const struct slice_part *of, const struct slice_part *but, size_t *i, size_t *k)
{
	while (*i < of->n) {
		const struct part_endpoint *e = &of->endpoints[*i];
		int c = but && *k < but->n ? compare_mentions(of, e, but, &but->endpoints[*k]) : -1;
		*i += c <= 0;
		*k += c >= 0;
		if (c < 0 && e->uid != 0) {
			return e;
		}
	}
	return NULL;
}

static void unmention(struct index *ix, struct entry *e, const struct slice_part *of, uint64_t uid)
{
	struct replica *r = replicas_find(&ix->replicas, uid);
	bool was_there = table_remove(&ix->uids, (uint32_t)uid, e->id);
	REQUIRE(was_there);
	if (r && r->governing == e) {
		r->here[part_family(of)]--;
	}
	if (r) {
		replicas_unmention(&ix->replicas, r);
	}
}

static int mention_all(struct index *ix, struct entry *e, const struct slice_part *of,
	const struct slice_part *but)
{
	const struct part_endpoint *m;
	size_t i = 0;
	size_t k = 0;
	size_t done = 0;
	int err = ERR_OK;
	while (err == ERR_OK && of && (m = next_mention(of, but, &i, &k))) {
		err = table_add(&ix->uids, (uint32_t)m->uid, e->id);
		if (err == ERR_OK) {
			struct replica *r = replicas_find(&ix->replicas, m->uid);
			done++;
			if (r && r->governing == e) {
				r->here[part_family(of)]++;
			}
			if (r) {
				replicas_mention(&ix->replicas, r);
			}
		}
	}
	i = k = 0;
	while (err != ERR_OK && done-- > 0) {
		unmention(ix, e, of, next_mention(of, but, &i, &k)->uid);
	}
	return err;
}

static void unmention_all(struct index *ix, struct entry *e, const struct slice_part *of,
	const struct slice_part *but, uint64_t version)
{
	const struct part_endpoint *m;
	size_t i = 0;
	size_t k = 0;
	while (of && (m = next_mention(of, but, &i, &k))) {
		struct replica *r = replicas_find(&ix->replicas, m->uid);
		if (r && r->governing == e && version > r->dropped) {
			r->dropped = version;
		}
		unmention(ix, e, of, m->uid);
	}
}

/* How long the endpoints have been what they are. One that appears as not ready was not taken back, so that says nothing
 * against a Pod that has been Ready since. */
static void carry_ages(struct slice_part *next, const struct slice_part *old)
{
	size_t k = 0;
	for (size_t i = 0; old && i < next->n; i++) {
		struct part_endpoint *e = &next->endpoints[i];
		int c = -1;
		while (k < old->n && (c = compare_mentions(next, e, old, &old->endpoints[k])) > 0) {
			k++;
		}
		bool same = k < old->n && c == 0;
		if (!same) {
			e->age = e->ready ? 0 : PART_AGE_MAX;
		} else if (e->ready == old->endpoints[k].ready && next->version >= old->version) {
			uint64_t age = next->version - old->version + old->endpoints[k].age;
			e->age = age < PART_AGE_MAX ? (uint32_t)age : PART_AGE_MAX;
		}
		k += same;
	}
}

/* Undoes what has been done of it: it is tried again with the next Pod. */
static int begin_failed(struct index *ix, int err)
{
	table_deinit(&ix->uids);
	table_init(&ix->uids, ix->reclaim);
	return err;
}

int index_mention_begin(struct index *ix)
{
	for (uint32_t id = 0; !ix->mentioning && id < ix->numbers.n; id++) {
		struct entry *e = entry_at(ix, id);
		for (size_t i = 0; e && i < e->n_slices; i++) {
			int err = mention_all(ix, e, e->slices[i], NULL);
			if (err != ERR_OK) {
				return begin_failed(ix, err);
			}
		}
	}
	ix->mentioning = true;
	return ERR_OK;
}

int index_mention(struct index *ix, struct entry *e, const struct slice_part *old,
	struct slice_part *next, uint64_t version)
{
	if (ix->mentioning) {
		int err = mention_all(ix, e, next, old);
		if (err != ERR_OK) {
			return err;
		}
		unmention_all(ix, e, old, next, version);
	}
	if (next) {
		carry_ages(next, old);
	}
	return ERR_OK;
}
