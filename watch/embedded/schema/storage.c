/* Schema: PersistentVolume with its own volume sources, PersistentVolumeClaim, StorageClass.
 * Source: Kubernetes API reference 1.37 (core/v1, storage/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field glusterfs_persistent_volume_source[] = {
	F_STR("endpoints", "Name of the Endpoints that list the servers.", REQUIRED),
	F_STR("endpointsNamespace", "Namespace of the Endpoints; the claim's if left out."),
	F_STR("path", "Name of the volume.", REQUIRED),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
};
TYPE(glusterfs_persistent_volume_source, CORE, "GlusterfsPersistentVolumeSource",
	"A volume of GlusterFS, which is no longer supported.");

static const struct schema_field rbd_persistent_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("image", "Name of the image.", REQUIRED),
	F_STR("keyring", "File with the user's keys.", OZ, OR("\"/etc/ceph/keyring\"")),
	F_STRS("monitors", "Addresses of the Ceph monitors.", REQUIRED),
	F_STR("pool", "Pool the image lies in.", OZ, OR("\"rbd\"")),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials."),
	F_STR("user", "User to authenticate as.", OZ, OR("\"admin\"")),
};
TYPE(rbd_persistent_volume_source, CORE, "RBDPersistentVolumeSource",
	"A block device of Ceph; no longer supported.");

static const struct schema_field iscsi_persistent_volume_source[] = {
	F_BOOL("chapAuthDiscovery", "Whether discovery is authenticated by CHAP.", OZ),
	F_BOOL("chapAuthSession", "Whether the session is authenticated by CHAP.", OZ),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("initiatorName", "Name of the initiator, if not the node's own."),
	F_STR("iqn", "Qualified name of the target.", REQUIRED),
	F_STR("iscsiInterface", "Interface to use.", OZ, OR("\"default\"")),
	F_I32("lun", "Number of the logical unit.", REQUIRED),
	F_STRS("portals", "More portals, as address or address:port.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials."),
	F_STR("targetPortal", "Portal of the target, as address or address:port.", REQUIRED),
};
TYPE(iscsi_persistent_volume_source, CORE, "ISCSIPersistentVolumeSource",
	"A disk reached by iSCSI.");

static const struct schema_field cinder_persistent_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials."),
	F_STR("volumeID", "Identifier of the volume.", REQUIRED),
};
TYPE(cinder_persistent_volume_source, CORE, "CinderPersistentVolumeSource",
	"A volume of OpenStack Cinder; now served by its CSI driver.");

static const struct schema_field ceph_fs_persistent_volume_source[] = {
	F_STRS("monitors", "Addresses of the Ceph monitors.", REQUIRED),
	F_STR("path", "Folder to mount; the root if left out.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("secretFile", "File with the user's keys.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials."),
	F_STR("user", "User to authenticate as.", OZ),
};
TYPE(ceph_fs_persistent_volume_source, CORE, "CephFSPersistentVolumeSource",
	"A CephFS file system; no longer supported.");

static const struct schema_field flex_persistent_volume_source[] = {
	F_STR("driver", "Name of the driver.", REQUIRED),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STRMAP("options", "Further options for the driver.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials."),
};
TYPE(flex_persistent_volume_source, CORE, "FlexPersistentVolumeSource",
	"A volume of a driver program on the node; no longer developed.");

static const struct schema_field azure_file_persistent_volume_source[] = {
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("secretName", "Secret with the storage account and its key.", REQUIRED),
	F_STR("secretNamespace", "Namespace of the Secret; the claim's if left out."),
	F_STR("shareName", "Name of the share.", REQUIRED),
};
TYPE(azure_file_persistent_volume_source, CORE, "AzureFilePersistentVolumeSource",
	"A share of Azure Files; now served by its CSI driver.");

static const struct schema_field scaleio_persistent_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ, OR("\"xfs\"")),
	F_STR("gateway", "Address of the gateway.", REQUIRED),
	F_STR("protectionDomain", "Protection domain of the storage.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", secret_reference, "Secret that holds the credentials.", REQUIRED),
	F_BOOL("sslEnabled", "Whether to talk to the gateway by TLS.", OZ),
	F_STR("storageMode", "ThickProvisioned or ThinProvisioned.", OZ, OR("\"ThinProvisioned\"")),
	F_STR("storagePool", "Pool of the protection domain.", OZ),
	F_STR("system", "Name of the storage system.", REQUIRED),
	F_STR("volumeName", "Name of an existing volume.", OZ),
};
TYPE(scaleio_persistent_volume_source, CORE, "ScaleIOPersistentVolumeSource",
	"A volume of ScaleIO, which is no longer supported.");

static const struct schema_field local_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs."),
	F_STR("path", "Path of the device or folder.", REQUIRED),
};
TYPE(local_volume_source, CORE, "LocalVolumeSource",
	"A disk or folder of one node; needs nodeAffinity.");

static const struct schema_field storageos_persistent_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", object_reference, "Secret that holds the credentials."),
	F_STR("volumeName", "Name of the volume.", OZ),
	F_STR("volumeNamespace", "StorageOS namespace it lies in.", OZ),
};
TYPE(storageos_persistent_volume_source, CORE, "StorageOSPersistentVolumeSource",
	"A volume of StorageOS, which is no longer supported.");

static const struct schema_field csi_persistent_volume_source[] = {
	F_OBJ("controllerExpandSecretRef", secret_reference,
		"Secret for making the volume larger."),
	F_OBJ("controllerPublishSecretRef", secret_reference,
		"Secret for attaching and detaching."),
	F_STR("driver", "Name of the driver.", REQUIRED),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_OBJ("nodeExpandSecretRef", secret_reference,
		"Secret for enlarging the file system on the node."),
	F_OBJ("nodePublishSecretRef", secret_reference, "Secret for mounting into a pod."),
	F_OBJ("nodeStageSecretRef", secret_reference,
		"Secret for preparing the volume on the node."),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STRMAP("volumeAttributes", "What the driver needs to know of the volume.", OZ),
	F_STR("volumeHandle", "The driver's own name of the volume.", REQUIRED),
};
TYPE(csi_persistent_volume_source, CORE, "CSIPersistentVolumeSource", "A volume of a CSI driver.");

static const struct schema_field volume_node_affinity[] = {
	F_OBJ("required", node_selector, "What a node must satisfy."),
};
TYPE(volume_node_affinity, CORE, "VolumeNodeAffinity", "From which nodes a volume can be reached.");

static const struct schema_field persistent_volume_spec[] = {
	F_STRS("accessModes", "Ways in which it can be mounted.",
		GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_OBJ("awsElasticBlockStore", aws_elastic_block_store_volume_source, "A disk of AWS."),
	F_OBJ("azureDisk", azure_disk_volume_source, "A disk of Azure."),
	F_OBJ("azureFile", azure_file_persistent_volume_source, "A share of Azure Files."),
	F_QTYMAP("capacity", "How much it holds.", GO("v1.ResourceList"), OZ),
	F_OBJ("cephfs", ceph_fs_persistent_volume_source, "A CephFS file system."),
	F_OBJ("cinder", cinder_persistent_volume_source, "A volume of OpenStack."),
	F_OBJ("claimRef", object_reference, "Claim it is bound to, or reserved for."),
	F_OBJ("csi", csi_persistent_volume_source, "A volume of a CSI driver."),
	F_OBJ("fc", fc_volume_source, "A disk by Fibre Channel."),
	F_OBJ("flexVolume", flex_persistent_volume_source, "A volume of a driver program."),
	F_OBJ("flocker", flocker_volume_source, "A dataset of Flocker."),
	F_OBJ("gcePersistentDisk", gce_persistent_disk_volume_source,
		"A disk of Google Compute Engine."),
	F_OBJ("glusterfs", glusterfs_persistent_volume_source, "A volume of GlusterFS."),
	F_OBJ("hostPath", host_path_volume_source, "A folder of the node, for tests on one node."),
	F_OBJ("iscsi", iscsi_persistent_volume_source, "A disk by iSCSI."),
	F_OBJ("local", local_volume_source, "A disk or folder of one node."),
	F_STRS("mountOptions", "Options handed to mount.", OZ),
	F_OBJ("nfs", nfs_volume_source, "A folder of an NFS server."),
	F_OBJ("nodeAffinity", volume_node_affinity, "From which nodes it can be reached."),
	F_STR("persistentVolumeReclaimPolicy",
		"What becomes of it when its claim is gone: Retain, Delete or Recycle.",
		GO("v1.PersistentVolumeReclaimPolicy"), VALUES("Delete|Recycle|Retain"), OZ,
		OR("\"Retain\"")),
	F_OBJ("photonPersistentDisk", photon_persistent_disk_volume_source,
		"A disk of Photon Controller."),
	F_OBJ("portworxVolume", portworx_volume_source, "A volume of Portworx."),
	F_OBJ("quobyte", quobyte_volume_source, "A volume of Quobyte."),
	F_OBJ("rbd", rbd_persistent_volume_source, "A block device of Ceph."),
	F_OBJ("scaleIO", scaleio_persistent_volume_source, "A volume of ScaleIO."),
	F_STR("storageClassName", "Class it belongs to; empty for none.", OZ),
	F_OBJ("storageos", storageos_persistent_volume_source, "A volume of StorageOS."),
	F_STR("volumeAttributesClassName", "Class of its changeable attributes."),
	F_STR("volumeMode", "Whether it comes as Filesystem or Block device.",
		GO("v1.PersistentVolumeMode"), VALUES("Block|Filesystem"), OR("\"Filesystem\"")),
	F_OBJ("vsphereVolume", vsphere_virtual_disk_volume_source, "A disk of vSphere."),
};
TYPE(persistent_volume_spec, CORE, "PersistentVolumeSpec",
	"What a volume is; exactly one source is given.");

static const struct schema_field persistent_volume_status[] = {
	F_TIME("lastPhaseTransitionTime", "When the phase last changed."),
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("phase", "Pending, Available, Bound, Released or Failed.",
		GO("v1.PersistentVolumePhase"), VALUES("Available|Bound|Failed|Pending|Released"),
		OZ, OR("\"Pending\"")),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
};
TYPE(persistent_volume_status, CORE, "PersistentVolumeStatus", "The state of a volume.");

static const struct schema_field persistent_volume[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", persistent_volume_spec, "What the volume is."),
	F_OBJ("status", persistent_volume_status, "The state it is in.", OR("{}")),
};
TYPE(persistent_volume, CORE, "PersistentVolume",
	"Storage of the cluster that claims can be bound to.");

static const struct schema_field topology_selector_label_requirement[] = {
	F_STR("key", "Label of the node.", REQUIRED),
	F_STRS("values", "Values of which one must fit.", REQUIRED),
};
TYPE(topology_selector_label_requirement, CORE, "TopologySelectorLabelRequirement",
	"A label of nodes and the values allowed for it.");

static const struct schema_field topology_selector_term[] = {
	F_OBJS("matchLabelExpressions", topology_selector_label_requirement, "The rules.", OZ),
};
ATOMIC_TYPE(topology_selector_term, CORE, "TopologySelectorTerm",
	"Rules on node labels, all of which must hold.");

static const struct schema_field storage_class[] = {
	F_BOOL("allowVolumeExpansion", "Whether claims may ask for more later."),
	F_OBJS("allowedTopologies", topology_selector_term,
		"From which nodes new volumes may be reached.", OZ),
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_STRS("mountOptions", "Options handed to mount for new volumes.", OZ),
	F_STRMAP("parameters", "Options for the provisioner.", OZ),
	F_STR("provisioner", "Who makes the volumes.", REQUIRED),
	F_STR("reclaimPolicy", "Reclaim policy of new volumes: Delete or Retain.",
		GO("v1.PersistentVolumeReclaimPolicy"), VALUES("Delete|Recycle|Retain"),
		OR("\"Delete\"")),
	F_STR("volumeBindingMode",
		"Whether to bind at once (Immediate) or with the first pod (WaitForFirstConsumer).",
		GO("v1.VolumeBindingMode"), VALUES("Immediate|WaitForFirstConsumer"),
		OR("\"Immediate\"")),
};
TYPE(storage_class, STORAGE, "StorageClass",
	"A kind of storage from which volumes are made on demand.");

static const struct schema_field volume_resource_requirements[] = {
	F_QTYMAP("limits", "Most that may be given.", GO("v1.ResourceList"), OZ),
	F_QTYMAP("requests", "Least that must be given.", GO("v1.ResourceList"), OZ),
};
TYPE(volume_resource_requirements, CORE, "VolumeResourceRequirements",
	"How much storage is asked for.");

static const struct schema_field typed_local_object_reference[] = {
	F_STR("apiGroup", "Group of the kind; empty for the core group."),
	F_STR("kind", "Kind of the object.", REQUIRED),
	F_STR("name", "Name of the object.", REQUIRED),
};
ATOMIC_TYPE(typed_local_object_reference, CORE, "TypedLocalObjectReference",
	"Names an object of any kind in the same namespace.");

static const struct schema_field typed_object_reference[] = {
	F_STR("apiGroup", "Group of the kind; empty for the core group."),
	F_STR("kind", "Kind of the object.", REQUIRED),
	F_STR("name", "Name of the object.", REQUIRED),
	F_STR("namespace", "Namespace of the object; needs a grant there."),
};
TYPE(typed_object_reference, CORE, "TypedObjectReference",
	"Names an object of any kind in any namespace.");

static const struct schema_field persistent_volume_claim_spec[] = {
	F_STRS("accessModes", "Ways in which it must be possible to mount.",
		GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_OBJ("dataSource", typed_local_object_reference,
		"Snapshot or claim whose content the new volume starts with."),
	F_OBJ("dataSourceRef", typed_object_reference,
		"Object of any kind whose content the new volume starts with."),
	F_OBJ("resources", volume_resource_requirements, "How much is asked for.", OR("{}")),
	F_OBJ("selector", label_selector, "Labels that volumes must have to be considered."),
	F_STR("storageClassName",
		"Class to take storage from; the default class if left out, none if empty."),
	F_STR("volumeAttributesClassName", "Class of changeable attributes of the volume."),
	F_STR("volumeMode", "Whether a Filesystem or a Block device is wanted.",
		GO("v1.PersistentVolumeMode"), VALUES("Block|Filesystem"), OR("\"Filesystem\"")),
	F_STR("volumeName", "Volume the claim is bound to.", OZ),
};
TYPE(persistent_volume_claim_spec, CORE, "PersistentVolumeClaimSpec", "What storage is asked for.");

static const struct schema_field persistent_volume_claim_template[] = {
	F_OBJ("metadata", object_meta, "Labels and annotations copied into the claim."),
	F_OBJ("spec", persistent_volume_claim_spec, "What the claim asks for.", REQUIRED),
};
TYPE(persistent_volume_claim_template, CORE, "PersistentVolumeClaimTemplate",
	"A claim to be made for a pod.");

static const struct schema_field volume_health_condition[] = {
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "The driver's word for the cause.", REQUIRED),
	F_STR("status", "What is wrong: Inaccessible, DataLoss or Degraded.", REQUIRED,
		GO("v1.VolumeHealthStatusType"), VALUES("DataLoss|Degraded|Inaccessible")),
};
TYPE(volume_health_condition, CORE, "VolumeHealthCondition",
	"One thing that is wrong with a volume.");

static const struct schema_field persistent_volume_claim_condition[] = {
	F_TIME("lastProbeTime", "When it was last looked at.", OR("null")),
	F_TIME("lastTransitionTime", "When the status last changed from one value to another.",
		OR("null")),
	F_STR("message", "Details in words, for people.", OZ),
	F_STR("reason", "A short word for the cause, for programs.", OZ),
	F_STR("status", "Whether it holds: True, False or Unknown.", REQUIRED,
		GO("v1.ConditionStatus")),
	F_STR("type", "Name of the condition, such as Resizing.", REQUIRED,
		GO("v1.PersistentVolumeClaimConditionType")),
};
TYPE(persistent_volume_claim_condition, CORE, "PersistentVolumeClaimCondition",
	"One aspect of a claim's state.");

static const struct schema_field modify_volume_status[] = {
	F_STR("status", "Pending, InProgress or Infeasible.", REQUIRED,
		GO("v1.PersistentVolumeClaimModifyVolumeStatus"),
		VALUES("InProgress|Infeasible|Pending")),
	F_STR("targetVolumeAttributesClassName", "Class being changed to.", OZ),
};
TYPE(modify_volume_status, CORE, "ModifyVolumeStatus",
	"How far a change of volume attributes has come.");

static const struct schema_field volume_health_status[] = {
	F_OBJS("healthConditions", volume_health_condition,
		"What is wrong; empty for a healthy volume.", MERGE("status"),
		KEYS("status,reason"), OZ),
	F_TIME("lastTransitionTime", "When the status last changed from one value to another."),
};
TYPE(volume_health_status, CORE, "VolumeHealthStatus", "What is known of a volume's health.");

static const struct schema_field persistent_volume_claim_status[] = {
	F_STRS("accessModes", "Ways in which the bound volume can be mounted.",
		GO("v1.PersistentVolumeAccessMode"),
		VALUES("ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"), OZ),
	F_STRMAP("allocatedResourceStatuses", "How far resizing has come, by resource.",
		GO("map[v1.ResourceName]v1.ClaimResourceStatus"),
		VALUES("ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|"
		       "NodeResizeInfeasible|NodeResizePending"),
		OZ),
	F_QTYMAP("allocatedResources", "Amounts set aside, while resizing too.",
		GO("v1.ResourceList"), OZ),
	F_QTYMAP("capacity", "How much the bound volume holds.", GO("v1.ResourceList"), OZ),
	F_OBJS("conditions", persistent_volume_claim_condition,
		"Aspects of the state, such as resizing.", MERGE("type"), KEYS("type"), OZ),
	F_STR("currentVolumeAttributesClassName", "Class of attributes in force."),
	F_OBJ("healthStatus", volume_health_status, "What is known of the volume's health."),
	F_OBJ("modifyVolumeStatus", modify_volume_status,
		"How far a change of attributes has come."),
	F_STR("phase", "Pending, Bound or Lost.", GO("v1.PersistentVolumeClaimPhase"),
		VALUES("Bound|Lost|Pending"), OZ, OR("\"Pending\"")),
};
TYPE(persistent_volume_claim_status, CORE, "PersistentVolumeClaimStatus", "The state of a claim.");

static const struct schema_field persistent_volume_claim[] = {
	F_STR("apiVersion", "The group and version this object is written in.", OZ),
	F_STR("kind", "The kind of object this is.", OZ),
	F_OBJ("metadata", object_meta,
		"Name, namespace, labels and the rest of what every object carries."),
	F_OBJ("spec", persistent_volume_claim_spec, "What is asked for."),
	F_OBJ("status", persistent_volume_claim_status, "The state it is in.", OR("{}")),
};
TYPE(persistent_volume_claim, CORE, "PersistentVolumeClaim", "A user's claim to storage.");
