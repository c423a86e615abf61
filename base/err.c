/* Text of error numbers. Regime: static storage. */
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
	default:
		return uv_strerror(err);
	}
}
