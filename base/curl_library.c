/* See curl_library.h. */
#include "base/curl_library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "base/base.h"

#define SONAME "libcurl.so.4" /* the ABI since 7.16; CURLOPT_CAINFO_BLOB asks for 7.77 */

static struct curl_library library;

static bool resolve(void *handle)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = {
#define X(name) { "curl_" #name, offsetof(struct curl_library, name) },
		CURL_FUNCTIONS(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		void *f = dlsym(handle, rows[i].name);
		if (!f) {
			return false;
		}
		memcpy((char *)&library + rows[i].at, &f,
			sizeof(f)); /* POSIX dlsym: they have one size */
	}
	return true;
}

const struct curl_library *curl_library_get(const char **why)
{
	static bool loaded;
	if (loaded) {
		return &library;
	}
	void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		*why = SONAME " cannot be loaded: install libcurl";
		return NULL;
	}
	if (!resolve(handle) || library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		*why = SONAME " is too old";
		(void)dlclose(handle); /* nothing of it is in use */
		return NULL;
	}
	loaded = true;
	return &library;
}
