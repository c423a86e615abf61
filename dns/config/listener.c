/* Which ports are opened with which zones: see the header. */
#include "dns/config/listener.h"

#include "base/err.h"
#include "dns/config/zone.h"

bool binds_meet(const struct corefile_words *a, const struct corefile_words *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (words_have(b, a->at[i])) {
			return true;
		}
	}
	return a->n == 0 && b->n == 0;
}

/* The zones of kubernetes that questions to this port can reach: those in a zone of the block. */
NODISCARD static int reachable(struct reader *r, const struct corefile_kubernetes *k,
	const struct corefile_words *zones, struct corefile_words *out)
{
	int err = ERR_OK;
	for (size_t i = 0; i < k->zones.n && !err; i++) {
		bool inside = false;
		bool partly = false;
		for (size_t z = 0; z < zones->n; z++) {
			inside = inside || zone_is_below(k->zones.at[i], zones->at[z]);
			partly = partly || zone_is_below(zones->at[z], k->zones.at[i]);
		}
		if (inside) {
			err = words_append(r, out, &(struct corefile_words){ &k->zones.at[i], 1 });
		} else if (partly) {
			err = unserved(r, k->line,
				"kubernetes: a part only of its zone %s in the server block",
				k->zones.at[i]);
		}
	}
	return err;
}

NODISCARD static int listener_make(struct reader *r, const struct corefile_block *b, unsigned port,
	struct corefile_listener *out)
{
	struct corefile_words zones = { .n = 0 };
	struct corefile_words served = { .n = 0 };
	int err = ERR_OK;
	for (size_t i = 0; i < b->n_zones && !err; i++) {
		if (b->zones[i].port == port) {
			err = words_append(
				r, &zones, &(struct corefile_words){ &b->zones[i].name, 1 });
		}
	}
	err = err ? err : reachable(r, b->kubernetes, &zones, &served);
	size_t forward = 0;
	for (size_t i = 0; i < served.n; i++) {
		forward += !zone_is_reverse(served.at[i]);
	}
	if (!err && forward == 0) {
		err = unserved(r, b->line,
			"port %u without a zone of kubernetes that is not a reverse one", port);
	}
	*out = (struct corefile_listener){ .block = b,
		.port = port,
		.zones = err ? NULL : words_join(r, &zones),
		.options = b->kubernetes->options };
	out->options.zones = err ? NULL : words_join(r, &served);
	return err ? err : out->zones && out->options.zones ? ERR_OK : ERR_NOMEM;
}

/* Questions on one port are not yet shared out among blocks. */
NODISCARD static int check_alone(
	struct reader *r, const struct corefile *c, const struct corefile_listener *mine)
{
	for (const struct corefile_listener *l = c->listeners; l < mine; l++) {
		if (l->port == mine->port && l->port != 0 &&
			binds_meet(&l->block->bind, &mine->block->bind)) {
			return unserved(r, mine->block->line,
				"two server blocks on port %u (the other is line %u)", l->port,
				l->block->line);
		}
	}
	return ERR_OK;
}

int listeners_make(struct reader *r, struct corefile *c)
{
	size_t most = 0;
	for (size_t i = 0; i < c->n_blocks; i++) {
		most += c->blocks[i].n_zones;
	}
	struct corefile_listener *list = arena_array(r->arena, struct corefile_listener, most);
	int err = list ? ERR_OK : ERR_NOMEM;
	c->listeners = list;
	for (const struct corefile_block *b = c->blocks; b < c->blocks + c->n_blocks && !err; b++) {
		size_t first = c->n_listeners;
		r->file = b->file;
		if (!b->kubernetes) {
			err = unserved(r, b->line, "a server block without kubernetes");
			continue;
		}
		for (size_t z = 0; z < b->n_zones && !err; z++) {
			size_t i = first;
			while (i < c->n_listeners && list[i].port != b->zones[z].port) {
				i++;
			}
			if (i < c->n_listeners) {
				continue;
			}
			err = listener_make(r, b, b->zones[z].port, &list[i]);
			c->n_listeners++;
			err = err ? err : check_alone(r, c, &list[i]);
		}
	}
	return err;
}
