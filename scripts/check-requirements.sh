#!/usr/bin/env bash
# Checks docs/requirements.md: every row names a test that exists, or says "not yet" or "no test".
set -euo pipefail
cd "$(dirname "$0")/.."

table=${1:-docs/requirements.md}
tests=0
missing=0
complain() {
    echo "$table: $1" >&2
    missing=$((missing + 1))
}

while IFS= read -r row; do
    cell=${row#*| }
    cell=${cell#* | }
    named=$(grep -oE '`[^`]+` · (`[^`]+`|"[^"]+")' <<<"$row" || true)
    if [ -z "$named" ]; then
        case $cell in
            "not yet"* | "no test"*) ;;
            *) complain "no test is named in: $row" ;;
        esac
        continue
    fi
    while IFS= read -r reference; do
        file=${reference#\`}
        file=${file%%\`*}
        name=${reference#*" · "?}
        name=${name%?}
        tests=$((tests + 1))
        if [ ! -f "$file" ]; then
            complain "no file $file"
        elif [ "${file##*.}" = rs ]; then
            grep -qE "fn ([a-z]+[0-9]+_)*$name[(<]" "$file" || complain "no test $name in $file"
        else
            grep -qF -- "$name" "$file" || complain "no test \"$name\" in $file"
        fi
    done <<<"$named"
done < <(grep -E '^\| ' "$table" | grep -vE '^\| (requirement|Ordercast never) \|')

[ "$tests" -gt 0 ] || complain "it names no tests"
if [ "$missing" -gt 0 ]; then
    echo "$missing to repair in $table" >&2
    exit 1
fi
echo "$table: $tests references to tests, each of them exists"
