#!/bin/sh
# Sees to it that the proxy tests have nginx. They start their own, on loopback; the system's service is left alone.
set -u
PATH=$PATH:/usr/sbin:/usr/local/sbin

if ! command -v nginx >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # Debian starts a service as it installs it, unless this file says no.
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
