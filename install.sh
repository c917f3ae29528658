#!/bin/sh
# Installs what 'mvn package' built: the program with its own Java runtime, its units, its group and the folder of its files.
# With DESTDIR everything goes below that folder and the running system is left alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dist=$here/target/dist
root=${DESTDIR-}
lib=$root/usr/lib/wirescale
units=$root/usr/lib/systemd/system

fail() {
    echo "Error: $*" >&2
    exit 1
}

[ -s "$dist/lib/daemon.aot" ] || fail "there is nothing to install yet: run 'mvn package' in $here first"
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "run it as root"
if [ -z "$root" ] && ! command -v systemctl >/dev/null; then
    fail "wirescale needs systemd 252 or newer"
fi

# The folder is replaced as a whole: an AOT cache must never meet another build's runtime.
install -d -m 0755 "$root/usr/lib" "$root/usr/bin" "$units" "$root/usr/lib/sysusers.d"
rm -rf "$lib.new" "$lib.old"
cp -R "$dist" "$lib.new"
if [ "$(id -u)" = 0 ]; then
    chown -R 0:0 "$lib.new"
fi
chmod -R u=rwX,go=rX "$lib.new"
[ ! -e "$lib" ] || mv "$lib" "$lib.old"
mv "$lib.new" "$lib"
rm -rf "$lib.old"
ln -sf ../lib/wirescale/bin/wirescale "$root/usr/bin/wirescale"

install -m 0644 "$here/systemd/wirescaled.socket" "$here/systemd/wirescaled.service" "$here/systemd/wirescale-closed.service" "$units/"
install -m 0644 "$here/packaging/sysusers.conf" "$root/usr/lib/sysusers.d/wirescale.conf"
install -d -m 0755 "$root/etc/wirescale"

# Who has no systemd-sysusers gets the group by groupadd; below a DESTDIR without users it is made at that system's boot.
group() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers ${root:+"--root=$root"} wirescale.conf
    elif [ -z "$root" ]; then
        getent group wirescale >/dev/null || groupadd --system wirescale
    fi
}
if [ -z "$root" ] || [ -s "$root/etc/group" ]; then
    group
fi

if [ -z "$root" ]; then
    systemctl daemon-reload
    systemctl enable --quiet wirescaled.socket wirescaled.service
    # Takes an old daemon with it; the tunnels stay.
    systemctl restart wirescaled.socket
    systemctl start wirescaled.service
fi
