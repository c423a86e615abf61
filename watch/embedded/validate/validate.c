/* The way from a kind and a subresource to its rules. See validate.h. */
#include "watch/embedded/validate/validate.h"

#include "watch/embedded/validate/rules.h"

void validate_object(struct status *s, enum kind k, const char *sub, const struct json *obj,
	const struct json *old)
{
	if (sub == NULL) {
		sub = "";
	}
	if (strcmp(sub, "scale") == 0) {
		scale_validate(s, obj);
		return;
	}
	metadata_validate(s, k, obj, old);
	switch (k) {
	case KIND_NAMESPACE:
		namespace_validate(s, obj);
		break;
	case KIND_NODE:
		node_validate(s, sub, obj, old);
		break;
	case KIND_PV:
		pv_validate(s, sub, obj, old);
		break;
	case KIND_STORAGECLASS:
		storageclass_validate(s, obj, old);
		break;
	case KIND_SERVICE:
		service_validate(s, sub, obj, old);
		break;
	case KIND_ENDPOINTS:
		endpoints_validate(s, obj);
		break;
	case KIND_ENDPOINTSLICE:
		endpointslice_validate(s, obj, old);
		break;
	case KIND_POD:
		pod_validate(s, sub, obj, old);
		break;
	case KIND_STATEFULSET:
		statefulset_validate(s, sub, obj, old);
		break;
	case KIND_CONTROLLERREVISION:
		revision_validate(s, obj, old);
		break;
	case KIND_PVC:
		claim_validate(s, sub, obj, old);
		break;
	case KIND_EVENT:
		event_validate(s, obj, old);
		break;
	case KIND_CONFIGMAP:
		configmap_validate(s, obj, old);
		break;
	case KIND_SECRET:
		secret_validate(s, obj, old);
		break;
	case KIND_LEASE:
		lease_validate(s, obj);
		break;
	case KIND_SERVICEACCOUNT: /* metadata is all that is checked */
	case KIND_SERVICEIMPORT:
	case KIND_COUNT:
	case KIND_NONE:
		break;
	}
}
