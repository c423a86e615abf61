/* Selections. Source and regime: see selection.h. Called by: read.c, watch.c, server_write.c. */
#include "watch/embedded/selection.h"

#include "base/err.h"

void selection_parse(
	struct arena *a, const struct route *route, struct selection *out, struct status *s)
{
	char why[SELECTOR_WHY_CHARS] = "";
	*out = (struct selection){ .kind = route->kind, .ns = route->ns };
	int r = selector_parse(a, route->opt.label_selector, &out->labels, why);
	if (r == ERR_NOMEM) {
		status_no_memory(s);
	} else if (r != ERR_OK) {
		status_bad_request(s, "%s", why);
	} else {
		field_selector_parse(a, route->kind, route->opt.field_selector, &out->fields, s);
	}
}

bool selection_matches(const struct selection *sel, const struct object *o)
{
	return o != NULL && (sel->ns.n == 0 || strv_eq(sel->ns, o->meta.ns)) &&
	       (sel->labels.n == 0 || selector_matches(&sel->labels, &o->meta.labels)) &&
	       (sel->fields.n == 0 || field_selector_matches(&sel->fields, o));
}

bool selection_is_all(const struct selection *sel)
{
	return sel->labels.n == 0 && sel->fields.n == 0;
}
