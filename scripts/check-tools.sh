#!/usr/bin/env bash
# Fails with instructions when a build tool is missing.
set -eu
missing=0
if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing: install it from https://rustup.rs, then open a new terminal." >&2
    missing=1
fi
if ! command -v cc >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1 && ! command -v clang >/dev/null 2>&1; then
    echo "A C compiler is missing (SQLite and the cryptography are compiled in):" >&2
    echo "  Debian, Ubuntu: apt-get install build-essential    Fedora: dnf install gcc    macOS: xcode-select --install" >&2
    missing=1
fi
exit "$missing"
