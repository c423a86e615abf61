/* Rows of Services, EndpointSlices and Endpoints. See cells.h. */
#include "watch/embedded/table/cells.h"

#define SHOWN 3 /* of a list of addresses or ports */

static const struct column service_columns[] = {
	COLUMN_NAME,
	{ "Type", "string", "", false, "How the Service is reached." },
	{ "Cluster-IP", "string", "", false, "Address inside the cluster; None: headless." },
	{ "External-IP", "string", "", false, "Addresses outside the cluster." },
	{ "Port(s)", "string", "", false, "Ports, with the port of the node behind a colon." },
	COLUMN_AGE,
	{ "Selector", "string", "", true, "Labels of the pods behind the Service." },
};

static void addresses_print(struct buf *b, const struct json *list)
{
	json_each(ip, list) {
		list_add(b, json_str(ip));
	}
}

static void cell_external(struct row *r, const struct json *o)
{
	struct strv type = text_at(o, "spec.type");
	bool balanced = strv_eq(type, STRV("LoadBalancer"));
	struct buf b;
	buf_init(&b);
	if (strv_eq(type, STRV("ExternalName"))) {
		list_add(&b, text_at(o, "spec.externalName"));
	} else {
		json_each(i, balanced ? json_dig(o, "status.loadBalancer.ingress") : NULL) {
			struct strv ip = json_str(json_get(i, "ip"));
			list_add(&b, ip.n > 0 ? ip : json_str(json_get(i, "hostname")));
		}
		addresses_print(&b, json_dig(o, "spec.externalIPs"));
	}
	cell_buf(r, &b, balanced ? "<pending>" : "<none>");
}

static void cell_ports(struct row *r, const struct json *ports)
{
	struct buf b;
	buf_init(&b);
	json_each(p, ports) {
		int64_t node = json_i64_or(json_get(p, "nodePort"), 0);
		struct strv protocol = json_str(json_get(p, "protocol"));
		list_add(&b, STRV(""));
		buf_printf(&b, "%lld", (long long)json_i64_or(json_get(p, "port"), 0));
		if (node > 0) {
			buf_printf(&b, ":%lld", (long long)node);
		}
		buf_printf(&b, "/%.*s", STRV_ARG(protocol));
	}
	cell_buf(r, &b, "<none>");
}

static void print_service(struct row *r, const struct json *o)
{
	struct strv ip = json_str(json_first(json_dig(o, "spec.clusterIPs")));
	cell_name(r, o);
	cell_text(r, text_at(o, "spec.type"));
	cell_text_or(r, ip.n > 0 ? ip : text_at(o, "spec.clusterIP"), "<none>");
	cell_external(r, o);
	cell_ports(r, json_dig(o, "spec.ports"));
	cell_age(r, o);
	cell_labels(r, json_dig(o, "spec.selector"));
}

const struct printer printer_service = { service_columns, ARRAY_LEN(service_columns),
	print_service };

/* A list that is cut after a few. */
struct brief {
	struct buf b;
	size_t n; /* given */
};

static void brief_add(struct brief *l, struct strv text)
{
	if (l->n++ < SHOWN) {
		list_add(&l->b, text);
	}
}

static void cell_brief(struct row *r, struct brief *l, const char *otherwise)
{
	if (l->n > SHOWN) {
		buf_printf(&l->b, " + %zu more...", l->n - SHOWN);
	}
	cell_buf(r, &l->b, otherwise);
}

static const struct column slice_columns[] = {
	COLUMN_NAME,
	{ "AddressType", "string", "", false, "Family of the addresses." },
	{ "Ports", "string", "", false, "Ports of each endpoint." },
	{ "Endpoints", "string", "", false, "Addresses of the endpoints." },
	COLUMN_AGE,
};

static void cell_slice_ports(struct row *r, const struct json *ports)
{
	struct brief l = { .n = 0 };
	buf_init(&l.b);
	json_each(p, ports) {
		char text[24] = "*"; /* no port: all of them */
		if (json_is_integer(json_get(p, "port"))) {
			(void)snprintf(text, sizeof(text), "%lld",
				(long long)json_i64_or(json_get(p, "port"), 0));
		}
		brief_add(&l, strv_of(text));
	}
	cell_brief(r, &l, "<unset>");
}

static void print_endpointslice(struct row *r, const struct json *o)
{
	struct brief l = { .n = 0 };
	cell_name(r, o);
	cell_text(r, text_at(o, "addressType"));
	cell_slice_ports(r, json_get(o, "ports"));
	buf_init(&l.b);
	json_each(e, json_get(o, "endpoints")) {
		json_each(ip, json_get(e, "addresses")) {
			brief_add(&l, json_str(ip));
		}
	}
	cell_brief(r, &l, "<unset>");
	cell_age(r, o);
}

const struct printer printer_endpointslice = { slice_columns, ARRAY_LEN(slice_columns),
	print_endpointslice };

static const struct column endpoints_columns[] = {
	COLUMN_NAME,
	{ "Endpoints", "string", "", false, "Addresses with ports." },
	COLUMN_AGE,
};

static void subset_print(struct brief *l, const struct json *subset)
{
	const struct json *ports = json_get(subset, "ports");
	const struct json *addresses = json_get(subset, "addresses");
	if (json_count(ports) == 0) {
		json_each(a, addresses) {
			brief_add(l, json_str(json_get(a, "ip")));
		}
	}
	json_each(p, ports) {
		json_each(a, addresses) {
			char text[96];
			struct strv ip = json_str(json_get(a, "ip"));
			bool v6 = ip.n > 0 && memchr(ip.p, ':', ip.n) != NULL;
			(void)snprintf(text, sizeof(text), "%s%.*s%s:%lld", v6 ? "[" : "",
				STRV_ARG(ip), v6 ? "]" : "",
				(long long)json_i64_or(json_get(p, "port"), 0));
			brief_add(l, strv_of(text));
		}
	}
}

static void print_endpoints(struct row *r, const struct json *o)
{
	struct brief l = { .n = 0 };
	cell_name(r, o);
	buf_init(&l.b);
	json_each(subset, json_get(o, "subsets")) {
		subset_print(&l, subset);
	}
	cell_brief(r, &l, "<none>");
	cell_age(r, o);
}

const struct printer printer_endpoints = { endpoints_columns, ARRAY_LEN(endpoints_columns),
	print_endpoints };
