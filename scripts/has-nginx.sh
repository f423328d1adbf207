#!/usr/bin/env bash
# Succeeds when nginx and openssl are installed for the test of docs/nginx.conf. As root on Debian or Ubuntu it installs
# them, without starting an nginx service.
PATH=$PATH:/usr/sbin:/usr/local/sbin
has_both() { command -v nginx >/dev/null 2>&1 && command -v openssl >/dev/null 2>&1; }

has_both && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing nginx for the test of docs/nginx.conf." >&2
    { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light openssl; } >/dev/null 2>&1
fi
has_both
