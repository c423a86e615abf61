/* Folders of provisioned volumes, made and removed off the loop. Source: local-path style hostPath volumes.
 * Regime: owned heap object; frees itself after folders_close when the last job is done. Called by: claims.c, volumes.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "base/base.h"
#include "base/strv.h"

struct folders;
/* err: 0 or libuv's. Not called after folders_close. */
typedef void (*folders_fn)(void *ctx, struct strv ns, struct strv name, int err);

/* data_dir NULL: folders_path gives a path below /var/lib/ordinal, and nothing is made or removed. */
NODISCARD int folders_open(
	uv_loop_t *loop, const char *data_dir, folders_fn done, void *ctx, struct folders **out);
void folders_close(struct folders *f);
bool folders_are_real(const struct folders *f);

/* Absolute path of a volume's folder: DIR/VOLUME_NAMESPACE_CLAIM. errors ERR_NO_SPACE */
NODISCARD int folders_path(const struct folders *f, struct strv volume, struct strv ns,
	struct strv claim, char *out, size_t size);
/* ns and name are handed to done. Existing folders are as good as made; a removed folder may be absent. Only paths
 * directly below the data folder are removed. errors ERR_NOMEM, ERR_RANGE (elsewhere), libuv's */
NODISCARD int folders_make(struct folders *f, const char *path, struct strv ns, struct strv name);
NODISCARD int folders_remove(struct folders *f, const char *path, struct strv ns, struct strv name);
