#!/bin/sh
# Which room may include which: arrows.sh SOURCE_DIR
#   base         nothing of the others
#   watch        base
#   dns          base, watch/api.h, watch/object/; dns/wire only base and itself
#   statefulset  base, watch/api.h, watch/cache.h, watch/object/
# dns and statefulset never include each other; nobody includes main or the tests. Includes are by root path,
# so one line of text tells the arrow; a name without a folder means the same folder.
set -u
cd "$1" || exit 1
find base watch dns statefulset -name '*.[ch]' | sort | while read -r file; do
	sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file" |
		sed "s|^|$file |"
done | awk '
	function room(path) { return substr(path, 1, index(path "/", "/") - 1) }
	{
		file = $1; to = $2
		if (to !~ /\//) { next }
		from = room(file)
		ok = room(to) == "base" || (from != "base" && room(to) == from)
		if (from == "dns" || from == "statefulset") {
			ok = ok || to == "watch/api.h" || to ~ /^watch\/object\/[^\/]*$/
		}
		if (from == "statefulset") { ok = ok || to == "watch/cache.h" }
		if (file ~ /^dns\/wire\//) { ok = room(to) == "base" || to ~ /^dns\/wire\// }
		if (to ~ /\.\./ || to ~ /\.c$/) { ok = 0 }
		n++
		if (!ok) { print file " must not include " to; bad = 1 }
	}
	END { print n + 0 " includes"; exit bad || n == 0 }
' >&2
