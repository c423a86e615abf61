/* Writing the lab's kubeconfig. Regime: nothing is kept. Blocking, before the loop serves. */
#include "watch/manifest/kubeconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"

int kubeconfig_default_path(unsigned port, char *out, size_t size)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	if (!dir || !*dir || access(dir, W_OK) != 0) {
		dir = "/tmp";
	}
	int n = snprintf(out, size, "%s/ordinal-lab-%u.kubeconfig", dir, port);
	return n > 0 && (size_t)n < size ? ERR_OK : ERR_NO_SPACE;
}

/* Whether path is ~/.kube/config, by whatever way it is written. */
static bool is_the_users(const char *path)
{
	char home[PATH_MAX];
	char mine[PATH_MAX];
	char theirs[PATH_MAX];
	const char *dir = getenv("HOME");
	int n = snprintf(home, sizeof(home), "%s/.kube/config", dir ? dir : "");
	if (!dir || n < 0 || (size_t)n >= sizeof(home)) {
		return false;
	}
	if (strcmp(path, home) == 0) {
		return true;
	}
	return realpath(path, mine) && realpath(home, theirs) && strcmp(mine, theirs) == 0;
}

NODISCARD static int text_write(int fd, const char *server_url)
{
	int n = dprintf(fd,
		"apiVersion: v1\nkind: Config\n"
		"clusters:\n- name: ordinal-lab\n  cluster:\n    server: %s\n"
		"users:\n- name: ordinal-lab\n  user: {}\n"
		"contexts:\n- name: ordinal-lab\n  context:\n    cluster: ordinal-lab\n    user: "
		"ordinal-lab\n"
		"current-context: ordinal-lab\n",
		server_url);
	return n > 0 ? ERR_OK : uv_translate_sys_error(errno);
}

int kubeconfig_write(const char *path, const char *server_url)
{
	char fresh[PATH_MAX];
	if (is_the_users(path)) {
		return ERR_EXISTS;
	}
	int n = snprintf(fresh, sizeof(fresh), "%s.XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof(fresh)) {
		return UV_ENAMETOOLONG;
	}
	int fd = mkostemp(fresh, O_CLOEXEC); /* mode 0600 */
	if (fd < 0) {
		return uv_translate_sys_error(errno);
	}
	int err = text_write(fd, server_url);
	if (close(fd) != 0 && !err) {
		err = uv_translate_sys_error(errno);
	}
	if (!err && rename(fresh, path) != 0) {
		err = uv_translate_sys_error(errno);
	}
	if (err) {
		(void)unlink(fresh); /* best effort: the first error is what counts */
	}
	return err;
}
