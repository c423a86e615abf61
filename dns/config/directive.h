/* What the files of dns/config share: the reader's state, one directive taken apart, the table of directives.
 * A new directive is one row in directive.c, one file, one test, one line in README.
 * Regime: all in the arena of the Corefile being read. Called by: dns/config only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/base.h"
#include "dns/config/corefile.h"

struct reader {
	struct arena *arena;
	const struct corefile_source *source;
	struct corefile_report *report;
	const char *file; /* where the lines are that are being read */
	const struct corefile_note **unserved_end, **warnings_end; /* where the next one is hung */
};

struct config_line { /* one line: a word and its arguments */
	const char *file;
	const char *name;
	unsigned line;
	struct corefile_words args;
};
struct directive {
	struct config_line head;
	bool has_block;
	const struct config_line *options; /* the lines in its braces */
	size_t n_options;
};

struct directive_row {
	const char *name;
	bool repeats; /* may be there more than once in a block */
	int (*read)(struct reader *r, const struct directive *d, struct corefile_block *b);
};
/* NULL: there is none of this name. */
const struct directive_row *directive_find(const char *name);
/* CoreDNS has it, we do not yet. */
bool directive_is_foreign(const char *name);

/* One option of a directive; into is the directive's own struct. */
struct option_of {
	const char *name;
	size_t min_args, max_args; /* beyond max: refused */
	bool ignores_more;         /* beyond max: dropped with a warning, as CoreDNS drops them */
	const char *
		wants; /* "one of disabled, insecure, verified": said when args are too few or many */
	int (*read)(struct reader *r, const struct config_line *l, void *into);
};
/* Each option of d by its row. errors ERR_SYNTAX (unknown option, number of arguments), as the rows */
NODISCARD int options_read(struct reader *r, const struct directive *d,
	const struct option_of *rows, size_t n_rows, void *into);

/* Fills the report: "FILE:LINE: " and the reason, FILE being r->file; always ERR_SYNTAX. */
int refuse(struct reader *r, unsigned line, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Remembers something understood but not done, or worth a warning. errors ERR_NOMEM */
NODISCARD int unserved(struct reader *r, unsigned line, const char *fmt, ...) PRINTF_LIKE(3, 4);
NODISCARD int warn(struct reader *r, unsigned line, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* errors ERR_SYNTAX */
NODISCARD int no_block(struct reader *r, const struct directive *d);
NODISCARD int no_args(struct reader *r, const struct directive *d);

/* Room for one more at the end of a list in the arena, zeroed; NULL when memory is out. The list moves. */
void *config_grow(struct reader *r, const void **list, size_t *n, size_t each);
/* *list and then more. errors ERR_NOMEM */
NODISCARD int words_append(
	struct reader *r, struct corefile_words *list, const struct corefile_words *more);
/* "a b c"; NULL when memory is out. */
const char *words_join(struct reader *r, const struct corefile_words *words);
bool words_have(const struct corefile_words *words, const char *word);

/* One row each, in files of their own. */
int bind_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int debug_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int errors_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int kubernetes_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int loadbalance_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int log_read(struct reader *r, const struct directive *d, struct corefile_block *b);
int transfer_read(struct reader *r, const struct directive *d, struct corefile_block *b);
