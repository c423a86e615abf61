/* See fixture.h. Called by: the tests of this folder. */
#include "test/unit/statefulset/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "test/unit/base/quoted.h"

void fixture_init(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	arena_init(&f->a, 0);
	roster_init(&f->roster);
	revisions_init(&f->revisions);
}

void fixture_deinit(struct fixture *f)
{
	roster_deinit(&f->roster);
	revisions_deinit(&f->revisions);
	for (size_t i = 0; i < f->n_objects; i++) {
		object_unref(f->objects[i]);
	}
	arena_deinit(&f->a);
}

static const struct object *keep(struct fixture *f, enum kind kind, const struct json *tree)
{
	const struct object *o = NULL;
	const char *field = "";
	int err = object_new(kind, tree, true, &o, &field);
	if (err) {
		fail_msg("%s: %s", err_text(err), field);
	}
	assert_true(f->n_objects < ARRAY_LEN(f->objects));
	f->objects[f->n_objects++] = o;
	return o;
}

const struct object *fixture_object(struct fixture *f, enum kind kind, const char *text)
{
	return keep(f, kind, quoted_json(&f->a, text));
}

static void merge(struct fixture *f, struct json *into, const struct json *from)
{
	json_each(v, from) {
		struct json *there = json_get(into, json_key(v));
		if (json_is_object(v) && json_is_object(there)) {
			merge(f, there, v);
		} else {
			assert_int_equal(
				json_set(&f->a, into, json_key(v), json_copy(&f->a, v)), 0);
		}
	}
}

static const char base_set[] =
	"{'apiVersion':'apps/"
	"v1','kind':'StatefulSet','metadata':{'name':'web','namespace':'ns','uid':'set',"
	"'generation':1,'resourceVersion':'5'},'spec':{'replicas':3,'serviceName':'svc','selector':"
	"{"
	"'matchLabels':{'app':'web'}},'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{"
	"'partition':0}},'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'"
	"name':"
	"'c','image':'busybox'}]}}},'status':{'replicas':0,'currentRevision':'web-1','"
	"updateRevision':"
	"'web-1'}}";

static void set_use(struct fixture *f, struct json *tree)
{
	f->set = keep(f, KIND_STATEFULSET, tree);
	f->comparable = revision_comparable(&f->a, revision_data(&f->a, tree));
	assert_non_null(f->comparable.p);
	roster_rejudge(&f->roster, f->set);
}

void fixture_set(struct fixture *f, const char *spec, const char *status)
{
	struct json *tree = quoted_json(&f->a, base_set);
	merge(f, json_get(tree, "spec"), quoted_json(&f->a, spec));
	merge(f, json_get(tree, "status"), quoted_json(&f->a, status));
	set_use(f, tree);
	struct json *revision = revision_body(
		&f->a, f->set, tree, revision_data(&f->a, tree), STRV("web-1"), "1", 1);
	assert_int_equal(
		revisions_put(&f->revisions, keep(f, KIND_CONTROLLERREVISION, revision)), 0);
}

void fixture_change(struct fixture *f, const char *text)
{
	struct json *tree = object_tree(f->set, &f->a);
	merge(f, tree, quoted_json(&f->a, text));
	set_use(f, tree);
}

static void word_apply(struct fixture *f, struct json *pod, const char *letter)
{
	static const struct {
		char letter;
		const char *text;
	} rows[] = {
		{ 'r', "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True',"
		       "'lastTransitionTime':'2026-01-02T03:04:05Z'}]}}" },
		{ 'R', "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True',"
		       "'lastTransitionTime':'2026-01-02T02:04:05Z'}]}}" },
		{ 'u', "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'False'"
		       "}]}}" },
		{ 'p', "{'status':{'phase':'Pending'}}" },
		{ 'e', "{'status':{'phase':''}}" },
		{ 'f', "{'status':{'phase':'Failed'}}" },
		{ 's', "{'status':{'phase':'Succeeded'}}" },
		{ 't', "{'metadata':{'deletionTimestamp':'2026-01-02T03:04:00Z'}}" },
		{ 'o', "{'metadata':{'ownerReferences':[]}}" },
		{ 'x', "{'metadata':{'ownerReferences':[{'apiVersion':'apps/"
		       "v1','kind':'StatefulSet','name':"
		       "'web','uid':'former','controller':true}]}}" },
		{ 'l', "{'metadata':{'labels':{'app':'other'}}}" },
		{ 'i', "{'metadata':{'labels':{'statefulset.kubernetes.io/pod-name':'wrong'}}}" },
		{ 'n', "{'metadata':{'labels':{'controller-revision-hash':'web-2'}}}" },
		{ 'v', "{'spec':{'volumes':[]}}" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].letter == *letter) {
			merge(f, pod, quoted_json(&f->a, rows[i].text));
			return;
		}
	}
	fail_msg("no such letter: %s", letter);
}

void fixture_pods(struct fixture *f, const char *words)
{
	const char *p = words;
	while (*p) {
		int ordinal = 0, used = 0;
		if (sscanf(p, " %d%n", &ordinal, &used) != 1) {
			return;
		}
		struct json *pod = quoted_json(&f->a,
			arena_printf(&f->a,
				"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-%d','"
				"namespace':"
				"'ns','uid':'pod%d','resourceVersion':'7','labels':{'app':'web',"
				"'statefulset.kubernetes.io/"
				"pod-name':'web-%d','controller-revision-hash':"
				"'web-1'},'ownerReferences':[{'apiVersion':'apps/"
				"v1','kind':'StatefulSet',"
				"'name':'web','uid':'set','controller':true}]},'spec':{'containers'"
				":[{"
				"'name':'c'}],'volumes':[{'name':'data','persistentVolumeClaim':{"
				"'claimName':'data-web-%d'}}]},'status':{'phase':'Pending'}}",
				ordinal, ordinal, ordinal, ordinal)
				.p);
		for (p += used; *p && *p != ' '; p++) {
			word_apply(f, pod, p);
		}
		assert_int_equal(roster_put(&f->roster, f->set, keep(f, KIND_POD, pod)), 0);
	}
}

void fixture_claim(struct fixture *f, const char *name, bool deleting)
{
	assert_true(f->n_claims < ARRAY_LEN(f->claims));
	f->claims[f->n_claims++] = fixture_object(f, KIND_PVC,
		arena_printf(&f->a,
			"{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'%s',"
			"'namespace':'ns','uid':'claim'%s},'spec':{}}",
			name, deleting ? ",'deletionTimestamp':'2026-01-02T03:04:00Z'" : "")
			.p);
}

static const struct object *claim_find(void *ctx, struct strv ns, struct strv name)
{
	struct fixture *f = ctx;
	assert_true(strv_eq(ns, STRV("ns")));
	for (size_t i = 0; i < f->n_claims; i++) {
		if (strv_eq(f->claims[i]->meta.name, name)) {
			return f->claims[i];
		}
	}
	return NULL;
}

static void action_text(struct buf *b, const struct plan_action *action)
{
	static const char *const verbs[] = {
		[PLAN_RELEASE_POD] = "release pod",
		[PLAN_ADOPT_POD] = "adopt pod",
		[PLAN_ADOPT_REVISION] = "adopt revision",
		[PLAN_CREATE_REVISION] = "create revision",
		[PLAN_RENUMBER_REVISION] = "renumber revision",
		[PLAN_CREATE_CLAIM] = "create claim",
		[PLAN_AWAIT_CLAIM] = "await claim",
		[PLAN_CREATE_POD] = "create pod",
		[PLAN_REPAIR_POD] = "repair pod",
		[PLAN_DELETE_POD] = "delete pod",
	};
	if (b->n) {
		buf_add(b, STRV("; "));
	}
	buf_add(b, strv_of(verbs[action->verb]));
	if (action->verb == PLAN_CREATE_CLAIM || action->verb == PLAN_AWAIT_CLAIM) {
		buf_printf(b, " %zu of", action->claim);
	}
	if (action->verb == PLAN_CREATE_REVISION || action->verb == PLAN_RENUMBER_REVISION) {
		buf_printf(b, " %d", (int)action->number);
	} else if (action->verb == PLAN_ADOPT_REVISION) {
		buf_printf(b, " %.*s", STRV_ARG(action->obj->meta.name));
	} else if (action->ordinal < 0) {
		buf_printf(b, " %.*s", STRV_ARG(action->obj->meta.name));
	} else {
		buf_printf(b, " %d", (int)action->ordinal);
	}
}

const char *fixture_plan_at(struct fixture *f, int64_t now_ms, struct plan *out)
{
	struct plan plan;
	struct buf b;
	struct plan_input in = { .set = f->set,
		.members = f->roster.at,
		.n_members = f->roster.n,
		.revisions = &f->revisions,
		.comparable = f->comparable,
		.claim = claim_find,
		.claim_ctx = f,
		.now_ms = now_ms };
	assert_int_equal(plan_make(&f->a, &in, &plan), 0);
	buf_init(&b);
	for (size_t i = 0; i < plan.n; i++) {
		for (size_t k = 0; k < plan.steps[i].n; k++) {
			action_text(&b, &plan.steps[i].actions[k]);
		}
	}
	const char *text = arena_strdup(&f->a, buf_strv(&b)).p;
	buf_deinit(&b);
	if (out) {
		*out = plan;
	}
	return text;
}

const char *fixture_plan(struct fixture *f, struct plan *out)
{
	return fixture_plan_at(f, FIXTURE_NOW_MS, out);
}
