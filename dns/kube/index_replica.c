/* What Pods of StatefulSets change in the index: see replicas.h for the rules.
 *
 * A change of a Pod: the entries that it may matter to (those that mention it, and that of its governing Service) are
 * visited, and what it brings to each is compared before and after; where it differs the record set is built again. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/index_internal.h"

/* Early ones */

static bool is_early(const struct replica *r, const struct entry *e, unsigned f)
{
	return r->here[f] == 0 && replica_is_early(r, e->service, f);
}

int index_early(const struct entry *e, struct early *out)
{
	struct early early = { .made = e->n_slices, .n = e->n_slices };
	size_t n = 0;
	for (const struct replica *r = e->replicas; r && e->service; r = r->next) {
		n += is_early(r, e, 0);
		n += is_early(r, e, 1);
	}
	if (n > 0) {
		early.slices = calloc(e->n_slices + n, sizeof(struct slice_part *));
		if (!early.slices) {
			return ERR_NOMEM;
		}
		for (size_t i = 0; i < e->n_slices; i++) {
			early.slices[i] = e->slices[i];
		}
	}
	for (const struct replica *r = e->replicas; n > 0 && r; r = r->next) {
		for (unsigned f = 0; f < FAMILIES; f++) {
			struct slice_part *p = NULL;
			if (!is_early(r, e, f)) {
				continue;
			}
			p = replica_slice(r, e->service, f);
			if (!p) {
				index_early_free(&early);
				return ERR_NOMEM;
			}
			early.slices[early.n++] = p;
		}
	}
	*out = early;
	return ERR_OK;
}

void index_early_free(struct early *early)
{
	for (size_t i = early->made; i < early->n; i++) {
		slice_part_free(early->slices[i]);
	}
	free(early->slices);
}

/* Changes of one Pod */

static uint64_t digest_more(uint64_t digest, size_t place, const uint8_t *address, unsigned f)
{
	struct strv octets = { .p = (const char *)address, .n = family_bytes(f) };
	return strv_hash(octets, (digest ^ place) * 0x9E3779B97F4A7C15u + 1);
}

static struct share share_of(const struct entry *e, uint64_t uid, const struct replica *r)
{
	struct share s = { 0 };
	size_t place = 0;
	for (size_t i = 0; i < e->n_slices; i++) {
		const struct slice_part *slice = e->slices[i];
		unsigned f = part_family(slice);
		for (size_t k = 0; k < slice->n; k++, place++) {
			if (slice->endpoints[k].uid != uid) {
				continue;
			}
			const uint8_t *a = replica_resolve(
				r, e->service, slice, &slice->endpoints[k]);
			s.mentions[f]++;
			s.digest = a ? digest_more(s.digest, place, a, f) : s.digest;
		}
	}
	for (unsigned f = 0; r && r->governing == e && f < FAMILIES; f++) {
		if (s.mentions[f] == 0 && replica_is_early(r, e->service, f)) {
			s.digest = digest_more(s.digest, place + f, r->address[f], f);
		}
	}
	return s;
}

static void visit(struct index *ix, struct entry *e, struct entry **list)
{
	if (e && e->visited != ix->visit) {
		e->visited = ix->visit;
		e->next_visited = *list;
		*list = e;
	}
}

/* The entries to which the Pod may matter, and what it brings to them. r may be NULL, governing too. */
static struct entry *visit_all(
	struct index *ix, uint64_t uid, const struct replica *r, struct entry *governing)
{
	struct entry *list = NULL;
	uint32_t id;
	ix->visit++;
	struct table_walk w = table_walk(&ix->uids, (uint32_t)uid);
	while (table_next(&w, &id)) {
		visit(ix, entry_at(ix, id), &list);
	}
	visit(ix, governing, &list);
	visit(ix, r ? r->governing : NULL, &list);
	for (struct entry *e = list; e; e = e->next_visited) {
		e->before = share_of(e, uid, r);
	}
	return list;
}

static uint32_t count_mentions(const struct entry *list)
{
	uint32_t n = 0;
	for (; list; list = list->next_visited) {
		n += list->before.mentions[0] + list->before.mentions[1];
	}
	return n;
}

/* Builds again what has changed. */
static int settle(
	struct index *ix, struct entry *list, uint64_t uid, const struct replica *r, bool *changed)
{
	int first = ERR_OK;
	for (struct entry *e = list, *next; e; e = next) {
		next = e->next_visited;
		if (share_of(e, uid, r).digest == e->before.digest) {
			index_drop_if_empty(ix, e);
			continue;
		}
		int err = index_touch(ix, e, changed);
		first = first != ERR_OK ? first : err;
	}
	return first;
}

static void unlink_replica(struct replica *r)
{
	if (r->governing) {
		*r->link = r->next;
		if (r->next) {
			r->next->link = r->link;
		}
		r->governing = NULL;
		r->next = NULL;
	}
}

static void link_replica(struct replica *r, struct entry *governing)
{
	if (governing && !r->governing) {
		r->governing = governing;
		r->here[0] = governing->before.mentions[0];
		r->here[1] = governing->before.mentions[1];
		r->link = &governing->replicas;
		r->next = governing->replicas;
		if (r->next) {
			r->next->link = &r->next;
		}
		governing->replicas = r;
	}
}

/* The one that is known, or a new one with this state. */
static int replica_as(struct index *ix, uint64_t uid, const struct object *pod, uint32_t mentions,
	struct replica **at)
{
	struct replica *r = *at ? *at : replicas_add(&ix->replicas, uid);
	if (!r) {
		return ERR_NOMEM;
	}
	int err = replicas_set(&ix->replicas, r, pod);
	if (err != ERR_OK && !*at) {
		replicas_remove(&ix->replicas, r);
	} else {
		r->mentions = mentions;
		*at = r;
	}
	return err;
}

int index_set_replica(struct index *ix, const struct object *pod, bool *changed)
{
	const uint64_t uid = part_uid(pod->meta.uid, ix->seed);
	struct replica *r = replicas_find(&ix->replicas, uid);
	struct entry *governing = r ? r->governing : NULL;
	struct strv subdomain = pod->as.pod->subdomain;
	if (uid == 0) {
		return ERR_OK;
	}
	int err = index_mention_begin(ix);
	if (err == ERR_OK && !governing && subdomain.n > 0) {
		err = index_service_entry(ix, pod->meta.ns, subdomain, true, &governing);
	}
	if (err != ERR_OK) {
		return err;
	}
	struct entry *list = visit_all(ix, uid, r, governing);
	err = replica_as(ix, uid, pod, count_mentions(list), &r);
	if (err == ERR_OK) {
		link_replica(r, governing);
	}
	int built = settle(ix, list, uid, r, changed);
	return err != ERR_OK ? err : built;
}

int index_drop_replica(struct index *ix, struct strv uid_text, bool *changed)
{
	const uint64_t uid = part_uid(uid_text, ix->seed);
	struct replica *r = replicas_find(&ix->replicas, uid);
	int err = index_mention_begin(ix);
	if (err != ERR_OK) {
		return err;
	}
	struct entry *list = visit_all(ix, uid, r, NULL);
	uint32_t mentions = count_mentions(list);
	if (!r && mentions > 0) {
		r = replicas_add(&ix->replicas, uid);
		if (!r) {
			return ERR_NOMEM;
		}
		r->mentions = mentions;
	}
	if (!r) {
		return ERR_OK;
	}
	unlink_replica(r);
	replicas_set_gone(&ix->replicas, r);
	return settle(ix, list, uid, r, changed);
}

static int forget(struct index *ix, struct replica *r, bool *changed)
{
	const uint64_t uid = r->uid;
	struct entry *list = visit_all(ix, uid, r, NULL);
	unlink_replica(r);
	replicas_remove(&ix->replicas, r);
	return settle(ix, list, uid, NULL, changed);
}

int index_forget_replica(struct index *ix, struct strv uid, bool *changed)
{
	struct replica *r = replicas_find(&ix->replicas, part_uid(uid, ix->seed));
	return r && !r->gone ? forget(ix, r, changed) : ERR_OK;
}

int index_forget_replicas(struct index *ix, bool *changed)
{
	bool lazy = ix->lazy;
	int first = ERR_OK;
	index_set_lazy(ix, true); /* each Service is built once */
	for (struct replica *r = ix->replicas.head, *next; r; r = next) {
		next = r->hh.next;
		int err = r->gone ? ERR_OK : forget(ix, r, changed);
		first = first != ERR_OK ? first : err;
	}
	index_set_lazy(ix, lazy);
	int err = lazy ? ERR_OK : index_flush(ix);
	return first != ERR_OK ? first : err;
}
