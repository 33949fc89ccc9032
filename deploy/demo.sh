#!/usr/bin/env bash
# Shows triaged at work between a real Dovecot and a real Postfix, in a temporary folder, on this machine alone.
# With --once it ends by itself, non-zero if anything was not as it should be; without, it stays up until Ctrl-C.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."

main() {
    (($# == 0)) || [[ $# == 1 && $1 == --once ]] || die 2 "usage: deploy/demo.sh [--once]"
    command -v cargo >/dev/null || die 3 "Rust is missing: https://rustup.rs installs it"
    deploy/servers.sh install
    HOME_OF_ALL=$(mktemp -d /tmp/triaged-demo.XXXXXX)
    trap clean_up EXIT
    # Ctrl-C reaches the driver as well, which then stops triaged; only after that it is our turn.
    trap 'exit 130' INT TERM
    deploy/servers.sh start "$HOME_OF_ALL/servers" --with-parent $$
    cargo build --release --locked --bin triaged --example demo
    cargo run --quiet --release --locked --example demo -- "$HOME_OF_ALL" "$@"
}

clean_up() {
    deploy/servers.sh stop "$HOME_OF_ALL/servers" --remove || true
    rm -rf "$HOME_OF_ALL"
}

die() {
    echo "demo.sh: $2" >&2
    exit "$1"
}

main "$@"
