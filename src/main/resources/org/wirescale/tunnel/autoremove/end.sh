
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
    trap 'trap "" TERM INT HUP; kill "$!" 2>/dev/null; rm -f "$copy"; exit 0' TERM INT HUP
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
    trap 'trap "" TERM INT HUP; kill "$!" 2>/dev/null; exit 0' TERM INT HUP
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
