#!/bin/sh
# Starts wirescale from the folder that an archive was unpacked to. The daemon is systemd's child here too, by units that last until
# 'daemon stop' or the next boot.

home=$(dirname "$(dirname "$(readlink -f "$0")")")
units=/run/systemd/system
# By this name the tunnels' watchers call us.
name=/usr/local/bin/wirescale

fail() {
    echo "Error: $*" >&2
    exit 1
}

start() {
    [ "$(id -u)" = 0 ] || fail "run it as root: 'daemon start' makes units in $units and $name"
    [ -d /run/systemd/system ] || fail "the daemon needs systemd 252 or newer, which does not run here"
    if [ -e "$name" ] && ! grep -q '^# An unpacked wirescale' "$name"; then
        fail "$name is not of this archive: remove it first"
    fi
    # shellcheck source=packaging/steps.sh
    . "$home/lib/steps.sh"
    [ -e "$home/lib/wirescale.aot" ] || train "$home"
    printf '#!/bin/sh\n# An unpacked wirescale.\nexec %s/bin/wirescale "$@"\n' "$home" >"$name" && chmod 0755 "$name"
    mkdir -p "$units"
    for unit in wirescaled.socket wirescaled.service; do
        sed "s:/usr/bin/wirescale:$home/bin/wirescale:g" "$home/systemd/$unit" >"$units/$unit" || exit 1
    done
    systemctl daemon-reload && systemctl start wirescaled.socket wirescaled.service
}

stop() {
    [ "$(id -u)" = 0 ] || fail "run it as root"
    systemctl stop wirescaled.socket wirescaled.service
    rm -f "$units/wirescaled.socket" "$units/wirescaled.service"
    # Tunnels live on, and call for us when they die.
    set -- /run/wirescale/control/tunnel-*.json
    [ -e "$1" ] || rm -f "$name"
    systemctl daemon-reload
}

case $home in
    *[!A-Za-z0-9/._-]*) fail "unpack it to a folder of a plainer name than '$home'" ;;
esac
# Where wirescale is installed too, its own daemon is the one. What systemd starts has our process id.
if [ "$#$1" = 2daemon ] && [ "${SYSTEMD_EXEC_PID-}" != $$ ] &&
    [ ! -e /usr/lib/systemd/system/wirescaled.service ] && [ ! -e /etc/systemd/system/wirescaled.service ]; then
    case $2 in
        start | stop)
            "$2"
            exit
            ;;
    esac
fi
exec "$home/lib/wirescale.sh" "$@"
