#!/usr/bin/env bash
# Succeeds when a Chromium is installed for the browser tests. As root on Debian or Ubuntu it installs one.
browsers=(chromium chromium-browser google-chrome)
find_browser() { for browser in "${browsers[@]}"; do command -v "$browser" >/dev/null 2>&1 && return 0; done; return 1; }

find_browser && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1
fi
find_browser
