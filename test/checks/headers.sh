#!/bin/sh
# Every header of the four rooms compiles alone: headers.sh SOURCE_DIR COMPILER VERSION GENERATED_DIR
# Names those that do not, with the compiler's words.
set -u
cd "$1" || exit 1
compiler=$2
version=$3
generated=$4
warnings="-Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wundef -Wcast-qual
-Wwrite-strings"
cflags=$(pkg-config --cflags-only-I libuv libcjson libmicrohttpd yaml-0.1 libcares openssl 2>/dev/null)
bad=0
n=0
for header in $(find base watch dns statefulset -name '*.h' | sort); do
	n=$((n + 1))
	# through a file of its own: given directly, "#pragma once" would be one in the main file
	# shellcheck disable=SC2086 # both are lists of words
	if ! printf '#include "%s"\n' "$header" | "$compiler" -std=c11 -D_GNU_SOURCE \
		-DORDINAL_VERSION="\"$version\"" -I. -isystem "$generated" $cflags $warnings -include base/banned.h \
		-fsyntax-only -x c -; then
		echo "$header does not compile alone" >&2
		bad=1
	fi
done
[ "$n" -gt 0 ] || exit 1
echo "$n headers"
exit $bad
