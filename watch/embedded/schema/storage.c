/* Schema: PersistentVolume with its own volume sources, PersistentVolumeClaim, StorageClass.
 * Source: Kubernetes API reference 1.37 (core/v1, storage/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field glusterfs_persistent_volume_source[] = {
	F_STR("endpoints", "", REQUIRED),
	F_STR("endpointsNamespace", ""),
	F_STR("path", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
};
TYPE(glusterfs_persistent_volume_source, CORE, "GlusterfsPersistentVolumeSource", "");

static const struct schema_field rbd_persistent_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_STR("image", "", REQUIRED),
	F_STR("keyring", "", OZ, OR("\"/etc/ceph/keyring\"")),
	F_STRS("monitors", "", REQUIRED),
	F_STR("pool", "", OZ, OR("\"rbd\"")),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", secret_reference, ""),
	F_STR("user", "", OZ, OR("\"admin\"")),
};
TYPE(rbd_persistent_volume_source, CORE, "RBDPersistentVolumeSource", "");

static const struct schema_field iscsi_persistent_volume_source[] = {
	F_BOOL("chapAuthDiscovery", "", OZ),
	F_BOOL("chapAuthSession", "", OZ),
	F_STR("fsType", "", OZ),
	F_STR("initiatorName", ""),
	F_STR("iqn", "", REQUIRED),
	F_STR("iscsiInterface", "", OZ, OR("\"default\"")),
	F_I32("lun", "", REQUIRED),
	F_STRS("portals", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", secret_reference, ""),
	F_STR("targetPortal", "", REQUIRED),
};
TYPE(iscsi_persistent_volume_source, CORE, "ISCSIPersistentVolumeSource", "");

static const struct schema_field cinder_persistent_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", secret_reference, ""),
	F_STR("volumeID", "", REQUIRED),
};
TYPE(cinder_persistent_volume_source, CORE, "CinderPersistentVolumeSource", "");

static const struct schema_field ceph_fs_persistent_volume_source[] = {
	F_STRS("monitors", "", REQUIRED),
	F_STR("path", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_STR("secretFile", "", OZ),
	F_OBJ("secretRef", secret_reference, ""),
	F_STR("user", "", OZ),
};
TYPE(ceph_fs_persistent_volume_source, CORE, "CephFSPersistentVolumeSource", "");

static const struct schema_field flex_persistent_volume_source[] = {
	F_STR("driver", "", REQUIRED),
	F_STR("fsType", "", OZ),
	F_STRMAP("options", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", secret_reference, ""),
};
TYPE(flex_persistent_volume_source, CORE, "FlexPersistentVolumeSource", "");

static const struct schema_field azure_file_persistent_volume_source[] = {
	F_BOOL("readOnly", "", OZ),
	F_STR("secretName", "", REQUIRED),
	F_STR("secretNamespace", ""),
	F_STR("shareName", "", REQUIRED),
};
TYPE(azure_file_persistent_volume_source, CORE, "AzureFilePersistentVolumeSource", "");

static const struct schema_field scaleio_persistent_volume_source[] = {
	F_STR("fsType", "", OZ, OR("\"xfs\"")),
	F_STR("gateway", "", REQUIRED),
	F_STR("protectionDomain", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", secret_reference, "", REQUIRED),
	F_BOOL("sslEnabled", "", OZ),
	F_STR("storageMode", "", OZ, OR("\"ThinProvisioned\"")),
	F_STR("storagePool", "", OZ),
	F_STR("system", "", REQUIRED),
	F_STR("volumeName", "", OZ),
};
TYPE(scaleio_persistent_volume_source, CORE, "ScaleIOPersistentVolumeSource", "");

static const struct schema_field local_volume_source[] = {
	F_STR("fsType", ""),
	F_STR("path", "", REQUIRED),
};
TYPE(local_volume_source, CORE, "LocalVolumeSource", "");

static const struct schema_field storageos_persistent_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", object_reference, ""),
	F_STR("volumeName", "", OZ),
	F_STR("volumeNamespace", "", OZ),
};
TYPE(storageos_persistent_volume_source, CORE, "StorageOSPersistentVolumeSource", "");

static const struct schema_field csi_persistent_volume_source[] = {
	F_OBJ("controllerExpandSecretRef", secret_reference, ""),
	F_OBJ("controllerPublishSecretRef", secret_reference, ""),
	F_STR("driver", "", REQUIRED),
	F_STR("fsType", "", OZ),
	F_OBJ("nodeExpandSecretRef", secret_reference, ""),
	F_OBJ("nodePublishSecretRef", secret_reference, ""),
	F_OBJ("nodeStageSecretRef", secret_reference, ""),
	F_BOOL("readOnly", "", OZ),
	F_STRMAP("volumeAttributes", "", OZ),
	F_STR("volumeHandle", "", REQUIRED),
};
TYPE(csi_persistent_volume_source, CORE, "CSIPersistentVolumeSource", "");

static const struct schema_field volume_node_affinity[] = {
	F_OBJ("required", node_selector, ""),
};
TYPE(volume_node_affinity, CORE, "VolumeNodeAffinity", "");

static const struct schema_field persistent_volume_spec[] = {
	F_STRS("accessModes", "", GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_OBJ("awsElasticBlockStore", aws_elastic_block_store_volume_source, ""),
	F_OBJ("azureDisk", azure_disk_volume_source, ""),
	F_OBJ("azureFile", azure_file_persistent_volume_source, ""),
	F_QTYMAP("capacity", "", GO("v1.ResourceList"), OZ),
	F_OBJ("cephfs", ceph_fs_persistent_volume_source, ""),
	F_OBJ("cinder", cinder_persistent_volume_source, ""),
	F_OBJ("claimRef", object_reference, ""),
	F_OBJ("csi", csi_persistent_volume_source, ""),
	F_OBJ("fc", fc_volume_source, ""),
	F_OBJ("flexVolume", flex_persistent_volume_source, ""),
	F_OBJ("flocker", flocker_volume_source, ""),
	F_OBJ("gcePersistentDisk", gce_persistent_disk_volume_source, ""),
	F_OBJ("glusterfs", glusterfs_persistent_volume_source, ""),
	F_OBJ("hostPath", host_path_volume_source, ""),
	F_OBJ("iscsi", iscsi_persistent_volume_source, ""),
	F_OBJ("local", local_volume_source, ""),
	F_STRS("mountOptions", "", OZ),
	F_OBJ("nfs", nfs_volume_source, ""),
	F_OBJ("nodeAffinity", volume_node_affinity, ""),
	F_STR("persistentVolumeReclaimPolicy", "", GO("v1.PersistentVolumeReclaimPolicy"),
		VALUES("Delete|Recycle|Retain"), OZ, OR("\"Retain\"")),
	F_OBJ("photonPersistentDisk", photon_persistent_disk_volume_source, ""),
	F_OBJ("portworxVolume", portworx_volume_source, ""),
	F_OBJ("quobyte", quobyte_volume_source, ""),
	F_OBJ("rbd", rbd_persistent_volume_source, ""),
	F_OBJ("scaleIO", scaleio_persistent_volume_source, ""),
	F_STR("storageClassName", "", OZ),
	F_OBJ("storageos", storageos_persistent_volume_source, ""),
	F_STR("volumeAttributesClassName", ""),
	F_STR("volumeMode", "", GO("v1.PersistentVolumeMode"), VALUES("Block|Filesystem"),
		OR("\"Filesystem\"")),
	F_OBJ("vsphereVolume", vsphere_virtual_disk_volume_source, ""),
};
TYPE(persistent_volume_spec, CORE, "PersistentVolumeSpec", "");

static const struct schema_field persistent_volume_status[] = {
	F_TIME("lastPhaseTransitionTime", ""),
	F_STR("message", "", OZ),
	F_STR("phase", "", GO("v1.PersistentVolumePhase"),
		VALUES("Available|Bound|Failed|Pending|Released"), OZ, OR("\"Pending\"")),
	F_STR("reason", "", OZ),
};
TYPE(persistent_volume_status, CORE, "PersistentVolumeStatus", "");

static const struct schema_field persistent_volume[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", persistent_volume_spec, ""),
	F_OBJ("status", persistent_volume_status, "", OR("{}")),
};
TYPE(persistent_volume, CORE, "PersistentVolume", "");

static const struct schema_field topology_selector_label_requirement[] = {
	F_STR("key", "", REQUIRED),
	F_STRS("values", "", REQUIRED),
};
TYPE(topology_selector_label_requirement, CORE, "TopologySelectorLabelRequirement", "");

static const struct schema_field topology_selector_term[] = {
	F_OBJS("matchLabelExpressions", topology_selector_label_requirement, "", OZ),
};
ATOMIC_TYPE(topology_selector_term, CORE, "TopologySelectorTerm", "");

static const struct schema_field storage_class[] = {
	F_BOOL("allowVolumeExpansion", ""),
	F_OBJS("allowedTopologies", topology_selector_term, "", OZ),
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_STRS("mountOptions", "", OZ),
	F_STRMAP("parameters", "", OZ),
	F_STR("provisioner", "", REQUIRED),
	F_STR("reclaimPolicy", "", GO("v1.PersistentVolumeReclaimPolicy"),
		VALUES("Delete|Recycle|Retain"), OR("\"Delete\"")),
	F_STR("volumeBindingMode", "", GO("v1.VolumeBindingMode"),
		VALUES("Immediate|WaitForFirstConsumer"), OR("\"Immediate\"")),
};
TYPE(storage_class, STORAGE, "StorageClass", "");

static const struct schema_field volume_resource_requirements[] = {
	F_QTYMAP("limits", "", GO("v1.ResourceList"), OZ),
	F_QTYMAP("requests", "", GO("v1.ResourceList"), OZ),
};
TYPE(volume_resource_requirements, CORE, "VolumeResourceRequirements", "");

static const struct schema_field typed_local_object_reference[] = {
	F_STR("apiGroup", ""),
	F_STR("kind", "", REQUIRED),
	F_STR("name", "", REQUIRED),
};
ATOMIC_TYPE(typed_local_object_reference, CORE, "TypedLocalObjectReference", "");

static const struct schema_field typed_object_reference[] = {
	F_STR("apiGroup", ""),
	F_STR("kind", "", REQUIRED),
	F_STR("name", "", REQUIRED),
	F_STR("namespace", ""),
};
TYPE(typed_object_reference, CORE, "TypedObjectReference", "");

static const struct schema_field persistent_volume_claim_spec[] = {
	F_STRS("accessModes", "", GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_OBJ("dataSource", typed_local_object_reference, ""),
	F_OBJ("dataSourceRef", typed_object_reference, ""),
	F_OBJ("resources", volume_resource_requirements, "", OR("{}")),
	F_OBJ("selector", label_selector, ""),
	F_STR("storageClassName", ""),
	F_STR("volumeAttributesClassName", ""),
	F_STR("volumeMode", "", GO("v1.PersistentVolumeMode"), VALUES("Block|Filesystem"),
		OR("\"Filesystem\"")),
	F_STR("volumeName", "", OZ),
};
TYPE(persistent_volume_claim_spec, CORE, "PersistentVolumeClaimSpec", "");

static const struct schema_field persistent_volume_claim_template[] = {
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", persistent_volume_claim_spec, "", REQUIRED),
};
TYPE(persistent_volume_claim_template, CORE, "PersistentVolumeClaimTemplate", "");

static const struct schema_field volume_health_condition[] = {
	F_STR("message", "", OZ),
	F_STR("reason", "", REQUIRED),
	F_STR("status", "", REQUIRED, GO("v1.VolumeHealthStatusType"),
		VALUES("DataLoss|Degraded|Inaccessible")),
};
TYPE(volume_health_condition, CORE, "VolumeHealthCondition", "");

static const struct schema_field persistent_volume_claim_condition[] = {
	F_TIME("lastProbeTime", ""),
	F_TIME("lastTransitionTime", ""),
	F_STR("message", "", OZ),
	F_STR("reason", "", OZ),
	F_STR("status", "", REQUIRED, GO("v1.ConditionStatus")),
	F_STR("type", "", REQUIRED, GO("v1.PersistentVolumeClaimConditionType")),
};
TYPE(persistent_volume_claim_condition, CORE, "PersistentVolumeClaimCondition", "");

static const struct schema_field modify_volume_status[] = {
	F_STR("status", "", REQUIRED, GO("v1.PersistentVolumeClaimModifyVolumeStatus"),
		VALUES("InProgress|Infeasible|Pending")),
	F_STR("targetVolumeAttributesClassName", "", OZ),
};
TYPE(modify_volume_status, CORE, "ModifyVolumeStatus", "");

static const struct schema_field volume_health_status[] = {
	F_OBJS("healthConditions", volume_health_condition, "", MERGE("status"),
		KEYS("status,reason"), OZ),
	F_TIME("lastTransitionTime", ""),
};
TYPE(volume_health_status, CORE, "VolumeHealthStatus", "");

static const struct schema_field persistent_volume_claim_status[] = {
	F_STRS("accessModes", "", GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_STRMAP("allocatedResourceStatuses", "", GO("map[v1.ResourceName]v1.ClaimResourceStatus"),
		VALUES("ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|NodeResizeInfeasible|NodeResizePending"),
		OZ),
	F_QTYMAP("allocatedResources", "", GO("v1.ResourceList"), OZ),
	F_QTYMAP("capacity", "", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", persistent_volume_claim_condition, "", MERGE("type"), KEYS("type"),
		OZ),
	F_STR("currentVolumeAttributesClassName", ""),
	F_OBJ("healthStatus", volume_health_status, ""),
	F_OBJ("modifyVolumeStatus", modify_volume_status, ""),
	F_STR("phase", "", GO("v1.PersistentVolumeClaimPhase"), VALUES("Bound|Lost|Pending"), OZ,
		OR("\"Pending\"")),
};
TYPE(persistent_volume_claim_status, CORE, "PersistentVolumeClaimStatus", "");

static const struct schema_field persistent_volume_claim[] = {
	F_STR("apiVersion", "", OZ),
	F_STR("kind", "", OZ),
	F_OBJ("metadata", object_meta, ""),
	F_OBJ("spec", persistent_volume_claim_spec, ""),
	F_OBJ("status", persistent_volume_claim_status, "", OR("{}")),
};
TYPE(persistent_volume_claim, CORE, "PersistentVolumeClaim", "");
