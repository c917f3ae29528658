#!/bin/sh
# Takes wirescale away, however it came: a package by its package manager, what install.sh put there from a clone file by file. Files in
# /etc/wirescale are the user's and stay, and so does a folder that holds some. Also by
#
#   curl -fsSL https://raw.githubusercontent.com/fernandoenzo/wirescale/master/uninstall.sh | sudo sh
set -eu

root=${DESTDIR-}

files() {
    rm -rf "$root/usr/lib/wirescale" "$root/usr/share/doc/wirescale"
    rm -f "$root/usr/bin/wirescale" \
        "$root/usr/lib/systemd/system/wirescaled.socket" \
        "$root/usr/lib/systemd/system/wirescaled.service" \
        "$root/usr/lib/systemd/system/wirescale-closed.service" "$root/usr/lib/systemd/system/wirescale-upgrade@.service" \
        "$root/usr/lib/sysusers.d/wirescale.conf" \
        "$root/usr/lib/udev/rules.d/84-wirescale.rules" \
        "$root/usr/lib/systemd/network/00-wirescale.network" \
        "$root/usr/lib/firewalld/policies/wirescale.xml" \
        "$root/usr/share/man/man1/wirescale.1.gz" "$root/usr/share/man/man5/wirescale.5.gz" "$root/usr/share/man/man8/wirescaled.8.gz" \
        "$root/usr/share/bash-completion/completions/wirescale" \
        "$root/usr/share/zsh/site-functions/_wirescale" "$root/usr/share/zsh/vendor-completions/_wirescale" \
        "$root/usr/share/fish/vendor_completions.d/wirescale.fish"
    rmdir "$root/usr/lib/firewalld/policies" "$root/usr/lib/firewalld" "$root/etc/wirescale" 2>/dev/null || true
}

main() {
    if [ -n "$root" ]; then
        files
        return
    fi
    if [ "$(id -u)" != 0 ]; then
        echo "Error: run it as root" >&2
        exit 1
    fi
    if command -v dpkg-query >/dev/null && dpkg-query -W -f '${Status}\n' wirescale 2>/dev/null | grep -Eq ' (installed|config-files)$'; then
        DEBIAN_FRONTEND=noninteractive apt-get purge -y wirescale
    elif command -v rpm >/dev/null && rpm -q wirescale >/dev/null 2>&1; then
        dnf remove -y wirescale
    elif command -v pacman >/dev/null && pacman -Q wirescale >/dev/null 2>&1; then
        pacman -R --noconfirm wirescale
    elif [ -f /usr/lib/wirescale/lib/steps.sh ]; then
        # Read before it goes.
        # shellcheck source=packaging/steps.sh
        . /usr/lib/wirescale/lib/steps.sh
        leaving
        files
        gone
        purged
    else
        echo "wirescale is not installed here"
    fi
}

main "$@"
