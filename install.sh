#!/bin/sh
# Installs wirescale. From a clone: what 'mvn package' built there. Fetched, as in
#
#   curl -fsSL https://raw.githubusercontent.com/fernandoenzo/wirescale/master/install.sh | sudo sh
#
# the latest release's package, by the system's own package manager. With DESTDIR a clone's files go below that folder and the
# running system is left alone.
set -eu

downloads=${WIRESCALE_DOWNLOADS:-https://github.com/fernandoenzo/wirescale/releases/latest/download}
root=${DESTDIR-}

fail() {
    echo "Error: $*" >&2
    exit 1
}

needs_a_fitting_system() {
    [ "$(id -u)" = 0 ] || fail "run it as root"
    command -v systemctl >/dev/null || fail "wirescale needs systemd 252 or newer, and this system has none"
    systemd=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    [ "${systemd:-0}" -ge 252 ] || fail "wirescale needs systemd 252 or newer, and this one is ${systemd:-unknown}"
}

# packaged NAME: what removes the package, where one is installed.
packaged() {
    if command -v dpkg-query >/dev/null && dpkg-query -W -f '${Status}' wirescale 2>/dev/null | grep -q ' installed$'; then
        echo "apt-get remove wirescale"
    elif command -v rpm >/dev/null && rpm -q wirescale >/dev/null 2>&1; then
        echo "dnf remove wirescale"
    elif command -v pacman >/dev/null && pacman -Q wirescale >/dev/null 2>&1; then
        echo "pacman -R wirescale"
    fi
}

from_clone() {
    here=$1
    dist=$here/target/dist
    [ -x "$dist/runtime/bin/java" ] || fail "there is nothing to install yet: run 'mvn package' in $here first"
    # shellcheck source=packaging/files.sh
    . "$here/packaging/files.sh"
    # shellcheck source=packaging/steps.sh
    . "$here/packaging/steps.sh"
    if [ -z "$root" ]; then
        needs_a_fitting_system
        nothing_in_the_way
        by=$(packaged)
        [ -z "$by" ] || fail "the package is installed: take it away with '$by' first, your files in /etc/wirescale stay; or install the newer package"
        before=$([ ! -d /usr/lib/wirescale ] || echo there)
    fi
    lay_files "$here" "$dist" "$root"
    # What a package must not write over.
    : >"$root/usr/lib/wirescale/lib/from-a-clone"
    if [ -n "$root" ]; then
        train "$root/usr/lib/wirescale"
        # Below a DESTDIR without users the group is made at that system's boot.
        if [ -s "$root/etc/group" ] && command -v systemd-sysusers >/dev/null; then
            systemd-sysusers "--root=$root" wirescale.conf
        fi
    elif [ -n "$before" ]; then
        upgraded
    else
        installed
    fi
}

from_release() {
    [ -z "$root" ] || fail "DESTDIR is for an installation from a clone"
    needs_a_fitting_system
    machine=$(uname -m)
    case $machine in
        x86_64) debian=amd64 ;;
        aarch64) debian=arm64 ;;
        *) fail "there is no package for $machine, only for x86_64 and aarch64; from a clone wirescale can be built with a JDK 25" ;;
    esac
    if [ -e /usr/lib/wirescale/lib/from-a-clone ]; then
        fail "wirescale was installed from a clone: take it away with uninstall.sh first, your files in /etc/wirescale stay"
    fi
    if command -v apt-get >/dev/null; then
        package=wirescale_$debian.deb
    elif command -v dnf >/dev/null; then
        package=wirescale.$machine.rpm
    elif command -v pacman >/dev/null; then
        package=wirescale-$machine.pkg.tar.zst
    else
        fail "this system has none of apt-get, dnf and pacman: unpack $downloads/wirescale-$machine.tar.gz instead"
    fi
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    # apt reads a local package as a user of its own.
    chmod 0755 "$folder"
    fetch "$package"
    fetch SHA256SUMS
    (cd "$folder" && grep " [ *]$package\$" SHA256SUMS >sum && sha256sum -c --status sum) ||
        fail "$package is not what SHA256SUMS says: nothing was installed"
    case $package in
        *.deb) DEBIAN_FRONTEND=noninteractive apt-get install -y --reinstall --allow-downgrades "$folder/$package" ;;
        *.rpm) dnf install -y "$folder/$package" ;;
        *) pacman -U --noconfirm "$folder/$package" ;;
    esac
}

# fetch NAME
fetch() {
    if command -v curl >/dev/null; then
        curl -fsSL -o "$folder/$1" "$downloads/$1" || fail "$downloads/$1 cannot be fetched"
    elif command -v wget >/dev/null; then
        wget -q -O "$folder/$1" "$downloads/$1" || fail "$downloads/$1 cannot be fetched"
    else
        fail "this system has neither curl nor wget"
    fi
}

# In a function, so that half of a download does nothing. Who pipes it into sh means the release, wherever they are.
main() {
    case $0 in
        install.sh | */install.sh)
            folder_of_this=$(cd "$(dirname "$0")" && pwd)
            if [ -f "$folder_of_this/packaging/files.sh" ]; then
                from_clone "$folder_of_this"
                return
            fi
            ;;
    esac
    from_release
}

main "$@"
