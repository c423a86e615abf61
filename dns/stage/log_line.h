/* The line that `log` writes of a query and its reply: text with placeholders.
 * Source: CoreDNS plugin/log README. What is in braces and none of these stays as it is:
 *
 *   {common}   {remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}
 *   {combined} the same and "{>opcode}"
 *   {type} {class} {name} {proto} {remote} {port} {size} {local}   of the query; name in lower case, size in octets, local: the
 *              address listened on
 *   {>id} {>opcode} {>do} {>bufsize}   of its header and EDNS
 *   {rcode} {rsize} {>rflags} {duration}   of the reply as it is sent; "-" where there is none (a transfer); seconds
 *   {/LABEL}   metadata, of which there is none: "-"
 *
 * Regime: owned heap object, const once made. Any thread prints. Called by: log.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "dns/query/query.h"

struct log_line;

/* text is copied. errors ERR_NOMEM */
NODISCARD int log_line_new(const char *text, struct log_line **out);
void log_line_free(struct log_line *f); /* accepts NULL */
/* The line, ended by NUL; cut where out ends. took_ns: since the query came. q is done. */
void log_line_print(
	const struct log_line *f, const struct query *q, uint64_t took_ns, char *out, size_t n);
