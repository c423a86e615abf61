/* How it goes, for those who ask: how fresh what has been told is, and the figures.
 * Regime: control thread; nothing is kept. Called by: main, watch_freshness, contact.c. */
#include "watch/remote/remote_internal.h"

static void freshness_add(struct watch_freshness *to, const struct reflector *f)
{
	int64_t age = f->heard_ms ? (int64_t)(uv_now(f->remote->loop) - f->heard_ms) : -1;
	if (f->refused) {
		return;
	}
	to->synced = to->synced && f->synced;
	to->in_step = to->in_step && reflector_in_step(f);
	to->age_ms = to->age_ms < 0 || age < 0 ? -1 : age > to->age_ms ? age : to->age_ms;
}

void remote_freshness(const struct remote *r, struct watch_freshness *out)
{
	*out = (struct watch_freshness){ .synced = true, .in_step = true };
	for (const struct watch_sub *s = r->subs; s; s = s->next) {
		for (const struct reflector *f = s->reflectors; f; f = f->next) {
			freshness_add(out, f);
		}
	}
}

static void kind_add(struct remote_kind *to, const struct reflector *f)
{
	to->refused = to->refused || f->refused;
	to->known += known_count(f->known);
	to->lists += metrics_get(&f->lists);
	to->watches += metrics_get(&f->watches);
	to->events += metrics_get(&f->events);
	to->bad += metrics_get(&f->bad);
	to->failures += metrics_get(&f->failures);
	freshness_add(&to->fresh, f);
}

bool remote_kind(const struct remote *r, enum kind kind, struct remote_kind *out)
{
	bool any = false;
	*out = (struct remote_kind){ .fresh = { .synced = true, .in_step = true } };
	for (const struct watch_sub *s = r->subs; s; s = s->next) {
		for (const struct reflector *f = s->reflectors; f; f = f->next) {
			if (f->kind == kind) {
				any = true;
				kind_add(out, f);
			}
		}
	}
	return any;
}

#define NAME(word) "ordinal_kubernetes_" word
static const struct metrics_family age = { NAME("contact_age_seconds"), METRICS_GAUGE,
	"Time since the API server was last heard of: up to a minute when nothing changes. Absent "
	"before the first time." };
enum figure { IN_STEP, REFUSED, KNOWN, LISTS, WATCHES, EVENTS, BAD, FAILURES };
static const struct metrics_family families[] = {
	[IN_STEP] = { NAME("in_step"), METRICS_GAUGE,
		"1 while all is known and changes are seen as they happen." },
	[REFUSED] = { NAME("refused"), METRICS_GAUGE, "1 while we may not read this kind." },
	[KNOWN] = { NAME("objects"), METRICS_GAUGE, "Objects known." },
	[LISTS] = { NAME("lists_total"), METRICS_COUNTER,
		"Lists begun: one, and one after each "
		"history that was forgotten." },
	[WATCHES] = { NAME("watches_total"), METRICS_COUNTER, "Watches begun." },
	[EVENTS] = { NAME("events_total"), METRICS_COUNTER, "Changes told." },
	[BAD] = { NAME("undecodable_total"), METRICS_COUNTER,
		"Objects and changes that could not be read." },
	[FAILURES] = { NAME("failures_total"), METRICS_COUNTER, "Lists and watches that failed." },
};

static uint64_t figure_of(const struct remote_kind *k, enum figure f)
{
	const uint64_t all[] = {
		[IN_STEP] = k->fresh.in_step,
		[REFUSED] = k->refused,
		[KNOWN] = k->known,
		[LISTS] = k->lists,
		[WATCHES] = k->watches,
		[EVENTS] = k->events,
		[BAD] = k->bad,
		[FAILURES] = k->failures,
	};
	return all[f];
}

void remote_metrics(const struct remote *r, struct buf *page)
{
	struct remote_kind kinds[KIND_COUNT];
	bool asked[KIND_COUNT];
	struct metrics_label label[KIND_COUNT];
	metrics_family(page, &age);
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		asked[k] = remote_kind(r, (enum kind)k, &kinds[k]);
		label[k] = (struct metrics_label){ "kind",
			strv_of(kind_row((enum kind)k)->plural) };
		if (asked[k] && kinds[k].fresh.age_ms >= 0) {
			metrics_sample_ms(page, &age, &label[k], 1, kinds[k].fresh.age_ms);
		}
	}
	for (unsigned f = 0; f < ARRAY_LEN(families); f++) {
		metrics_family(page, &families[f]);
		for (unsigned k = 0; k < KIND_COUNT; k++) {
			if (asked[k]) {
				metrics_sample(page, &families[f], &label[k], 1,
					figure_of(&kinds[k], (enum figure)f));
			}
		}
	}
}
