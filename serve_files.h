/* Files of a Corefile: the file itself, and those that it imports. Source: CoreDNS plugin import. Blocking, start-up only.
 * Called by: serve.c. */
#pragma once

#include "base/base.h"
#include "base/buf.h"
#include "dns/config/corefile.h"

/* The whole file, and no more than is too much for a Corefile.
 * errors ERR_NOT_FOUND, libuv's, ERR_NOMEM */
NODISCARD int serve_files_read(const char *path, struct buf *out);
/* As struct corefile_source wants it; ctx is not used. */
int serve_files_import(void *ctx, const char *pattern, const char *from, corefile_take_fn take,
	void *take_ctx, char why[COREFILE_WHY_CHARS]);
