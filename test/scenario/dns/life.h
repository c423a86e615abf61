/* Objects around one Pod of the StatefulSet "db" in namespace "ns", as JSON for the fake API, and what DNS says of them.
 * Regime: nothing is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "test/scenario/dns/lab.h"

#define LIFE_SERVICE "db.ns.svc.cluster.local."

struct life_pod {
	const char *name; /* NULL: "db-0", which is its hostname too, but for "-" in hostname */
	const char *uid;  /* NULL: "one" */
	unsigned version; /* resourceVersion; 0: "x", which compares with nothing */
	const char *ip;   /* NULL: none yet; "10.0.0.1,fd00::1" two */
	bool ready, terminating;
	const char *phase;     /* NULL: Running */
	const char *hostname;  /* NULL: the name; "": none */
	const char *subdomain; /* NULL: "db" */
	const char *
		labels; /* more members of metadata.labels, each with a comma in front; NULL: ,"app":"db" */
	bool unnumbered; /* without the label that StatefulSets give */
};
void life_pod(struct lab *l, const struct life_pod *p);

struct life_service {
	const char *name; /* NULL: "db" */
	bool publish;     /* publishNotReadyAddresses */
	const char *
		spec; /* more members of spec, each with a comma in front; NULL: ,"clusterIP":"None" */
	const char *selector; /* members of it; NULL: "app":"db" */
	const char *ports;    /* elements; NULL: sql 5432 */
};
void life_service(struct lab *l, const struct life_service *s);

struct life_endpoint {
	const char *uid;      /* NULL: "one" */
	const char *ip, *pod; /* pod NULL: "db-0" */
	bool ready;
	bool nameless; /* no hostname */
};
struct life_slice {
	const char *service;        /* NULL: "db" */
	const char *name;           /* NULL: the Service's with -x */
	unsigned version;           /* as above */
	const char *ports;          /* elements; NULL: sql 5432 */
	struct life_endpoint at[4]; /* up to the first without ip */
};
void life_slice(struct lab *l, const struct life_slice *s);
/* replicas of "db", ordered */
void life_set(struct lab *l, unsigned replicas);

/* Answers to a question of this type: the last words of its records, sorted, with blanks between; "" for none. */
const char *life_ask(const struct lab *l, const char *name, const char *type);
