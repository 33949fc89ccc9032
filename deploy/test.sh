#!/usr/bin/env bash
# Runs every test: installs the mail servers that some of them talk to, then lets cargo do the rest.
# The last line is `N passed, N failed, N skipped`; it exits non-zero when a test failed or none ran.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."

main() {
    command -v cargo >/dev/null || die "Rust is missing: https://rustup.rs installs it"
    deploy/servers.sh install </dev/null
    LOG=$(mktemp)
    trap 'rm -f "$LOG"' EXIT
    local status=0
    # So long each of the fuzz targets looks for mail that breaks reading; two of the three run at a time.
    export TRIAGED_FUZZ_SECONDS=${TRIAGED_FUZZ_SECONDS:-30}
    # All of them, also after the first failure, so that the counts are whole.
    cargo test --locked --no-fail-fast </dev/null 2>&1 | tee "$LOG" || status=$?
    local counts passed failed skipped
    counts=$(count)
    read -r passed failed skipped <<<"$counts"
    # A test binary that crashed has no counts of its own, so cargo's word comes before the sum.
    if ((status == 0 && passed == 0)); then status=1; fi
    if ((status != 0 && failed == 0)); then echo "test.sh: something did not build, crashed, or nothing ran; see above" >&2; fi
    echo "$passed passed, $failed failed, $skipped skipped"
    exit "$status"
}

# Sums the line with which each test binary ends.
count() {
    awk '/^test result: / {
        for (i = 2; i <= NF; i++) {
            if ($i == "passed;") passed += $(i - 1)
            if ($i == "failed;") failed += $(i - 1)
            if ($i == "ignored;") skipped += $(i - 1)
        }
    } END { print passed + 0, failed + 0, skipped + 0 }' "$LOG"
}

die() {
    echo "test.sh: $1" >&2
    exit 3
}

main
