/* A StatefulSet "db" in namespace "ns" below the headless Service of its name: its objects as the API has them. */
#pragma once

#include "test/scenario/dns/lab.h"

#define DB_SERVICE "db.ns.svc.cluster.local."

/* One thread on a free port. */
struct dns_config db_config(void);
/* Namespace and Services "db" and "other" are there, all is synced. */
void db_start(struct lab *l, const struct dns_config *config);
/* A headless Service in the namespace. */
void db_service(struct lab *l, const char *name);
/* meta: more members of metadata; policy: of podManagementPolicy */
void db_set(struct lab *l, unsigned start, unsigned replicas, const char *policy, const char *meta);
/* Ready are first..first + n - 1, less the one to skip. */
void db_ready(struct lab *l, unsigned first, unsigned n, unsigned skip);
