/* Manifest text to documents: every document is one that can be sent, every other is counted, in any text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/err.h"
#include "watch/manifest/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *silent;
	struct manifest *m = NULL;
	if (!silent) { /* complaints are for people */
		silent = freopen("/dev/null", "w", stderr);
		REQUIRE(silent != NULL);
	}
	if (manifest_parse((struct strv){ (const char *)data, size }, "in.yaml", &m)) {
		return 0;
	}
	for (size_t i = 0; i < manifest_count(m); i++) {
		const struct manifest_doc *d = manifest_at(m, i);
		REQUIRE(d->kind >= 0 && d->kind < KIND_BUILT_IN_COUNT && json_is_object(d->body));
		REQUIRE(!d->applied && strv_has_prefix(d->place, STRV("in.yaml:")));
		REQUIRE((d->ns.n > 0) == kind_row(d->kind)->namespaced);
		REQUIRE(d->name.n > 0 ||
			json_str(json_dig(d->body, "metadata.generateName")).n > 0);
	}
	manifest_free(m);
	return 0;
}
