/* The rules for names that Kubernetes knows, as tables of messages: one rule may have several
 * complaints.
 * Source: RFC 1123, Kubernetes "Object Names and IDs", "Labels and Selectors". Pure, static text.
 * Called by: watch/embedded/validate, selector_parse.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

#define NAME_COMPLAINTS 4

/* Fills out with what is wrong with s, in the words of kube-apiserver; returns how many (0: fine). */
typedef size_t (*name_rule_fn)(struct strv s, const char *out[NAME_COMPLAINTS]);

size_t name_subdomain(struct strv s, const char *out[NAME_COMPLAINTS]); /* RFC 1123, dots allowed */
size_t name_label(struct strv s, const char *out[NAME_COMPLAINTS]);     /* RFC 1123 */
size_t name_label_key(struct strv s, const char *out[NAME_COMPLAINTS]); /* "qualified name" */
size_t name_label_value(struct strv s, const char *out[NAME_COMPLAINTS]);
size_t name_env(struct strv s, const char *out[NAME_COMPLAINTS]);
size_t name_port(
	struct strv s, const char *out[NAME_COMPLAINTS]); /* of a container port: IANA_SVC_NAME */
size_t name_config_key(
	struct strv s, const char *out[NAME_COMPLAINTS]); /* of ConfigMap and Secret data */
size_t name_http_header(struct strv s, const char *out[NAME_COMPLAINTS]);
size_t name_fqdn(struct strv s, const char *out[NAME_COMPLAINTS]); /* EndpointSlice of type FQDN */
size_t name_ip(struct strv s, const char *out[NAME_COMPLAINTS]);   /* either family */
size_t name_port_number(int64_t port, const char *out[NAME_COMPLAINTS]);

/* "foo-" of a generateName becomes a name that must be valid, whatever is appended. Writes into
 * out (253 bytes at most are kept) and returns it. */
struct strv name_without_dash(struct strv s, char out[254]);
