#!/bin/sh
# Fails if files of a crate import each other in a cycle. A module and its own children may: they are one unit.
#   scripts/check-imports.sh [CRATE...]     names of folders below crates/
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- live eventlog api
status=0
for crate in "$@"; do
    # Prints each file's module path and its `use` declarations, one a line.
    find "crates/$crate/src" -name '*.rs' ! -name 'tests.rs' | sort | while read -r file; do
        module=${file#"crates/$crate/src/"}
        module=$(printf '%s' "${module%.rs}" | sed -e 's|/mod$||' -e 's|/|::|g')
        [ "$module" != lib ] && [ "$module" != main ] || continue
        printf 'module %s\n' "$module"
        # Unit tests are not part of the module; a declaration may span several lines.
        sed -e '/^#\[cfg(test)\]/,$d' -e 's|//.*||' "$file" | tr '\n' ' ' | tr ';' '\n' |
            grep -oE '(^|[ (])use (crate|super|self)::.*' | sed -e 's/^[ (]*use //' -e 's/[[:space:]]//g' | sed 's/^/use /' || true
    done | awk -v crate="$crate" '
        # Adds an edge for each path of a declaration: `a::{b,c::d}` has two.
        function expand(prefix, text,    i, depth, start, character, open) {
            open = index(text, "{")
            if (!open) { add(prefix text); return }
            prefix = prefix substr(text, 1, open - 1)
            depth = 0; start = open + 1
            for (i = open; i <= length(text); i++) {
                character = substr(text, i, 1)
                if (character == "{") depth++
                if (character == "}") depth--
                if ((character == "," && depth == 1) || (character == "}" && depth == 0)) {
                    if (i > start) expand(prefix, substr(text, start, i - start))
                    start = i + 1
                }
                if (depth == 0) return
            }
        }
        function add(path) { edges[++count] = current " " path }
        function parent(path) { return match(path, /::[^:]*$/) ? substr(path, 1, RSTART - 1) : "" }
        # The longest part of a path that is a file.
        function file_of(path) {
            while (path != "" && !(path in modules)) path = parent(path)
            return path
        }
        function related(a, b) { return index(a, b "::") == 1 || index(b, a "::") == 1 }
        function visit(node,    i, n, targets, at, cycle) {
            state[node] = 1; stack[++height] = node
            n = split(imports[node], targets, " ")
            for (i = 1; i <= n; i++) {
                if (state[targets[i]] == 1) {
                    for (at = height; stack[at] != targets[i]; at--);
                    for (cycle = targets[i]; at < height;) cycle = cycle " -> " stack[++at]
                    print "crates/" crate ": " cycle " -> " targets[i]
                    failed = 1
                } else if (!state[targets[i]]) visit(targets[i])
            }
            state[node] = 2; height--
        }
        $1 == "module" { current = $2; modules[current] = 1 }
        $1 == "use" { expand("", $2) }
        END {
            for (i = 1; i <= count; i++) {
                split(edges[i], edge, " ")
                from = edge[1]; path = edge[2]; base = from
                if (path ~ /^crate::/) { sub(/^crate::/, "", path); base = "" }
                else if (path ~ /^self::/) sub(/^self::/, "", path)
                else while (path ~ /^super::/) { sub(/^super::/, "", path); base = parent(base) }
                to = file_of(base == "" ? path : base "::" path)
                if (to == "" || to == from || related(from, to)) continue
                if (index(" " imports[from] " ", " " to " ") == 0) imports[from] = imports[from] " " to
            }
            for (node in modules) if (!state[node]) visit(node)
            exit failed
        }' || status=1
done
[ "$status" -eq 0 ] && echo "imports: no cycles in $*"
exit "$status"
