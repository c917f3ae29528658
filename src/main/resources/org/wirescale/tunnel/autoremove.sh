#!/bin/sh
# Keeps a tunnel's NAT mapping alive and watches the tunnel. One that is dead it has recovered; one that cannot be recovered it takes
# down, and has it built anew where that is wanted. Runs under any POSIX shell with an iputils ping and an iproute2 ip.
#
#   autoremove.sh watch INTERFACE IFINDEX BOOT_ID ADDRESS kernel|userspace nat|direct PEER RECOVER_TRIES UNIT RECREATE_TRIES OPTION...
#     as autoremove-INTERFACE.service, for as long as the interface lives. IFINDEX and BOOT_ID say which interface is meant: another
#     one of the same name is not touched. ADDRESS is the peer's inside the tunnel, PEER its address in the tailnet. "nat": both ends
#     are behind one. UNIT is the name of the unit that builds the tunnel anew, OPTION... what "wirescale upgrade" is to be told then.
#   autoremove.sh recreate INTERFACE PEER TRIES OPTION...
#     as that unit.
#
# Tries below zero are without limit. The script lies beside the tunnel's state file, which is gone when the tunnel is; what it says
# stands behind $WIRESCALE_UID. The daemon writes "check" into autoremove-INTERFACE.events when the machine's network changed.
set -u

# Time is counted in turns, one each time that ping sends its next echo request: no time passes while the machine sleeps.
TURN=2

# Nothing was ever answered, a firewall may drop what ping sends: the peer's WireGuard sends something each 10 s, which is counted.
# The smaller number holds when there is a reason to doubt.
SILENT=13
DOUBTED=6

# Two lines further apart than this, in seconds: the machine, or this script, stood still.
GAP=6

# One try of a recovery, in turns; after so many turns there is only one attempt a try, so that one without limit costs little; and
# the longest that "wirescale recover" may take.
TRY=15
EAGER=300
ATTEMPT=90

# Tailscale is asked for an answer of the peer now and then in the first hour, while both ends are behind a NAT.
WARM=120
WARM_UNTIL=1860

# The pauses before "wirescale down" is tried again, in seconds: another session may hold the tunnel's lock for a while.
PAUSES='5 15 60'

# One try of a recreation, and the pause between its attempts; after so many tries there is only one attempt a try. In seconds.
MINUTE=60
SOON=5
OFTEN=10

NEWLINE='
'
END=$(printf '\tend')

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

has_tunnel() {
    [ -e "$folder/tunnel-$interface.json" ]
}

is_undone() {
    ! has_tunnel || is_another
}

# Seconds since the machine started, those in which it slept among them.
look_at_clock() {
    read -r up _ </proc/uptime
    up=${up%%.*}
}

# What was received so far, in bytes. wireguard-go's link does not count keep-alives; its process does.
look() {
    case $kind in
        kernel) { IFS= read -r received <"/sys/class/net/$interface/statistics/rx_bytes"; } 2>/dev/null ;;
        *) received=$(wg show "$interface" transfer 2>/dev/null | while read -r _ bytes _; do printf '%s ' "$bytes"; done) ;;
    esac
}

# Starts a program. "done NAME CODE" comes after all that it said; a signal to $! ends the program too.
start() {
    (
        name=$1
        shift
        trap 'kill "$!" 2>/dev/null; exit 0' TERM
        "$@" 3>&- 4>&- &
        wait "$!"
        printf 'done %s %s\n' "$name" "$?" >&3
    ) &
}

# Descriptor 4 holds back what wirescale says until it has ended.
hold_back() {
    rm -f "$1"
    mkfifo -m 600 "$1" || exit 1
    exec 4<>"$1"
    rm -f "$1"
    before=
}

# What it said, but the same reason for another attempt only once.
pass_on() {
    printf '%s\n' "$END" >&4
    text='' plain=''
    while IFS= read -r line <&4 && [ "$line" != "$END" ]; do
        text=$text$line$NEWLINE
        plain=$plain${line#?????? - }$NEWLINE
    done
    case $code in
        4 | 6) [ "$plain" != "$before" ] || return 0 ;;
    esac
    before=$plain
    printf '%s' "$text"
}

# Everything that happens is a line on descriptor 3. It is open for reading and writing, so that the end of one who speaks is no end
# of the lines.
listen() {
    events=$folder/autoremove-$interface.events
    rm -f "$events"
    mkfifo -m 600 "$events" || exit 1
    exec 3<>"$events"
    hold_back "$events.said"
    burst='' attempt='' warmer='' started=0
    trap 'hush; exit 0' TERM INT HUP
    ip -o monitor link dev "$interface" >&3 2>/dev/null 3>&- 4>&- &
    monitor=$!
    (
        trap 'kill "$!" 2>/dev/null; exit 0' TERM
        while :; do
            ping -n -O -i "$TURN" -I "$interface" "$address" 2>&1 3>&- 4>&- &
            wait "$!"
            sleep "$TURN" 3>&- 4>&- &
            wait "$!"
            printf '%s\n' ended
        done
    ) >&3 &
    keeper=$!
}

hush() {
    trap - TERM INT HUP
    # shellcheck disable=SC2086 # none or one each
    kill "$keeper" "$monitor" $burst $attempt $warmer 2>/dev/null
    rm -f "$events"
}

# ---- watching

# Returns 0 when the tunnel is to be taken down, 1 when its interface is gone.
watch() {
    state=watching answered=no doubted=no fresh=no news=no revived=no
    quiet=0 turns=0 used=0 spent=0 unmoved=0 deaf=0 round_trip=0
    limit=$SILENT
    complaint='' before='' seen=''
    look_at_clock
    last=$up heard=$up lost=$up tried=$up
    while IFS= read -r line <&3; do
        case $line in
            "Deleted $ifindex: "*) return 1 ;;
            *) is_there || return 1 ;;
        esac
        watch_clock
        case $line in
            [0-9]*' bytes from '*) answer ;;
            'no answer yet'* | ended) no_answer || return 0 ;;
            "done burst-$started "*) burst_ended || return 0 ;;
            "done recover-$started "*) attempt_ended "${line##* }" || return 0 ;;
            'done warm '*)
                wait "$warmer"
                warmer=
                ;;
            check) check ;;
            'ping: '*)
                [ "$line" = "$complaint" ] || say "$line"
                complaint=$line
                ;;
        esac
    done
    exit 1
}

# After a standstill the first turn tells nothing, nor does a burst that was under way.
watch_clock() {
    look_at_clock
    if [ $((up - last)) -ge "$GAP" ]; then
        heard=$((heard + up - last)) lost=$((lost + up - last))
        fresh=yes quiet=0
        end_burst
    fi
    last=$up
}

turn() {
    turns=$((turns + 1))
    if [ "$nat" = nat ] && [ "$state$warmer" = watching ] && [ $((turns % WARM)) = 0 ] && [ "$turns" -le "$WARM_UNTIL" ]; then
        start warm tailscale ping -c 1 --timeout 2s "$peer" >/dev/null 2>&1
        warmer=$!
    fi
}

answer() {
    turn
    [ "$answered" = yes ] || say "$address answers through $interface"
    answered=yes news=yes fresh=no limit=$SILENT deaf=0
    slow=${line##*time=}
    slow=${slow%%[!0-9]*}
    case $slow in
        ? | ?? | ???) round_trip=$slow ;;
        '') round_trip=0 ;;
        *) round_trip=1000 ;;
    esac
    receives
    case $state in
        trying) revived=yes ;;
        pausing) lives ;;
    esac
}

receives() {
    [ "$doubted" = no ] || say "$interface receives again, after $((up - heard)) s"
    doubted=no quiet=0 heard=$up used=0 spent=0 unmoved=0
}

# A turn without an answer; fails when the tunnel is to be taken down, as all of the following do.
no_answer() {
    turn
    case $state in
        watching)
            if [ "$fresh" = yes ]; then
                fresh=no
            elif [ "$answered" = yes ]; then
                probe
            else
                count
            fi
            ;;
        trying)
            spent=$((spent + 1))
            waited=$((waited + 1))
            [ "$waited" -lt "$ATTEMPT" ] || break_off
            ;;
        pausing)
            [ "$counted" = no ] || spent=$((spent + 1))
            pause=$((pause - 1))
            [ "$pause" -gt 0 ] || try_again
            ;;
    esac
}

count() {
    look
    if [ "$received" != "$seen" ]; then
        seen=$received
        limit=$SILENT
        receives
        return 0
    fi
    quiet=$((quiet + 1))
    if [ "$quiet" = "$DOUBTED" ] && [ "$limit" != "$DOUBTED" ]; then
        doubted=yes
        say "nothing was received through $interface for $((up - heard)) s"
    fi
    [ "$quiet" -lt "$limit" ] || dead
}

# Five echo requests within a second. The tunnel lives when one is answered, and when anything else comes meanwhile.
probe() {
    [ -z "$burst" ] || return 0
    look
    seen=$received
    news=no
    patience=$((round_trip * 2))
    [ "$patience" -gt 300 ] || patience=300
    started=$((started + 1))
    start "burst-$started" ping -n -c 5 -i 0.2 -W "$(printf '%d.%03d' $((patience / 1000)) $((patience % 1000)))" -I "$interface" "$address" >&3 2>/dev/null
    burst=$!
}

end_burst() {
    [ -n "$burst" ] || return 0
    kill "$burst" 2>/dev/null
    wait "$burst"
    burst=
    started=$((started + 1))
}

burst_ended() {
    wait "$burst"
    burst=
    [ "$news" = no ] || return 0
    look
    if [ "$received" = "$seen" ]; then
        dead
        return
    fi
    seen=$received
    deaf=$((deaf + 1))
    if [ "$deaf" = 2 ]; then
        say "$address answers no more through $interface, which receives all the same: that is what counts from now on"
        trust_bytes
    fi
}

# Until the next answer.
trust_bytes() {
    answered=no quiet=0 limit=$SILENT deaf=0
}

# The machine's network changed, or the machine woke up.
check() {
    case $state$answered in
        watchingyes) probe ;;
        watchingno)
            look
            seen=$received quiet=0 limit=$DOUBTED
            ;;
        pausing*)
            pause=1
            [ $((up - tried)) -lt "$TURN" ] || try_again
            ;;
    esac
}

# ---- a dead tunnel

dead() {
    say "nothing was received through $interface for $((up - heard)) s: the tunnel is dead"
    doubted=no
    [ "$tries" != 0 ] || return 1
    died=$turns lost=$heard attempts=0 before=
    is_left || return 1
    tell_try "trying to recover $interface"
    look
    seen=$received
    try_again
}

tell_try() {
    if [ "$tries" -gt 0 ]; then
        say "$1 (try $((used + 1)) of $tries)"
    elif [ "$used" -lt 3 ] || [ $((used % 120)) = 0 ]; then
        say "$1 (try $((used + 1)))"
    fi
}

# Where nothing is ever answered, bytes that came are the tunnel's own new life.
try_again() {
    look
    if [ "$answered" = no ] && [ "$received" != "$seen" ]; then
        lives
        return 0
    fi
    state=trying revived=no waited=0 tried=$up spent_before=$spent
    attempts=$((attempts + 1))
    started=$((started + 1))
    start "recover-$started" wirescale recover "$interface" >&4 2>&1
    attempt=$!
}

lives() {
    say "$interface lives again, after $((up - lost)) s"
    look
    seen=$received
    receives
    go_on
}

go_on() {
    state=watching quiet=0 fresh=no limit=$SILENT heard=$up
}

break_off() {
    say "'wirescale recover $interface' has not ended for $((ATTEMPT * TURN)) s: ending it"
    kill "$attempt" 2>/dev/null
    started=$((started + 1))
    attempt_ended 143
}

# The exit codes of "wirescale recover": 0 recovered, 5 it was not dead, 4 and 6 not now (6: for want of Tailscale on this machine).
attempt_ended() {
    code=$1
    wait "$attempt"
    attempt=
    pass_on
    if [ "$code" = 0 ]; then
        say "$interface is recovered"
        used=$((used + 1)) spent=0
        go_on
        return 0
    elif [ "$revived" = yes ]; then
        lives
        return 0
    fi
    counted=yes
    case $code in
        5)
            unmoved=$((unmoved + 1))
            go_on
            say "$interface is not dead after all"
            look
            seen=$received
            trust_bytes
            if [ "$unmoved" = 5 ]; then
                unmoved=0
                next_try
            fi
            return
            ;;
        6)
            counted=no
            spent=$spent_before
            ;;
        # Three digits: there was no such program, or it was killed, as may happen while it is replaced by a newer one.
        4 | ???) ;;
        *)
            say "giving up: 'wirescale recover $interface' ended with code $code"
            return 1
            ;;
    esac
    if [ "$spent" -ge "$TRY" ]; then
        next_try || return 1
        tell_try "trying to recover $interface"
    fi
    state=pausing
    if [ $((turns - died)) -ge "$EAGER" ]; then
        pause=$((TRY - 1))
    elif [ "$attempts" -le 2 ] && [ "$code" != 6 ]; then
        pause=1
    else
        pause=2
    fi
}

next_try() {
    used=$((used + 1)) spent=0
    is_left
}

is_left() {
    if [ "$tries" -gt 0 ] && [ "$used" -ge "$tries" ]; then
        say "giving up: $interface could not be recovered in $tries tries"
        return 1
    fi
}

# ---- the end

# Runs a program so that a signal ends it at once.
await() {
    "$@" 4>&- &
    wait "$!"
}

# Returns 0 when this script has taken it down, 1 when others did, 2 when it could not be.
take_down() {
    for pause in $PAUSES end; do
        wirescale down "$interface" && return 0
        ! is_undone || return 1
        [ "$pause" != end ] || break
        say "that failed; trying again in $pause s"
        await sleep "$pause"
        ! is_undone || return 1
    done
    say "giving up; what to run by hand: wirescale down $interface"
    return 2
}

# "wirescale down" removes this file with all else of the tunnel; run by hand, it removes the copy too, since then nothing is to come
# back.
take_down_and_recreate() {
    copy=$folder/recreate-$interface.sh
    trap 'kill "$!" 2>/dev/null; rm -f "$copy"; exit 0' TERM INT HUP
    if [ "$recreate_tries" != 0 ]; then
        rm -f "$copy"
        (umask 077 && cat "$0" >"$copy")
    fi
    take_down
    result=$?
    if [ "$result" = 0 ] && [ -s "$copy" ]; then
        trap - TERM INT HUP
        launch "$@" && return 0
        say "the tunnel $interface cannot be built anew: systemd-run failed"
    fi
    rm -f "$copy"
    [ "$result" != 2 ]
}

launch() {
    set -- -- /bin/sh "$copy" recreate "$interface" "$peer" "$recreate_tries" "$@"
    case ${WIRESCALE_UID-} in
        '' | *[!0-9A-Za-z-]*) ;;
        *) set -- --property=LogExtraFields="WIRESCALE_UID=$WIRESCALE_UID" --setenv=WIRESCALE_UID="$WIRESCALE_UID" "$@" ;;
    esac
    systemd-run --quiet --collect --unit="$unit" --description="Builds the Wirescale tunnel $interface anew" \
        --property=SyslogIdentifier="recreate-$interface" --property=TimeoutStopSec=5 "$@"
}

main_watch() {
    interface=$1 ifindex=$2 boot=$3 address=$4 kind=$5 nat=$6 peer=$7 tries=$8 unit=$9
    shift 9
    recreate_tries=$1
    shift
    received=
    # Told to "wirescale down" too, which may have to wait for a session that makes a new tunnel of this name.
    export WIRESCALE_IFINDEX="$ifindex"
    if ! is_same_boot || is_another; then
        say "the tunnel $interface that was to be watched is gone"
        return 0
    fi
    listen
    say "watching $interface by its peer's address $address"
    if watch; then
        hush
        say "taking $interface down"
        take_down_and_recreate "$@"
        return
    fi
    hush
    if is_undone; then
        say "the interface $interface is gone, and its tunnel with it"
        return 0
    fi
    say "the interface $interface is gone: undoing what is left of its tunnel"
    take_down
    [ "$?" != 2 ]
}

# ---- recreation

main_recreate() {
    interface=$1 peer=$2 tries=$3
    shift 3
    trap 'rm -f "$0"' EXIT
    trap 'kill "$!" 2>/dev/null; exit 0' TERM INT HUP
    hold_back "$0.said"
    used=0
    while [ "$tries" -lt 0 ] || [ "$used" -lt "$tries" ]; do
        tell_try "building $interface anew"
        used=$((used + 1)) spent=0
        while [ "$spent" -lt "$MINUTE" ]; do
            if has_tunnel; then
                say "there is a tunnel $interface again"
                return 0
            fi
            attempt_to_build "$@" || return
        done
    done
    say "giving up: $interface could not be built anew in $tries tries"
    return 1
}

# The exit codes of "wirescale upgrade": 0 done, 2 and 3 it cannot be, 4 not now. Returns 0 when another attempt is due.
attempt_to_build() {
    look_at_clock
    began=$up
    await wirescale upgrade "$peer" "$@" >&4 2>&1
    code=$?
    pass_on
    rest=$MINUTE
    case $code in
        0) exit 0 ;;
        2 | 3)
            say "giving up: $interface cannot be built anew"
            return 1
            ;;
        4 | ???) [ "$used" -gt "$OFTEN" ] || rest=$SOON ;;
    esac
    if [ "$rest" = "$MINUTE" ] && [ "$used" = "$tries" ]; then
        spent=$MINUTE
        return 0
    fi
    # The machine may have slept meanwhile.
    look_at_clock
    took=$((up - began))
    [ "$took" -lt "$MINUTE" ] || took=$MINUTE
    spent=$((spent + took))
    [ "$rest" -lt $((MINUTE - spent)) ] || rest=$((MINUTE - spent))
    if [ "$rest" -gt 0 ]; then
        await sleep "$rest"
        spent=$((spent + rest))
    fi
}

main() {
    export LC_ALL=C
    folder=${0%/*}
    mode=$1
    shift
    case $mode in
        watch) main_watch "$@" ;;
        recreate) main_recreate "$@" ;;
    esac
}

main "$@"
exit
