/* Field selectors. Source and regime: see field.h. */
#include "watch/embedded/field.h"

#include "base/err.h"
#include "watch/object/typed.h"

#define MAX_REQS 32
#define NAME     "metadata.name"
#define NS       "metadata.namespace"

/* Which fields a kind can be selected by, beside name and namespace. Comma-joined. */
static const char *known(enum kind k)
{
	switch ((int)k) {
	case KIND_POD:
		return "spec.nodeName,spec.restartPolicy,spec.schedulerName,"
		       "spec.serviceAccountName,spec.hostNetwork,status.phase,status.podIP,"
		       "status.nominatedNodeName";
	case KIND_EVENT:
		return "involvedObject.kind,involvedObject.namespace,involvedObject.name,"
		       "involvedObject.uid,involvedObject.apiVersion,"
		       "involvedObject.resourceVersion,involvedObject.fieldPath,reason,"
		       "reportingComponent,source,type";
	case KIND_NODE:
		return "spec.unschedulable";
	case KIND_NAMESPACE:
		return "status.phase";
	case KIND_SECRET:
		return "type";
	case KIND_SERVICE:
		return "spec.clusterIP,spec.type";
	default:
		return "";
	}
}

/* The field as static text, NULL if the kind does not know it. */
static const char *find_path(struct arena *a, enum kind k, struct strv path)
{
	struct strv rest = strv_of(known(k)), piece;
	if (strv_eq(path, STRV(NAME))) {
		return NAME;
	}
	if (strv_eq(path, STRV(NS)) && kind_row(k)->namespaced) {
		return NS;
	}
	while (strv_cut(&rest, ',', &piece)) {
		if (piece.n > 0 && strv_eq(piece, path)) {
			return arena_strdup(a, piece).p;
		}
	}
	return NULL;
}

/* Kinds with fields of their own say less than the others. */
static void refuse(enum kind k, struct strv path, struct status *s)
{
	if (known(k)[0] != '\0') {
		status_bad_request(s, "field label not supported: %.*s", STRV_ARG(path));
		return;
	}
	status_bad_request(s,
		"\"%.*s\" is not a known field selector: only \"" NAME "\", \"" NS "\"",
		STRV_ARG(path));
}

/* Values escape backslash, comma and the equals sign. False: the escape is none of these. */
static bool unescape(struct arena *a, struct strv in, struct strv *out)
{
	char *p = arena_alloc(a, in.n + 1);
	size_t n = 0;
	if (p == NULL) {
		return false;
	}
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		if (c == '\\') {
			i++;
			if (i == in.n || strchr("\\,=", in.p[i]) == NULL) {
				return false;
			}
			c = in.p[i];
		} else if (c == '=') {
			return false;
		}
		p[n++] = c;
	}
	p[n] = '\0';
	*out = (struct strv){ p, n };
	return true;
}

/* Cuts at the first comma that is not escaped. */
static struct strv cut_term(struct strv *rest)
{
	size_t i = 0;
	while (i < rest->n && rest->p[i] != ',') {
		i += rest->p[i] == '\\' ? 2 : 1;
	}
	i = i > rest->n ? rest->n : i;
	struct strv term = strv_sub(*rest, 0, i);
	*rest = i < rest->n ? strv_sub(*rest, i + 1, rest->n) : STRV_NONE;
	return term;
}

/* "path=value", "path==value", "path!=value" */
static bool parse_term(struct arena *a, enum kind k, struct strv whole, struct strv term,
	struct field_req *out, struct status *s)
{
	size_t i = 0;
	while (i < term.n && term.p[i] != '=' && term.p[i] != '!') {
		i++;
	}
	struct strv path = strv_trim(strv_sub(term, 0, i));
	struct strv rest = strv_sub(term, i, term.n);
	out->not_equal = strv_has_prefix(rest, STRV("!="));
	size_t op = out->not_equal || strv_has_prefix(rest, STRV("==")) ? 2 : 1;
	if (rest.n == 0 || (rest.p[0] == '!' && !out->not_equal) ||
		!unescape(a, strv_sub(rest, op, rest.n), &out->value)) {
		status_bad_request(s, "invalid selector: '%.*s'; can't understand '%.*s'",
			STRV_ARG(whole), STRV_ARG(term));
		return false;
	}
	out->path = find_path(a, k, path);
	if (out->path == NULL) {
		refuse(k, path, s);
		return false;
	}
	return true;
}

void field_selector_parse(struct arena *a, enum kind k, struct strv text,
	struct field_selector *out, struct status *s)
{
	struct strv rest = text;
	struct field_req *reqs = arena_array(a, struct field_req, MAX_REQS);
	size_t n = 0;
	if (reqs == NULL) {
		status_no_memory(s);
		return;
	}
	while (rest.n > 0) {
		struct strv term = cut_term(&rest);
		if (term.n == 0) {
			continue;
		}
		if (n == MAX_REQS) {
			status_bad_request(s, "the field selector has too many terms");
			return;
		}
		if (!parse_term(a, k, text, term, &reqs[n], s)) {
			return;
		}
		n++;
	}
	*out = (struct field_selector){ reqs, n };
}

/* The field as the selector sees it: absent text is "", booleans are words. */
static struct strv value_in_tree(const struct json *tree, enum kind k, const char *path)
{
	const struct json *v = json_dig(tree, path);
	if (k == KIND_EVENT && strcmp(path, "source") == 0) {
		v = json_dig(tree, "source.component");
		if (json_str(v).n == 0) {
			v = json_get(tree, "reportingComponent");
		}
	}
	if (strcmp(path, "spec.hostNetwork") == 0 || strcmp(path, "spec.unschedulable") == 0) {
		return json_bool(v, false) ? STRV("true") : STRV("false");
	}
	struct strv text = json_str(v);
	return text.p != NULL ? text : STRV("");
}

/* Fields that need no decoding. False: this one does. */
static bool value_at_hand(const struct object *o, const char *path, struct strv *out)
{
	if (strcmp(path, NAME) == 0) {
		*out = o->meta.name;
	} else if (strcmp(path, NS) == 0) {
		*out = o->meta.ns;
	} else if (o->kind == KIND_POD && strcmp(path, "spec.nodeName") == 0) {
		*out = o->as.pod->node_name;
	} else if (o->kind == KIND_POD && strcmp(path, "status.phase") == 0) {
		*out = o->as.pod->phase;
	} else {
		return false;
	}
	return true;
}

bool field_selector_matches(const struct field_selector *f, const struct object *o)
{
	struct arena a;
	const struct json *tree = NULL;
	bool matches = true;
	arena_init(&a, 0);
	for (size_t i = 0; i < f->n && matches; i++) {
		struct strv have;
		if (!value_at_hand(o, f->reqs[i].path, &have)) {
			tree = tree != NULL ? tree : object_tree(o, &a);
			have = value_in_tree(tree, o->kind, f->reqs[i].path);
		}
		matches = strv_eq(have, f->reqs[i].value) != f->reqs[i].not_equal;
	}
	arena_deinit(&a);
	return matches;
}

struct strv field_selector_name(const struct field_selector *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!f->reqs[i].not_equal && strcmp(f->reqs[i].path, NAME) == 0) {
			return f->reqs[i].value;
		}
	}
	return STRV("");
}
