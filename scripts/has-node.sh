#!/usr/bin/env bash
# Succeeds when Node and npm are installed in a version that the web app and its tests support.
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "Node and npm are not installed." >&2
    exit 1
fi
if ! node --eval 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'; then
    echo "Node 20.19, 22.12 or newer is required. This machine has $(node --version)." >&2
    exit 1
fi
