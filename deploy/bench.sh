#!/usr/bin/env bash
# Measures triaged against a bare socket client on the same private Dovecot, in one run. Everything stays in a
# temporary folder on this machine. With --json the last line is one JSON object.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."

main() {
    (($# == 0)) || [[ $# == 1 && $1 == --json ]] || die 2 "usage: deploy/bench.sh [--json]"
    command -v cargo >/dev/null || die 3 "Rust is missing: https://rustup.rs installs it"
    deploy/servers.sh install
    HOME_OF_ALL=$(mktemp -d /tmp/triaged-bench.XXXXXX)
    trap clean_up EXIT
    # Ctrl-C reaches the driver as well, which then stops what it started; only after that it is our turn.
    trap 'exit 130' INT TERM
    deploy/servers.sh start "$HOME_OF_ALL/servers" --with-parent $$
    cargo bench --locked --bench drain -- "$HOME_OF_ALL/servers" "$@"
}

clean_up() {
    # Servers that never started cannot be stopped; the folder goes all the same.
    deploy/servers.sh stop "$HOME_OF_ALL/servers" --remove || true
    rm -rf "$HOME_OF_ALL"
}

die() {
    echo "bench.sh: $2" >&2
    exit "$1"
}

main "$@"
