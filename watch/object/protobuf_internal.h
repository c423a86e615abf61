/* Reading unpacked messages into typed forms: the primitives beside those of decode_internal.h, which see for how a block is
 * filled. Text that is empty counts as absent: Go writes both alike.
 * Regime: the caller's scratch. Called by: protobuf.c, typed_protobuf.c. */
#pragma once

#include <kube.pb-c.h>

#include "base/json.h"
#include "watch/object/decode_internal.h"

static inline struct strv pb_strv(const ProtobufCBinaryData *b)
{
	return (struct strv){ (const char *)b->data, b->len };
}

void pb_text(struct decode *d, const ProtobufCBinaryData *b, const char *field, struct strv *out);
void pb_texts(struct decode *d, size_t n, const ProtobufCBinaryData *list, const char *field,
	struct strv_list *out);
void pb_labels(struct decode *d, size_t n, Kube__StringPair *const *map, const char *field,
	struct labels *out);
void pb_time(struct decode *d, const Kube__Time *t, const char *field, int64_t *out_ms);
/* "TCP", "UDP", "SCTP"; absent means TCP. */
void pb_protocol(
	struct decode *d, const ProtobufCBinaryData *b, const char *field, enum protocol *out);

/* One a kind: the typed form, from its message. */
void pb_service(struct decode *d, const void *message, struct object *o);
void pb_slice(struct decode *d, const void *message, struct object *o);
void pb_pod(struct decode *d, const void *message, struct object *o);
