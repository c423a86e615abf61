/* Objects from protobuf messages, as a kube-apiserver sends them: the same objects that their JSON would give, in a third of
 * the time. Decoding is protobuf-c's, from kube.proto.
 * Source: Kubernetes API concepts, "Kubernetes Protobuf encoding". Regime: what is unpacked lives in the arena.
 * Called by: watch/remote.
 *
 * Glossary: message = bytes of one protobuf message; envelope = how Kubernetes wraps one that stands alone: four octets of
 * magic, then runtime.Unknown. */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/strv.h"
#include "watch/object/object.h"

/* Whether object_new_protobuf reads objects of this kind. */
bool object_reads_protobuf(enum kind kind);
/* message: of a kind that is read so; a: scratch of the call. Text must be what JSON text may be.
 * errors ERR_SYNTAX (no such message), ERR_BAD_TYPE as object_new, ERR_NOMEM */
NODISCARD int object_new_protobuf(enum kind kind, struct arena *a, struct strv message,
	const struct object **out, const char **out_field);

/* The message in an envelope. errors ERR_SYNTAX, ERR_NOMEM */
NODISCARD int protobuf_open(struct arena *a, struct strv envelope, struct strv *out_message);
/* A message unpacked, of protobuf-c's type for it. errors ERR_SYNTAX (malformed, cut short), ERR_NOMEM */
struct ProtobufCMessageDescriptor;
NODISCARD int protobuf_unpack(struct arena *a, const struct ProtobufCMessageDescriptor *type,
	struct strv message, const void **out);
