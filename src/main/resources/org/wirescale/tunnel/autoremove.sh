#!/bin/sh
# Keeps a tunnel's NAT mapping alive, and takes the tunnel down when nothing was received through it for 60 s. Runs as
# autoremove-INTERFACE.service, under any POSIX shell with an iputils ping and an iproute2 ip, for as long as the interface lives.
#
#   autoremove.sh INTERFACE IFINDEX BOOT_ID ADDRESS kernel|userspace COMMAND...
#
# ADDRESS is the peer's, inside the tunnel. COMMAND takes the tunnel down. IFINDEX and BOOT_ID say which interface is meant:
# another one of the same name is not touched. Its lines stand behind $WIRESCALE_UID. It lies beside the tunnel's state file, which
# is gone when the tunnel is.
set -u

# A turn is one echo request without an answer. Turns are counted and not the time, which goes on while the machine sleeps.
TURN=2
LIMIT=30
TELL=15

# The pauses before COMMAND is tried again, in seconds: another session may hold the tunnel's lock for a while.
PAUSES='5 15 60'

say() {
    printf '%s\n' "${WIRESCALE_UID:+$WIRESCALE_UID - }$*"
}

is_same_boot() {
    IFS= read -r now </proc/sys/kernel/random/boot_id && [ "$now" = "$boot" ]
}

# The number of the interface that has the name; of one that is just going away there is none to be read.
number() {
    { IFS= read -r now <"/sys/class/net/$interface/ifindex"; } 2>/dev/null
}

is_there() {
    number && [ "$now" = "$ifindex" ]
}

is_another() {
    number && [ "$now" != "$ifindex" ]
}

is_undone() {
    [ ! -e "$folder/tunnel-$interface.json" ] || is_another
}

# Everything is said on descriptor 3, line by line. It is open for reading and writing, so that the end of one who speaks is no
# end of the lines.
listen() {
    pipe=$0.$$
    rm -f "$pipe"
    mkfifo -m 600 "$pipe" || exit 1
    exec 3<>"$pipe"
    rm -f "$pipe"
    ping=
    trap 'hush; exit 0' TERM INT HUP
    ip -o monitor link dev "$interface" >&3 2>/dev/null 3>&- &
    monitor=$!
    start_ping
}

start_ping() {
    (
        ping -n -O -i "$TURN" -I "$interface" "$address" 2>&1 3>&- &
        printf '%s\n' "started $!"
        wait "$!"
        sleep "$TURN"
        printf '%s\n' ended
    ) >&3 &
    keeper=$!
}

hush() {
    trap - TERM INT HUP
    # shellcheck disable=SC2086 # none or one
    kill "$keeper" "$monitor" $ping 2>/dev/null
}

# Returns 0 when the tunnel is dead, 1 when its interface is gone.
watch() {
    quiet=0
    answered=no
    complaint=
    seen=
    while IFS= read -r line <&3; do
        case $line in
            "Deleted $ifindex: "*) return 1 ;;
            *) is_there || return 1 ;;
        esac
        case $line in
            *' bytes from '*) answer ;;
            'no answer yet'*) turn || return 0 ;;
            'started '*) ping=${line#started } ;;
            ended)
                ping=
                turn || return 0
                start_ping
                ;;
            'ping: '*)
                [ "$line" = "$complaint" ] || say "$line"
                complaint=$line
                ;;
        esac
    done
    exit 1
}

answer() {
    [ "$answered" = yes ] || say "$address answers through $interface"
    answered=yes
    receives
}

receives() {
    [ "$quiet" -lt "$TELL" ] || say "$interface receives again, after $((quiet * TURN)) s"
    quiet=0
}

# One turn without an answer; fails when it was the last that the tunnel is given.
turn() {
    look
    if [ "$received" != "$seen" ]; then
        seen=$received
        receives
        return 0
    fi
    quiet=$((quiet + 1))
    [ "$quiet" != "$TELL" ] || say "nothing was received through $interface for $((quiet * TURN)) s"
    [ "$quiet" -lt "$LIMIT" ]
}

# What was received so far, in bytes. wireguard-go's link does not count keep-alives; its process does.
look() {
    case $kind in
        kernel) { IFS= read -r received <"/sys/class/net/$interface/statistics/rx_bytes"; } 2>/dev/null ;;
        *) received=$(wg show "$interface" transfer 2>/dev/null | while read -r _ bytes _; do printf '%s ' "$bytes"; done) ;;
    esac
}

take_down() {
    for pause in $PAUSES end; do
        if "$@" || is_undone; then
            return 0
        fi
        [ "$pause" != end ] || break
        say "that failed; trying again in $pause s"
        sleep "$pause"
        ! is_undone || return 0
    done
    say "giving up; what to run by hand: $*"
    return 1
}

main() {
    interface=$1 ifindex=$2 boot=$3 address=$4 kind=$5
    shift 5
    folder=${0%/*}
    received=
    # Told to COMMAND too, which may have to wait for a session that makes a new tunnel of this name.
    export LC_ALL=C WIRESCALE_IFINDEX="$ifindex"
    if ! is_same_boot || is_another; then
        say "the tunnel $interface that was to be watched is gone"
        return 0
    fi
    listen
    say "watching $interface by its peer's address $address; it is taken down when nothing is received for $((LIMIT * TURN)) s"
    if watch; then
        say "nothing was received through $interface for $((LIMIT * TURN)) s: taking it down"
    elif ! is_undone; then
        say "the interface $interface is gone: undoing what is left of its tunnel"
    else
        say "the interface $interface is gone, and its tunnel with it"
        hush
        return 0
    fi
    hush
    take_down "$@"
}

main "$@"
exit
