/* Schema: where volumes come from: sources that pods and PersistentVolumes share, and those of pods alone.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field gce_persistent_disk_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_I32("partition", "Number of the partition; 0 for the whole disk.", OZ),
	F_STR("pdName", "Name of the disk.", REQUIRED),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
};
TYPE(gce_persistent_disk_volume_source, CORE, "GCEPersistentDiskVolumeSource",
	"A disk of Google Compute Engine; now served by its CSI driver.");

static const struct schema_field aws_elastic_block_store_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_I32("partition", "Number of the partition; 0 for the whole disk.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("volumeID", "Identifier of the disk.", REQUIRED),
};
TYPE(aws_elastic_block_store_volume_source, CORE, "AWSElasticBlockStoreVolumeSource",
	"A disk of AWS Elastic Block Store; now served by its CSI driver.");

static const struct schema_field host_path_volume_source[] = {
	F_STR("path", "Path on the node.", REQUIRED),
	F_STR("type", "What must be there before mounting; empty: nothing is checked.",
		GO("v1.HostPathType"),
		VALUES("|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|"
		       "Socket"),
		OR("\"\"")),
};
TYPE(host_path_volume_source, CORE, "HostPathVolumeSource", "A file or folder of the node itself.");

static const struct schema_field nfs_volume_source[] = {
	F_STR("path", "Path the server exports.", REQUIRED),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("server", "Host name or address of the server.", REQUIRED),
};
TYPE(nfs_volume_source, CORE, "NFSVolumeSource", "A folder exported by an NFS server.");

static const struct schema_field secret_reference[] = {
	F_STR("name", "Name of the Secret.", OZ),
	F_STR("namespace", "Namespace of the Secret.", OZ),
};
ATOMIC_TYPE(secret_reference, CORE, "SecretReference", "Names a Secret in any namespace.");

static const struct schema_field fc_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_I32("lun", "Number of the logical unit."),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STRS("targetWWNs", "World-wide names of the targets.", OZ),
	F_STRS("wwids", "World-wide identifiers, instead of targets and lun.", OZ),
};
TYPE(fc_volume_source, CORE, "FCVolumeSource", "A disk reached by Fibre Channel.");

static const struct schema_field flocker_volume_source[] = {
	F_STR("datasetName", "Name of the dataset.", OZ),
	F_STR("datasetUUID", "Identifier of the dataset.", OZ),
};
TYPE(flocker_volume_source, CORE, "FlockerVolumeSource",
	"A dataset of Flocker, which is no longer supported.");

static const struct schema_field vsphere_virtual_disk_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("storagePolicyID", "Identifier of the storage policy's profile.", OZ),
	F_STR("storagePolicyName", "Name of the storage policy's profile.", OZ),
	F_STR("volumePath", "Path that identifies the disk.", REQUIRED),
};
TYPE(vsphere_virtual_disk_volume_source, CORE, "VsphereVirtualDiskVolumeSource",
	"A virtual disk of vSphere; now served by its CSI driver.");

static const struct schema_field quobyte_volume_source[] = {
	F_STR("group", "Group to access the volume as.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("registry", "Addresses of the registry, as host:port, comma-separated.", REQUIRED),
	F_STR("tenant", "Tenant that owns the volume.", OZ),
	F_STR("user", "User to access the volume as.", OZ),
	F_STR("volume", "Name of the volume.", REQUIRED),
};
TYPE(quobyte_volume_source, CORE, "QuobyteVolumeSource",
	"A volume of Quobyte, which is no longer supported.");

static const struct schema_field azure_disk_volume_source[] = {
	F_STR("cachingMode", "Caching by the host: None, ReadOnly or ReadWrite.",
		GO("v1.AzureDataDiskCachingMode"), VALUES("None|ReadOnly|ReadWrite"),
		OR("\"ReadWrite\"")),
	F_STR("diskName", "Name of the disk.", REQUIRED),
	F_STR("diskURI", "Address of the disk.", REQUIRED),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OR("\"ext4\"")),
	F_STR("kind", "Shared, Dedicated or Managed.", GO("v1.AzureDataDiskKind"),
		VALUES("Dedicated|Managed|Shared"), OR("\"Shared\"")),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OR("false")),
};
TYPE(azure_disk_volume_source, CORE, "AzureDiskVolumeSource",
	"A data disk of Azure; now served by its CSI driver.");

static const struct schema_field photon_persistent_disk_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("pdID", "Identifier of the disk.", REQUIRED),
};
TYPE(photon_persistent_disk_volume_source, CORE, "PhotonPersistentDiskVolumeSource",
	"A disk of Photon Controller, which is no longer supported.");

static const struct schema_field portworx_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("volumeID", "Identifier of the volume.", REQUIRED),
};
TYPE(portworx_volume_source, CORE, "PortworxVolumeSource",
	"A volume of Portworx; now served by its CSI driver.");

static const struct schema_field empty_dir_volume_source[] = {
	F_STR("medium", "Where it is kept; Memory for a file system in memory.",
		GO("v1.StorageMedium"), OZ),
	F_I32("mode", "Permission bits of the folder."),
	F_QTY("sizeLimit", "Most that may be stored in it."),
};
TYPE(empty_dir_volume_source, CORE, "EmptyDirVolumeSource",
	"A folder that is empty at first and lives as long as the pod.");

static const struct schema_field git_repo_volume_source[] = {
	F_STR("directory", "Folder to clone into.", OZ),
	F_STR("repository", "Address of the repository.", REQUIRED),
	F_STR("revision", "Commit to check out.", OZ),
};
TYPE(git_repo_volume_source, CORE, "GitRepoVolumeSource",
	"A git repository cloned at start; no longer supported.");

static const struct schema_field key_to_path[] = {
	F_STR("key", "Key whose value is taken.", REQUIRED),
	F_I32("mode", "Permission bits of the file."),
	F_STR("path", "Path of the file below the mount.", REQUIRED),
	F_I64("user", "Numeric owner of the file."),
};
TYPE(key_to_path, CORE, "KeyToPath", "Puts the value of one key into a file.");

static const struct schema_field secret_volume_source[] = {
	F_I32("defaultMode", "Permission bits of files that name none.", OR("420")),
	F_I64("defaultUser", "Numeric owner of files that name none."),
	F_OBJS("items", key_to_path, "Which keys become which files; all keys if left out.", OZ),
	F_BOOL("optional", "Whether the Secret or its keys may be missing."),
	F_STR("secretName", "Name of the Secret in the pod's namespace.", OZ),
};
TYPE(secret_volume_source, CORE, "SecretVolumeSource", "The values of a Secret as files.");

static const struct schema_field local_object_reference[] = {
	F_STR("name", "Name of the object.", OZ),
};
ATOMIC_TYPE(local_object_reference, CORE, "LocalObjectReference",
	"Names an object in the same namespace.");

static const struct schema_field iscsi_volume_source[] = {
	F_BOOL("chapAuthDiscovery", "Whether discovery is authenticated by CHAP.", OZ),
	F_BOOL("chapAuthSession", "Whether the session is authenticated by CHAP.", OZ),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("initiatorName", "Name of the initiator, if not the node's own."),
	F_STR("iqn", "Qualified name of the target.", REQUIRED),
	F_STR("iscsiInterface", "Interface to use.", OZ, OR("\"default\"")),
	F_I32("lun", "Number of the logical unit.", REQUIRED),
	F_STRS("portals", "More portals, as address or address:port.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
	F_STR("targetPortal", "Portal of the target, as address or address:port.", REQUIRED),
};
TYPE(iscsi_volume_source, CORE, "ISCSIVolumeSource", "A disk reached by iSCSI.");

static const struct schema_field glusterfs_volume_source[] = {
	F_STR("endpoints", "Name of the Endpoints that list the servers.", REQUIRED),
	F_STR("path", "Name of the volume.", REQUIRED),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
};
TYPE(glusterfs_volume_source, CORE, "GlusterfsVolumeSource",
	"A volume of GlusterFS, which is no longer supported.");

static const struct schema_field persistent_volume_claim_volume_source[] = {
	F_STR("claimName", "Name of the claim in the pod's namespace.", REQUIRED),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
};
TYPE(persistent_volume_claim_volume_source, CORE, "PersistentVolumeClaimVolumeSource",
	"Storage claimed by a PersistentVolumeClaim.");

static const struct schema_field rbd_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STR("image", "Name of the image.", REQUIRED),
	F_STR("keyring", "File with the user's keys.", OZ, OR("\"/etc/ceph/keyring\"")),
	F_STRS("monitors", "Addresses of the Ceph monitors.", REQUIRED),
	F_STR("pool", "Pool the image lies in.", OZ, OR("\"rbd\"")),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
	F_STR("user", "User to authenticate as.", OZ, OR("\"admin\"")),
};
TYPE(rbd_volume_source, CORE, "RBDVolumeSource", "A block device of Ceph; no longer supported.");

static const struct schema_field flex_volume_source[] = {
	F_STR("driver", "Name of the driver.", REQUIRED),
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_STRMAP("options", "Further options for the driver.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
};
TYPE(flex_volume_source, CORE, "FlexVolumeSource",
	"A volume of a driver program on the node; no longer developed.");

static const struct schema_field cinder_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
	F_STR("volumeID", "Identifier of the volume.", REQUIRED),
};
TYPE(cinder_volume_source, CORE, "CinderVolumeSource",
	"A volume of OpenStack Cinder; now served by its CSI driver.");

static const struct schema_field ceph_fs_volume_source[] = {
	F_STRS("monitors", "Addresses of the Ceph monitors.", REQUIRED),
	F_STR("path", "Folder to mount; the root if left out.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("secretFile", "File with the user's keys.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
	F_STR("user", "User to authenticate as.", OZ),
};
TYPE(ceph_fs_volume_source, CORE, "CephFSVolumeSource",
	"A CephFS file system; no longer supported.");

static const struct schema_field object_field_selector[] = {
	F_STR("apiVersion", "Version of the API in which the path is written.", OZ, OR("\"v1\"")),
	F_STR("fieldPath", "Path of the field, such as metadata.name.", REQUIRED),
};
ATOMIC_TYPE(object_field_selector, CORE, "ObjectFieldSelector", "Names a field of the pod.");

static const struct schema_field resource_field_selector[] = {
	F_STR("containerName", "Container it is taken from.", OZ),
	F_QTY("divisor", "Unit in which the amount is told.", OR("\"0\"")),
	F_STR("resource", "Which amount, such as limits.cpu.", REQUIRED),
};
ATOMIC_TYPE(resource_field_selector, CORE, "ResourceFieldSelector",
	"Names a request or limit of a container.");

static const struct schema_field downward_api_volume_file[] = {
	F_OBJ("fieldRef", object_field_selector, "Field of the pod to tell."),
	F_I32("mode", "Permission bits of the file."),
	F_STR("path", "Path of the file below the mount.", REQUIRED),
	F_OBJ("resourceFieldRef", resource_field_selector,
		"Request or limit of a container to tell."),
	F_I64("user", "Numeric owner of the file."),
};
TYPE(downward_api_volume_file, CORE, "DownwardAPIVolumeFile",
	"A file that tells something about the pod itself.");

static const struct schema_field downward_api_volume_source[] = {
	F_I32("defaultMode", "Permission bits of files that name none.", OR("420")),
	F_I64("defaultUser", "Numeric owner of files that name none."),
	F_OBJS("items", downward_api_volume_file, "The files.", OZ),
};
TYPE(downward_api_volume_source, CORE, "DownwardAPIVolumeSource",
	"Facts about the pod itself as files.");

static const struct schema_field azure_file_volume_source[] = {
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_STR("secretName", "Secret with the storage account and its key.", REQUIRED),
	F_STR("shareName", "Name of the share.", REQUIRED),
};
TYPE(azure_file_volume_source, CORE, "AzureFileVolumeSource",
	"A share of Azure Files; now served by its CSI driver.");

static const struct schema_field config_map_volume_source[] = {
	F_I32("defaultMode", "Permission bits of files that name none.", OR("420")),
	F_I64("defaultUser", "Numeric owner of files that name none."),
	F_OBJS("items", key_to_path, "Which keys become which files; all keys if left out.", OZ),
	F_STR("name", "Name of the ConfigMap in the pod's namespace.", OZ),
	F_BOOL("optional", "Whether the ConfigMap or its keys may be missing."),
};
TYPE(config_map_volume_source, CORE, "ConfigMapVolumeSource",
	"The values of a ConfigMap as files.");

static const struct schema_field secret_projection[] = {
	F_OBJS("items", key_to_path, "Which keys become which files; all keys if left out.", OZ),
	F_STR("name", "Name of the Secret.", OZ),
	F_BOOL("optional", "Whether the Secret or its keys may be missing."),
};
TYPE(secret_projection, CORE, "SecretProjection",
	"Values of a Secret as files of a shared volume.");

static const struct schema_field downward_api_projection[] = {
	F_OBJS("items", downward_api_volume_file, "The files.", OZ),
};
TYPE(downward_api_projection, CORE, "DownwardAPIProjection",
	"Facts about the pod as files of a shared volume.");

static const struct schema_field config_map_projection[] = {
	F_OBJS("items", key_to_path, "Which keys become which files; all keys if left out.", OZ),
	F_STR("name", "Name of the ConfigMap.", OZ),
	F_BOOL("optional", "Whether the ConfigMap or its keys may be missing."),
};
TYPE(config_map_projection, CORE, "ConfigMapProjection",
	"Values of a ConfigMap as files of a shared volume.");

static const struct schema_field service_account_token_projection[] = {
	F_STR("audience", "Whom the token is meant for; the API server if left out.", OZ),
	F_I64("expirationSeconds", "How long the token is valid.", OR("3600")),
	F_STR("path", "Path of the file below the mount.", REQUIRED),
	F_I64("user", "Numeric owner of the file."),
};
TYPE(service_account_token_projection, CORE, "ServiceAccountTokenProjection",
	"A token of the pod's service account as a file, renewed in time.");

static const struct schema_field cluster_trust_bundle_projection[] = {
	F_OBJ("labelSelector", label_selector, "Chooses bundles by label; goes with signerName."),
	F_STR("name", "Name of one bundle."),
	F_BOOL("optional", "Whether the bundles may be missing."),
	F_STR("path", "Path of the file below the mount.", REQUIRED),
	F_STR("signerName", "Chooses the bundles of this signer."),
	F_I64("user", "Numeric owner of the file."),
};
TYPE(cluster_trust_bundle_projection, CORE, "ClusterTrustBundleProjection",
	"Certificates of trusted authorities as a file.");

static const struct schema_field pod_certificate_projection[] = {
	F_STR("certificateChainPath", "File for the certificate and its chain.", OZ),
	F_STR("credentialBundlePath", "File for key and certificates together.", OZ),
	F_STR("keyPath", "File for the private key.", OZ),
	F_STR("keyType", "Kind of key to make, such as RSA3072 or ED25519.", REQUIRED, OZ),
	F_I32("maxExpirationSeconds", "Longest lifetime to ask for."),
	F_STR("signerName", "Signer that is asked for the certificate.", REQUIRED, OZ),
	F_I64("user", "Numeric owner of the files."),
	F_STRMAP("userAnnotations", "Further data handed to the signer.", OZ),
};
TYPE(pod_certificate_projection, CORE, "PodCertificateProjection",
	"A key and a certificate for the pod as files, renewed in time.");

static const struct schema_field volume_projection[] = {
	F_OBJ("clusterTrustBundle", cluster_trust_bundle_projection,
		"Certificates of trusted authorities."),
	F_OBJ("configMap", config_map_projection, "Values of a ConfigMap."),
	F_OBJ("downwardAPI", downward_api_projection, "Facts about the pod."),
	F_OBJ("podCertificate", pod_certificate_projection, "A key and certificate for the pod."),
	F_OBJ("secret", secret_projection, "Values of a Secret."),
	F_OBJ("serviceAccountToken", service_account_token_projection,
		"A token of the pod's service account."),
};
TYPE(volume_projection, CORE, "VolumeProjection",
	"One source of files in a shared volume; exactly one is given.");

static const struct schema_field projected_volume_source[] = {
	F_I32("defaultMode", "Permission bits of files that name none.", OR("420")),
	F_I64("defaultUser", "Numeric owner of files that name none."),
	F_OBJS("sources", volume_projection, "Where the files come from."),
};
TYPE(projected_volume_source, CORE, "ProjectedVolumeSource",
	"Files from several sources in one folder.");

static const struct schema_field scaleio_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ, OR("\"xfs\"")),
	F_STR("gateway", "Address of the gateway.", REQUIRED),
	F_STR("protectionDomain", "Protection domain of the storage.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials.", REQUIRED),
	F_BOOL("sslEnabled", "Whether to talk to the gateway by TLS.", OZ),
	F_STR("storageMode", "ThickProvisioned or ThinProvisioned.", OZ, OR("\"ThinProvisioned\"")),
	F_STR("storagePool", "Pool of the protection domain.", OZ),
	F_STR("system", "Name of the storage system.", REQUIRED),
	F_STR("volumeName", "Name of an existing volume.", OZ),
};
TYPE(scaleio_volume_source, CORE, "ScaleIOVolumeSource",
	"A volume of ScaleIO, which is no longer supported.");

static const struct schema_field storageos_volume_source[] = {
	F_STR("fsType", "File system to mount, such as ext4 or xfs.", OZ),
	F_BOOL("readOnly", "Whether to mount without the right to write.", OZ),
	F_OBJ("secretRef", local_object_reference, "Secret that holds the credentials."),
	F_STR("volumeName", "Name of the volume.", OZ),
	F_STR("volumeNamespace", "StorageOS namespace it lies in; the pod's if left out.", OZ),
};
TYPE(storageos_volume_source, CORE, "StorageOSVolumeSource",
	"A volume of StorageOS, which is no longer supported.");

static const struct schema_field csi_volume_source[] = {
	F_STR("driver", "Name of the driver.", REQUIRED),
	F_STR("fsType", "File system to mount, such as ext4 or xfs."),
	F_OBJ("nodePublishSecretRef", local_object_reference,
		"Secret handed to the driver when it mounts."),
	F_BOOL("readOnly", "Whether to mount without the right to write."),
	F_STRMAP("volumeAttributes", "Options for the driver.", OZ),
};
TYPE(csi_volume_source, CORE, "CSIVolumeSource",
	"A volume that a CSI driver makes for the life of the pod.");

static const struct schema_field ephemeral_volume_source[] = {
	F_OBJ("volumeClaimTemplate", persistent_volume_claim_template,
		"The claim that is made for the pod and owned by it."),
};
TYPE(ephemeral_volume_source, CORE, "EphemeralVolumeSource",
	"Storage claimed for the life of the pod.");

static const struct schema_field image_volume_source[] = {
	F_STR("pullPolicy", "When to pull: Always, Never or IfNotPresent.", GO("v1.PullPolicy"),
		VALUES("Always|IfNotPresent|Never"), OZ),
	F_STR("reference", "The image.", OZ),
};
TYPE(image_volume_source, CORE, "ImageVolumeSource",
	"The files of a container image or OCI artifact.");

static const struct schema_field volume[] = {
	F_OBJ("awsElasticBlockStore", aws_elastic_block_store_volume_source, "A disk of AWS."),
	F_OBJ("azureDisk", azure_disk_volume_source, "A disk of Azure."),
	F_OBJ("azureFile", azure_file_volume_source, "A share of Azure Files."),
	F_OBJ("cephfs", ceph_fs_volume_source, "A CephFS file system."),
	F_OBJ("cinder", cinder_volume_source, "A volume of OpenStack."),
	F_OBJ("configMap", config_map_volume_source, "Values of a ConfigMap."),
	F_OBJ("csi", csi_volume_source, "A volume made by a CSI driver."),
	F_OBJ("downwardAPI", downward_api_volume_source, "Facts about the pod itself."),
	F_OBJ("emptyDir", empty_dir_volume_source, "A folder that lives as long as the pod."),
	F_OBJ("ephemeral", ephemeral_volume_source, "Storage claimed for the life of the pod."),
	F_OBJ("fc", fc_volume_source, "A disk by Fibre Channel."),
	F_OBJ("flexVolume", flex_volume_source, "A volume of a driver program."),
	F_OBJ("flocker", flocker_volume_source, "A dataset of Flocker."),
	F_OBJ("gcePersistentDisk", gce_persistent_disk_volume_source,
		"A disk of Google Compute Engine."),
	F_OBJ("gitRepo", git_repo_volume_source, "A git repository."),
	F_OBJ("glusterfs", glusterfs_volume_source, "A volume of GlusterFS."),
	F_OBJ("hostPath", host_path_volume_source, "A file or folder of the node."),
	F_OBJ("image", image_volume_source, "The files of an image."),
	F_OBJ("iscsi", iscsi_volume_source, "A disk by iSCSI."),
	F_STR("name", "Name by which containers mount it.", REQUIRED),
	F_OBJ("nfs", nfs_volume_source, "A folder of an NFS server."),
	F_OBJ("persistentVolumeClaim", persistent_volume_claim_volume_source,
		"Storage claimed by a PersistentVolumeClaim."),
	F_OBJ("photonPersistentDisk", photon_persistent_disk_volume_source,
		"A disk of Photon Controller."),
	F_OBJ("portworxVolume", portworx_volume_source, "A volume of Portworx."),
	F_OBJ("projected", projected_volume_source, "Files from several sources."),
	F_OBJ("quobyte", quobyte_volume_source, "A volume of Quobyte."),
	F_OBJ("rbd", rbd_volume_source, "A block device of Ceph."),
	F_OBJ("scaleIO", scaleio_volume_source, "A volume of ScaleIO."),
	F_OBJ("secret", secret_volume_source, "Values of a Secret."),
	F_OBJ("storageos", storageos_volume_source, "A volume of StorageOS."),
	F_OBJ("vsphereVolume", vsphere_virtual_disk_volume_source, "A disk of vSphere."),
};
TYPE(volume, CORE, "Volume",
	"Storage that containers of the pod can mount; exactly one source is given.");
