/* The kubeconfig of the lab: a file of its own, for kubectl and any client. ~/.kube/config is never touched.
 * Source: clientcmd/v1 Config. Called by: main, before `ready` is said. */
#pragma once

#include <stddef.h>

#include "base/base.h"

/* Where the file goes when nobody says: "$XDG_RUNTIME_DIR/ordinal-lab-PORT.kubeconfig", or under /tmp. errors ERR_NO_SPACE */
NODISCARD int kubeconfig_default_path(unsigned port, char *out, size_t size);
/* Writes the file anew (mode 0600, by rename, so that no reader sees half of it and no link is followed).
 * errors ERR_EXISTS: it is the user's ~/.kube/config, left alone; libuv's */
NODISCARD int kubeconfig_write(const char *path, const char *server_url);
