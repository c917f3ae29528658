# shellcheck shell=sh
# Where the program's files lie in a system, for install.sh and for the packages.
#
#   lay_files CLONE DIST ROOT    ROOT is empty for the running system
lay_files() {
    lib=$3/usr/lib/wirescale
    install -d -m 0755 "$3/usr/lib" "$3/usr/bin" "$3/usr/lib/systemd/system" "$3/usr/lib/sysusers.d" "$3/usr/lib/udev/rules.d" \
        "$3/usr/lib/systemd/network" "$3/usr/lib/firewalld/policies" "$3/usr/share/doc/wirescale/docs" "$3/etc/wirescale"
    # The folder is replaced as a whole: an AOT cache must never meet another build's runtime.
    rm -rf "$lib.new" "$lib.old"
    cp -R "$2" "$lib.new"
    if [ "$(id -u)" = 0 ]; then
        chown -R 0:0 "$lib.new"
    fi
    chmod -R u=rwX,go=rX "$lib.new"
    rm -r "$lib.new/share"
    (cd "$2/share" && find . -type f) | while IFS= read -r file; do
        install -D -m 0644 "$2/share/$file" "$3/usr/share/$file"
    done
    # Debian's zsh looks here, and all others there.
    install -d -m 0755 "$3/usr/share/zsh/vendor-completions"
    ln -sf ../site-functions/_wirescale "$3/usr/share/zsh/vendor-completions/_wirescale"
    [ ! -e "$lib" ] || mv "$lib" "$lib.old"
    mv "$lib.new" "$lib"
    rm -rf "$lib.old"
    ln -sf ../lib/wirescale/bin/wirescale "$3/usr/bin/wirescale"
    install -m 0644 "$1/systemd/wirescaled.socket" "$1/systemd/wirescaled.service" "$1/systemd/wirescale-closed.service" \
        "$1/systemd/wirescale-upgrade@.service" "$3/usr/lib/systemd/system/"
    install -m 0644 "$1/packaging/sysusers.conf" "$3/usr/lib/sysusers.d/wirescale.conf"
    install -m 0644 "$1/packaging/udev.rules" "$3/usr/lib/udev/rules.d/84-wirescale.rules"
    install -m 0644 "$1/packaging/networkd.network" "$3/usr/lib/systemd/network/00-wirescale.network"
    install -m 0644 "$1/packaging/firewalld-policy.xml" "$3/usr/lib/firewalld/policies/wirescale.xml"
    install -m 0644 "$1/README.md" "$1/CHANGELOG.md" "$1/packaging/copyright" "$3/usr/share/doc/wirescale/"
    install -m 0644 "$1"/docs/*.md "$1"/docs/*.svg "$3/usr/share/doc/wirescale/docs/"
    # Debian's folder of common licences does not have this one.
    install -m 0644 "$1/LICENSE" "$3/usr/share/doc/wirescale/AGPL-3"
}
