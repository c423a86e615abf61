/* The kinds' own parts of prepare_object (validate.h). All change obj in arena a; errors
 * ERR_NOMEM. */
#pragma once

#include "watch/embedded/validate/fault.h"

/* to's member becomes a copy of from's, or goes if from has none. */
NODISCARD int prepare_take(
	struct arena *a, struct json *to, const struct json *from, const char *member);
NODISCARD int prepare_phase(
	struct arena *a, struct json *obj, const char *phase); /* status = {phase} */
NODISCARD int prepare_pod_create(struct arena *a, struct json *obj);
NODISCARD int prepare_set_create(struct arena *a, struct json *obj);
NODISCARD int prepare_namespace_create(struct arena *a, struct json *obj);
NODISCARD int prepare_namespace_label(struct arena *a, struct json *obj);
/* clusterIP and clusterIPs told from each other; what was allocated stays where the client left it
 * out. */
NODISCARD int prepare_service(struct arena *a, struct json *obj, const struct json *old);
/* stringData into data; type. */
NODISCARD int prepare_secret(struct arena *a, struct json *obj, const struct json *old);
