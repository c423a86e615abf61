/* access_parse_kubeconfig on any bytes: a server and what belongs together, or a reason. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "watch/remote/access.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct access a;
	char why[ACCESS_WHY_CHARS];
	access_init(&a);
	int err = access_parse_kubeconfig(
		&a, (struct strv){ (const char *)data, size }, "/d", NULL, why);
	if (err == ERR_OK) {
		REQUIRE(strncmp(a.server, "http", 4) == 0);
		REQUIRE(a.server[strlen(a.server) - 1] != '/');
		REQUIRE(!a.exec.command || (a.exec.args && a.exec.env && a.exec.api_version));
		REQUIRE(!a.tls.cert_file || a.tls.cert_file[0] == '/');
	} else {
		REQUIRE(memchr(why, '\0', sizeof(why)) && why[0] != '\0');
	}
	access_deinit(&a);
	return 0;
}
