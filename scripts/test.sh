#!/usr/bin/env bash
# Every test of the workspace. What cannot run here is said loudly at the end and never passes silently.
set -euo pipefail
cd "$(dirname "$0")/.."

skipped=()
skip() { skipped+=("$1"); }

# The app first: the server's build takes it in.
javascript=yes
if ! scripts/node.sh; then
    javascript=
    skip "the web app and its tests, and the tests with the real socket.io-client: they need Node 20.19 or newer and npm"
elif ! scripts/app.sh; then
    echo "The web app could not be built." >&2
    exit 1
fi

scripts/requirements.sh
cargo test --locked --workspace --all-features

# The server is the one that cargo just built; named, so that nothing is left out for want of it.
if [ -n "$javascript" ]; then
    read_target='JSON.parse(require("fs").readFileSync(0)).target_directory'
    target=$(cargo metadata --locked --no-deps --format-version 1 | node --print "$read_target")
    export ORDERCAST_BINARY=$target/debug/ordercast
    npm run check --prefix web --silent
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix e2e --no-fund --no-audit --loglevel=error
    npm test --prefix e2e --silent
    if scripts/chromium.sh; then
        npm run test:browser --prefix e2e --silent
    else
        skip "the tests in a browser (e2e/browser/): install Chromium (Debian, Ubuntu: apt-get install chromium)"
    fi
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
