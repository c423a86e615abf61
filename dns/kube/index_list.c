/* All Services of the index in order, for those who want the zone whole. Regime: index.h; the list is the caller's, on the
 * heap. Query threads. Called by: dns/kube/transfer.c. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/index_internal.h"

/* Namespaces are cells too: of one label. */
static bool is_service(const struct entry *e)
{
	return e && e->cell.key_n > 1u + e->cell.key[0];
}

const struct cell *index_at(const struct index *ix, uint32_t number)
{
	const struct entry *e = number < numbers_end(&ix->numbers) ? entry_at(ix, number) : NULL;
	return is_service(e) ? &e->cell : NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	size_t at[2] = { 0, 0 };
	int c = 0;
	for (int label = 0; label < 2 && c == 0; label++) {
		const uint8_t *p = x->cell.key + at[0];
		const uint8_t *q = y->cell.key + at[1];
		c = strv_cmp((struct strv){ .p = (const char *)p + 1, .n = p[0] },
			(struct strv){ .p = (const char *)q + 1, .n = q[0] });
		at[0] += 1u + p[0];
		at[1] += 1u + q[0];
	}
	return c;
}

int index_list(const struct index *ix, uint32_t **out, size_t *out_n)
{
	uint32_t end = numbers_end(&ix->numbers);
	struct entry **entries = calloc(end + 1, sizeof(struct entry *));
	uint32_t *list = calloc(end + 1, sizeof(*list));
	if (!entries || !list) {
		free(entries);
		free(list);
		return ERR_NOMEM;
	}
	size_t n = 0;
	for (uint32_t i = 0; i < end; i++) {
		struct entry *e = entry_at(ix, i);
		if (is_service(e)) {
			entries[n++] = e;
		}
	}
	qsort(entries, n, sizeof(struct entry *), compare_entries);
	for (size_t i = 0; i < n; i++) {
		list[i] = entries[i]->id;
	}
	free(entries);
	*out = list;
	*out_n = n;
	return ERR_OK;
}
