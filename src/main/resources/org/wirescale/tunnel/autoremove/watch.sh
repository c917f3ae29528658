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

# Starts a program. "done NAME CODE" comes after all that it said; a signal to $! ends the program too. Until the caller has kept $!
# it is starting, for a signal that comes in between.
start() {
    starting=yes
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
    burst='' attempt='' warmer='' starting='' started=0
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

# systemd signals whatever it finds in a unit that it stops, a program that cleans up too.
hush() {
    trap '' TERM INT HUP
    # shellcheck disable=SC2086 # none or one each
    kill "$keeper" "$monitor" $burst $attempt $warmer ${starting:+"$!"} 2>/dev/null
    rm -f "$events"
    trap - TERM INT HUP
}

# ---- watching

# Returns 0 when the tunnel is to be taken down, 1 when its interface is gone.
watch() {
    state=watching answered=no doubted=no fresh=no news=no sure=no revived=no
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
    answered=yes news=yes fresh=no sure=no limit=$SILENT deaf=0
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

# Five echo requests within a second. The tunnel lives when one is answered, and when anything else comes meanwhile. Where there is no
# recovery that looks again, they are sent twice: the far end's own ping sends something each 2 s.
probe() {
    [ -z "$burst" ] || return 0
    look
    seen=$received
    news=no
    patience=$((round_trip * 2))
    [ "$patience" -gt 300 ] || patience=300
    started=$((started + 1))
    start "burst-$started" ping -n -c 5 -i 0.2 -W "$(printf '%d.%03d' $((patience / 1000)) $((patience % 1000)))" -I "$interface" "$address" >&3 2>/dev/null
    burst=$! starting=''
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
        if [ "$tries$sure" = 0no ]; then
            sure=yes
            probe
        else
            dead
        fi
        return
    fi
    seen=$received sure=no
    deaf=$((deaf + 1))
    if [ "$deaf" = 2 ]; then
        say "$address answers no more through $interface, which receives all the same: that is what counts from now on"
        trust_bytes
    fi
}

# Until the next answer: the far end's firewall may have begun to drop what ping sends.
trust_bytes() {
    look
    seen=$received
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
