
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
    attempt=$! starting=''
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
        trust_bytes
        return 0
    elif [ "$revived" = yes ]; then
        lives
        return 0
    fi
    counted=yes
    case $code in
        5)
            unmoved=$((unmoved + 1))
            say "$interface is not dead after all"
            go_on
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
