/* See source.h. Source: Kubernetes API, WatchEvent, ListMeta, Status. */
#include "watch/remote/source.h"

#include <kube.pb-c.h>

#include "base/err.h"
#include "watch/object/protobuf.h"

int source_parse(struct arena *a, bool protobuf, struct strv text, struct source *out,
	struct json_report *report)
{
	*out = (struct source){ .message = text };
	return protobuf ? ERR_OK : json_parse(a, text, &out->tree, report);
}

/* JSON: items of a list do not say what they are; those who keep the text want to know. */
static int name_kind(struct arena *a, enum kind kind, struct json *tree)
{
	const struct kind_row *row = kind_row(kind);
	int err = json_set_str(a, tree, "kind", strv_of(row->name));
	return err ? err : json_set_str(a, tree, "apiVersion", strv_of(row->api_version));
}

int source_object(struct arena *a, const struct source *s, enum kind kind, bool keep_json,
	const struct object **out, const char **out_field)
{
	*out_field = "object";
	if (!s->tree) {
		return object_new_protobuf(kind, a, s->message, out, out_field);
	}
	int err = keep_json && json_is_object(s->tree) ? name_kind(a, kind, s->tree) : ERR_OK;
	return err ? err : object_new(kind, s->tree, keep_json, out, out_field);
}

static struct strv text_of(const ProtobufCBinaryData *b)
{
	const struct strv s = { (const char *)b->data, b->len };
	return json_is_text(s) ? s : STRV_NONE;
}

/* NULL where it is no such message, or memory is out: then nothing can be said of it. */
static const void *unpack(
	struct arena *a, const ProtobufCMessageDescriptor *type, struct strv message)
{
	const void *p = NULL;
	return protobuf_unpack(a, type, message, &p) == ERR_OK ? p : NULL;
}

struct source_name source_name(struct arena *a, const struct source *s)
{
	if (s->tree) {
		const struct json *meta = json_get(s->tree, "metadata");
		return (struct source_name){ .ns = json_str(json_get(meta, "namespace")),
			.name = json_str(json_get(meta, "name")),
			.version = json_str(json_get(meta, "resourceVersion")) };
	}
	const Kube__Named *n = unpack(a, &kube__named__descriptor, s->message);
	const Kube__ObjectMeta *meta = n ? n->metadata : NULL;
	if (!meta) {
		return (struct source_name){ .ns = STRV_NONE };
	}
	return (struct source_name){ .ns = text_of(&meta->namespace_),
		.name = text_of(&meta->name),
		.version = text_of(&meta->resourceversion) };
}

struct strv source_list_version(struct arena *a, const struct source *metadata)
{
	if (metadata->tree) {
		return json_str(json_get(metadata->tree, "resourceVersion"));
	}
	const Kube__ListMeta *meta = unpack(a, &kube__list_meta__descriptor, metadata->message);
	return meta ? text_of(&meta->resourceversion) : STRV_NONE;
}

int source_event(
	struct arena *a, const struct source *event, struct strv *out_type, struct source *out)
{
	const void *p = NULL;
	if (event->tree) {
		*out_type = json_str(json_get(event->tree, "type"));
		*out = (struct source){ .tree = json_get(event->tree, "object") };
		out->tree = out->tree ? out->tree : json_new_null(a);
		return out->tree ? ERR_OK : ERR_NOMEM;
	}
	int err = protobuf_unpack(a, &kube__watch_event__descriptor, event->message, &p);
	if (err != ERR_OK) {
		return err;
	}
	const Kube__WatchEvent *e = p;
	*out_type = text_of(&e->type);
	*out = (struct source){ .message = STRV_NONE };
	if (!e->object) {
		return ERR_SYNTAX;
	}
	const struct strv raw = { (const char *)e->object->raw.data, e->object->raw.len };
	return protobuf_open(a, raw, &out->message);
}

struct source_status source_status(struct arena *a, const struct source *s)
{
	if (s->tree) {
		return (struct source_status){ .code = json_i64_or(json_get(s->tree, "code"), 0),
			.reason = json_str(json_get(s->tree, "reason")),
			.message = json_str(json_get(s->tree, "message")) };
	}
	const Kube__Status *status = unpack(a, &kube__status__descriptor, s->message);
	if (!status) {
		return (struct source_status){ .code = 0 };
	}
	return (struct source_status){ .code = status->code,
		.reason = text_of(&status->reason),
		.message = text_of(&status->message) };
}
