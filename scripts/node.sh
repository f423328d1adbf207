#!/usr/bin/env bash
# Whether there is a Node that everything written in JavaScript runs on; says on standard error what there is instead.
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "Node and npm are missing." >&2
    exit 1
fi
if ! node --eval 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'; then
    echo "Node 20.19, 22.12 or newer is needed; here is $(node --version)." >&2
    exit 1
fi
