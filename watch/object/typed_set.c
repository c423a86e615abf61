/* StatefulSet: JSON to typed form. Source: Kubernetes API, apps/v1 StatefulSet.
 * Regime: the decoder's scratch. Called by: object.c. */
#include "base/json.h"
#include "watch/object/decode_internal.h"

#define DEFAULT_REPLICAS      1
#define DEFAULT_HISTORY_LIMIT 10

static bool is_text(const struct json *v, struct strv text)
{
	return strv_eq(json_str(v), text);
}

/* IntOrString as text: 1 gives "1", "25%" stays. */
static void read_int_or_text(
	struct decode *d, const struct json *v, const char *field, struct strv *out)
{
	int64_t n = 0;
	char text[24];
	if (!v || json_is_null(v) || json_is_string(v)) {
		decode_str(d, v, field, out);
		return;
	}
	decode_i64(d, v, field, &n);
	int chars = snprintf(text, sizeof(text), "%lld", (long long)n);
	decode_text(d, (struct strv){ text, (size_t)chars }, out);
}

static void read_strategy(struct decode *d, const struct json *v, struct statefulset *out)
{
	const struct json *strategy = decode_object(d, v, "spec.updateStrategy");
	const struct json *rolling = decode_object(
		d, json_get(strategy, "rollingUpdate"), "spec.updateStrategy.rollingUpdate");
	out->on_delete = is_text(json_get(strategy, "type"), STRV("OnDelete"));
	out->has_rolling = rolling != NULL;
	decode_i64(d, json_get(rolling, "partition"), "spec.updateStrategy.rollingUpdate.partition",
		&out->partition);
	read_int_or_text(d, json_get(rolling, "maxUnavailable"),
		"spec.updateStrategy.rollingUpdate.maxUnavailable", &out->max_unavailable);
}

static void read_templates(struct decode *d, const struct json *v, struct statefulset *out)
{
	const struct json *list = decode_array(d, v, "spec.volumeClaimTemplates");
	struct claim_template *at = decode_alloc(d, json_count(list), sizeof(*at));
	if (!at) {
		return;
	}
	out->claims = at;
	decode_fix(d, &out->claims);
	json_each(e, list) {
		const struct json *meta = decode_object(
			d, json_get(e, "metadata"), "spec.volumeClaimTemplates[].metadata");
		decode_str(d, json_get(meta, "name"), "spec.volumeClaimTemplates[].metadata.name",
			&at[out->n_claims++].name);
	}
}

static void read_spec(struct decode *d, const struct json *spec, struct statefulset *out)
{
	const struct json *ordinals = decode_object(d, json_get(spec, "ordinals"), "spec.ordinals");
	const struct json *retention = decode_object(d,
		json_get(spec, "persistentVolumeClaimRetentionPolicy"),
		"spec.persistentVolumeClaimRetentionPolicy");
	const struct json *selector = json_get(spec, "selector");
	out->replicas = DEFAULT_REPLICAS;
	out->revision_history_limit = DEFAULT_HISTORY_LIMIT;
	decode_i64(d, json_get(spec, "replicas"), "spec.replicas", &out->replicas);
	decode_i64(d, json_get(ordinals, "start"), "spec.ordinals.start", &out->start);
	out->parallel = is_text(json_get(spec, "podManagementPolicy"), STRV("Parallel"));
	read_strategy(d, json_get(spec, "updateStrategy"), out);
	decode_i64(d, json_get(spec, "minReadySeconds"), "spec.minReadySeconds", &out->min_ready_s);
	decode_i64(d, json_get(spec, "revisionHistoryLimit"), "spec.revisionHistoryLimit",
		&out->revision_history_limit);
	decode_str(d, json_get(spec, "serviceName"), "spec.serviceName", &out->service_name);
	out->delete_on_delete = is_text(json_get(retention, "whenDeleted"), STRV("Delete"));
	out->delete_on_scale = is_text(json_get(retention, "whenScaled"), STRV("Delete"));
	decode_selector(d, selector, "spec.selector", &out->selector);
	decode_labels(d, json_get(selector, "matchLabels"), "spec.selector.matchLabels",
		&out->match_labels);
	read_templates(d, json_get(spec, "volumeClaimTemplates"), out);
}

static void read_status(struct decode *d, const struct json *status, struct statefulset *out)
{
	decode_i64(d, json_get(status, "observedGeneration"), "status.observedGeneration",
		&out->status.observed_generation);
	decode_i64(d, json_get(status, "replicas"), "status.replicas", &out->status.replicas);
	decode_i64(
		d, json_get(status, "readyReplicas"), "status.readyReplicas", &out->status.ready);
	decode_i64(d, json_get(status, "availableReplicas"), "status.availableReplicas",
		&out->status.available);
	decode_i64(d, json_get(status, "currentReplicas"), "status.currentReplicas",
		&out->status.current);
	decode_i64(d, json_get(status, "updatedReplicas"), "status.updatedReplicas",
		&out->status.updated);
	decode_str(d, json_get(status, "currentRevision"), "status.currentRevision",
		&out->status.current_revision);
	decode_str(d, json_get(status, "updateRevision"), "status.updateRevision",
		&out->status.update_revision);
	decode_opt_i64(d, json_get(status, "collisionCount"), "status.collisionCount",
		&out->status.collision_count);
}

void decode_set(
	struct decode *d, const struct json *tree, const struct meta *m, struct statefulset *out)
{
	(void)m;
	read_spec(d, decode_object(d, json_get(tree, "spec"), "spec"), out);
	read_status(d, decode_object(d, json_get(tree, "status"), "status"), out);
}
