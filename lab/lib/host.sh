# shellcheck shell=bash
# Hosts: real systemd as process 1 of a container, on an overlay of the layers, in the host's network namespace.

# furnish_host HOST KIND [TAILSCALE-LAYER [BASE-LAYER [PACKAGES-LAYER]]]: its files.
furnish_host() {
  local host=$1 kind=$2 dir=$STATE/hosts/$1 lower
  mkdir -p "$dir/upper" "$dir/work" "$dir/root"
  lower=${3:+$3/root:}$TOOLS_LAYER/root:${5:+$5/root:}${4:-$BASE_LAYER}
  case $kind in
    bare) ;;
    ours) lower=$PROGRAM:$lower ;;
    1.0.3) lower=$OLD_LAYER/root:$lower ;;
  esac
  mount -t overlay "wirescale-lab-$LAB-$host" -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
  printf '%s\n' "$host" >"$dir/root/etc/hostname"
  printf '127.0.0.1 localhost %s\n::1 localhost\n' "$host" >"$dir/root/etc/hosts"
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$dir/root/etc/machine-id"
  printf '%s\n' "$kind" >"$dir/kind"
  # Or tailscale warns of an intercepted connection for ever.
  cat "$STATE/tailnet.pem" >>"$dir/root/etc/ssl/certs/ca-certificates.crt"
  mkdir -p "$dir/root/etc/wirescale"
  if [[ $kind != bare ]]; then enable_units "$dir/root"; fi
}

# start_host HOST: returns at once; ready_host waits. Where this machine has cgroups of version 1, newer systemds want to be told that
# they may use them.
start_host() {
  local host=$1 dir=$STATE/hosts/$1
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network enter_cgroup_and "$host" systemd-nspawn --quiet --boot --directory="$dir/root" --register=no --keep-unit \
    --machine="wsl-$LAB-$host" --network-namespace-path="/run/netns/$(ns_of "$host")" --capability=all \
    --system-call-filter="@debug @process @resources @privileged pidfd_open pidfd_getfd" --resolv-conf=off --timezone=off --link-journal=no \
    --console=pipe SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 >"$dir/console.log" 2>&1 </dev/null &
  printf '%s\n' $! >"$dir/nspawn"
  disown
}

# What `systemctl enable` would do, were the host running.
enable_units() {
  local root=$1 unit folder
  for unit in wirescaled.socket:sockets.target wirescaled.service:multi-user.target; do
    for folder in etc/systemd/system usr/local/lib/systemd/system usr/lib/systemd/system; do
      if [[ -e $root/$folder/${unit%:*} || -L $root/$folder/${unit%:*} ]]; then
        mkdir -p "$root/etc/systemd/system/${unit#*:}.wants"
        ln -sfn "/$folder/${unit%:*}" "$root/etc/systemd/system/${unit#*:}.wants/${unit%:*}"
        break
      fi
    done
  done
}

# Each host has a control group of its own, or the second systemd-nspawn would find its names taken by the first.
cgroup_roots() {
  local root
  for root in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
    if [[ -f $root/cgroup.procs ]]; then printf '%s\n' "$root"; fi
  done
}

enter_cgroup_and() {
  local root host=$1
  shift
  for root in $(cgroup_roots); do
    mkdir -p "$root/wirescale-lab-$LAB/$host"
    echo "$BASHPID" >"$root/wirescale-lab-$LAB/$host/cgroup.procs"
  done
  exec setsid -- "$@"
}

remove_cgroups() {
  local root gone=0
  for root in $(cgroup_roots); do
    [[ -d $root/wirescale-lab-$LAB ]] || continue
    find "$root/wirescale-lab-$LAB" -depth -type d -exec rmdir {} + 2>/dev/null || gone=1
  done
  return $gone
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds, or die saying what did not come.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || die "$what did not come; see 'lab --name $LAB dump'"
    sleep 0.05
  done
}

# The process that is 1 inside: a child of systemd-nspawn and the first of its own process namespace.
find_leader() {
  local dir=$STATE/hosts/$1 child
  for child in $(pgrep -P "$(<"$dir/nspawn")"); do
    if [[ $(awk '/^NSpid:/ {print $3}' "/proc/$child/status" 2>/dev/null) == 1 && $(<"/proc/$child/comm") == systemd ]]; then
      printf '%s\n' "$child" >"$dir/pid"
      return 0
    fi
  done
  kill -0 "$(<"$dir/nspawn")" 2>/dev/null || die "host $1 did not start: $(tail -n 5 "$dir/console.log")"
  return 1
}

on() {
  local host=$1 pid
  shift
  if ! pid=$(cat "$STATE/hosts/$host/pid" 2>/dev/null); then
    say "host $host is not running"
    return 1
  fi
  enter "$pid" "$@"
}

# ready_host HOST NTH: wait until it runs, then join the tailnet as its NTH node, so that addresses are the same every time.
ready_host() {
  local host=$1 nth=$2
  wait_for 60 "systemd of $host" find_leader "$host"
  wait_for 60 "tailscaled of $host" tailscaled_answers "$host"
  wait_for 60 "the tailnet node before $host" nodes_joined $((nth - 1))
  wait_for 60 "node $host in the tailnet" join "$host"
  wait_for 60 "systemd of $host" settled "$host"
}

settled() { [[ $(on "$1" systemctl is-system-running --wait 2>/dev/null) =~ ^(running|degraded)$ ]]; }

tailscaled_answers() { [[ -S /proc/$(<"$STATE/hosts/$1/pid")/root/run/tailscale/tailscaled.sock ]]; }

nodes_joined() { (($("$TOOLS_LAYER/bin/tailnet" ctl --socket "$STATE/tailnet.sock" nodes | wc -l) >= $1)); }

# Just after its start tailscaled can say EOF or NoState: the caller tries again.
join() {
  on "$1" tailscale up --login-server=http://203.0.113.1 "--hostname=$1" --accept-routes=false --timeout=20s >>"$STATE/hosts/$1/join.log" 2>&1
}

# direct A B: until A speaks to B without a relay; prints how.
direct() {
  local answer deadline=$((SECONDS + 60))
  until answer=$(on "$1" tailscale ping -c 10 --timeout 2s "$2" 2>&1) && [[ ${answer##*$'\n'} =~ via\ [0-9\[] ]]; do
    ((SECONDS < deadline)) || die "no direct path from $1 to $2 within 60 s: ${answer##*$'\n'}"
    sleep 0.1
  done
  printf '%s: %s\n' "$1" "${answer##*$'\n'}"
}

# stop_process PID-FILE: by its id, and only while it is the process that we started.
stop_process() {
  local pid
  [[ -f $1 ]] && pid=$(<"$1") && [[ -n $pid ]] || return 0
  if grep -qs "$STATE\|wsl-$LAB-" "/proc/$pid/cmdline"; then kill -KILL "$pid" 2>/dev/null || true; fi
}
