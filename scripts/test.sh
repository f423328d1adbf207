#!/usr/bin/env bash
# Every test of the workspace. What cannot run here is said loudly at the end and never passes silently.
set -euo pipefail
cd "$(dirname "$0")/.."

skipped=()
skip() { skipped+=("$1"); }

cargo test --locked --workspace --all-features

if ! command -v taskset >/dev/null 2>&1 && [ "$(uname -s)" != Linux ]; then
    skip "the benchmark's own tests pin processes to cores, which needs Linux"
fi

if [ "${#skipped[@]}" -gt 0 ]; then
    printf '\n*** LEFT OUT ON THIS MACHINE ***\n'
    printf '  - %s\n' "${skipped[@]}"
else
    printf '\nNothing was left out.\n'
fi
