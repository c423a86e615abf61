/* Request bodies in protobuf, as kubectl >= 1.32 and Go clients send them for a few kinds: decoded into the JSON value that
 * the same client would have sent as JSON. Decoding is protobuf-c's, from kube.proto; this file walks its descriptors.
 * Source: Kubernetes API concepts, "Kubernetes Protobuf encoding" (magic 6b 38 73 00, then runtime.Unknown).
 * Regime: values in the arena. Called by: watch/embedded/body.c. */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/json.h"
#include "base/strv.h"

#define PROTOBUF_WHY_CHARS 160

/* Namespace, ConfigMap, Secret, Service, ServiceAccount and DeleteOptions. Members of value zero are dropped, as JSON clients
 * omit them. errors ERR_SYNTAX (no magic, cut short, not UTF-8), ERR_UNSUPPORTED (another kind, or a spec field that is not
 * read): why says which; ERR_NOMEM */
NODISCARD int protobuf_decode(
	struct arena *a, struct strv body, struct json **out, char why[PROTOBUF_WHY_CHARS]);
