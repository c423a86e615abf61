/* Schema: containers of every kind, their probes, hooks, environment, resources and security.
 * Source: Kubernetes API reference 1.37 (core/v1). Static tables, no memory. */
#include "watch/embedded/schema/tables.h"

static const struct schema_field container_port[] = {
	F_I32("containerPort", "Port number in the pod.", REQUIRED),
	F_STR("hostIP", "Address of the node to bind to.", OZ),
	F_I32("hostPort", "Port of the node to bind.", OZ),
	F_STR("name", "Name by which Services can refer to it.", OZ),
	F_STR("protocol", "Transport protocol: TCP, UDP or SCTP.", GO("v1.Protocol"),
		VALUES("SCTP|TCP|UDP"), OZ, OR("\"TCP\"")),
};
TYPE(container_port, CORE, "ContainerPort", "A port that a container listens on.");

static const struct schema_field config_map_env_source[] = {
	F_STR("name", "Name of the ConfigMap.", OZ),
	F_BOOL("optional", "Whether it may be missing."),
};
TYPE(config_map_env_source, CORE, "ConfigMapEnvSource",
	"All values of a ConfigMap as environment variables.");

static const struct schema_field secret_env_source[] = {
	F_STR("name", "Name of the Secret.", OZ),
	F_BOOL("optional", "Whether it may be missing."),
};
TYPE(secret_env_source, CORE, "SecretEnvSource",
	"All values of a Secret as environment variables.");

static const struct schema_field env_from_source[] = {
	F_OBJ("configMapRef", config_map_env_source, "The ConfigMap."),
	F_STR("prefix", "Text put before each name.", OZ),
	F_OBJ("secretRef", secret_env_source, "The Secret."),
};
TYPE(env_from_source, CORE, "EnvFromSource", "Environment variables taken from one object.");

static const struct schema_field config_map_key_selector[] = {
	F_STR("key", "The key.", REQUIRED),
	F_STR("name", "Name of the ConfigMap.", OZ),
	F_BOOL("optional", "Whether it or the key may be missing."),
};
ATOMIC_TYPE(config_map_key_selector, CORE, "ConfigMapKeySelector", "One key of a ConfigMap.");

static const struct schema_field secret_key_selector[] = {
	F_STR("key", "The key.", REQUIRED),
	F_STR("name", "Name of the Secret.", OZ),
	F_BOOL("optional", "Whether it or the key may be missing."),
};
ATOMIC_TYPE(secret_key_selector, CORE, "SecretKeySelector", "One key of a Secret.");

static const struct schema_field file_key_selector[] = {
	F_STR("key", "The key.", REQUIRED),
	F_BOOL("optional", "Whether file or key may be missing.", OR("false")),
	F_STR("path", "Path of the file in the volume.", REQUIRED),
	F_STR("volumeName", "Volume the file is in.", REQUIRED),
};
ATOMIC_TYPE(file_key_selector, CORE, "FileKeySelector", "One key of a file of variables.");

static const struct schema_field env_var_source[] = {
	F_OBJ("configMapKeyRef", config_map_key_selector, "A key of a ConfigMap."),
	F_OBJ("fieldRef", object_field_selector, "A field of the pod."),
	F_OBJ("fileKeyRef", file_key_selector, "A key of a file in a volume."),
	F_OBJ("resourceFieldRef", resource_field_selector, "A request or limit of a container."),
	F_OBJ("secretKeyRef", secret_key_selector, "A key of a Secret."),
};
TYPE(env_var_source, CORE, "EnvVarSource",
	"Where the value of a variable comes from; exactly one is given.");

static const struct schema_field env_var[] = {
	F_STR("name", "Name of the variable.", REQUIRED),
	F_STR("value", "Its value; $(NAME) stands for an earlier variable.", OZ),
	F_OBJ("valueFrom", env_var_source, "Where its value comes from."),
};
TYPE(env_var, CORE, "EnvVar", "One environment variable.");

static const struct schema_field resource_claim[] = {
	F_STR("name", "Name of the claim in the pod's resourceClaims.", REQUIRED),
	F_STR("request", "One request of the claim; all if left out.", OZ),
};
TYPE(resource_claim, CORE, "ResourceClaim", "A claim of the pod that a container uses.");

static const struct schema_field resource_requirements[] = {
	F_OBJS("claims", resource_claim, "Claims to devices.", KEYS("name"), OZ),
	F_QTYMAP("limits", "Most that may be used.", GO("v1.ResourceList"), OZ),
	F_QTYMAP("requests", "Least that must be there.", GO("v1.ResourceList"), OZ),
};
TYPE(resource_requirements, CORE, "ResourceRequirements",
	"How much of each resource is asked for and allowed.");

static const struct schema_field container_resize_policy[] = {
	F_STR("resourceName", "Resource: cpu or memory.", REQUIRED, GO("v1.ResourceName")),
	F_STR("restartPolicy", "NotRequired or RestartContainer.", REQUIRED,
		GO("v1.ResourceResizeRestartPolicy")),
};
TYPE(container_resize_policy, CORE, "ContainerResizePolicy",
	"What it takes to resize one resource.");

static const struct schema_field container_restart_rule_on_exit_codes[] = {
	F_STR("operator", "In or NotIn.", REQUIRED,
		GO("v1.ContainerRestartRuleOnExitCodesOperator"), OZ),
	F_I32S("values", "The exit codes.", SET, OZ),
};
TYPE(container_restart_rule_on_exit_codes, CORE, "ContainerRestartRuleOnExitCodes",
	"A set of exit codes.");

static const struct schema_field container_restart_rule[] = {
	F_STR("action", "What to do: Restart, or RestartAllContainers.", REQUIRED,
		GO("v1.ContainerRestartRuleAction"), OZ),
	F_OBJ("exitCodes", container_restart_rule_on_exit_codes, "Exits the rule is for."),
};
TYPE(container_restart_rule, CORE, "ContainerRestartRule",
	"What to do for some exits of a container.");

static const struct schema_field volume_mount[] = {
	F_STRS("bindMountOptions", "Further options of the mount.", SET, OZ),
	F_STR("mountPath", "Path in the container.", REQUIRED),
	F_STR("mountPropagation", "How mounts pass between node and container.",
		GO("v1.MountPropagationMode"), VALUES("Bidirectional|HostToContainer|None")),
	F_STR("name", "Name of the volume.", REQUIRED),
	F_BOOL("readOnly", "Whether the container may only read.", OZ),
	F_STR("recursiveReadOnly", "Whether mounts below are read-only too.",
		GO("v1.RecursiveReadOnlyMode")),
	F_STR("subPath", "Folder of the volume to mount instead of its root.", OZ),
	F_STR("subPathExpr", "The same, with variables as $(NAME).", OZ),
};
TYPE(volume_mount, CORE, "VolumeMount", "Where a volume appears in a container.");

static const struct schema_field volume_device[] = {
	F_STR("devicePath", "Path of the device in the container.", REQUIRED),
	F_STR("name", "Name of the volume.", REQUIRED),
};
TYPE(volume_device, CORE, "VolumeDevice", "A block device in a container.");

static const struct schema_field exec_action[] = {
	F_STRS("command", "The program and its arguments; no shell is used.", OZ),
};
TYPE(exec_action, CORE, "ExecAction", "Runs a program in the container.");

static const struct schema_field http_header[] = {
	F_STR("name", "Name of the header.", REQUIRED),
	F_STR("value", "Its value.", REQUIRED),
};
TYPE(http_header, CORE, "HTTPHeader", "One header of a request.");

static const struct schema_field http_get_action[] = {
	F_STR("host", "Host to ask; the pod's address if left out.", OZ),
	F_OBJS("httpHeaders", http_header, "Headers to send.", OZ),
	F_STR("path", "Path to ask for.", OZ, OR("\"/\"")),
	F_INTSTR("port", "Port, by number or by name.", REQUIRED),
	F_STR("protocol", "Version of HTTP to use.", GO("v1.HTTPProtocol"), VALUES("HTTP1|HTTP2")),
	F_STR("scheme", "HTTP or HTTPS.", GO("v1.URIScheme"), VALUES("HTTP|HTTPS"), OZ,
		OR("\"HTTP\"")),
};
TYPE(http_get_action, CORE, "HTTPGetAction", "Sends an HTTP GET request.");

static const struct schema_field tcp_socket_action[] = {
	F_STR("host", "Host to connect to; the pod's address if left out.", OZ),
	F_INTSTR("port", "Port, by number or by name.", REQUIRED),
};
TYPE(tcp_socket_action, CORE, "TCPSocketAction", "Opens a TCP connection.");

static const struct schema_field grpc_action[] = {
	F_STR("mode", "Whether to use TLS.", GO("v1.GRPCProbeMode"), VALUES("Plaintext|TLS")),
	F_I32("port", "Port number.", REQUIRED),
	F_STR("service", "Name of the service to ask about.", OR("\"\"")),
};
TYPE(grpc_action, CORE, "GRPCAction", "Asks a gRPC health service.");

static const struct schema_field probe[] = {
	F_OBJ("exec", exec_action, "A program that must exit with 0."),
	F_I32("failureThreshold", "Failures in a row that count as failing.", OZ, OR("3")),
	F_OBJ("grpc", grpc_action, "A gRPC health service that must say it serves."),
	F_OBJ("httpGet", http_get_action, "A request that must be answered with 200 to 399."),
	F_I32("initialDelaySeconds", "Seconds to wait before the first try.", OZ),
	F_I32("periodSeconds", "Seconds between tries.", OZ, OR("10")),
	F_I32("successThreshold", "Successes in a row that count as well again.", OZ, OR("1")),
	F_OBJ("tcpSocket", tcp_socket_action, "A port that must accept."),
	F_I64("terminationGracePeriodSeconds",
		"Seconds to end when the probe fails; the pod's if left out."),
	F_I32("timeoutSeconds", "Seconds after which a try has failed.", OZ, OR("1")),
};
TYPE(probe, CORE, "Probe", "Finds out whether a container is well; exactly one action is given.");

static const struct schema_field sleep_action[] = {
	F_I64("seconds", "How long.", REQUIRED),
};
TYPE(sleep_action, CORE, "SleepAction", "Waits.");

static const struct schema_field lifecycle_handler[] = {
	F_OBJ("exec", exec_action, "Run a program."),
	F_OBJ("httpGet", http_get_action, "Send a request."),
	F_OBJ("sleep", sleep_action, "Wait."),
	F_OBJ("tcpSocket", tcp_socket_action, "No longer supported."),
};
TYPE(lifecycle_handler, CORE, "LifecycleHandler",
	"What to do at a turning point; exactly one is given.");

static const struct schema_field lifecycle[] = {
	F_OBJ("postStart", lifecycle_handler, "Right after the container was made."),
	F_OBJ("preStop", lifecycle_handler, "Before the container is told to end."),
	F_STR("stopSignal", "Signal that tells the container to end.", GO("v1.Signal"),
		VALUES(SIGNALS)),
};
TYPE(lifecycle, CORE, "Lifecycle", "What to do after start and before the end.");

static const struct schema_field capabilities[] = {
	F_STRS("add", "Rights to give.", GO("v1.Capability"), OZ),
	F_STRS("drop", "Rights to take.", GO("v1.Capability"), OZ),
};
TYPE(capabilities, CORE, "Capabilities", "Rights of the superuser, given or taken one by one.");

static const struct schema_field se_linux_options[] = {
	F_STR("level", "Level of the label.", OZ),
	F_STR("role", "Role of the label.", OZ),
	F_STR("type", "Type of the label.", OZ),
	F_STR("user", "User of the label.", OZ),
};
TYPE(se_linux_options, CORE, "SELinuxOptions", "SELinux label.");

static const struct schema_field windows_security_context_options[] = {
	F_STR("gmsaCredentialSpec", "Content of the group managed account specification."),
	F_STR("gmsaCredentialSpecName", "Name of that specification."),
	F_BOOL("hostProcess", "Whether it runs as a process of the host."),
	F_STR("runAsUserName", "User to run as."),
};
TYPE(windows_security_context_options, CORE, "WindowsSecurityContextOptions",
	"Security settings for Windows.");

static const struct schema_field seccomp_profile[] = {
	F_STR("localhostProfile", "Profile file on the node, for type Localhost."),
	F_STR("type", "Localhost, RuntimeDefault or Unconfined.", REQUIRED,
		GO("v1.SeccompProfileType"), VALUES("Localhost|RuntimeDefault|Unconfined")),
};
TYPE(seccomp_profile, CORE, "SeccompProfile", "Which system calls are allowed.");

static const struct schema_field app_armor_profile[] = {
	F_STR("localhostProfile", "Profile loaded on the node, for type Localhost."),
	F_STR("type", "Localhost, RuntimeDefault or Unconfined.", REQUIRED,
		GO("v1.AppArmorProfileType"), VALUES("Localhost|RuntimeDefault|Unconfined")),
};
TYPE(app_armor_profile, CORE, "AppArmorProfile", "AppArmor profile to apply.");

static const struct schema_field security_context[] = {
	F_BOOL("allowPrivilegeEscalation",
		"Whether a process may get more rights than its parent."),
	F_OBJ("appArmorProfile", app_armor_profile, "AppArmor profile."),
	F_OBJ("capabilities", capabilities, "Rights of the superuser, given or taken."),
	F_BOOL("privileged", "Whether the container has all rights of the node."),
	F_STR("procMount", "How /proc is mounted: Default or Unmasked.", GO("v1.ProcMountType"),
		VALUES("Default|Unmasked")),
	F_BOOL("readOnlyRootFilesystem", "Whether the root file system may only be read."),
	F_I64("runAsGroup", "Numeric group to run as."),
	F_BOOL("runAsNonRoot", "Whether to refuse to run as root."),
	F_I64("runAsUser", "Numeric user to run as."),
	F_OBJ("seLinuxOptions", se_linux_options, "SELinux label."),
	F_OBJ("seccompProfile", seccomp_profile, "System calls that are allowed."),
	F_OBJ("windowsOptions", windows_security_context_options, "Settings for Windows."),
};
TYPE(security_context, CORE, "SecurityContext",
	"Rights of one container; they go before the pod's.");

static const struct schema_field container[] = {
	F_STRS("args", "Arguments; the image's own if left out.", OZ),
	F_STRS("command", "Program to run; the image's own if left out.", OZ),
	F_OBJS("env", env_var, "Environment variables.", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("envFrom", env_from_source, "Objects all of whose values become variables.", OZ),
	F_STR("image", "Image to run.", OZ),
	F_STR("imagePullPolicy",
		"When to pull: Always (default for :latest), IfNotPresent or Never.",
		GO("v1.PullPolicy"), VALUES("Always|IfNotPresent|Never"), OZ),
	F_OBJ("lifecycle", lifecycle, "What to do after start and before the end."),
	F_OBJ("livenessProbe", probe, "Failing means the container is restarted."),
	F_STR("name", "Name, unique in the pod.", REQUIRED),
	F_OBJS("ports", container_port, "Ports it listens on.", MERGE("containerPort"),
		KEYS("containerPort,protocol"), OZ),
	F_OBJ("readinessProbe", probe, "Failing means it gets no traffic from Services."),
	F_OBJS("resizePolicy", container_resize_policy,
		"What it takes to change its resources while it runs.", OZ),
	F_OBJ("resources", resource_requirements, "How much it asks for and may use.", OR("{}")),
	F_STR("restartPolicy", "Always makes an init container a sidecar.",
		GO("v1.ContainerRestartPolicy")),
	F_OBJS("restartPolicyRules", container_restart_rule, "What to do for some exit codes.", OZ),
	F_OBJ("securityContext", security_context, "Rights of the container."),
	F_OBJ("startupProbe", probe, "The other probes wait until this one succeeds."),
	F_BOOL("stdin", "Whether standard input is kept open.", OZ),
	F_BOOL("stdinOnce", "Whether standard input is closed after the first client.", OZ),
	F_STR("terminationMessagePath", "File whose content is told as the last message.", OZ,
		OR("\"/dev/termination-log\"")),
	F_STR("terminationMessagePolicy",
		"Where the last message comes from: File or FallbackToLogsOnError.",
		GO("v1.TerminationMessagePolicy"), VALUES("FallbackToLogsOnError|File"), OZ,
		OR("\"File\"")),
	F_BOOL("tty", "Whether it gets a terminal.", OZ),
	F_OBJS("volumeDevices", volume_device, "Block devices it uses.", MERGE("devicePath"),
		KEYS("devicePath"), OZ),
	F_OBJS("volumeMounts", volume_mount, "Volumes it mounts.", MERGE("mountPath"),
		KEYS("mountPath"), OZ),
	F_STR("workingDir", "Folder to start in; the image's own if left out.", OZ),
};
TYPE(container, CORE, "Container", "One program, from an image, that runs in the pod.");

static const struct schema_field ephemeral_container[] = {
	F_STRS("args", "Arguments; the image's own if left out.", OZ),
	F_STRS("command", "Program to run; the image's own if left out.", OZ),
	F_OBJS("env", env_var, "Environment variables.", MERGE("name"), KEYS("name"), OZ),
	F_OBJS("envFrom", env_from_source, "Objects all of whose values become variables.", OZ),
	F_STR("image", "Image to run.", OZ),
	F_STR("imagePullPolicy", "When to pull: Always, IfNotPresent or Never.",
		GO("v1.PullPolicy"), VALUES("Always|IfNotPresent|Never"), OZ),
	F_OBJ("lifecycle", lifecycle, "Not allowed here."),
	F_OBJ("livenessProbe", probe, "Not allowed here."),
	F_STR("name", "Name, unique among all containers of the pod.", REQUIRED),
	F_OBJS("ports", container_port, "Not allowed here.", MERGE("containerPort"),
		KEYS("containerPort,protocol"), OZ),
	F_OBJ("readinessProbe", probe, "Not allowed here."),
	F_OBJS("resizePolicy", container_resize_policy, "Not allowed here.", OZ),
	F_OBJ("resources", resource_requirements, "Not allowed here.", OR("{}")),
	F_STR("restartPolicy", "Not allowed here.", GO("v1.ContainerRestartPolicy")),
	F_OBJS("restartPolicyRules", container_restart_rule, "Not allowed here.", OZ),
	F_OBJ("securityContext", security_context, "Rights of the container."),
	F_OBJ("startupProbe", probe, "Not allowed here."),
	F_BOOL("stdin", "Whether standard input is kept open.", OZ),
	F_BOOL("stdinOnce", "Whether standard input is closed after the first client.", OZ),
	F_STR("targetContainerName", "Container whose processes it sees.", OZ),
	F_STR("terminationMessagePath", "File whose content is told as the last message.", OZ,
		OR("\"/dev/termination-log\"")),
	F_STR("terminationMessagePolicy",
		"Where the last message comes from: File or FallbackToLogsOnError.",
		GO("v1.TerminationMessagePolicy"), VALUES("FallbackToLogsOnError|File"), OZ,
		OR("\"File\"")),
	F_BOOL("tty", "Whether it gets a terminal.", OZ),
	F_OBJS("volumeDevices", volume_device, "Block devices it uses.", MERGE("devicePath"),
		KEYS("devicePath"), OZ),
	F_OBJS("volumeMounts", volume_mount, "Volumes it mounts.", MERGE("mountPath"),
		KEYS("mountPath"), OZ),
	F_STR("workingDir", "Folder to start in.", OZ),
};
TYPE(ephemeral_container, CORE, "EphemeralContainer",
	"A container added to a running pod for debugging.");
