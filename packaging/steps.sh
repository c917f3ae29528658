# shellcheck shell=sh
# What happens around wirescale's files as they come and go. Every package's maintainer scripts hold these functions, install.sh reads
# them from the clone, and uninstall.sh from where they were installed.

wirescale_home=/usr/lib/wirescale

complain() { echo "wirescale: $*" >&2; }

systemd_runs() { [ -d /run/systemd/system ]; }

# Before anything is changed: what would run instead of what is installed.
nothing_in_the_way() {
    for unit in wirescaled.socket wirescaled.service; do
        unit=/etc/systemd/system/$unit
        if [ -L "$unit" ] && [ "$(readlink "$unit")" != /dev/null ]; then
            complain "wirescale 1.0.3 is in the way: its unit $unit would be started instead of the new one. Its files in /etc/wirescale can stay. Take it away and install again:
    systemctl disable --now wirescaled.service wirescaled.socket
    rm -f /etc/systemd/system/wirescaled.service /etc/systemd/system/wirescaled.socket
    pipx uninstall wirescale"
            return 1
        fi
    done
}

no_clone_in_the_way() {
    if [ -e "$wirescale_home/lib/from-a-clone" ]; then
        complain "it was installed from a clone with install.sh: take that away with uninstall.sh, then install again. Files in /etc/wirescale stay"
        return 1
    fi
}

# The AOT cache: a start takes half the time with it. Where it cannot be made, everything works without.
#
#   train FOLDER    of the program, such as /usr/lib/wirescale
train() {
    training=$(mktemp -d) || return 0
    if (trained "$1" "$training") >"$training/log" 2>&1 && [ -s "$training/wirescale.aot" ]; then
        # Aside first: a running program has the old one mapped.
        cp "$training/wirescale.aot" "$1/lib/wirescale.aot.new"
        chmod 0644 "$1/lib/wirescale.aot.new"
        mv "$1/lib/wirescale.aot.new" "$1/lib/wirescale.aot"
    else
        rm -f "$1/lib/wirescale.aot"
        complain "no AOT cache could be made, so commands start slower: $(tail -n 1 "$training/log")"
    fi
    rm -rf "$training"
}

# It does what commands and the daemon do. As root it sees none of this machine's links, firewall, units and tunnels, and has no
# right to change them. Without training data of the compiler, which made commands compile what only the daemon needs.
#
# shellcheck disable=SC2016 # for the inner shell
trained() {
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH
    program=$1
    folder=$2
    # Where the training puts programs that answer it as they would with tunnels there.
    PATH=$folder/programs:$PATH
    set -- "$program/runtime/bin/java" "@$program/lib/jvm.options" -XX:-AOTRecordTraining "-XX:AOTCacheOutput=$folder/wirescale.aot" \
        "-Dorg.newsclub.net.unix.library.override=$program/lib/libjunixsocket.so" "-Dorg.wirescale.journal=$folder/no-journal" \
        -m org.wirescale/org.wirescale.cli.Training "$folder"
    if [ "$(id -u)" = 0 ]; then
        set -- unshare --net --mount sh -c 'mount -t tmpfs none /run && ip link set lo up &&
            exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"' sh "$@"
    fi
    timeout 120 "$@" </dev/null
}

group() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers wirescale.conf
    else
        getent group wirescale >/dev/null || groupadd --system wirescale
    fi
}

# Before files of another version take the place of ours: an old cache would be refused by the new runtime, in a line each time.
makes_way() { rm -f "$wirescale_home/lib/wirescale.aot"; }

# The files are there, where there were none.
installed() {
    group
    train "$wirescale_home"
    systemctl enable --quiet wirescaled.socket wirescaled.service || complain "its units could not be enabled"
    if systemd_runs; then
        systemctl daemon-reload
        reload_others
        # An old daemon goes with its socket; the tunnels stay.
        if ! systemctl restart wirescaled.socket || ! systemctl start wirescaled.service; then
            complain "the daemon did not start; 'journalctl -u wirescaled' says why"
        fi
    fi
}

# The files are there, in place of another version's. Tunnels live on, and who had stopped or disabled the daemon keeps it so.
upgraded() {
    group
    train "$wirescale_home"
    if systemd_runs; then
        systemctl daemon-reload
        reload_udev
        restart=wirescaled.socket
        if systemctl is-active --quiet wirescaled.service; then restart="wirescaled.socket wirescaled.service"; fi
        # shellcheck disable=SC2086 # two words
        systemctl try-restart $restart || complain "the daemon did not start; 'journalctl -u wirescaled' says why"
    fi
}

reload_udev() {
    if command -v udevadm >/dev/null; then
        udevadm control --reload 2>/dev/null || true
    fi
}

# Those who read files of ours when they start, and run.
reload_others() {
    reload_udev
    if command -v networkctl >/dev/null && systemctl is-active --quiet systemd-networkd.service; then
        networkctl reload 2>/dev/null || true
    fi
    if command -v firewall-cmd >/dev/null && firewall-cmd --state --quiet 2>/dev/null; then
        firewall-cmd --reload --quiet || true
    fi
}

# Before the files go: tunnels end while there is a program that can end them, and so does an exit node, with its barrier at boot.
leaving() {
    if systemd_runs; then
        if [ -e /run/wirescale/control/exit-node.json ] || [ -e /var/lib/wirescale/closed.nft ]; then
            "$wirescale_home/bin/wirescale" exit-node --stop || complain "the exit node is left as it is"
        fi
        systemctl stop 'wirescale-upgrade@*.service' || true
        # One that is about to be built anew has a script and no state.
        for file in /run/wirescale/control/tunnel-*.json /run/wirescale/control/recreate-*.sh; do
            [ -e "$file" ] || continue
            interface=${file##*/}
            interface=${interface#*-}
            interface=${interface%.*}
            "$wirescale_home/bin/wirescale" down "$interface" || complain "the tunnel $interface is left as it is"
        done
        systemctl stop wirescaled.service wirescaled.socket || true
    fi
    # Of the template: each peer's.
    systemctl disable --quiet wirescaled.service wirescaled.socket wirescale-closed.service wirescale-upgrade@.service || true
    rm -f "$wirescale_home/lib/wirescale.aot"
}

# After the files have gone.
gone() {
    if systemd_runs; then
        systemctl daemon-reload
        systemctl reset-failed wirescaled.service wirescaled.socket 2>/dev/null || true
        reload_others
        rm -rf /run/wirescale
    fi
}

# Nothing shall be left but what the user put there: files in /etc/wirescale, members of the group.
purged() {
    rmdir /etc/wirescale 2>/dev/null || true
    rm -rf /var/lib/wirescale
    if [ "$(getent group wirescale | cut -d: -f4)" = "" ] && getent group wirescale >/dev/null; then
        groupdel wirescale || true
    fi
}
