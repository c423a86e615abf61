/* Metadata, the same for all kinds. Source: Kubernetes object names, labels, owners and finalizers. */
#include "rows.h"

#define GOOD "{'metadata':{'name':'x','namespace':'n'}}"

static const struct row create_rows[] = {
	{ "a plain name is fine", "", "" },
	{ "a name is needed", "{'metadata':{'name':null}}",
		"metadata.name: Required value: name or generateName is required" },
	{ "a prefix without a name is not enough by now",
		"{'metadata':{'name':null,'generateName':'a-'}}",
		"metadata.name: Required value: name or generateName is required" },
	{ "a namespace is needed", "{'metadata':{'namespace':null}}",
		"metadata.namespace: Required value" },
	{ "a namespace is a label", "{'metadata':{'namespace':'a.b'}}",
		"metadata.namespace: Invalid value: \"a.b\": must not contain dots" },
	{ "a label's key and value are judged", "{'metadata':{'labels':{'/a':'b.'}}}",
		"[metadata.labels: Invalid value: \"/a\": prefix part must be non-empty, "
		"metadata.labels: Invalid value: \"b.\": a valid label must be an empty string or "
		"consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
		"an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
		"used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]" },
	{ "annotations may have capitals and any value",
		"{'metadata':{'annotations':{'Example.com/A_b':'any {}'}}}", "" },
	{ "an annotation's key is judged", "{'metadata':{'annotations':{'a/':'b'}}}",
		"[metadata.annotations: Invalid value: \"a/\": name part must be non-empty, "
		"metadata.annotations: Invalid value: \"a/\": name part must consist of "
		"alphanumeric characters, '-', '_' or '.', and must start and end with an "
		"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
		"for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]" },
	{ "an owner has four members", "{'metadata':{'ownerReferences':[{}]}}",
		"[metadata.ownerReferences[0].apiVersion: Required value: must not be empty, "
		"metadata.ownerReferences[0].kind: Required value: must not be empty, "
		"metadata.ownerReferences[0].name: Required value: must not be empty, "
		"metadata.ownerReferences[0].uid: Required value: must not be empty]" },
	{ "an owner's version has one slash at most",
		"{'metadata':{'ownerReferences':[{'apiVersion':'a/b/c','kind':'K','name':'n',"
		"'uid':'u'}]}}",
		"metadata.ownerReferences[0].apiVersion: Invalid value: \"a/b/c\": must be "
		"<group>/<version> or <version>" },
	{ "events own nothing",
		"{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'Event','name':'e',"
		"'uid':'u'}]}}",
		"metadata.ownerReferences[0]: Invalid value: {\"apiVersion\":\"v1\",\"kind\":"
		"\"Event\",\"name\":\"e\",\"uid\":\"u\"}: /v1, Kind=Event is disallowed from being "
		"an owner" },
	{ "one owner controls at most",
		"{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'A','name':'a','uid':"
		"'u','controller':true},{'apiVersion':'v1','kind':'A','name':'b','uid':'w',"
		"'controller':true}]}}",
		"metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"A\","
		"\"name\":\"a\",\"uid\":\"u\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":"
		"\"A\",\"name\":\"b\",\"uid\":\"w\",\"controller\":true}]: Only one reference can "
		"have Controller set to true. Found \"true\" in references for A/a and A/b" },
	{ "standard and qualified finalizers are fine",
		"{'metadata':{'finalizers':['orphan','kubernetes','example.com/a']}}", "" },
	{ "other bare finalizers are not", "{'metadata':{'finalizers':['orphan','mine']}}",
		"metadata.finalizers[1]: Invalid value: \"mine\": name is neither a standard "
		"finalizer name nor is it fully qualified" },
	{ "a finalizer is named like a label, and by its place where it is not qualified",
		"{'metadata':{'finalizers':['a b']}}",
		"[metadata.finalizers: Invalid value: \"a b\": name part must consist of "
		"alphanumeric characters, '-', '_' or '.', and must start and end with an "
		"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
		"for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), "
		"metadata.finalizers[0]: Invalid value: \"a b\": name is neither a standard "
		"finalizer name nor is it fully qualified]" },
	{ "orphan and foreground exclude each other",
		"{'metadata':{'finalizers':['orphan','foregroundDeletion']}}",
		"metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: "
		"finalizer orphan and foregroundDeletion cannot be both set" },
	{ "a generation is not negative", "{'metadata':{'generation':-1}}",
		"metadata.generation: Invalid value: -1: must be greater than or equal to 0" },
};

static void new_metadata_is_judged(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SERVICEACCOUNT, "", GOOD, false, create_rows);
}

#define OLD                                                                                        \
	"{'metadata':{'name':'x','namespace':'n','uid':'u','creationTimestamp':'t','generation':"  \
	"2,"                                                                                       \
	"'deletionTimestamp':'d','deletionGracePeriodSeconds':0,'finalizers':['a.b/c']}}"

static const struct row update_rows[] = {
	{ "nothing changed", "", "" },
	{ "a finalizer may go", "{'metadata':{'finalizers':null}}", "" },
	{ "none may come after deletion", "{'metadata':{'finalizers':['a.b/c','d.e/f','g']}}",
		"metadata.finalizers: Forbidden: no new finalizers can be added if the object is "
		"being deleted, found new finalizers []string{\"d.e/f\", \"g\"}" },
	{ "identity stays", "{'metadata':{'name':'y','namespace':'m','uid':'w'}}",
		"[metadata.name: Invalid value: \"y\": field is immutable, metadata.namespace: "
		"Invalid value: \"m\": field is immutable, metadata.uid: Invalid value: \"w\": "
		"field is immutable]" },
	{ "times stay", "{'metadata':{'creationTimestamp':'s','deletionTimestamp':'e'}}",
		"[metadata.creationTimestamp: Invalid value: \"s\": field is immutable, "
		"metadata.deletionTimestamp: Invalid value: \"e\": field is immutable]" },
	{ "a grace period stays", "{'metadata':{'deletionGracePeriodSeconds':5}}",
		"metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable" },
	{ "a generation does not shrink", "{'metadata':{'generation':1}}",
		"metadata.generation: Invalid value: 1: must not be decremented" },
	{ "labels are judged again", "{'metadata':{'labels':{'a':'-'}}}",
		"metadata.labels: Invalid value: \"-\": a valid label must be an empty string or "
		"consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
		"an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
		"used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')" },
};

static void old_metadata_keeps_its_identity(void **state)
{
	(void)state;
	RUN_ROWS(KIND_SERVICEACCOUNT, "", OLD, true, update_rows);
}

static const struct row cluster_rows[] = {
	{ "no namespace is needed", "", "" },
	{ "none is allowed", "{'metadata':{'namespace':'n'}}",
		"metadata.namespace: Forbidden: not allowed on this type" },
	{ "a dotted name is fine for a node", "{'metadata':{'name':'a.b'}}", "" },
};

static void cluster_kinds_have_no_namespace(void **state)
{
	(void)state;
	RUN_ROWS(KIND_NODE, "", "{'metadata':{'name':'x'}}", false, cluster_rows);
}

static const struct row prefix_rows[] = {
	{ "a prefix ends in a dash", "{'metadata':{'generateName':'web-'}}", "" },
	{ "but is judged as a name", "{'metadata':{'generateName':'Web.'}}",
		"metadata.generateName: Invalid value: \"Web.\": a lowercase RFC 1123 label must "
		"consist of lower case alphanumeric characters or '-', and must start and end with "
		"an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
		"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')" },
	{ "namespaces have no dots", "{'metadata':{'name':'a.b'}}",
		"metadata.name: Invalid value: \"a.b\": must not contain dots" },
};

static void names_follow_the_rule_of_their_kind(void **state)
{
	(void)state;
	RUN_ROWS(KIND_NAMESPACE, "", "{'metadata':{'name':'x'}}", false, prefix_rows);
}

static void annotations_are_limited_in_sum(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 0);
	for (int over = 0; over < 2; over++) {
		struct json *o = object_with(&a, KIND_SERVICEACCOUNT, GOOD, "");
		size_t n = 256 * 1024 - 1 + (size_t)over;
		char *big = arena_alloc(&a, n);
		assert_non_null(big);
		memset(big, 'x', n);
		struct json *list = json_ensure_object(&a, json_get(o, "metadata"), "annotations");
		assert_int_equal(json_set_str(&a, list, "k", (struct strv){ big, n }), ERR_OK);
		expect("256 KiB at most", verdict(&a, KIND_SERVICEACCOUNT, "", o, NULL),
			over ? "metadata.annotations: Too long: may not be more than 262144 bytes"
			     : "");
	}
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_metadata_is_judged),
		cmocka_unit_test(old_metadata_keeps_its_identity),
		cmocka_unit_test(cluster_kinds_have_no_namespace),
		cmocka_unit_test(names_follow_the_rule_of_their_kind),
		cmocka_unit_test(annotations_are_limited_in_sum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
