/* The validators of one part or kind each, for watch/embedded/validate only. All are pure and add
 * causes to *s; the value is defaulted, its types are checked (schema.h), so a member of a wrong
 * type counts as absent. kind validators: obj is the whole object, old the stored one or NULL on
 * create. p: where the value stands. */
#pragma once

#include "base/json.h"
#include "watch/embedded/status.h"
#include "watch/embedded/validate/fault.h"
#include "watch/object/kind.h"

/* meta.c */
void metadata_validate(
	struct status *s, enum kind k, const struct json *obj, const struct json *old);
void labels_validate(struct status *s, const struct path *p, const struct json *labels);
void annotations_validate(struct status *s, const struct path *p, const struct json *annotations);
/* The key, and whether values suit the operator; ordered: Gt and Lt are operators too (node selectors). */
void requirement_validate(
	struct status *s, const struct path *p, const struct json *requirement, bool ordered);
void label_selector_validate(struct status *s, const struct path *p, const struct json *selector);
void finalizer_validate(struct status *s, const struct path *p, struct strv name);

/* pod_spec.c: claims are names that count as volumes although the spec has them not (claim
 * templates). */
struct pod_place {
	const struct json *claims;      /* array of objects with metadata.name; NULL: none */
	const struct json *annotations; /* of the pod or template */
	bool skip_host_names;           /* hostname and subdomain are overwritten later */
};
void pod_spec_validate(struct status *s, const struct path *p, const struct json *spec,
	const struct pod_place *place);
void pod_template_validate(struct status *s, const struct path *p, const struct json *template,
	const struct pod_place *place);
/* pod_security.c, pod_schedule.c, pod_dns.c: parts of a pod spec */
void pod_security_validate(struct status *s, const struct path *p, const struct json *context);
void container_security_validate(
	struct status *s, const struct path *p, const struct json *context);
void affinity_validate(struct status *s, const struct path *p, const struct json *affinity);
void node_selector_validate(struct status *s, const struct path *p, const struct json *selector);
void tolerations_validate(struct status *s, const struct path *p, const struct json *tolerations);
void spread_validate(struct status *s, const struct path *p, const struct json *constraints);
void pod_dns_validate(struct status *s, const struct path *p, const struct json *spec);
/* container.c: volumes is spec.volumes, claims as above. */
void containers_validate(struct status *s, const struct path *p, const struct json *spec,
	const struct pod_place *place);
/* env.c */
void env_validate(struct status *s, const struct path *p, const struct json *env);
void env_from_validate(struct status *s, const struct path *p, const struct json *list);
/* probe.c: p is the container's path. */
void probes_validate(struct status *s, const struct path *p, const struct json *container);
/* volume.c */
void volumes_validate(struct status *s, const struct path *p, const struct json *volumes);
/* One source and one only, of a pod volume or (pv) a PersistentVolume. */
void volume_source_validate(
	struct status *s, const struct path *p, const struct json *volume, bool pv);
bool volume_source_is_known(const char *key); /* a member that is a source */
/* resources.c */
void resources_validate(struct status *s, const struct path *p, const struct json *resources);
bool check_amount(struct status *s, const struct path *at, const struct json *value, bool positive);

/* kinds; sub "" or "status" */
void pod_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old);
void statefulset_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old);
void claim_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old);
void claim_spec_validate(struct status *s, const struct path *p, const struct json *spec);
void access_modes_validate(struct status *s, const struct path *at, const struct json *modes);
void pv_validate(struct status *s, const char *sub, const struct json *obj, const struct json *old);
void storageclass_validate(struct status *s, const struct json *obj, const struct json *old);
void service_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old);
void endpointslice_validate(struct status *s, const struct json *obj, const struct json *old);
void endpoints_validate(struct status *s, const struct json *obj);
void revision_validate(struct status *s, const struct json *obj, const struct json *old);
void namespace_validate(struct status *s, const struct json *obj);
void node_validate(
	struct status *s, const char *sub, const struct json *obj, const struct json *old);
void event_validate(struct status *s, const struct json *obj, const struct json *old);
void configmap_validate(struct status *s, const struct json *obj, const struct json *old);
void secret_validate(struct status *s, const struct json *obj, const struct json *old);
void lease_validate(struct status *s, const struct json *obj);
void scale_validate(struct status *s, const struct json *scale);
