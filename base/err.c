/* Text of error numbers: ours and libuv's, both from their one list (uv_strerror would allocate for a number
 * that it does not know). Regime: static storage. */
#include "base/err.h"

#include <uv.h>

#include "base/base.h"

const char *err_text(int err)
{
	switch (err) {
	case ERR_OK:
		return "no error";
#define X(name, number, text)                                                                      \
	case name:                                                                                 \
		return text;
		ERR_LIST(X)
#undef X
#define XX(name, text)                                                                             \
	case UV_##name:                                                                            \
		return text;
		UV_ERRNO_MAP(XX)
#undef XX
	default:
		return "unknown error";
	}
}
