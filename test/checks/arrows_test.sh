#!/bin/sh
# The arrow check says no to each wrong arrow and yes to each right one: arrows_test.sh ARROWS
set -u
arrows=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
bad=0

# try yes|no FILE INCLUDED
try() {
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/base" "$dir/tree/watch" "$dir/tree/dns" "$dir/tree/statefulset"
	mkdir -p "$(dirname "$dir/tree/$2")"
	printf '#include <stddef.h>\n  #  include "%s" // why\n' "$3" >"$dir/tree/$2"
	got=no
	sh "$arrows" "$dir/tree" 2>/dev/null && got=yes
	if [ "$got" != "$1" ]; then
		echo "$2 includes $3: $got, should be $1" >&2
		bad=1
	fi
}

try yes base/json.c base/arena.h
try no base/json.c watch/api.h
try no base/json.h dns/server.h
try yes watch/store/store.c base/json.h
try yes watch/store/store.c watch/api.h
try no watch/store/store.c dns/server.h
try no watch/api.h statefulset/plan.h
try yes dns/server.c watch/api.h
try yes dns/server.c watch/object/typed.h
try no dns/server.c watch/cache.h
try no dns/server.c watch/store/store.h
try no dns/server.c statefulset/plan.h
try yes dns/wire/name.c base/strv.h
try yes dns/wire/name.c dns/wire/rd.h
try no dns/wire/name.c dns/server.h
try no dns/wire/name.c watch/api.h
try yes statefulset/sync.c watch/cache.h
try yes statefulset/sync.c watch/object/kind.h
try no statefulset/sync.c watch/embedded/embedded.h
try no statefulset/sync.c dns/server.h
try no statefulset/sync.c ../dns/server.h
try no statefulset/sync.c statefulset/plan.c
try no base/json.c test/unit/base/fault.h
exit $bad
