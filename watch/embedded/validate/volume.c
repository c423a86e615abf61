/* Volumes of a pod, and the source of a PersistentVolume: exactly one source, its needed members.
 * Source: Kubernetes API reference, Volume and PersistentVolumeSpec. Pure. See rules.h. */
#include "base/err.h"
#include "watch/embedded/validate/measure.h"
#include "watch/embedded/validate/rules.h"

enum { IN_POD = 1, IN_PV = 2 };

/* needs: members that must be there, comma-joined. */
static const struct {
	const char *source;
	int where;
	const char *needs;
} sources[] = {
	{ "emptyDir", IN_POD, "" },
	{ "hostPath", IN_POD | IN_PV, "path" },
	{ "gitRepo", IN_POD, "repository" },
	{ "gcePersistentDisk", IN_POD | IN_PV, "pdName" },
	{ "awsElasticBlockStore", IN_POD | IN_PV, "volumeID" },
	{ "secret", IN_POD, "secretName" },
	{ "nfs", IN_POD | IN_PV, "server,path" },
	{ "iscsi", IN_POD | IN_PV, "targetPortal,iqn" },
	{ "glusterfs", IN_POD | IN_PV, "endpoints,path" },
	{ "persistentVolumeClaim", IN_POD, "claimName" },
	{ "rbd", IN_POD | IN_PV, "image" },
	{ "flexVolume", IN_POD | IN_PV, "driver" },
	{ "cinder", IN_POD | IN_PV, "volumeID" },
	{ "cephfs", IN_POD | IN_PV, "" },
	{ "flocker", IN_POD | IN_PV, "" },
	{ "downwardAPI", IN_POD, "" },
	{ "fc", IN_POD | IN_PV, "" },
	{ "azureFile", IN_POD | IN_PV, "secretName,shareName" },
	{ "configMap", IN_POD, "name" },
	{ "vsphereVolume", IN_POD | IN_PV, "volumePath" },
	{ "quobyte", IN_POD | IN_PV, "registry,volume" },
	{ "azureDisk", IN_POD | IN_PV, "diskName,diskURI" },
	{ "photonPersistentDisk", IN_POD | IN_PV, "pdID" },
	{ "projected", IN_POD, "" },
	{ "portworxVolume", IN_POD | IN_PV, "volumeID" },
	{ "scaleIO", IN_POD | IN_PV, "gateway,system,volumeName" },
	{ "storageos", IN_POD | IN_PV, "" },
	{ "local", IN_PV, "path" },
	{ "csi", IN_POD | IN_PV, "driver" },
	{ "ephemeral", IN_POD, "" },
	{ "image", IN_POD, "" },
};

bool volume_source_is_known(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (strcmp(sources[i].source, key) == 0) {
			return true;
		}
	}
	return false;
}

static void mode_validate(
	struct status *s, const struct path *p, const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);
	int64_t mode = json_i64_or(v, 0);
	if (mode < 0 || mode > 0777) {
		fault_invalid_i64(s, AT(p, key), mode,
			"must be a number between 0 and 0777 (octal), both inclusive");
	}
}

/* items[] of secret, configMap, downwardAPI: path inside the volume. */
static void items_validate(
	struct status *s, const struct path *p, const struct json *items, bool keyed)
{
	size_t i = 0;
	json_each(item, items) {
		const struct path *at = AT_INDEX(p, i++);
		if (keyed) {
			(void)check_required(s, at, item, "key"); /* told */
		}
		struct strv path = text_of(item, "path");
		if (path.n == 0) {
			fault_required(s, AT(at, "path"), "");
		} else if (path.p[0] == '/') {
			fault_invalid_str(s, AT(at, "path"), path, "must be a relative path");
		} else if (strv_has_prefix(path, STRV(".."))) {
			fault_invalid_str(s, AT(at, "path"), path, "must not start with '..'");
		}
		mode_validate(s, at, item, "mode");
	}
}

static void projected_validate(struct status *s, const struct path *p, const struct json *v)
{
	mode_validate(s, p, v, "defaultMode");
	size_t i = 0;
	json_each(src, json_get(v, "sources")) {
		const struct path *at = AT_INDEX(AT(p, "sources"), i++);
		static const char *const kinds[] = { "secret", "configMap", "downwardAPI",
			"serviceAccountToken", "clusterTrustBundle", "podCertificate" };
		size_t n = 0;
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			const struct json *one = json_get(src, kinds[k]);
			if (one == NULL) {
				continue;
			}
			if (n++ > 0) {
				fault_forbidden(s, AT(at, kinds[k]),
					"may not specify more than 1 volume type per "
					"source");
			} else if (k < 2) {
				(void)check_required(s, AT(at, kinds[k]), one, "name");
			} else if (k == 3) {
				(void)check_required(s, AT(at, kinds[k]), one, "path");
			}
			items_validate(
				s, AT(AT(at, kinds[k]), "items"), json_get(one, "items"), k < 2);
		}
		if (n == 0) {
			fault_required(s, at, "must specify a volume type");
		}
	}
}

static void no_step_up(struct status *s, const struct path *at, struct strv path)
{
	struct strv rest = path;
	struct strv part;
	while (strv_cut(&rest, '/', &part)) {
		if (strv_eq(part, STRV(".."))) {
			fault_invalid_str(s, at, path, "must not contain '..'");
			return;
		}
	}
}

static void ephemeral_validate(struct status *s, const struct path *p, const struct json *v)
{
	const struct json *template = json_get(v, "volumeClaimTemplate");
	const struct path *at = AT(p, "volumeClaimTemplate");
	if (!json_is_object(template)) {
		fault_required(s, at, "");
	} else {
		claim_spec_validate(s, AT(at, "spec"), json_get(template, "spec"));
	}
}

/* What one source asks beyond members that are there. */
static void source_details(
	struct status *s, const struct path *p, const char *source, const struct json *v)
{
	struct strv name = strv_of(source);
	if (value_listed(name, "secret|configMap|downwardAPI")) {
		mode_validate(s, p, v, "defaultMode");
		items_validate(s, AT(p, "items"), json_get(v, "items"),
			!strv_eq(name, STRV("downwardAPI")));
	} else if (strv_eq(name, STRV("projected"))) {
		projected_validate(s, p, v);
	} else if (strv_eq(name, STRV("ephemeral"))) {
		ephemeral_validate(s, p, v);
	} else if (strv_eq(name, STRV("emptyDir"))) {
		struct amount limit = { 0 };
		if (has(v, "sizeLimit") && (measure(json_get(v, "sizeLimit"), &limit) != ERR_OK ||
						   measure_sign(&limit) < 0)) {
			fault_forbidden(s, AT(p, "sizeLimit"),
				"SizeLimit field must be a valid resource quantity");
		}
	} else if (value_listed(name, "hostPath|local")) {
		no_step_up(s, AT(p, "path"), text_of(v, "path"));
		check_enum(s, p, v, "type",
			"|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|"
			"Socket",
			false);
	} else if (strv_eq(name, STRV("nfs"))) {
		struct strv path = text_of(v, "path");
		if (path.n > 0 && path.p[0] != '/') {
			fault_invalid_str(s, AT(p, "path"), path, "must be an absolute path");
		}
	}
}

void volume_source_validate(
	struct status *s, const struct path *p, const struct json *volume, bool pv)
{
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		const struct path *at = AT(p, sources[i].source);
		const struct json *v = json_get(volume, sources[i].source);
		if ((sources[i].where & (pv ? IN_PV : IN_POD)) == 0 || !json_is_object(v)) {
			continue;
		}
		if (n++ > 0) {
			fault_forbidden(s, at, "may not specify more than 1 volume type");
			continue;
		}
		struct strv needs = strv_of(sources[i].needs);
		struct strv member;
		while (needs.n > 0 && strv_cut(&needs, ',', &member)) {
			struct strv key = arena_strdup(s->arena, member);
			if (key.p == NULL) {
				status_no_memory(s);
				return;
			}
			(void)check_required(s, at, v, key.p); /* told */
		}
		if (pv && strcmp(sources[i].source, "csi") == 0) {
			(void)check_required(s, at, v, "volumeHandle"); /* told */
		}
		source_details(s, at, sources[i].source, v);
	}
	if (n == 0) {
		fault_required(s, p, "must specify a volume type");
	}
}

void volumes_validate(struct status *s, const struct path *p, const struct json *volumes)
{
	size_t i = 0;
	json_each(v, volumes) {
		const struct path *at = AT_INDEX(p, i++);
		struct strv name = text_of(v, "name");
		volume_source_validate(s, at, v, false);
		if (name.n == 0) {
			fault_required(s, AT(at, "name"), "");
			continue;
		}
		(void)check_name(s, AT(at, "name"), name, name_label); /* told */
		json_each(before, volumes) {
			if (before == v) {
				break;
			}
			if (strv_eq(text_of(before, "name"), name)) {
				fault_duplicate(s, AT(at, "name"), name);
				break;
			}
		}
	}
}
