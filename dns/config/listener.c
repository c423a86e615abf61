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
	return a->n == 0 || b->n == 0;
}

NODISCARD static int listener_make(struct reader *r, const struct corefile_block *b, unsigned port,
	struct corefile_listener *out)
{
	struct corefile_words zones = { .n = 0 };
	int err = ERR_OK;
	for (size_t i = 0; i < b->n_zones && !err; i++) {
		if (b->zones[i].port == port) {
			err = words_append(
				r, &zones, &(struct corefile_words){ &b->zones[i].name, 1 });
		}
	}
	*out = (struct corefile_listener){
		.block = b, .port = port, .zones = err ? NULL : words_join(r, &zones)
	};
	return err ? err : out->zones ? ERR_OK : ERR_NOMEM;
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
		for (size_t z = 0; z < b->n_zones && !err; z++) {
			size_t i = first;
			while (i < c->n_listeners && list[i].port != b->zones[z].port) {
				i++;
			}
			if (i == c->n_listeners) {
				err = listener_make(r, b, b->zones[z].port, &list[i]);
				c->n_listeners++;
			}
		}
	}
	return err;
}
