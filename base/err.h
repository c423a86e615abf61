/* The one error number that travels from libuv to the log: 0, libuv's small negatives unchanged, ours below
 * -4095. Every one of ours is listed here, once. */
#pragma once

#define ERR_LIST(X)                                                                                \
	X(ERR_TRUNCATED, -10000, "input ends too early")                                           \
	X(ERR_BAD_NAME, -9999, "malformed domain name")                                            \
	X(ERR_NOMEM, -9998, "out of memory")                                                       \
	X(ERR_SYNTAX, -9997, "malformed input")                                                    \
	X(ERR_RANGE, -9996, "value out of range")                                                  \
	X(ERR_TOO_DEEP, -9995, "nested too deeply")                                                \
	X(ERR_TOO_LARGE, -9994, "too large")                                                       \
	X(ERR_NOT_FOUND, -9993, "not found")                                                       \
	X(ERR_EXISTS, -9992, "exists already")                                                     \
	X(ERR_CONFLICT, -9991, "changed meanwhile")                                                \
	X(ERR_GONE, -9990, "no longer in the history")                                             \
	X(ERR_BAD_TYPE, -9989, "value of another type")                                            \
	X(ERR_UNSUPPORTED, -9988, "not supported")                                                 \
	X(ERR_NO_SPACE, -9987, "does not fit")                                                     \
	X(ERR_LIBRARY, -9986, "a library reported a failure")                                      \
	X(ERR_BAD_ENCODING, -9985, "not valid UTF-8")                                              \
	X(ERR_USAGE, -9984, "wrong usage")

enum err {
	ERR_OK = 0,
#define X(name, number, text) name = number,
	ERR_LIST(X)
#undef X
};

/* One short English phrase for any number above or any of libuv's; never NULL, static storage. */
const char *err_text(int err);
