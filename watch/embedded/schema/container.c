/* Schema: containers of every kind, their probes, hooks, environment, resources and security.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field container_port[] = {
	F_I32("containerPort", "", REQUIRED),
	F_STR("hostIP", "", OZ),
	F_I32("hostPort", "", OZ),
	F_STR("name", "", OZ),
	F_STR("protocol", "", GO("v1.Protocol"), VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
};
TYPE(container_port, CORE, "ContainerPort", "");

static const struct schema_field config_map_env_source[] = {
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
TYPE(config_map_env_source, CORE, "ConfigMapEnvSource", "");

static const struct schema_field secret_env_source[] = {
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
TYPE(secret_env_source, CORE, "SecretEnvSource", "");

static const struct schema_field env_from_source[] = {
	F_OBJ("configMapRef", config_map_env_source, ""),
	F_STR("prefix", "", OZ),
	F_OBJ("secretRef", secret_env_source, ""),
};
TYPE(env_from_source, CORE, "EnvFromSource", "");

static const struct schema_field config_map_key_selector[] = {
	F_STR("key", "", REQUIRED),
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
ATOMIC_TYPE(config_map_key_selector, CORE, "ConfigMapKeySelector", "");

static const struct schema_field secret_key_selector[] = {
	F_STR("key", "", REQUIRED),
	F_STR("name", "", OZ),
	F_BOOL("optional", ""),
};
ATOMIC_TYPE(secret_key_selector, CORE, "SecretKeySelector", "");

static const struct schema_field file_key_selector[] = {
	F_STR("key", "", REQUIRED),
	F_BOOL("optional", "", OR("false")),
	F_STR("path", "", REQUIRED),
	F_STR("volumeName", "", REQUIRED),
};
ATOMIC_TYPE(file_key_selector, CORE, "FileKeySelector", "");

static const struct schema_field env_var_source[] = {
	F_OBJ("configMapKeyRef", config_map_key_selector, ""),
	F_OBJ("fieldRef", object_field_selector, ""),
	F_OBJ("fileKeyRef", file_key_selector, ""),
	F_OBJ("resourceFieldRef", resource_field_selector, ""),
	F_OBJ("secretKeyRef", secret_key_selector, ""),
};
TYPE(env_var_source, CORE, "EnvVarSource", "");

static const struct schema_field env_var[] = {
	F_STR("name", "", REQUIRED),
	F_STR("value", "", OZ),
	F_OBJ("valueFrom", env_var_source, ""),
};
TYPE(env_var, CORE, "EnvVar", "");

static const struct schema_field resource_claim[] = {
	F_STR("name", "", REQUIRED),
	F_STR("request", "", OZ),
};
TYPE(resource_claim, CORE, "ResourceClaim", "");

static const struct schema_field resource_requirements[] = {
	F_OBJS("claims", resource_claim, "", KEYS("name"), OZ),
	F_QTYMAP("limits", "", GO("v1.ResourceList"), OZ),
	F_QTYMAP("requests", "", GO("v1.ResourceList"), OZ),
};
TYPE(resource_requirements, CORE, "ResourceRequirements", "");

static const struct schema_field container_resize_policy[] = {
	F_STR("resourceName", "", REQUIRED, GO("v1.ResourceName")),
	F_STR("restartPolicy", "", REQUIRED, GO("v1.ResourceResizeRestartPolicy")),
};
TYPE(container_resize_policy, CORE, "ContainerResizePolicy", "");

static const struct schema_field container_restart_rule_on_exit_codes[] = {
	F_STR("operator", "", REQUIRED, GO("v1.ContainerRestartRuleOnExitCodesOperator"), OZ),
	F_I32S("values", "", SET, OZ),
};
TYPE(container_restart_rule_on_exit_codes, CORE, "ContainerRestartRuleOnExitCodes", "");

static const struct schema_field container_restart_rule[] = {
	F_STR("action", "", REQUIRED, GO("v1.ContainerRestartRuleAction"), OZ),
	F_OBJ("exitCodes", container_restart_rule_on_exit_codes, ""),
};
TYPE(container_restart_rule, CORE, "ContainerRestartRule", "");

static const struct schema_field volume_mount[] = {
	F_STRS("bindMountOptions", "", SET, OZ),
	F_STR("mountPath", "", REQUIRED),
	F_STR("mountPropagation", "", GO("v1.MountPropagationMode"),
		VALUES("Bidirectional|HostToContainer|None")),
	F_STR("name", "", REQUIRED),
	F_BOOL("readOnly", "", OZ),
	F_STR("recursiveReadOnly", "", GO("v1.RecursiveReadOnlyMode")),
	F_STR("subPath", "", OZ),
	F_STR("subPathExpr", "", OZ),
};
TYPE(volume_mount, CORE, "VolumeMount", "");

static const struct schema_field volume_device[] = {
	F_STR("devicePath", "", REQUIRED),
	F_STR("name", "", REQUIRED),
};
TYPE(volume_device, CORE, "VolumeDevice", "");

static const struct schema_field exec_action[] = {
	F_STRS("command", "", OZ),
};
TYPE(exec_action, CORE, "ExecAction", "");

static const struct schema_field http_header[] = {
	F_STR("name", "", REQUIRED),
	F_STR("value", "", REQUIRED),
};
TYPE(http_header, CORE, "HTTPHeader", "");

static const struct schema_field http_get_action[] = {
	F_STR("host", "", OZ),
	F_OBJS("httpHeaders", http_header, "", OZ),
	F_STR("path", "", OZ, OR("\"/\"")),
	F_INTSTR("port", "", REQUIRED),
	F_STR("protocol", "", GO("v1.HTTPProtocol"), VALUES("HTTP1|HTTP2")),
	F_STR("scheme", "", GO("v1.URIScheme"), VALUES("HTTP|HTTPS"), OZ, OR("\"HTTP\"")),
};
TYPE(http_get_action, CORE, "HTTPGetAction", "");

static const struct schema_field tcp_socket_action[] = {
	F_STR("host", "", OZ),
	F_INTSTR("port", "", REQUIRED),
};
TYPE(tcp_socket_action, CORE, "TCPSocketAction", "");

static const struct schema_field grpc_action[] = {
	F_STR("mode", "", GO("v1.GRPCProbeMode"), VALUES("Plaintext|TLS")),
	F_I32("port", "", REQUIRED),
	F_STR("service", "", OR("\"\"")),
};
TYPE(grpc_action, CORE, "GRPCAction", "");

static const struct schema_field probe[] = {
	F_OBJ("exec", exec_action, ""),
	F_I32("failureThreshold", "", OZ, OR("3")),
	F_OBJ("grpc", grpc_action, ""),
	F_OBJ("httpGet", http_get_action, ""),
	F_I32("initialDelaySeconds", "", OZ),
	F_I32("periodSeconds", "", OZ, OR("10")),
	F_I32("successThreshold", "", OZ, OR("1")),
	F_OBJ("tcpSocket", tcp_socket_action, ""),
	F_I64("terminationGracePeriodSeconds", ""),
	F_I32("timeoutSeconds", "", OZ, OR("1")),
};
TYPE(probe, CORE, "Probe", "");

static const struct schema_field sleep_action[] = {
	F_I64("seconds", "", REQUIRED),
};
TYPE(sleep_action, CORE, "SleepAction", "");

static const struct schema_field lifecycle_handler[] = {
	F_OBJ("exec", exec_action, ""),
	F_OBJ("httpGet", http_get_action, ""),
	F_OBJ("sleep", sleep_action, ""),
	F_OBJ("tcpSocket", tcp_socket_action, ""),
};
TYPE(lifecycle_handler, CORE, "LifecycleHandler", "");

static const struct schema_field lifecycle[] = {
	F_OBJ("postStart", lifecycle_handler, ""),
	F_OBJ("preStop", lifecycle_handler, ""),
	F_STR("stopSignal", "", GO("v1.Signal"), VALUES(SIGNALS)),
};
TYPE(lifecycle, CORE, "Lifecycle", "");

static const struct schema_field capabilities[] = {
	F_STRS("add", "", GO("v1.Capability"), OZ),
	F_STRS("drop", "", GO("v1.Capability"), OZ),
};
TYPE(capabilities, CORE, "Capabilities", "");

static const struct schema_field se_linux_options[] = {
	F_STR("level", "", OZ),
	F_STR("role", "", OZ),
	F_STR("type", "", OZ),
	F_STR("user", "", OZ),
};
TYPE(se_linux_options, CORE, "SELinuxOptions", "");

static const struct schema_field windows_security_context_options[] = {
	F_STR("gmsaCredentialSpec", ""),
	F_STR("gmsaCredentialSpecName", ""),
	F_BOOL("hostProcess", ""),
	F_STR("runAsUserName", ""),
};
TYPE(windows_security_context_options, CORE, "WindowsSecurityContextOptions", "");

static const struct schema_field seccomp_profile[] = {
	F_STR("localhostProfile", ""),
	F_STR("type", "", REQUIRED, GO("v1.SeccompProfileType"),
		VALUES("Localhost|RuntimeDefault|Unconfined")),
};
TYPE(seccomp_profile, CORE, "SeccompProfile", "");

static const struct schema_field app_armor_profile[] = {
	F_STR("localhostProfile", ""),
	F_STR("type", "", REQUIRED, GO("v1.AppArmorProfileType"),
		VALUES("Localhost|RuntimeDefault|Unconfined")),
};
TYPE(app_armor_profile, CORE, "AppArmorProfile", "");

static const struct schema_field security_context[] = {
	F_BOOL("allowPrivilegeEscalation", ""),
	F_OBJ("appArmorProfile", app_armor_profile, ""),
	F_OBJ("capabilities", capabilities, ""),
	F_BOOL("privileged", ""),
	F_STR("procMount", "", GO("v1.ProcMountType"), VALUES("Default|Unmasked")),
	F_BOOL("readOnlyRootFilesystem", ""),
	F_I64("runAsGroup", ""),
	F_BOOL("runAsNonRoot", ""),
	F_I64("runAsUser", ""),
	F_OBJ("seLinuxOptions", se_linux_options, ""),
	F_OBJ("seccompProfile", seccomp_profile, ""),
	F_OBJ("windowsOptions", windows_security_context_options, ""),
};
TYPE(security_context, CORE, "SecurityContext", "");

static const struct schema_field container[] = {
	F_STRS("args", "", OZ),
	F_STRS("command", "", OZ),
	F_OBJS("env", env_var, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("envFrom", env_from_source, "", OZ),
	F_STR("image", "", OZ),
	F_STR("imagePullPolicy", "", GO("v1.PullPolicy"), VALUES("Always|IfNotPresent|Never"), OZ),
	F_OBJ("lifecycle", lifecycle, ""),
	F_OBJ("livenessProbe", probe, ""),
	F_STR("name", "", REQUIRED),
	F_OBJS("ports", container_port, "", MERGE("containerPort"), KEYS("containerPort,protocol"),
		OZ),
	F_OBJ("readinessProbe", probe, ""),
	F_OBJS("resizePolicy", container_resize_policy, "", OZ),
	F_OBJ("resources", resource_requirements, "", OR("{}")),
	F_STR("restartPolicy", "", GO("v1.ContainerRestartPolicy")),
	F_OBJS("restartPolicyRules", container_restart_rule, "", OZ),
	F_OBJ("securityContext", security_context, ""),
	F_OBJ("startupProbe", probe, ""),
	F_BOOL("stdin", "", OZ),
	F_BOOL("stdinOnce", "", OZ),
	F_STR("terminationMessagePath", "", OZ, OR("\"/dev/termination-log\"")),
	F_STR("terminationMessagePolicy", "", GO("v1.TerminationMessagePolicy"),
		VALUES("FallbackToLogsOnError|File"), OZ, OR("\"File\"")),
	F_BOOL("tty", "", OZ),
	F_OBJS("volumeDevices", volume_device, "", MERGE("devicePath"), KEYS("devicePath"), OZ),
	F_OBJS("volumeMounts", volume_mount, "", MERGE("mountPath"), KEYS("mountPath"), OZ),
	F_STR("workingDir", "", OZ),
};
TYPE(container, CORE, "Container", "");

static const struct schema_field ephemeral_container[] = {
	F_STRS("args", "", OZ),
	F_STRS("command", "", OZ),
	F_OBJS("env", env_var, "", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("envFrom", env_from_source, "", OZ),
	F_STR("image", "", OZ),
	F_STR("imagePullPolicy", "", GO("v1.PullPolicy"), VALUES("Always|IfNotPresent|Never"), OZ),
	F_OBJ("lifecycle", lifecycle, ""),
	F_OBJ("livenessProbe", probe, ""),
	F_STR("name", "", REQUIRED),
	F_OBJS("ports", container_port, "", MERGE("containerPort"), KEYS("containerPort,protocol"),
		OZ),
	F_OBJ("readinessProbe", probe, ""),
	F_OBJS("resizePolicy", container_resize_policy, "", OZ),
	F_OBJ("resources", resource_requirements, "", OR("{}")),
	F_STR("restartPolicy", "", GO("v1.ContainerRestartPolicy")),
	F_OBJS("restartPolicyRules", container_restart_rule, "", OZ),
	F_OBJ("securityContext", security_context, ""),
	F_OBJ("startupProbe", probe, ""),
	F_BOOL("stdin", "", OZ),
	F_BOOL("stdinOnce", "", OZ),
	F_STR("targetContainerName", "", OZ),
	F_STR("terminationMessagePath", "", OZ, OR("\"/dev/termination-log\"")),
	F_STR("terminationMessagePolicy", "", GO("v1.TerminationMessagePolicy"),
		VALUES("FallbackToLogsOnError|File"), OZ, OR("\"File\"")),
	F_BOOL("tty", "", OZ),
	F_OBJS("volumeDevices", volume_device, "", MERGE("devicePath"), KEYS("devicePath"), OZ),
	F_OBJS("volumeMounts", volume_mount, "", MERGE("mountPath"), KEYS("mountPath"), OZ),
	F_STR("workingDir", "", OZ),
};
TYPE(ephemeral_container, CORE, "EphemeralContainer", "");
