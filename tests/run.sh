#!/usr/bin/env bash
# Brings what the tests need and runs them all. Safe to run again: what is there is left alone.
#   tests/run.sh [NEXTEST-FILTER …]
# BELFRY_TEST_SCALE multiplies the counts of the suites that count (kills, random days); 1 unless set.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v rustup >/dev/null 2>&1; then
    rustup target add wasm32-unknown-unknown >/dev/null
fi

missing=()
need() { # command package
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing+=("$2")
}
need chromium chromium
need chromedriver chromium-driver
need nginx nginx-light
need lynx lynx
need openssl openssl
need npm npm
need cc gcc
need xmllint libxml2-utils
need smtpd opensmtpd
need ip iproute2
need curl curl
need buildah buildah
need musl-gcc musl-tools
need notmuch notmuch
need iptables iptables
need prometheus-alertmanager prometheus-alertmanager
need prometheus prometheus
need systemd-analyze systemd
# Debian's own Python, whatever other one comes first in the path.
need_module() { # module package
    /usr/bin/python3 -c "import $1" 2>/dev/null || missing+=("$2")
}
need_module feedparser python3-feedparser
need_module icalendar python3-icalendar
need_module dkim python3-dkim
need_module aiosmtpd python3-aiosmtpd
need_module yaml python3-yaml
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    # Servers are started by the tests themselves, never by the package.
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    "${sudo[@]}" chmod +x /usr/sbin/policy-rc.d
    # Nor does one come in place of what runs here: a mail server takes no other beside it.
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-remove --no-install-recommends "${missing[@]}" >/dev/null
    "${sudo[@]}" rm -f /usr/sbin/policy-rc.d
fi

# The accessibility tests load it into the pages.
axe=4.14.1
if ! grep -qs "\"version\": \"$axe\"" target/axe/node_modules/axe-core/package.json; then
    npm install --no-save --no-audit --no-fund --prefix target/axe "axe-core@$axe"
fi

# The end-to-end tests run the real programs, and the image that they are shipped in.
cargo build --workspace --bins --locked
tests/image.sh
if cargo nextest --version >/dev/null 2>&1; then
    NEXTEST_TEST_THREADS=$((3 * $(nproc))) cargo nextest run --profile full --workspace --locked --no-fail-fast "$@"
else
    cargo test --workspace --locked --no-fail-fast "$@"
fi
