/* Every case of worlds/: Kubernetes objects in, questions in, whole answers compared. The answers are CoreDNS 1.15's, but
 * where it is wrong and we are not (marked `ours` in the files).
 *
 * NAME.objects   one object a line, JSON
 * NAME.cases     blank lines and # comments; a case begins with `case TITLE` and ends with the next one:
 *   set KEY VALUE        an option of the server (zones, namespaces, pods, addresses, flags such as noendpoints)
 *   unsynced             the API never said that all has been sent
 *   ask NAME TYPE [tcp] [edns BYTES] [exact] [serial old|current]   exact: letter case counts
 *   rcode NAME
 *   an|ns|ar RECORD      expected, in any order; a * stands for one field; `an *`: whatever it is
 *   tc                   truncated
 *   noaa                 not authoritative */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define EXPECT_MAX 64

struct test_case {
	char title[256];
	char settings[1024]; /* all `set` lines */
	bool unsynced;
	char name[512], type[16];
	bool tcp, exact, truncated, no_aa;
	unsigned edns;
	char serial[16]; /* "": none */
	char rcode[16];
	char expect[3][EXPECT_MAX][512];
	size_t n[3];
};

static unsigned n_cases, n_failed;

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	if (!f) {
		fail_msg("cannot open %s", path);
	}
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size_t n = (size_t)ftell(f);
	rewind(f);
	char *text = calloc(1, n + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, n, f), n);
	(void)fclose(f);
	return text;
}

static bool field_matches(struct strv want, struct strv got, bool exact)
{
	return strv_eq(want, STRV("*")) || (exact ? strv_eq(want, got) : strv_eq_nocase(want, got));
}

static bool record_matches(const char *want, const char *got, bool exact)
{
	struct strv w = strv_of(want);
	struct strv g = strv_of(got);
	struct strv wf;
	struct strv gf;
	while (strv_cut(&w, ' ', &wf)) {
		if (!strv_cut(&g, ' ', &gf) || !field_matches(wf, gf, exact)) {
			return false;
		}
	}
	return g.p == NULL;
}

static bool section_matches(const struct test_case *c, const struct client_reply *r, int s)
{
	bool used[CLIENT_RECORDS] = { false };
	if (c->n[s] == 1 && strcmp(c->expect[s][0], "*") == 0) {
		return true;
	}
	if (c->n[s] != r->count[s]) {
		return false;
	}
	for (size_t i = 0; i < c->n[s]; i++) {
		size_t k = 0;
		while (k < r->count[s] &&
			(used[k] || !record_matches(c->expect[s][i], r->lines[s][k], c->exact))) {
			k++;
		}
		if (k == r->count[s]) {
			return false;
		}
		used[k] = true;
	}
	return true;
}

static uint32_t current_serial(const struct lab *l, const char *zone)
{
	struct client_question q = { .name = zone, .type = "SOA" };
	struct client_reply *r = client_ask(l->port, &q);
	uint32_t serial;
	struct strv rest = strv_of(r->lines[0][0]);
	struct strv word = STRV_NONE;
	for (int i = 0; i < 7; i++) { /* owner TTL IN SOA mname rname serial */
		assert_true(strv_cut(&rest, ' ', &word));
	}
	assert_int_equal(strv_to_u32(word, &serial), ERR_OK);
	free(r);
	return serial;
}

static void check(const struct lab *l, const struct test_case *c, const char *world)
{
	struct client_question q = {
		.name = c->name,
		.type = c->type,
		.tcp = c->tcp,
		.edns_bytes = c->edns,
		.has_serial = c->serial[0] != '\0',
		.serial = strcmp(c->serial, "current") == 0 ? current_serial(l, c->name) : 1,
	};
	struct client_reply *r = client_ask(l->port, &q);
	bool same = strcmp(rcode_name(r->rcode), c->rcode) == 0 &&
		    c->truncated == ((r->header.flags & FLAG_TC) != 0) &&
		    c->no_aa == !(r->header.flags & FLAG_AA) && !(r->header.flags & FLAG_RA);
	for (int s = 0; s < 3; s++) {
		same = same && section_matches(c, r, s);
	}
	n_cases++;
	if (!same) {
		n_failed++;
		print_error("%s: %s: %s %s gives %s, flags %04x\n", world, c->title, c->name,
			c->type, rcode_name(r->rcode), r->header.flags);
		for (int s = 0; s < 3; s++) {
			for (size_t i = 0; i < r->count[s]; i++) {
				print_error("  section %d: %s\n", s, r->lines[s][i]);
			}
		}
	}
	free(r);
}

static void apply_setting(struct dns_config *config, char *line)
{
	char *value = strchr(line, ' ');
	if (value) {
		*value++ = '\0';
	}
	struct kube_options *k = &config->kube;
	if (strcmp(line, "zones") == 0) {
		k->zones = value;
	} else if (strcmp(line, "multicluster") == 0) {
		k->multicluster = value;
	} else if (strcmp(line, "namespaces") == 0) {
		k->namespaces = value;
	} else if (strcmp(line, "addresses") == 0) {
		k->addresses = value;
	} else if (strcmp(line, "pods") == 0) {
		k->pods = strcmp(value, "insecure") == 0   ? KUBE_PODS_INSECURE
			  : strcmp(value, "verified") == 0 ? KUBE_PODS_VERIFIED
							   : KUBE_PODS_DISABLED;
	} else if (strcmp(line, "labels") == 0) {
		k->labels = value;
	} else if (strcmp(line, "namespace_labels") == 0) {
		k->namespace_labels = value;
	} else if (strcmp(line, "fallthrough") == 0) {
		k->fallthrough = true;
		k->fallthrough_zones = value;
	} else if (strcmp(line, "zonal") == 0) {
		k->zonal = true;
	} else if (strcmp(line, "transfer") == 0) {
		static struct transfer_rule transfer = { .zones = "." };
		transfer.to = value;
		config->stages.transfers = &transfer;
		config->stages.n_transfers = 1;
	} else if (strcmp(line, "endpoint_pod_names") == 0) {
		k->endpoint_pod_names = true;
	} else if (strcmp(line, "noendpoints") == 0) {
		k->no_endpoints = true;
	} else if (strcmp(line, "ignore") == 0) {
		k->ignore_empty_service = true;
	} else {
		fail_msg("unknown setting %s", line);
	}
}

static void load_objects(struct lab *l, const char *stem)
{
	char path[1100];
	(void)snprintf(path, sizeof(path), "%s.objects", stem);
	char *text = read_file(path);
	struct strv rest = strv_of(text);
	struct strv line;
	while (strv_cut(&rest, '\n', &line)) {
		if (line.n > 0) {
			text[(size_t)(line.p - text) + line.n] = '\0';
			fake_api_apply(&l->api, line.p);
		}
	}
	free(text);
}

/* A server of its own for every case: they start in no time. */
static void run_case(const char *stem, const struct test_case *c)
{
	struct lab l;
	char settings[sizeof(c->settings)];
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	memcpy(settings, c->settings, sizeof(settings));
	char *save = NULL;
	for (char *s = strtok_r(settings, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		apply_setting(&config, s);
	}
	lab_init(&l);
	if (!c->unsynced) {
		load_objects(&l, stem);
		fake_api_sync(&l.api);
	}
	lab_start(&l, &config);
	check(&l, c, stem);
	lab_deinit(&l);
}

static void read_ask(struct test_case *c, char *rest)
{
	char *save = NULL;
	char *name = strtok_r(rest, " ", &save);
	char *type = strtok_r(NULL, " ", &save);
	assert_non_null(type);
	(void)snprintf(c->name, sizeof(c->name), "%s", name);
	(void)snprintf(c->type, sizeof(c->type), "%s", type);
	for (char *w = strtok_r(NULL, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		c->tcp |= strcmp(w, "tcp") == 0;
		c->exact |= strcmp(w, "exact") == 0;
		if (strcmp(w, "serial") == 0) {
			(void)snprintf(
				c->serial, sizeof(c->serial), "%s", strtok_r(NULL, " ", &save));
		}
		if (strcmp(w, "edns") == 0) {
			c->edns = (unsigned)strtoul(strtok_r(NULL, " ", &save), NULL, 10);
		}
	}
}

static void read_line(struct test_case *c, char *line)
{
	static const char *const sections[] = { "an ", "ns ", "ar " };
	for (int s = 0; s < 3; s++) {
		if (strncmp(line, sections[s], 3) == 0) {
			assert_true(c->n[s] < EXPECT_MAX);
			(void)snprintf(c->expect[s][c->n[s]++], 512, "%s", line + 3);
			return;
		}
	}
	if (strncmp(line, "set ", 4) == 0) {
		size_t n = strlen(c->settings);
		(void)snprintf(c->settings + n, sizeof(c->settings) - n, "%s\n", line + 4);
	} else if (strncmp(line, "ask ", 4) == 0) {
		read_ask(c, line + 4);
	} else if (strncmp(line, "rcode ", 6) == 0) {
		(void)snprintf(c->rcode, sizeof(c->rcode), "%s", line + 6);
	} else if (strcmp(line, "unsynced") == 0) {
		c->unsynced = true;
	} else if (strcmp(line, "noaa") == 0) {
		c->no_aa = true;
	} else if (strcmp(line, "tc") == 0) {
		c->truncated = true;
	} else {
		fail_msg("unknown line: %s", line);
	}
}

static void run_world(const char *stem)
{
	char path[1100];
	(void)snprintf(path, sizeof(path), "%s.cases", stem);
	char *text = read_file(path);
	struct test_case *c = NULL;
	char *save = NULL;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#') {
			continue;
		}
		if (strncmp(line, "case ", 5) == 0) {
			if (c) {
				run_case(stem, c);
			}
			free(c);
			c = calloc(1, sizeof(*c));
			assert_non_null(c);
			(void)snprintf(c->title, sizeof(c->title), "%s", line + 5);
			continue;
		}
		assert_non_null(c);
		read_line(c, line);
	}
	if (c) {
		run_case(stem, c);
	}
	free(c);
	free(text);
}

static void every_case_of_the_worlds_is_answered_as_written(void **state)
{
	(void)state;
	DIR *d = opendir(WORLDS);
	assert_non_null(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		const char *dot = strrchr(e->d_name, '.');
		if (dot && strcmp(dot, ".cases") == 0) {
			char stem[1024];
			(void)snprintf(stem, sizeof(stem), "%s/%.*s", WORLDS,
				(int)(dot - e->d_name), e->d_name);
			run_world(stem);
		}
	}
	closedir(d);
	print_message("%u cases, %u differ\n", n_cases, n_failed);
	assert_true(n_cases > 0);
	assert_int_equal(n_failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_of_the_worlds_is_answered_as_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
