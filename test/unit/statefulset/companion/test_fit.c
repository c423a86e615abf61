/* Which volume fits which claim, and what a provisioned volume looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "statefulset/companion/fit.h"
#include "test/unit/statefulset/fixture.h"

static const struct object *claim(struct fixture *f, const char *spec)
{
	char text[1000];
	(void)snprintf(text, sizeof(text),
		"{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'namespace':'ns','"
		"name':"
		"'data','uid':'u1','resourceVersion':'7'},'spec':%s}",
		spec);
	return fixture_object(f, KIND_PVC, text);
}

static const struct object *volume(struct fixture *f, const char *spec)
{
	char text[1000];
	(void)snprintf(text, sizeof(text),
		"{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'disk','labels':{'"
		"tier':"
		"'fast'}},'spec':%s}",
		spec);
	return fixture_object(f, KIND_PV, text);
}

#define RWO "'accessModes':['ReadWriteOnce']"
#define ASK "'resources':{'requests':{'storage':'1Gi'}}"
#define HAS "'capacity':{'storage':'1Gi'}"

static const struct {
	const char *why, *claim, *volume, *fault;
} rows[] = {
	{ "equal in everything", "{" RWO "," ASK "}", "{" RWO "," HAS "}", NULL },
	{ "a larger volume will do", "{" RWO "," ASK "}", "{" RWO ",'capacity':{'storage':'2Gi'}}",
		NULL },
	{ "units are compared as amounts",
		"{" RWO ",'resources':{'requests':{'storage':'1024Mi'}}}", "{" RWO "," HAS "}",
		NULL },
	{ "a byte too small is too small",
		"{" RWO ",'resources':{'requests':{'storage':'1073741825'}}}", "{" RWO "," HAS "}",
		"requested PV is too small" },
	{ "more modes than asked for", "{" RWO "," ASK "}",
		"{'accessModes':['ReadOnlyMany','ReadWriteOnce']," HAS "}", NULL },
	{ "not all modes asked for", "{'accessModes':['ReadWriteOnce','ReadOnlyMany']," ASK "}",
		"{" RWO "," HAS "}", "incompatible accessMode" },
	{ "no class is a class of its own", "{" RWO "," ASK ",'storageClassName':'x'}",
		"{" RWO "," HAS "}", "storageClassName does not match" },
	{ "the empty class is no class", "{" RWO "," ASK ",'storageClassName':''}",
		"{" RWO "," HAS "}", NULL },
	{ "the mode is Filesystem by default", "{" RWO "," ASK ",'volumeMode':'Filesystem'}",
		"{" RWO "," HAS "}", NULL },
	{ "a block device is no file system", "{" RWO "," ASK "}",
		"{" RWO "," HAS ",'volumeMode':'Block'}", "incompatible volumeMode" },
	{ "labels as selected", "{" RWO "," ASK ",'selector':{'matchLabels':{'tier':'fast'}}}",
		"{" RWO "," HAS "}", NULL },
	{ "labels otherwise", "{" RWO "," ASK ",'selector':{'matchLabels':{'tier':'slow'}}}",
		"{" RWO "," HAS "}", "selector does not match" },
};

static void a_volume_fits_or_says_what_speaks_against_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;
		fixture_init(&f);
		const char *fault = fit_fault(volume(&f, rows[i].volume), claim(&f, rows[i].claim));
		if ((fault == NULL) != (rows[i].fault == NULL) ||
			(fault && strcmp(fault, rows[i].fault) != 0)) {
			fail_msg("%s: got %s", rows[i].why, fault ? fault : "no fault");
		}
		fixture_deinit(&f);
	}
}

static const struct {
	const char *why, *ref;
	bool want;
} refs[] = {
	{ "name and uid", "{'namespace':'ns','name':'data','uid':'u1'}", true },
	{ "reserved by name", "{'namespace':'ns','name':'data'}", true },
	{ "an earlier claim of that name", "{'namespace':'ns','name':'data','uid':'u0'}", false },
	{ "another namespace", "{'namespace':'other','name':'data'}", false },
	{ "another name", "{'namespace':'ns','name':'date'}", false },
};

static void a_claim_ref_means_one_claim_of_one_life(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		struct fixture f;
		fixture_init(&f);
		char spec[200];
		(void)snprintf(spec, sizeof(spec), "{" RWO "," HAS ",'claimRef':%s}", refs[i].ref);
		if (fit_is_claimed_by(volume(&f, spec), claim(&f, "{" RWO "," ASK "}")) !=
			refs[i].want) {
			fail_msg("%s", refs[i].why);
		}
		fixture_deinit(&f);
	}
}

static void a_provisioned_volume_is_what_the_claim_asked_for(void **state)
{
	(void)state;
	struct fixture f;
	struct body b;
	struct buf text;
	fixture_init(&f);
	body_init(&b);
	buf_init(&text);
	const struct object *sc = fixture_object(&f, KIND_STORAGECLASS,
		"{'apiVersion':'storage.k8s.io/"
		"v1','kind':'StorageClass','metadata':{'name':'standard'},"
		"'provisioner':'p','reclaimPolicy':'Retain'}");
	struct json *pv = fit_volume_for(
		&b, STRV("pvc-u1"), claim(&f, "{" RWO "," ASK "}"), sc, "/data/x");
	assert_int_equal(b.err, 0);
	json_print(pv, &text);
	buf_add_char(&text, '\0');
	assert_string_equal(buf_strv(&text).p,
		"{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"pvc-"
		"u1\","
		"\"annotations\":{\"pv.kubernetes.io/"
		"provisioned-by\":\"p\"}},\"spec\":{\"capacity\":{"
		"\"storage\":\"1Gi\"},\"accessModes\":[\"ReadWriteOnce\"],\"claimRef\":{"
		"\"apiVersion\":"
		"\"v1\",\"kind\":\"PersistentVolumeClaim\",\"namespace\":\"ns\",\"name\":\"data\","
		"\"uid\":\"u1\",\"resourceVersion\":\"7\"},\"persistentVolumeReclaimPolicy\":"
		"\"Retain\","
		"\"storageClassName\":\"standard\",\"volumeMode\":\"Filesystem\",\"hostPath\":{"
		"\"path\":"
		"\"/data/x\",\"type\":\"DirectoryOrCreate\"}}}");
	buf_deinit(&text);
	body_deinit(&b);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_volume_fits_or_says_what_speaks_against_it),
		cmocka_unit_test(a_claim_ref_means_one_claim_of_one_life),
		cmocka_unit_test(a_provisioned_volume_is_what_the_claim_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
