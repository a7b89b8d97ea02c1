#!/bin/bash
# What the tests need beyond Python packages: PostgreSQL, Chromium, Node packages and the built UI. Each is used as it
# is if it is there; Debian packages are installed only if missing, and only with the right to do so.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
have() { command -v "$1" >/dev/null 2>&1; }

compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || have postgres || missing+=(postgresql)
have mariadbd || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
have chromium || have google-chrome || missing+=(chromium)
have npm || missing+=(npm)
[ -x /usr/sbin/apache2 ] || missing+=(apache2-bin)
[ -x /usr/sbin/lighttpd ] || missing+=(lighttpd)
[ -x /usr/sbin/nginx ] || have nginx || missing+=(nginx-light)
{ [ -x /usr/sbin/sshd ] && [ -x /usr/lib/openssh/sftp-server ]; } || missing+=(openssh-server openssh-sftp-server)
[ -x /usr/sbin/vsftpd ] || missing+=(vsftpd)
[ -x /usr/sbin/exim4 ] || missing+=(exim4-daemon-light)

if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! have sudo || ! sudo -n true 2>/dev/null; then
            echo "the tests need: apt-get install ${missing[*]} (as root), then 'make test' again" >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
.venv/bin/python scripts/build_web.py
if [ ! -d tests/servers_node/node_modules ] || [ tests/servers_node/package-lock.json -nt tests/servers_node/node_modules ]; then
    (cd tests/servers_node && npm ci --no-audit --no-fund --silent)
fi
