/* The table of kinds and the look-ups over it. Seventeen rows: a walk beats a hash.
 * Source: Kubernetes API reference 1.37. Regime: static tables. Called by: everyone who maps names to kinds. */
#include "watch/object/kind.h"

#include "base/base.h"

/* The core group has no name: its objects say "v1", not "/v1", and its resources go without a suffix. */
#define API_VERSION(group, version) (sizeof(group) > 1 ? group "/" version : version)
#define QUALIFIED(group, plural)    (sizeof(group) > 1 ? plural "." group : plural)

static const struct kind_row rows[KIND_COUNT] = {
#define X(e, group_, version_, plural_, singular_, name_, namespaced_, shorts_, categories_)       \
	[e] = { .kind = (e),                                                                       \
		.group = (group_),                                                                 \
		.version = (version_),                                                             \
		.plural = (plural_),                                                               \
		.singular = (singular_),                                                           \
		.name = (name_),                                                                   \
		.namespaced = (namespaced_),                                                       \
		.shorts = (shorts_),                                                               \
		.categories = (categories_),                                                       \
		.api_version = API_VERSION(group_, version_) },
	KIND_LIST(X)
#undef X
};

static const char *const qualified[KIND_COUNT] = {
#define X(e, group, version, plural, singular, name, namespaced, shorts, categories)               \
	[e] = QUALIFIED(group, plural),
	KIND_LIST(X)
#undef X
};

const struct kind_row *kind_row(enum kind k)
{
	REQUIRE(k >= 0 && k < KIND_COUNT);
	return &rows[k];
}

enum kind kind_of_resource(struct strv group, struct strv version, struct strv plural)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind_row *r = &rows[i];
		if (strv_eq(plural, strv_of(r->plural)) && strv_eq(group, strv_of(r->group)) &&
			strv_eq(version, strv_of(r->version))) {
			return r->kind;
		}
	}
	return KIND_NONE;
}

enum kind kind_of_name(struct strv api_version, struct strv name)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind_row *r = &rows[i];
		if (strv_eq(name, strv_of(r->name)) &&
			strv_eq(api_version, strv_of(r->api_version))) {
			return r->kind;
		}
	}
	return KIND_NONE;
}

const char *kind_qualified(enum kind k)
{
	REQUIRE(k >= 0 && k < KIND_COUNT);
	return qualified[k];
}
