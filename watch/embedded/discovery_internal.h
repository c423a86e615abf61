/* What discovery.c and discovery_aggregated.c share. Trees live in the caller's arena; every maker answers NULL or
 * ERR_NOMEM when memory is out, and takes NULL from another maker. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"
#include "watch/embedded/discovery.h"

enum discovery_form { FORM_PLAIN, FORM_V2, FORM_V2BETA1 };

struct json *discovery_words(struct arena *a, const char *comma_joined); /* ["a","b"] */
NODISCARD int discovery_put(
	struct arena *a, struct json *object, const char *key, const char *text);
/* {"key": "text", ...}: pairs end with NULL. */
struct json *discovery_texts(struct arena *a, const char *const *pairs);
#define TEXTS(a, ...) discovery_texts((a), (const char *const[]){ __VA_ARGS__, NULL })
/* The first kind of each group stands for it: a group has one version here. */
bool discovery_is_first(enum kind k);
/* The kinds by the names of their resources. */
const struct kind_row *discovery_row(size_t i);
/* core: what /api answers; else what /apis answers. errors ERR_NOMEM */
NODISCARD int discovery_aggregated(
	struct arena *a, bool core, enum discovery_form form, struct json **out);
