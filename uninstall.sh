#!/bin/sh
# Removes what install.sh installed. Files in /etc/wirescale are the user's and stay, and so does a folder that holds some.
set -eu

root=${DESTDIR-}

if [ -z "$root" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "Error: run it as root" >&2
        exit 1
    fi
    # Tunnels end while there is a program that can end them, and so does an exit node, with its barrier at boot.
    wirescale exit-node --stop || true
    for state in /run/wirescale/control/tunnel-*.json; do
        [ -e "$state" ] || continue
        interface=${state##*/tunnel-}
        wirescale down "${interface%.json}" || echo "the tunnel ${interface%.json} is left as it is" >&2
    done
    systemctl disable --now wirescaled.service wirescaled.socket 2>/dev/null || true
fi

rm -rf "$root/usr/lib/wirescale"
rm -f "$root/usr/bin/wirescale" \
    "$root/usr/lib/systemd/system/wirescaled.socket" \
    "$root/usr/lib/systemd/system/wirescaled.service" \
    "$root/usr/lib/systemd/system/wirescale-closed.service" \
    "$root/usr/lib/sysusers.d/wirescale.conf"
rmdir "$root/etc/wirescale" 2>/dev/null || true

if [ -z "$root" ]; then
    systemctl daemon-reload
    rm -rf /run/wirescale
    if getent group wirescale >/dev/null; then
        groupdel wirescale || true
    fi
fi
