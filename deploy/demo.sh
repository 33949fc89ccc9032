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
    trap 'exit 130' INT TERM
    deploy/servers.sh start "$HOME_OF_ALL/servers" --with-parent $$
    cargo build --release --locked --bin triaged --example demo
    # In the background, so that Ctrl-C and kill reach this script at once; in a group of its own, so that it can be
    # ended together with the triaged that it starts.
    set -m
    cargo run --quiet --release --locked --example demo -- "$HOME_OF_ALL" "$@" </dev/null &
    DRIVER=$!
    set +m
    wait "$DRIVER"
}

clean_up() {
    if [[ ${DRIVER:-} ]]; then
        # It may have ended by itself.
        kill -TERM -- "-$DRIVER" 2>/dev/null || true
        for _ in {1..50}; do
            kill -0 -- "-$DRIVER" 2>/dev/null || break
            sleep 0.1
        done
    fi
    # Servers that never started cannot be stopped; the folder goes all the same.
    deploy/servers.sh stop "$HOME_OF_ALL/servers" --remove || true
    rm -rf "$HOME_OF_ALL"
}

die() {
    echo "demo.sh: $2" >&2
    exit "$1"
}

main "$@"
