#!/bin/sh
# Installs Debian's Firefox (80 MB) for tests/firefox, if it may install packages. Without a Firefox they are skipped.
set -u

found() { command -v firefox-esr || command -v firefox; }

if ! found >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # Ubuntu has no package of this name: its `firefox` is a snap, which needs a running system.
    apt-get update -qq && apt-get install -y -qq --no-install-recommends firefox-esr >/dev/null
fi

if found >/dev/null; then
    echo "Firefox for the tests: $(found)"
else
    echo "No Firefox: the tests in tests/firefox are skipped."
fi
exit 0
