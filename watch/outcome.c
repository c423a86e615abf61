/* See outcome.h. */
#include "watch/outcome.h"

#include <uv.h>

#include "base/base.h"
#include "base/err.h"

int watch_outcome(unsigned code, struct strv reason)
{
	static const struct {
		unsigned code;
		const char *reason; /* NULL: any */
		int err;
	} rows[] = {
		{ 404, NULL, ERR_NOT_FOUND },
		{ 409, "AlreadyExists", ERR_EXISTS },
		{ 409, NULL, ERR_CONFLICT },
		{ 410, NULL, ERR_GONE },
		{ 413, NULL, ERR_TOO_LARGE },
		{ 400, NULL, ERR_SYNTAX },
		{ 422, NULL, ERR_RANGE },
		{ 405, NULL, ERR_UNSUPPORTED },
		{ 415, NULL, ERR_UNSUPPORTED },
		{ 401, NULL, UV_EACCES },
		{ 403, NULL, UV_EACCES },
		{ 429, NULL, UV_EAGAIN },
		{ 503, NULL, UV_EAGAIN },
		{ 504, NULL, UV_ETIMEDOUT },
	};
	if (code >= 200 && code < 300) {
		return ERR_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].code == code &&
			(!rows[i].reason || strv_eq(reason, strv_of(rows[i].reason)))) {
			return rows[i].err;
		}
	}
	return ERR_LIBRARY;
}
