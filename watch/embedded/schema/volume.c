/* Schema: where volumes come from: sources that pods and PersistentVolumes share, and those of pods alone.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field gce_persistent_disk_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_I32("partition", "", OZ),
	F_STR("pdName", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
};
TYPE(gce_persistent_disk_volume_source, CORE, "GCEPersistentDiskVolumeSource", "");

static const struct schema_field aws_elastic_block_store_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_I32("partition", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_STR("volumeID", "", REQUIRED),
};
TYPE(aws_elastic_block_store_volume_source, CORE, "AWSElasticBlockStoreVolumeSource", "");

static const struct schema_field host_path_volume_source[] = {
	F_STR("path", "", REQUIRED),
	F_STR("type", "", GO("v1.HostPathType"),
		VALUES("|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket"),
		OR("\"\"")),
};
TYPE(host_path_volume_source, CORE, "HostPathVolumeSource", "");

static const struct schema_field nfs_volume_source[] = {
	F_STR("path", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
	F_STR("server", "", REQUIRED),
};
TYPE(nfs_volume_source, CORE, "NFSVolumeSource", "");

static const struct schema_field secret_reference[] = {
	F_STR("name", "", OZ),
	F_STR("namespace", "", OZ),
};
ATOMIC_TYPE(secret_reference, CORE, "SecretReference", "");

static const struct schema_field fc_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_I32("lun", ""),
	F_BOOL("readOnly", "", OZ),
	F_STRS("targetWWNs", "", OZ),
	F_STRS("wwids", "", OZ),
};
TYPE(fc_volume_source, CORE, "FCVolumeSource", "");

static const struct schema_field flocker_volume_source[] = {
	F_STR("datasetName", "", OZ),
	F_STR("datasetUUID", "", OZ),
};
TYPE(flocker_volume_source, CORE, "FlockerVolumeSource", "");

static const struct schema_field vsphere_virtual_disk_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_STR("storagePolicyID", "", OZ),
	F_STR("storagePolicyName", "", OZ),
	F_STR("volumePath", "", REQUIRED),
};
TYPE(vsphere_virtual_disk_volume_source, CORE, "VsphereVirtualDiskVolumeSource", "");

static const struct schema_field quobyte_volume_source[] = {
	F_STR("group", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_STR("registry", "", REQUIRED),
	F_STR("tenant", "", OZ),
	F_STR("user", "", OZ),
	F_STR("volume", "", REQUIRED),
};
TYPE(quobyte_volume_source, CORE, "QuobyteVolumeSource", "");

static const struct schema_field azure_disk_volume_source[] = {
	F_STR("cachingMode", "", GO("v1.AzureDataDiskCachingMode"),
		VALUES("None|ReadOnly|ReadWrite"), OR("\"ReadWrite\"")),
	F_STR("diskName", "", REQUIRED),
	F_STR("diskURI", "", REQUIRED),
	F_STR("fsType", "", OR("\"ext4\"")),
	F_STR("kind", "", GO("v1.AzureDataDiskKind"), VALUES("Dedicated|Managed|Shared"),
		OR("\"Shared\"")),
	F_BOOL("readOnly", "", OR("false")),
};
TYPE(azure_disk_volume_source, CORE, "AzureDiskVolumeSource", "");

static const struct schema_field photon_persistent_disk_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_STR("pdID", "", REQUIRED),
};
TYPE(photon_persistent_disk_volume_source, CORE, "PhotonPersistentDiskVolumeSource", "");

static const struct schema_field portworx_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_STR("volumeID", "", REQUIRED),
};
TYPE(portworx_volume_source, CORE, "PortworxVolumeSource", "");

static const struct schema_field empty_dir_volume_source[] = {
	F_STR("medium", "", GO("v1.StorageMedium"), OZ),
	F_I32("mode", ""),
	F_QTY("sizeLimit", ""),
};
TYPE(empty_dir_volume_source, CORE, "EmptyDirVolumeSource", "");

static const struct schema_field git_repo_volume_source[] = {
	F_STR("directory", "", OZ),
	F_STR("repository", "", REQUIRED),
	F_STR("revision", "", OZ),
};
TYPE(git_repo_volume_source, CORE, "GitRepoVolumeSource", "");

static const struct schema_field key_to_path[] = {
	F_STR("key", "", REQUIRED),
	F_I32("mode", ""),
	F_STR("path", "", REQUIRED),
	F_I64("user", ""),
};
TYPE(key_to_path, CORE, "KeyToPath", "");

static const struct schema_field secret_volume_source[] = {
	F_I32("defaultMode", "", OR("420")),
	F_I64("defaultUser", ""),
	F_OBJS("items", key_to_path, "", OZ),
	F_BOOL("optional", ""),
	F_STR("secretName", "", OZ),
};
TYPE(secret_volume_source, CORE, "SecretVolumeSource", "");

static const struct schema_field local_object_reference[] = {
	F_STR("name", "", OZ),
};
ATOMIC_TYPE(local_object_reference, CORE, "LocalObjectReference", "");

static const struct schema_field iscsi_volume_source[] = {
	F_BOOL("chapAuthDiscovery", "", OZ),
	F_BOOL("chapAuthSession", "", OZ),
	F_STR("fsType", "", OZ),
	F_STR("initiatorName", ""),
	F_STR("iqn", "", REQUIRED),
	F_STR("iscsiInterface", "", OZ, OR("\"default\"")),
	F_I32("lun", "", REQUIRED),
	F_STRS("portals", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
	F_STR("targetPortal", "", REQUIRED),
};
TYPE(iscsi_volume_source, CORE, "ISCSIVolumeSource", "");

static const struct schema_field glusterfs_volume_source[] = {
	F_STR("endpoints", "", REQUIRED),
	F_STR("path", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
};
TYPE(glusterfs_volume_source, CORE, "GlusterfsVolumeSource", "");

static const struct schema_field persistent_volume_claim_volume_source[] = {
	F_STR("claimName", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
};
TYPE(persistent_volume_claim_volume_source, CORE, "PersistentVolumeClaimVolumeSource", "");

static const struct schema_field rbd_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_STR("image", "", REQUIRED),
	F_STR("keyring", "", OZ, OR("\"/etc/ceph/keyring\"")),
	F_STRS("monitors", "", REQUIRED),
	F_STR("pool", "", OZ, OR("\"rbd\"")),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
	F_STR("user", "", OZ, OR("\"admin\"")),
};
TYPE(rbd_volume_source, CORE, "RBDVolumeSource", "");

static const struct schema_field flex_volume_source[] = {
	F_STR("driver", "", REQUIRED),
	F_STR("fsType", "", OZ),
	F_STRMAP("options", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
};
TYPE(flex_volume_source, CORE, "FlexVolumeSource", "");

static const struct schema_field cinder_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
	F_STR("volumeID", "", REQUIRED),
};
TYPE(cinder_volume_source, CORE, "CinderVolumeSource", "");

static const struct schema_field ceph_fs_volume_source[] = {
	F_STRS("monitors", "", REQUIRED),
	F_STR("path", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_STR("secretFile", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
	F_STR("user", "", OZ),
};
TYPE(ceph_fs_volume_source, CORE, "CephFSVolumeSource", "");

static const struct schema_field object_field_selector[] = {
	F_STR("apiVersion", "", OZ, OR("\"v1\"")),
	F_STR("fieldPath", "", REQUIRED),
};
ATOMIC_TYPE(object_field_selector, CORE, "ObjectFieldSelector", "");

static const struct schema_field resource_field_selector[] = {
	F_STR("containerName", "", OZ),
	F_QTY("divisor", "", OR("\"0\"")),
	F_STR("resource", "", REQUIRED),
};
ATOMIC_TYPE(resource_field_selector, CORE, "ResourceFieldSelector", "");

static const struct schema_field downward_api_volume_file[] = {
	F_OBJ("fieldRef", object_field_selector, ""),
	F_I32("mode", ""),
	F_STR("path", "", REQUIRED),
	F_OBJ("resourceFieldRef", resource_field_selector, ""),
	F_I64("user", ""),
};
TYPE(downward_api_volume_file, CORE, "DownwardAPIVolumeFile", "");

static const struct schema_field downward_api_volume_source[] = {
	F_I32("defaultMode", "", OR("420")),
	F_I64("defaultUser", ""),
	F_OBJS("items", downward_api_volume_file, "", OZ),
};
TYPE(downward_api_volume_source, CORE, "DownwardAPIVolumeSource", "");

static const struct schema_field azure_file_volume_source[] = {
	F_BOOL("readOnly", "", OZ),
	F_STR("secretName", "", REQUIRED),
	F_STR("shareName", "", REQUIRED),
};
TYPE(azure_file_volume_source, CORE, "AzureFileVolumeSource", "");

static const struct schema_field config_map_volume_source[] = {
	F_I32("defaultMode", "", OR("420")),
	F_I64("defaultUser", ""),
	F_OBJS("items", key_to_path, "", OZ),
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
TYPE(config_map_volume_source, CORE, "ConfigMapVolumeSource", "");

static const struct schema_field secret_projection[] = {
	F_OBJS("items", key_to_path, "", OZ),
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
TYPE(secret_projection, CORE, "SecretProjection", "");

static const struct schema_field downward_api_projection[] = {
	F_OBJS("items", downward_api_volume_file, "", OZ),
};
TYPE(downward_api_projection, CORE, "DownwardAPIProjection", "");

static const struct schema_field config_map_projection[] = {
	F_OBJS("items", key_to_path, "", OZ),
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
TYPE(config_map_projection, CORE, "ConfigMapProjection", "");

static const struct schema_field service_account_token_projection[] = {
	F_STR("audience", "", OZ),
	F_I64("expirationSeconds", "", OR("3600")),
	F_STR("path", "", REQUIRED),
	F_I64("user", ""),
};
TYPE(service_account_token_projection, CORE, "ServiceAccountTokenProjection", "");

static const struct schema_field cluster_trust_bundle_projection[] = {
	F_OBJ("labelSelector", label_selector, ""),
	F_STR("name", ""),
	F_BOOL("optional", ""),
	F_STR("path", "", REQUIRED),
	F_STR("signerName", ""),
	F_I64("user", ""),
};
TYPE(cluster_trust_bundle_projection, CORE, "ClusterTrustBundleProjection", "");

static const struct schema_field pod_certificate_projection[] = {
	F_STR("certificateChainPath", "", OZ),
	F_STR("credentialBundlePath", "", OZ),
	F_STR("keyPath", "", OZ),
	F_STR("keyType", "", REQUIRED, OZ),
	F_I32("maxExpirationSeconds", ""),
	F_STR("signerName", "", REQUIRED, OZ),
	F_I64("user", ""),
	F_STRMAP("userAnnotations", "", OZ),
};
TYPE(pod_certificate_projection, CORE, "PodCertificateProjection", "");

static const struct schema_field volume_projection[] = {
	F_OBJ("clusterTrustBundle", cluster_trust_bundle_projection, ""),
	F_OBJ("configMap", config_map_projection, ""),
	F_OBJ("downwardAPI", downward_api_projection, ""),
	F_OBJ("podCertificate", pod_certificate_projection, ""),
	F_OBJ("secret", secret_projection, ""),
	F_OBJ("serviceAccountToken", service_account_token_projection, ""),
};
TYPE(volume_projection, CORE, "VolumeProjection", "");

static const struct schema_field projected_volume_source[] = {
	F_I32("defaultMode", "", OR("420")),
	F_I64("defaultUser", ""),
	F_OBJS("sources", volume_projection, ""),
};
TYPE(projected_volume_source, CORE, "ProjectedVolumeSource", "");

static const struct schema_field scaleio_volume_source[] = {
	F_STR("fsType", "", OZ, OR("\"xfs\"")),
	F_STR("gateway", "", REQUIRED),
	F_STR("protectionDomain", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, "", REQUIRED),
	F_BOOL("sslEnabled", "", OZ),
	F_STR("storageMode", "", OZ, OR("\"ThinProvisioned\"")),
	F_STR("storagePool", "", OZ),
	F_STR("system", "", REQUIRED),
	F_STR("volumeName", "", OZ),
};
TYPE(scaleio_volume_source, CORE, "ScaleIOVolumeSource", "");

static const struct schema_field storageos_volume_source[] = {
	F_STR("fsType", "", OZ),
	F_BOOL("readOnly", "", OZ),
	F_OBJ("secretRef", local_object_reference, ""),
	F_STR("volumeName", "", OZ),
	F_STR("volumeNamespace", "", OZ),
};
TYPE(storageos_volume_source, CORE, "StorageOSVolumeSource", "");

static const struct schema_field csi_volume_source[] = {
	F_STR("driver", "", REQUIRED),
	F_STR("fsType", ""),
	F_OBJ("nodePublishSecretRef", local_object_reference, ""),
	F_BOOL("readOnly", ""),
	F_STRMAP("volumeAttributes", "", OZ),
};
TYPE(csi_volume_source, CORE, "CSIVolumeSource", "");

static const struct schema_field ephemeral_volume_source[] = {
	F_OBJ("volumeClaimTemplate", persistent_volume_claim_template, ""),
};
TYPE(ephemeral_volume_source, CORE, "EphemeralVolumeSource", "");

static const struct schema_field image_volume_source[] = {
	F_STR("pullPolicy", "", GO("v1.PullPolicy"), VALUES("Always|IfNotPresent|Never"), OZ),
	F_STR("reference", "", OZ),
};
TYPE(image_volume_source, CORE, "ImageVolumeSource", "");

static const struct schema_field volume[] = {
	F_OBJ("awsElasticBlockStore", aws_elastic_block_store_volume_source, ""),
	F_OBJ("azureDisk", azure_disk_volume_source, ""),
	F_OBJ("azureFile", azure_file_volume_source, ""),
	F_OBJ("cephfs", ceph_fs_volume_source, ""),
	F_OBJ("cinder", cinder_volume_source, ""),
	F_OBJ("configMap", config_map_volume_source, ""),
	F_OBJ("csi", csi_volume_source, ""),
	F_OBJ("downwardAPI", downward_api_volume_source, ""),
	F_OBJ("emptyDir", empty_dir_volume_source, ""),
	F_OBJ("ephemeral", ephemeral_volume_source, ""),
	F_OBJ("fc", fc_volume_source, ""),
	F_OBJ("flexVolume", flex_volume_source, ""),
	F_OBJ("flocker", flocker_volume_source, ""),
	F_OBJ("gcePersistentDisk", gce_persistent_disk_volume_source, ""),
	F_OBJ("gitRepo", git_repo_volume_source, ""),
	F_OBJ("glusterfs", glusterfs_volume_source, ""),
	F_OBJ("hostPath", host_path_volume_source, ""),
	F_OBJ("image", image_volume_source, ""),
	F_OBJ("iscsi", iscsi_volume_source, ""),
	F_STR("name", "", REQUIRED),
	F_OBJ("nfs", nfs_volume_source, ""),
	F_OBJ("persistentVolumeClaim", persistent_volume_claim_volume_source, ""),
	F_OBJ("photonPersistentDisk", photon_persistent_disk_volume_source, ""),
	F_OBJ("portworxVolume", portworx_volume_source, ""),
	F_OBJ("projected", projected_volume_source, ""),
	F_OBJ("quobyte", quobyte_volume_source, ""),
	F_OBJ("rbd", rbd_volume_source, ""),
	F_OBJ("scaleIO", scaleio_volume_source, ""),
	F_OBJ("secret", secret_volume_source, ""),
	F_OBJ("storageos", storageos_volume_source, ""),
	F_OBJ("vsphereVolume", vsphere_virtual_disk_volume_source, ""),
};
TYPE(volume, CORE, "Volume", "");
