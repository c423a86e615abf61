/* JSON in C strings: single quotes stand for double ones, so that bodies in tests can be read.
 * Regime: the caller's arena. Called by: tests and scenarios of all rooms; failures fail the test. */
#pragma once

#include "base/arena.h"
#include "base/json.h"

struct strv quoted(
	struct arena *a, const char *text); /* the text alone, for those who parse it themselves */
struct json *quoted_json(struct arena *a, const char *text);
