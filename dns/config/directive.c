/* The table of directives, and what their readers share: see directive.h. */
#include "dns/config/directive.h"

#include <stdarg.h>

#include "base/err.h"

/* The order has no meaning: which stage comes first is the program's business, as in CoreDNS. */
static const struct directive_row rows[] = {
	{ .name = "bind", .repeats = true, .read = bind_read },
	{ .name = "debug", .repeats = true, .read = debug_read },
	{ .name = "errors", .read = errors_read },
	{ .name = "kubernetes", .read = kubernetes_read },
	{ .name = "loadbalance", .repeats = true, .read = loadbalance_read },
	{ .name = "log", .repeats = true, .read = log_read },
	{ .name = "transfer", .repeats = true, .read = transfer_read },
};

/* CoreDNS 1.15's directives that are not ours yet: told apart from misspellings. */
static const char *const foreign[] = { "acl", "any", "auto", "autopath", "azure", "bufsize",
	"cache", "cancel", "chaos", "clouddns", "dns64", "dnssec", "dnstap", "dynupdate", "erratic",
	"etcd", "file", "forward", "geoip", "grpc", "grpc_server", "header", "health", "hosts",
	"https", "https3", "k8s_external", "local", "loop", "metadata", "minimal", "multisocket",
	"nomad", "nsid", "pprof", "prometheus", "proxyproto", "quic", "ready", "reload", "rewrite",
	"root", "route53", "secondary", "shed", "sign", "siit", "template", "timeouts", "tls",
	"trace", "tsig", "view", "whoami", "on" };

const struct directive_row *directive_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			return &rows[i];
		}
	}
	return NULL;
}

bool directive_is_foreign(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (strcmp(foreign[i], name) == 0) {
			return true;
		}
	}
	return false;
}

int refuse(struct reader *r, unsigned line, const char *fmt, ...)
{
	char why[384];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap); /* a long word is cut */
	va_end(ap);
	(void)snprintf(
		r->report->text, sizeof(r->report->text), "%.100s:%u: %s", r->file, line, why);
	return ERR_SYNTAX;
}

NODISCARD static int note(struct reader *r, const struct corefile_note ***end, unsigned line,
	const char *fmt, va_list ap)
{
	struct corefile_note *n = arena_new(r->arena, struct corefile_note);
	struct strv text = arena_vprintf(r->arena, fmt, ap);
	if (!n || !text.p) {
		return ERR_NOMEM;
	}
	n->file = r->file;
	n->line = line;
	n->text = text.p;
	**end = n;
	*end = &n->next;
	return ERR_OK;
}

int unserved(struct reader *r, unsigned line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int err = note(r, &r->unserved_end, line, fmt, ap);
	va_end(ap);
	return err;
}

int warn(struct reader *r, unsigned line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int err = note(r, &r->warnings_end, line, fmt, ap);
	va_end(ap);
	return err;
}

int no_block(struct reader *r, const struct directive *d)
{
	return d->has_block ? refuse(r, d->head.line, "%s: takes no { }", d->head.name) : ERR_OK;
}

int no_args(struct reader *r, const struct directive *d)
{
	const struct corefile_words *a = &d->head.args;
	return a->n > 0 ? refuse(r, d->head.line, "%s: takes no arguments, has \"%s\"",
				  d->head.name, a->at[0])
			: ERR_OK;
}

NODISCARD static int option_read(struct reader *r, const struct directive *d,
	const struct option_of *row, const struct config_line *l, void *into)
{
	struct config_line clipped = *l;
	if (l->args.n < row->min_args || (l->args.n > row->max_args && !row->ignores_more)) {
		return refuse(r, l->line, "%s: %s: wants %s, has %zu argument%s", d->head.name,
			l->name, row->wants, l->args.n, l->args.n == 1 ? "" : "s");
	}
	if (l->args.n > row->max_args) {
		clipped.args.n = row->max_args;
		int err = warn(r, l->line, "%s: %s: \"%s\" and what follows is dropped",
			d->head.name, l->name, l->args.at[row->max_args]);
		if (err) {
			return err;
		}
	}
	return row->read(r, &clipped, into);
}

int options_read(struct reader *r, const struct directive *d, const struct option_of *option_rows,
	size_t n_rows, void *into)
{
	for (size_t i = 0; i < d->n_options; i++) {
		const struct config_line *l = &d->options[i];
		size_t k = 0;
		while (k < n_rows && strcmp(option_rows[k].name, l->name) != 0) {
			k++;
		}
		if (k == n_rows) {
			r->file = l->file;
			return refuse(
				r, l->line, "%s: unknown option \"%s\"", d->head.name, l->name);
		}
		r->file = l->file;
		int err = option_read(r, d, &option_rows[k], l, into);
		if (err) {
			return err;
		}
		r->file = d->head.file;
	}
	return ERR_OK;
}

void *config_grow(struct reader *r, const void **list, size_t *n, size_t each)
{
	uint8_t *grown = arena_zalloc(r->arena, (*n + 1) * each); /* bounded by the file's size */
	if (!grown) {
		return NULL;
	}
	if (*n > 0) {
		memcpy(grown, *list, *n * each);
	}
	*list = grown;
	return grown + (*n)++ * each;
}

int words_append(struct reader *r, struct corefile_words *list, const struct corefile_words *more)
{
	if (more->n == 0) {
		return ERR_OK;
	}
	const char **at = arena_array(r->arena, const char *, list->n + more->n);
	if (!at) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < list->n; i++) {
		at[i] = list->at[i];
	}
	for (size_t i = 0; i < more->n; i++) {
		at[list->n + i] = more->at[i];
	}
	*list = (struct corefile_words){ .at = at, .n = list->n + more->n };
	return ERR_OK;
}

const char *words_join(struct reader *r, const struct corefile_words *words)
{
	size_t bytes = 1;
	for (size_t i = 0; i < words->n; i++) {
		bytes += strlen(words->at[i]) + 1;
	}
	char *text = arena_zalloc(r->arena, bytes);
	size_t n = 0;
	for (size_t i = 0; text && i < words->n; i++) {
		size_t length = strlen(words->at[i]);
		if (i > 0) {
			text[n++] = ' ';
		}
		memcpy(text + n, words->at[i], length);
		n += length;
	}
	return text;
}

bool words_have(const struct corefile_words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++) {
		if (strcmp(words->at[i], word) == 0) {
			return true;
		}
	}
	return false;
}
