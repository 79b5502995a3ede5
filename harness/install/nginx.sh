#!/bin/sh
# Installs nginx for the proxy tests if there is none. They start their own instance, on loopback, and do not touch the system's service.
set -u
PATH=$PATH:/usr/sbin:/usr/local/sbin

if ! command -v nginx >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # Debian starts a service at its installation, unless this file forbids it.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx >/dev/null
fi

if command -v nginx >/dev/null; then
    echo "proxy for the tests: $(command -v nginx)"
    exit 0
fi
echo "No nginx for the proxy tests: install it with your system's package manager, then run make test again." >&2
exit 1
