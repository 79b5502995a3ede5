#!/bin/sh
# Installs Chromium for the browser tests if there is none: chromium.sh PYTHON, where PYTHON has playwright.
# The tests use the first of chromium, chromium-browser and google-chrome on the PATH, or else playwright's own.
set -u
python=$1

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        echo "browser for the tests: $(command -v "$name")"
        exit 0
    fi
done

starts() {
    "$python" - <<'END' >/dev/null 2>&1
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
END
}

if starts || { "$python" -m playwright install chromium && starts; }; then
    echo "browser for the tests: playwright's Chromium"
    exit 0
fi

# The download failed, or the system lacks libraries that it needs: a distribution's package brings both.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium && command -v chromium >/dev/null && exit 0
fi

echo "No browser for the tests: install Chromium with your system's package manager, then run make test again." >&2
exit 1
