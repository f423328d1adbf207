#!/usr/bin/env bash
# Builds the web app, which the server's build embeds. Without Node the server is built without the app.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! scripts/has-node.sh; then
    echo "*** Building without the web app. To include it, install Node 20.19 or newer (https://nodejs.org) and run this again. ***" >&2
    exit 0
fi
# npm ci takes half a minute, so it runs only when the lock file changed.
lock=web/package-lock.json
if [ ! -e web/node_modules/.installed ] || ! cmp -s "$lock" web/node_modules/.installed; then
    npm ci --prefix web --no-fund --no-audit --loglevel=error
    cp "$lock" web/node_modules/.installed
fi
if [ ! -e web/app/dist/docs.html ] || [ -n "$(find web/app web/sdk web/react "$lock" \
    \( -name node_modules -o -name dist \) -prune -o -type f -newer web/app/dist/docs.html -print -quit)" ]; then
    npm run build --prefix web --workspace @ordercast/app --silent
fi
