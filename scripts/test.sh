#!/usr/bin/env bash
# Runs every test of the workspace. It stops at the first part that fails. The summary at the end lists the parts that
# did not run, and what this machine cannot run.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=("app" "requirements" "imports" "rust" "web" "socket.io clients" "nginx" "browser")
run_app() { scripts/build-app.sh; }
run_requirements() { scripts/check-requirements.sh; }
run_imports() { scripts/check-imports.sh; }
run_rust() { cargo test --locked --workspace --all-features; }
run_web() { npm run check --prefix web --silent; }
run_socketio_clients() {
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix e2e --no-fund --no-audit --loglevel=error &&
        npm test --prefix e2e --silent
}
run_nginx() { npm run test:nginx --prefix e2e --silent; }
run_browser() { npm run test:browser --prefix e2e --silent; }

# The JavaScript tests start the server that cargo built last.
use_built_server() {
    local read_target='JSON.parse(require("fs").readFileSync(0)).target_directory'
    local target
    target=$(cargo metadata --locked --no-deps --format-version 1 | node --print "$read_target")
    export ORDERCAST_BINARY=$target/debug/ordercast
}

# What is missing on this machine, and which parts need it.
skipped=()
without=()
if ! scripts/has-node.sh; then
    without=("app" "web" "socket.io clients" "nginx" "browser")
    skipped+=("${without[*]}: install Node 20.19 or newer with npm")
else
    if ! scripts/has-nginx.sh; then
        without+=("nginx")
        skipped+=("nginx: install nginx and openssl (Debian, Ubuntu: apt-get install nginx-light openssl)")
    fi
    if ! scripts/has-chromium.sh; then
        without+=("browser")
        skipped+=("browser: install Chromium (Debian, Ubuntu: apt-get install chromium)")
    fi
fi
if ! command -v taskset >/dev/null 2>&1 && [ "$(uname -s)" != Linux ]; then
    skipped+=("the benchmark's tests that pin processes to cores: they need Linux")
fi
is_skipped() { [[ " ${without[*]:-} " == *" $1 "* ]]; }

passed=()
failed=
summary() {
    local part not_run=()
    for part in "${parts[@]}"; do
        [[ " ${passed[*]:-} $failed " == *" $part "* ]] || is_skipped "$part" || not_run+=("$part")
    done
    printf '\nPassed: %s\n' "${passed[*]:-nothing}"
    [ -z "$failed" ] || printf 'Failed: %s\n' "$failed"
    [ "${#not_run[@]}" -eq 0 ] || printf 'Not run: %s\n' "$(printf '%s, ' "${not_run[@]}" | sed 's/, $//')"
    if [ "${#skipped[@]}" -gt 0 ]; then
        printf '*** NOT AVAILABLE ON THIS MACHINE ***\n'
        printf '  - %s\n' "${skipped[@]}"
    elif [ -z "$failed" ] && [ "${#not_run[@]}" -eq 0 ]; then
        printf 'Every part ran.\n'
    fi
}
trap summary EXIT

for part in "${parts[@]}"; do
    is_skipped "$part" && continue
    [ "$part" = web ] && use_built_server
    printf '\n== %s ==\n' "$part"
    failed=$part
    case $part in
        "socket.io clients") run_socketio_clients ;;
        *) "run_$part" ;;
    esac
    failed=
    passed+=("$part")
done
