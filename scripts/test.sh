#!/usr/bin/env bash
# Every test of the workspace. What cannot run here is said loudly at the end and never passes silently.
set -euo pipefail
cd "$(dirname "$0")/.."

skipped=()
skip() { skipped+=("$1"); }

cargo test --locked --workspace --all-features

# The server is the one that cargo just built.
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    skip "the tests with the real socket.io-client (e2e/), which need node 20.11 or newer and npm"
elif ! node --eval 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 11) ? 0 : 1)'; then
    skip "the tests with the real socket.io-client (e2e/), which need node 20.11 or newer; here is $(node --version)"
elif ! npm ci --prefix e2e --no-fund --no-audit --loglevel=error; then
    skip "the tests with the real socket.io-client (e2e/): npm could not install it (see above)"
else
    npm test --prefix e2e --silent
fi

if ! command -v taskset >/dev/null 2>&1 && [ "$(uname -s)" != Linux ]; then
    skip "the benchmark's own tests pin processes to cores, which needs Linux"
fi

if [ "${#skipped[@]}" -gt 0 ]; then
    printf '\n*** LEFT OUT ON THIS MACHINE ***\n'
    printf '  - %s\n' "${skipped[@]}"
else
    printf '\nNothing was left out.\n'
fi
