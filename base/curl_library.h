/* libcurl, loaded when first asked for: of the commands only those that talk to a server pay for it (about 5 MiB
 * with what it brings along). The functions are those of <curl/curl.h>, with the same types.
 * Regime: process-wide, loaded once, never unloaded. Control thread only. Called by: base/http_client. */
#pragma once

#include <curl/curl.h>

#include "base/base.h"

#define CURL_FUNCTIONS(X)                                                                          \
	X(global_init)                                                                             \
	X(easy_init)                                                                               \
	X(easy_cleanup)                                                                            \
	X(easy_setopt)                                                                             \
	X(easy_getinfo)                                                                            \
	X(easy_strerror)                                                                           \
	X(slist_append)                                                                            \
	X(slist_free_all)                                                                          \
	X(multi_init)                                                                              \
	X(multi_cleanup)                                                                           \
	X(multi_setopt)                                                                            \
	X(multi_add_handle)                                                                        \
	X(multi_remove_handle)                                                                     \
	X(multi_assign)                                                                            \
	X(multi_socket_action)                                                                     \
	X(multi_info_read)

struct curl_library {
#define X(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(X)
#undef X
};

/* NULL when the library is missing or too old; why then says so (for the log, static storage). */
const struct curl_library *curl_library_get(const char **why);
