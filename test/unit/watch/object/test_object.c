/* Objects: what is read of each kind, presence, wrong types, life and death. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/base/quoted.h"
#include "watch/object/typed.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

/* The tree is wiped before the object is looked at: nothing in it may point there. */
static const struct object *object_of(enum kind kind, const char *text, bool keep_json)
{
	const struct object *o = NULL;
	const char *field = "none";
	int err = object_new(kind, quoted_json(&arena, text), keep_json, &o, &field);
	if (err != ERR_OK) {
		fail_msg("%d, %s: %s", err, field, text);
	}
	arena_reset(&arena);
	return o;
}

#define assert_text(s, want)                                                                       \
	do {                                                                                       \
		struct strv got_ = (s);                                                            \
		assert_int_equal(got_.n, strlen(want));                                            \
		assert_memory_equal(got_.n ? got_.p : "", want, got_.n);                           \
	} while (0)

static void metadata_is_read_whole(void **state)
{
	const struct object *o = object_of(KIND_CONFIGMAP,
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'namespace':'n','name':'a','uid'"
		":'u-1',"
		"'resourceVersion':'42','generation':3,'creationTimestamp':'2026-01-02T03:04:05Z',"
		"'deletionTimestamp':'2026-01-02T03:04:06Z','deletionGracePeriodSeconds':0,"
		"'labels':{'b':'1','a':''},'annotations':{'x/y':'z'},"
		"'ownerReferences':[{'apiVersion':'apps/"
		"v1','kind':'StatefulSet','name':'w','uid':'u-2'},"
		"{'apiVersion':'v1','kind':'Pod','name':'p','uid':'u-3','controller':true,"
		"'blockOwnerDeletion':true}],'finalizers':['f/1','f/2']},'data':{'k':'v'}}",
		true);
	(void)state;
	assert_int_equal(o->kind, KIND_CONFIGMAP);
	assert_null(o->as.any);
	assert_text(o->meta.ns, "n");
	assert_text(o->meta.name, "a");
	assert_text(o->meta.uid, "u-1");
	assert_int_equal(o->meta.resource_version, 42);
	assert_int_equal(o->meta.generation, 3);
	assert_int_equal(o->meta.creation_ms, 1767323045000);
	assert_true(o->meta.deletion_ms.set);
	assert_int_equal(o->meta.deletion_ms.v, 1767323046000);
	assert_true(o->meta.deletion_grace_s.set);
	assert_int_equal(o->meta.deletion_grace_s.v, 0);
	assert_int_equal(o->meta.labels.n, 2);
	assert_text(o->meta.labels.at[0].key, "b");
	assert_text(*labels_get(&o->meta.labels, STRV("a")), "");
	assert_null(labels_get(&o->meta.labels, STRV("c")));
	assert_text(*labels_get(&o->meta.annotations, STRV("x/y")), "z");
	assert_int_equal(o->meta.n_owners, 2);
	assert_text(meta_controller(&o->meta)->uid, "u-3");
	assert_true(meta_controller(&o->meta)->block_owner_deletion);
	assert_false(o->meta.owners[0].controller);
	assert_true(meta_has_finalizer(&o->meta, STRV("f/2")));
	assert_false(meta_has_finalizer(&o->meta, STRV("f")));
	struct json *again = object_tree(o, &arena);
	assert_text(json_str(json_dig(again, "data.k")), "v");
	assert_int_equal(o->json.p[o->json.n], '\0');
	object_unref(o);
}

static void absent_and_null_are_the_same_and_differ_from_zero(void **state)
{
	static const char *const rows[] = {
		"{}",
		"{'metadata':null,'spec':null,'status':null}",
		"{'metadata':{'name':null,'labels':null,'ownerReferences':null,'finalizers':null,"
		"'creationTimestamp':null,'deletionTimestamp':null,'deletionGracePeriodSeconds':"
		"null,"
		"'generation':null},'spec':{'nodeName':null,'containers':null,'volumes':null,"
		"'terminationGracePeriodSeconds':null,'hostNetwork':null,'readinessGates':null},"
		"'status':{'phase':null,'podIP':null,'podIPs':null,'conditions':null}}",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct object *o = object_of(KIND_POD, rows[i], false);
		assert_null(o->meta.name.p);
		assert_null(o->json.p);
		assert_int_equal(o->json.n, 0);
		assert_false(o->meta.deletion_ms.set);
		assert_false(o->meta.deletion_grace_s.set);
		assert_int_equal(o->meta.resource_version, 0);
		assert_null(meta_controller(&o->meta));
		assert_non_null(o->as.pod);
		assert_null(o->as.pod->node_name.p);
		assert_false(o->as.pod->termination_grace_s.set);
		assert_int_equal(o->as.pod->n_containers + o->as.pod->n_ips, 0);
		assert_null(object_tree(o, &arena));
		object_unref(o);
	}
	const struct object *o = object_of(KIND_POD,
		"{'metadata':{'resourceVersion':'abc'},"
		"'spec':{'nodeName':'','terminationGracePeriodSeconds':0}}",
		false);
	assert_non_null(o->as.pod->node_name.p);
	assert_true(o->as.pod->termination_grace_s.set);
	assert_int_equal(o->meta.resource_version, 0);
	object_unref(o);
}

static void pods_are_read_whole(void **state)
{
	const struct object *o = object_of(KIND_POD,
		"{'metadata':{'name':'web-1'},'spec':{'nodeName':'n1','hostname':'web-1','"
		"subdomain':'web',"
		"'schedulerName':'default-scheduler','restartPolicy':'Always',"
		"'terminationGracePeriodSeconds':10,'hostNetwork':true,"
		"'initContainers':[{'name':'side','image':'s','restartPolicy':'Always'},{'name':'"
		"init'}],"
		"'containers':[{'name':'c','image':'nginx','ports':[{'name':'http','containerPort':"
		"80},"
		"{'containerPort':53,'protocol':'UDP'}]}],"
		"'volumes':[{'name':'x','emptyDir':{}},{'name':'d','persistentVolumeClaim':"
		"{'claimName':'d-web-1'}}],'schedulingGates':[{'name':'g'}],"
		"'readinessGates':[{'conditionType':'r'}]},"
		"'status':{'phase':'Running','podIP':'10.244.0.5','podIPs':[{'ip':'10.244.0.5'},"
		"{'ip':'fd00::5'},{'ip':'x'}],'conditions':[{'type':'PodScheduled','status':'True'}"
		","
		"{'type':'Ready','status':'True','reason':'R',"
		"'lastTransitionTime':'2026-01-02T03:04:05Z'}]}}",
		false);
	const struct pod *p = o->as.pod;
	char text[IP_TEXT_CHARS + 1];
	(void)state;
	assert_text(p->node_name, "n1");
	assert_text(p->hostname, "web-1");
	assert_text(p->subdomain, "web");
	assert_text(p->scheduler_name, "default-scheduler");
	assert_text(p->restart_policy, "Always");
	assert_int_equal(p->termination_grace_s.v, 10);
	assert_true(p->host_network);
	assert_int_equal(p->n_containers, 3);
	assert_text(p->containers[0].name, "c");
	assert_text(p->containers[0].image, "nginx");
	assert_int_equal(p->containers[0].n_ports, 2);
	assert_text(p->containers[0].ports[0].name, "http");
	assert_int_equal(p->containers[0].ports[0].number, 80);
	assert_int_equal(p->containers[0].ports[0].protocol, PROTO_TCP);
	assert_int_equal(p->containers[0].ports[1].protocol, PROTO_UDP);
	assert_true(p->containers[1].init && p->containers[1].restartable);
	assert_true(p->containers[2].init && !p->containers[2].restartable);
	assert_int_equal(p->claims.n, 1);
	assert_text(p->claims.at[0], "d-web-1");
	assert_text(p->scheduling_gates.at[0], "g");
	assert_text(p->readiness_gates.at[0], "r");
	assert_text(p->phase, "Running");
	assert_int_equal(p->n_ips, 2);
	ip_print(&p->ips[1], text);
	assert_string_equal(text, "fd00::5");
	assert_int_equal(p->n_conditions, 2);
	assert_text(p->conditions[1].reason, "R");
	assert_true(p->ready);
	assert_int_equal(p->ready_ms, 1767323045000);
	assert_false(p->terminal);
	object_unref(o);
	o = object_of(
		KIND_POD, "{'status':{'phase':'Failed','podIP':'10.0.0.1','podIPs':[]}}", false);
	assert_true(o->as.pod->terminal);
	assert_false(o->as.pod->ready);
	assert_int_equal(o->as.pod->n_ips, 1);
	object_unref(o);
}

static void services_are_read_whole(void **state)
{
	const struct object *o = object_of(KIND_SERVICE,
		"{'spec':{'type':'NodePort','clusterIP':'10.96.0.1','clusterIPs':['10.96.0.1','"
		"fd00::1'],"
		"'ports':[{'name':'a','port':80,'targetPort':'http','nodePort':30000,'appProtocol':"
		"'h2'},"
		"{'port':53,'protocol':'UDP','targetPort':5353},{'port':54}],'selector':{'app':'"
		"web'},"
		"'publishNotReadyAddresses':true,'ipFamilies':['IPv4','IPv6']}}",
		false);
	const struct service *s = o->as.service;
	(void)state;
	assert_int_equal(s->type, SERVICE_NODEPORT);
	assert_false(s->headless);
	assert_int_equal(s->n_cluster_ips, 2);
	assert_int_equal(s->cluster_ips[1].family, IP_V6);
	assert_int_equal(s->n_ports, 3);
	assert_text(s->ports[0].target.name, "http");
	assert_int_equal(s->ports[0].target.number, 0);
	assert_int_equal(s->ports[0].node_port, 30000);
	assert_text(s->ports[0].app_protocol, "h2");
	assert_int_equal(s->ports[1].target.number, 5353);
	assert_int_equal(s->ports[1].protocol, PROTO_UDP);
	assert_int_equal(s->ports[2].target.number, 54);
	assert_true(s->has_selector && s->publish_not_ready && s->family_v4 && s->family_v6);
	object_unref(o);
	o = object_of(KIND_SERVICE,
		"{'spec':{'clusterIP':'None','clusterIPs':['None'],'selector':{}}}", false);
	assert_true(o->as.service->headless);
	assert_false(o->as.service->has_selector);
	assert_int_equal(o->as.service->n_cluster_ips, 0);
	assert_int_equal(o->as.service->type, SERVICE_CLUSTERIP);
	object_unref(o);
	o = object_of(KIND_SERVICE, "{'spec':{'type':'ExternalName','externalName':'a.b'}}", false);
	assert_int_equal(o->as.service->type, SERVICE_EXTERNALNAME);
	assert_text(o->as.service->external_name, "a.b");
	object_unref(o);
}

static void endpointslices_are_read_whole(void **state)
{
	const struct object *o = object_of(KIND_ENDPOINTSLICE,
		"{'metadata':{'labels':{'kubernetes.io/service-name':'web'}},'addressType':'IPv4',"
		"'endpoints':[{'addresses':['10.0.0.1','fd00::1','x'],'conditions':{'ready':false,"
		"'serving':true},'hostname':'Web-0','targetRef':{'kind':'Pod','namespace':'n','"
		"name':'web-0',"
		"'uid':'u'},'nodeName':'n1','zone':'z','hints':{'forZones':[{'name':'z1'},{'name':'"
		"z2'}]}},"
		"{'addresses':[],'conditions':null}],"
		"'ports':[{'name':'','port':80,'protocol':'TCP'},{'port':null,'appProtocol':'x'}]}",
		false);
	const struct endpointslice *s = o->as.endpointslice;
	(void)state;
	assert_text(s->service, "web");
	assert_int_equal(s->family, SLICE_V4);
	assert_int_equal(s->n_endpoints, 2);
	const struct slice_endpoint *e = &s->endpoints[0];
	assert_int_equal(e->names.n, 0);
	assert_int_equal(e->n_ips, 1);
	assert_text(e->hostname, "Web-0");
	assert_true(e->ready.set && !e->ready.v && e->serving.v && !e->terminating.set);
	assert_true(e->is_pod);
	assert_text(e->target_name, "web-0");
	assert_text(e->target_uid, "u");
	assert_text(e->zone, "z");
	assert_int_equal(s->endpoints[1].n_ips, 0);
	assert_int_equal(s->n_ports, 2);
	assert_int_equal(s->ports[0].port, 80);
	assert_int_equal(s->ports[1].port, 0);
	object_unref(o);
	o = object_of(KIND_ENDPOINTSLICE,
		"{'addressType':'FQDN','endpoints':[{'addresses':['a.b']}],'ports':null}", false);
	assert_int_equal(o->as.endpointslice->family, SLICE_FQDN);
	assert_text(o->as.endpointslice->service, "");
	assert_int_equal(o->as.endpointslice->endpoints[0].n_ips, 0);
	assert_text(o->as.endpointslice->endpoints[0].names.at[0], "a.b");
	assert_false(o->as.endpointslice->endpoints[0].is_pod);
	object_unref(o);
}

static void imported_services_are_read_as_services_their_slices_with_the_cluster(void **state)
{
	const struct object *o = object_of(KIND_SERVICEIMPORT,
		"{'spec':{'type':'ClusterSetIP','ips':['10.0.0.1','fd00::1','x'],"
		"'ports':[{'name':'http','port':80,'protocol':'TCP'}]}}",
		false);
	(void)state;
	assert_false(o->as.service->headless);
	assert_int_equal(o->as.service->n_cluster_ips, 2);
	assert_int_equal(o->as.service->ports[0].port, 80);
	object_unref(o);
	o = object_of(KIND_SERVICEIMPORT, "{'spec':{'type':'Headless','ports':[]}}", false);
	assert_true(o->as.service->headless);
	assert_int_equal(o->as.service->n_cluster_ips + o->as.service->n_ports, 0);
	object_unref(o);
	o = object_of(KIND_ENDPOINTSLICE,
		"{'metadata':{'labels':{'multicluster.kubernetes.io/service-name':'db',"
		"'multicluster.kubernetes.io/source-cluster':'c1'}},'addressType':'IPv4'}",
		false);
	assert_text(o->as.endpointslice->service, "");
	assert_text(o->as.endpointslice->import, "db");
	assert_text(o->as.endpointslice->cluster, "c1");
	object_unref(o);
}

static void statefulsets_are_read_whole_with_their_defaults(void **state)
{
	const struct object *o = object_of(KIND_STATEFULSET,
		"{'spec':{'replicas':0,'ordinals':{'start':5},'podManagementPolicy':'Parallel',"
		"'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition':2,"
		"'maxUnavailable':'25%'}},'minReadySeconds':7,'revisionHistoryLimit':0,'"
		"serviceName':'web',"
		"'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete','whenScaled':'"
		"Retain'},"
		"'selector':{'matchLabels':{'app':'web'},'matchExpressions':[{'key':'tier','"
		"operator':'In',"
		"'values':['b','a']}]},'volumeClaimTemplates':[{'metadata':{'name':'data'}}]},"
		"'status':{'observedGeneration':2,'replicas':3,'readyReplicas':1,'"
		"availableReplicas':1,"
		"'currentReplicas':2,'updatedReplicas':3,'currentRevision':'web-1','updateRevision'"
		":'web-2',"
		"'collisionCount':0}}",
		false);
	const struct statefulset *s = o->as.statefulset;
	(void)state;
	assert_int_equal(s->replicas, 0);
	assert_int_equal(s->start, 5);
	assert_true(s->parallel && !s->on_delete && s->has_rolling);
	assert_int_equal(s->partition, 2);
	assert_text(s->max_unavailable, "25%");
	assert_int_equal(s->min_ready_s, 7);
	assert_int_equal(s->revision_history_limit, 0);
	assert_text(s->service_name, "web");
	assert_true(s->delete_on_delete && !s->delete_on_scale);
	assert_text(selector_print(&arena, &s->selector), "app=web,tier in (a,b)");
	assert_int_equal(s->match_labels.n, 1);
	assert_text(s->claims[0].name, "data");
	assert_int_equal(s->status.observed_generation, 2);
	assert_int_equal(s->status.replicas + s->status.ready * 10 + s->status.available * 100 +
				 s->status.current * 1000 + s->status.updated * 10000,
		32113);
	assert_text(s->status.current_revision, "web-1");
	assert_text(s->status.update_revision, "web-2");
	assert_true(s->status.collision_count.set);
	object_unref(o);
	o = object_of(KIND_STATEFULSET,
		"{'spec':{'updateStrategy':{'type':'OnDelete','rollingUpdate':{'maxUnavailable':3}}"
		"}}",
		false);
	assert_int_equal(o->as.statefulset->replicas, 1);
	assert_int_equal(o->as.statefulset->revision_history_limit, 10);
	assert_true(o->as.statefulset->on_delete);
	assert_text(o->as.statefulset->max_unavailable, "3");
	assert_false(o->as.statefulset->status.collision_count.set);
	object_unref(o);
}

static void volumes_claims_and_classes_are_read_whole(void **state)
{
	const struct object *o = object_of(KIND_PVC,
		"{'spec':{'volumeName':'pv-1','storageClassName':'','accessModes':['ReadWriteOnce']"
		","
		"'resources':{'requests':{'storage':'1Gi'}},'selector':{'matchLabels':{'a':'b'}}},"
		"'status':{'phase':'Bound'}}",
		false);
	(void)state;
	assert_text(o->as.pvc->volume_name, "pv-1");
	assert_true(o->as.pvc->has_class);
	assert_text(o->as.pvc->class_name, "");
	assert_text(o->as.pvc->access_modes.at[0], "ReadWriteOnce");
	assert_text(o->as.pvc->volume_mode, "Filesystem");
	assert_int_equal(o->as.pvc->request_bytes, 1 << 30);
	assert_text(o->as.pvc->request_text, "1Gi");
	assert_true(o->as.pvc->has_selector);
	assert_int_equal(o->as.pvc->selector.n, 1);
	assert_text(o->as.pvc->phase, "Bound");
	object_unref(o);
	o = object_of(KIND_PVC,
		"{'spec':{'volumeMode':'Block','resources':{'requests':"
		"{'storage':1024}}}}",
		false);
	assert_false(o->as.pvc->has_class);
	assert_false(o->as.pvc->has_selector);
	assert_text(o->as.pvc->volume_mode, "Block");
	assert_int_equal(o->as.pvc->request_bytes, 1024);
	assert_text(o->as.pvc->request_text, "1024");
	object_unref(o);
	o = object_of(KIND_PV,
		"{'spec':{'storageClassName':'slow','accessModes':['ReadWriteMany'],"
		"'capacity':{'storage':'500M'},'persistentVolumeReclaimPolicy':'Retain',"
		"'claimRef':{'namespace':'n','name':'c','uid':'u'}},'status':{'phase':'Available'}"
		"}",
		false);
	assert_text(o->as.pv->class_name, "slow");
	assert_int_equal(o->as.pv->capacity_bytes, 500000000);
	assert_text(o->as.pv->reclaim_policy, "Retain");
	assert_true(o->as.pv->has_claim);
	assert_text(o->as.pv->claim_ns, "n");
	assert_text(o->as.pv->claim_name, "c");
	assert_text(o->as.pv->claim_uid, "u");
	assert_text(o->as.pv->phase, "Available");
	object_unref(o);
	o = object_of(KIND_PV, "{}", false);
	assert_non_null(o->as.pv->class_name.p);
	assert_false(o->as.pv->has_claim);
	object_unref(o);
	o = object_of(KIND_STORAGECLASS,
		"{'metadata':{'annotations':{'storageclass.kubernetes.io/"
		"is-default-class':'true'}},"
		"'provisioner':'p','volumeBindingMode':'WaitForFirstConsumer'}",
		false);
	assert_text(o->as.storage_class->provisioner, "p");
	assert_text(o->as.storage_class->reclaim_policy, "Delete");
	assert_true(o->as.storage_class->wait_for_consumer && o->as.storage_class->is_default);
	object_unref(o);
	o = object_of(KIND_NODE,
		"{'metadata':{'labels':{'topology.kubernetes.io/"
		"zone':'z'}},'spec':{'unschedulable':true},"
		"'status':{'conditions':[{'type':'Ready','status':'True'}],'addresses':["
		"{'type':'Hostname','address':'h'},{'type':'InternalIP','address':'10.0.0.9'}]}}",
		false);
	assert_true(o->as.node->unschedulable && o->as.node->ready);
	assert_text(o->as.node->zone, "z");
	assert_text(o->as.node->internal_ip, "10.0.0.9");
	object_unref(o);
}

static void values_of_another_type_are_refused_by_name(void **state)
{
	static const struct {
		enum kind kind;
		const char *in, *field;
	} rows[] = {
		{ KIND_POD, "[]", "object" },
		{ KIND_POD, "{'metadata':[]}", "metadata" },
		{ KIND_POD, "{'metadata':{'name':1}}", "metadata.name" },
		{ KIND_POD, "{'metadata':{'labels':['a']}}", "metadata.labels" },
		{ KIND_POD, "{'metadata':{'labels':{'a':true}}}", "metadata.labels" },
		{ KIND_POD, "{'metadata':{'generation':1.5}}", "metadata.generation" },
		{ KIND_POD, "{'metadata':{'creationTimestamp':'now'}}",
			"metadata.creationTimestamp" },
		{ KIND_POD, "{'metadata':{'creationTimestamp':1}}", "metadata.creationTimestamp" },
		{ KIND_POD, "{'metadata':{'ownerReferences':{}}}", "metadata.ownerReferences" },
		{ KIND_POD, "{'metadata':{'ownerReferences':['x']}}", "metadata.ownerReferences" },
		{ KIND_POD, "{'metadata':{'ownerReferences':[{'controller':'true'}]}}",
			"metadata.ownerReferences[].controller" },
		{ KIND_POD, "{'metadata':{'finalizers':[1]}}", "metadata.finalizers" },
		{ KIND_POD, "{'spec':1}", "spec" },
		{ KIND_POD, "{'spec':{'containers':[{'ports':[{'containerPort':'80'}]}]}}",
			"spec.containers[].ports[].containerPort" },
		{ KIND_POD, "{'spec':{'containers':[{'ports':[{'containerPort':4294967376}]}]}}",
			"spec.containers[].ports[].containerPort" },
		{ KIND_POD, "{'spec':{'containers':[{'ports':[{'protocol':'tcp'}]}]}}",
			"spec.containers[].ports[].protocol" },
		{ KIND_SERVICE, "{'spec':{'type':'Clusterip'}}", "spec.type" },
		{ KIND_SERVICE, "{'spec':{'clusterIP':10}}", "spec.clusterIP" },
		{ KIND_SERVICE, "{'spec':{'ports':[{'targetPort':{}}]}}",
			"spec.ports[].targetPort" },
		{ KIND_SERVICEIMPORT, "{'spec':{'type':1}}", "spec.type" },
		{ KIND_ENDPOINTSLICE, "{}", "addressType" },
		{ KIND_ENDPOINTSLICE, "{'addressType':'IPv4','endpoints':[[]]}", "endpoints" },
		{ KIND_STATEFULSET, "{'spec':{'replicas':'3'}}", "spec.replicas" },
		{ KIND_STATEFULSET,
			"{'spec':{'selector':{'matchExpressions':[{'key':'a','operator':'X'}]}}}",
			"spec.selector" },
		{ KIND_STATEFULSET,
			"{'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':[]}}}}",
			"spec.updateStrategy.rollingUpdate.maxUnavailable" },
		{ KIND_PVC, "{'spec':{'resources':{'requests':{'storage':'1GB'}}}}",
			"spec.resources.requests.storage" },
		{ KIND_PV, "{'spec':{'claimRef':'x'}}", "spec.claimRef" },
		{ KIND_STORAGECLASS, "{'provisioner':{}}", "provisioner" },
		{ KIND_NODE, "{'spec':{'unschedulable':'no'}}", "spec.unschedulable" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct object *o = NULL;
		const char *field = "none";
		int err = object_new(
			rows[i].kind, quoted_json(&arena, rows[i].in), true, &o, &field);
		if (err != ERR_BAD_TYPE || strcmp(field, rows[i].field) != 0 || o) {
			fail_msg("%s: %d, %s", rows[i].in, err, field);
		}
	}
}

static void objects_far_larger_than_the_scratch_are_read_whole(void **state)
{
	enum { ENDPOINTS = 5000 };
	struct json *tree = quoted_json(&arena, "{'addressType':'IPv4','endpoints':[]}");
	struct json *list = json_get(tree, "endpoints");
	const struct object *o = NULL;
	const char *field;
	(void)state;
	for (int i = 0; i < ENDPOINTS; i++) {
		struct json *e = json_new_object(&arena);
		struct json *addresses = json_ensure_array(&arena, e, "addresses");
		struct strv ip = arena_printf(&arena, "10.0.%d.%d", i / 256, i % 256);
		struct strv host = arena_printf(&arena, "host-%d", i);
		assert_int_equal(json_append(&arena, addresses, json_new_str(&arena, ip)), ERR_OK);
		assert_int_equal(json_set_str(&arena, e, "hostname", host), ERR_OK);
		assert_int_equal(json_append(&arena, list, e), ERR_OK);
	}
	assert_int_equal(object_new(KIND_ENDPOINTSLICE, tree, true, &o, &field), ERR_OK);
	arena_reset(&arena);
	assert_int_equal(o->as.endpointslice->n_endpoints, ENDPOINTS);
	const struct slice_endpoint *last = &o->as.endpointslice->endpoints[ENDPOINTS - 1];
	assert_text(last->hostname, "host-4999");
	assert_int_equal(last->ips[0].bytes[2], 19);
	assert_int_equal(last->ips[0].bytes[3], 135);
	object_unref(o);
}

static void an_object_lives_until_the_last_reference_is_gone(void **state)
{
	const struct object *o = object_of(KIND_POD, "{'metadata':{'name':'a'}}", true);
	(void)state;
	assert_ptr_equal(object_ref(o), o);
	object_unref(o);
	assert_text(o->meta.name, "a"); /* under ASan a read of freed memory fails */
	object_unref(o);
	object_unref(NULL);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(metadata_is_read_whole),
		WITH_ARENA(absent_and_null_are_the_same_and_differ_from_zero),
		WITH_ARENA(pods_are_read_whole),
		WITH_ARENA(services_are_read_whole),
		WITH_ARENA(endpointslices_are_read_whole),
		WITH_ARENA(imported_services_are_read_as_services_their_slices_with_the_cluster),
		WITH_ARENA(statefulsets_are_read_whole_with_their_defaults),
		WITH_ARENA(volumes_claims_and_classes_are_read_whole),
		WITH_ARENA(values_of_another_type_are_refused_by_name),
		WITH_ARENA(objects_far_larger_than_the_scratch_are_read_whole),
		WITH_ARENA(an_object_lives_until_the_last_reference_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
