/* How the tables of this room are written: one macro a shape, options behind the description. Private to the room.
 * Source: Kubernetes API reference 1.37. The descriptions are ours. */
#pragma once

#include "watch/embedded/schema/schema.h"

/* clang-format off */
/* Every type, by the identifier of its table: &schema_type_pod_spec. */
#define SCHEMA_TYPE_LIST(X) \
	X(affinity) X(app_armor_profile) X(attached_volume) \
	X(aws_elastic_block_store_volume_source) X(azure_disk_volume_source) \
	X(azure_file_persistent_volume_source) X(azure_file_volume_source) X(binding) \
	X(capabilities) X(ceph_fs_persistent_volume_source) X(ceph_fs_volume_source) \
	X(cinder_persistent_volume_source) X(cinder_volume_source) X(client_ip_config) \
	X(cluster_trust_bundle_projection) X(condition) X(config_map) X(config_map_env_source) \
	X(config_map_key_selector) X(config_map_node_config_source) X(config_map_projection) \
	X(config_map_volume_source) X(container) X(container_extended_resource_request) \
	X(container_image) X(container_port) X(container_resize_policy) \
	X(container_restart_rule) X(container_restart_rule_on_exit_codes) X(container_state) \
	X(container_state_running) X(container_state_terminated) X(container_state_waiting) \
	X(container_status) X(container_user) X(controller_revision) \
	X(csi_persistent_volume_source) X(csi_volume_source) X(daemon_endpoint) \
	X(delete_options) X(downward_api_projection) X(downward_api_volume_file) \
	X(downward_api_volume_source) X(empty_dir_volume_source) X(endpoint_address) \
	X(endpoint_hints) X(endpoint_port) X(endpoint_slice) X(endpoint_subset) X(endpoints) \
	X(env_from_source) X(env_var) X(env_var_source) X(ephemeral_container) \
	X(ephemeral_volume_source) X(event) X(event_series) X(event_source) X(eviction) \
	X(eviction_responder) X(exec_action) X(fc_volume_source) X(file_key_selector) \
	X(flex_persistent_volume_source) X(flex_volume_source) X(flocker_volume_source) \
	X(for_node) X(for_zone) X(gce_persistent_disk_volume_source) X(git_repo_volume_source) \
	X(glusterfs_persistent_volume_source) X(glusterfs_volume_source) X(grpc_action) \
	X(host_alias) X(host_ip) X(host_path_volume_source) X(http_get_action) X(http_header) \
	X(image_volume_source) X(image_volume_status) X(iscsi_persistent_volume_source) \
	X(iscsi_volume_source) X(key_to_path) X(label_selector) X(label_selector_requirement) \
	X(lease) X(lease_spec) X(lifecycle) X(lifecycle_handler) X(linux_container_user) \
	X(list_meta) X(load_balancer_ingress) X(load_balancer_status) X(local_object_reference) \
	X(local_volume_source) X(managed_fields_entry) X(modify_volume_status) X(namespace) \
	X(namespace_condition) X(namespace_spec) X(namespace_status) X(nfs_volume_source) \
	X(node) X(node_address) X(node_affinity) X(node_allocatable_mapped_resources) \
	X(node_allocatable_overhead_resources) X(node_allocatable_resource_claim_status) \
	X(node_condition) X(node_config_source) X(node_config_status) X(node_daemon_endpoints) \
	X(node_features) X(node_pod_preemption_policy) X(node_runtime_handler) \
	X(node_runtime_handler_features) X(node_selector) X(node_selector_requirement) \
	X(node_selector_term) X(node_spec) X(node_status) X(node_swap_status) \
	X(node_system_info) X(object_field_selector) X(object_meta) X(object_reference) \
	X(owner_reference) X(persistent_volume) X(persistent_volume_claim) \
	X(persistent_volume_claim_condition) X(persistent_volume_claim_spec) \
	X(persistent_volume_claim_status) X(persistent_volume_claim_template) \
	X(persistent_volume_claim_volume_source) X(persistent_volume_spec) \
	X(persistent_volume_status) X(photon_persistent_disk_volume_source) X(pod) \
	X(pod_affinity) X(pod_affinity_term) X(pod_anti_affinity) X(pod_certificate_projection) \
	X(pod_condition) X(pod_dns_config) X(pod_dns_config_option) \
	X(pod_extended_resource_claim_status) X(pod_ip) X(pod_os) X(pod_readiness_gate) \
	X(pod_resource_claim) X(pod_resource_claim_status) X(pod_scheduling_gate) \
	X(pod_scheduling_group) X(pod_security_context) X(pod_spec) X(pod_status) \
	X(pod_template_spec) X(pod_volume_health) X(port_status) X(portworx_volume_source) \
	X(preconditions) X(preferred_scheduling_term) X(probe) X(projected_volume_source) \
	X(quobyte_volume_source) X(rbd_persistent_volume_source) X(rbd_volume_source) \
	X(resource_claim) X(resource_field_selector) X(resource_health) X(resource_requirements) \
	X(resource_status) X(rolling_update_stateful_set_strategy) X(scale) X(scale_spec) \
	X(scale_status) X(scaleio_persistent_volume_source) X(scaleio_volume_source) \
	X(se_linux_options) X(seccomp_profile) X(secret) X(secret_env_source) \
	X(secret_key_selector) X(secret_projection) X(secret_reference) X(secret_volume_source) \
	X(security_context) X(service) X(service_account) X(service_account_token_projection) \
	X(service_port) X(service_spec) X(service_status) X(session_affinity_config) \
	X(shard_info) X(sleep_action) X(slice_endpoint) X(slice_endpoint_conditions) \
	X(slice_endpoint_port) X(stateful_set) X(stateful_set_condition) \
	X(stateful_set_ordinals) X(stateful_set_persistent_volume_claim_retention_policy) \
	X(stateful_set_spec) X(stateful_set_status) X(stateful_set_update_strategy) X(status) \
	X(status_cause) X(status_details) X(storage_class) X(storageos_persistent_volume_source) \
	X(storageos_volume_source) X(sysctl) X(taint) X(tcp_socket_action) X(toleration) \
	X(topology_selector_label_requirement) X(topology_selector_term) \
	X(topology_spread_constraint) X(typed_local_object_reference) X(typed_object_reference) \
	X(volume) X(volume_device) X(volume_health_condition) X(volume_health_status) \
	X(volume_mount) X(volume_mount_status) X(volume_node_affinity) X(volume_projection) \
	X(volume_resource_requirements) X(volume_status) X(vsphere_virtual_disk_volume_source) \
	X(weighted_pod_affinity_term) X(windows_security_context_options)
#define X(id) extern const struct schema_type schema_type_##id;
SCHEMA_TYPE_LIST(X)
#undef X

#define CORE         "io.k8s.api.core.v1."
#define APPS         "io.k8s.api.apps.v1."
#define STORAGE      "io.k8s.api.storage.v1."
#define DISCOVERY    "io.k8s.api.discovery.v1."
#define COORDINATION "io.k8s.api.coordination.v1."
#define AUTOSCALING  "io.k8s.api.autoscaling.v1."
#define POLICY       "io.k8s.api.policy.v1."
#define META         "io.k8s.apimachinery.pkg.apis.meta.v1."

/* id is also the name of the static array of fields just above. */
#define TYPE(id, package, go, text)                                                                \
	const struct schema_type schema_type_##id = {                                              \
		.name = package go, .go_name = go, .about = text, .fields = id, .n = ARRAY_LEN(id) \
	}
#define ATOMIC_TYPE(id, package, go, text)                                                         \
	const struct schema_type schema_type_##id = { .name = package go,                          \
		.go_name = go,                                                                     \
		.about = text,                                                                     \
		.fields = id,                                                                      \
		.n = ARRAY_LEN(id),                                                                \
		.atomic = true }

#define F_(key, what, holds, text, ...)                                                            \
	{ .name = key, .shape = what, .container = holds, .about = text, __VA_ARGS__ }
#define F_STR(key, ...)      F_(key, SCHEMA_STRING, SCHEMA_ONE, __VA_ARGS__, )
#define F_I32(key, ...)      F_(key, SCHEMA_INT32, SCHEMA_ONE, __VA_ARGS__, )
#define F_I64(key, ...)      F_(key, SCHEMA_INT64, SCHEMA_ONE, __VA_ARGS__, )
#define F_BOOL(key, ...)     F_(key, SCHEMA_BOOL, SCHEMA_ONE, __VA_ARGS__, )
#define F_QTY(key, ...)      F_(key, SCHEMA_QUANTITY, SCHEMA_ONE, __VA_ARGS__, )
#define F_INTSTR(key, ...)   F_(key, SCHEMA_INTSTR, SCHEMA_ONE, __VA_ARGS__, )
#define F_TIME(key, ...)     F_(key, SCHEMA_TIME, SCHEMA_ONE, __VA_ARGS__, )
#define F_UTIME(key, ...)    F_(key, SCHEMA_MICROTIME, SCHEMA_ONE, __VA_ARGS__, )
#define F_ANY(key, ...)      F_(key, SCHEMA_ANY, SCHEMA_ONE, __VA_ARGS__, )
#define F_STRS(key, ...)     F_(key, SCHEMA_STRING, SCHEMA_LIST, __VA_ARGS__, )
#define F_I32S(key, ...)     F_(key, SCHEMA_INT32, SCHEMA_LIST, __VA_ARGS__, )
#define F_I64S(key, ...)     F_(key, SCHEMA_INT64, SCHEMA_LIST, __VA_ARGS__, )
#define F_STRMAP(key, ...)   F_(key, SCHEMA_STRING, SCHEMA_MAP, __VA_ARGS__, )
#define F_QTYMAP(key, ...)   F_(key, SCHEMA_QUANTITY, SCHEMA_MAP, __VA_ARGS__, )
#define F_BYTESMAP(key, ...) F_(key, SCHEMA_BYTES, SCHEMA_MAP, __VA_ARGS__, )
#define F_OBJ(key, id, ...)                                                                        \
	F_(key, SCHEMA_OBJECT, SCHEMA_ONE, __VA_ARGS__, .type = &schema_type_##id)
#define F_OBJS(key, id, ...)                                                                       \
	F_(key, SCHEMA_OBJECT, SCHEMA_LIST, __VA_ARGS__, .type = &schema_type_##id)

/* Options. MERGE: strategic merge by that key; KEYS, SET: server-side apply; OR: the default, as JSON text;
 * OZ: the zero value says the same as nothing. */
#define REQUIRED          .required = true
#define GO(name)          .go_type = name
#define VALUES(list)      .values = list
#define MERGE(key)        .merge = SCHEMA_MERGE, .merge_key = key
#define MERGE_RETAIN(key) .merge = SCHEMA_MERGE_RETAIN, .merge_key = key
#define MERGE_SET         .merge = SCHEMA_MERGE
#define KEYS(keys)        .map_keys = keys
#define SET               .map_keys = ""
#define ATOMIC_MAP        .atomic_map = true
#define OZ                .omit_zero = true
#define SIGNALS \
	"SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|" \
	"SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|" \
	"SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|" \
	"SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|" \
	"SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|" \
	"SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|" \
	"SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|" \
	"SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|" \
	"SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|" \
	"SIGXFSZ"

#define OR(json)          .fallback = json
/* clang-format on */
