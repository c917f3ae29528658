# shellcheck shell=bash
# What the lab's commands do.

help() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$HERE/lab"; }

main() {
  local command=${1-}
  [[ $LAB =~ ^[a-z0-9]{1,8}$ ]] || die "a lab's name has 1 to 8 small letters and digits, unlike '$LAB'"
  case $command in
    -h | --help | help) help && return ;;
    up) as_root ;;
    down | follow | exec | shell | pid | netns | root | direct | nat | renumber | offline | online | crash | boot | rename | pair | watch | seen | status | dump)
      as_root
      if [[ $command != down && $command != follow ]]; then read_state; fi
      ;;
    '') help >&2 && exit 2 ;;
    *) die "no such command: '$command'; see lab --help" ;;
  esac
  shift
  "do_$command" "$@"
}

read_state() {
  [[ -f $STATE/conf ]] || die "no lab of the name '$LAB' is up; start it with: lab --name $LAB up"
  # shellcheck source=/dev/null
  . "$STATE/conf"
}

known() {
  [[ -n ${1-} && " $HOSTS " == *" $1 "* ]] || die "no host of the name '${1-}'; there are: $HOSTS"
}

do_up() {
  local host option nat_all=easy direct=yes follow='' delay=0ms loss=0
  local -A kinds=() nats=() versions=() suites=() packages=()
  HOSTS='alice bob' IPV6=no SLOW=no WORLD=no PROGRAM='' DOTLESS=no
  while (($#)); do
    option=$1
    case $option in
      --ipv6) IPV6=yes ;;
      --dotless) DOTLESS=yes ;;
      --world) WORLD=yes ;;
      --no-direct) direct=no ;;
      --hosts | --program | --host | --suite | --packages | --tailscale | --nat | --delay | --loss | --with | --name)
        (($# > 1)) || die "$option needs a value"
        shift
        ;;&
      --name) LAB=$1 STATE=$STATES/$1 ;;
      --hosts) HOSTS=${1//,/ } ;;
      --program) PROGRAM=$(readlink -f "$1") && [[ -d $PROGRAM ]] || die "no such folder: $1" ;;
      --host) kinds[${1%%=*}]=${1#*=} ;;
      --suite) suites[${1%%=*}]=${1#*=} ;;
      --packages) packages[${1%%=*}]=${1#*=} ;;
      --tailscale) versions[${1%%=*}]=${1#*=} ;;
      --nat) if [[ $1 == *=* ]]; then nats[${1%%=*}]=${1#*=}; else nat_all=$1; fi ;;
      --delay) delay=$1 SLOW=yes ;;
      --loss) loss=$(awk -v l="${1%\%}" 'BEGIN {print l / 100}') SLOW=yes ;;
      --with) follow=$1 ;;
      *) die "no such option: '$option'; see lab --help" ;;
    esac
    shift
  done
  [[ $LAB =~ ^[a-z0-9]{1,8}$ ]] || die "a lab's name has 1 to 8 small letters and digits, unlike '$LAB'"
  for host in $HOSTS; do
    [[ $host =~ ^[a-z][a-z0-9]{0,11}$ && $host != inet && $host != net0 && $host != world ]] || die "no name for a host: '$host'"
    : "${kinds[$host]:=$(if [[ -n $PROGRAM ]]; then echo ours; else echo bare; fi)}" "${nats[$host]:=$nat_all}"
    case ${kinds[$host]} in
      ours) [[ -n $PROGRAM ]] || die "host $host is to have the program: give --program DIR (made by DESTDIR=DIR ./install.sh)" ;;
      1.0.3 | bare) ;;
      *) die "a host is ours, 1.0.3 or bare, not '${kinds[$host]}'" ;;
    esac
  done
  for host in "${!kinds[@]}" "${!nats[@]}" "${!versions[@]}" "${!suites[@]}" "${!packages[@]}"; do known "$host"; done
  if [[ -n $PROGRAM ]]; then check_program; fi
  [[ ! -e $STATE ]] || die "a lab of the name '$LAB' is there already; take it down with: lab --name $LAB down"

  for option in debootstrap systemd-nspawn nft ip ethtool jq pgrep conntrack flock nsenter; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$option" >/dev/null || die "this machine has no $option; install what is missing with lab/need"
  done
  get_layers
  mkdir -p "$STATES"
  mkdir -m 700 "$STATE" || die "a lab of the name '$LAB' is being started by somebody else"
  trap 'status=$?; trap - EXIT; if ((status)); then say "taking down what was started"; do_down; fi; exit $status' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # In memory: nothing of a lab outlives it, and overlays need a file system that is no overlay.
  mount -t tmpfs -o mode=0700 "wirescale-lab-$LAB" "$STATE"
  mkdir "$STATE/hosts"
  declare -p LAB HOSTS IPV6 SLOW DOTLESS PROGRAM BASE_LAYER TOOLS_LAYER OLD_LAYER | sed 's/^declare -- //' >"$STATE/conf"

  make_inet
  if [[ $SLOW == yes ]]; then make_slow; fi
  if [[ $WORLD == yes ]]; then make_world; fi
  setsid nsenter "--net=/run/netns/$(ns_of inet)" -- "$TOOLS_LAYER/bin/tailnet" serve --addr 203.0.113.1 $(if [[ $IPV6 == yes ]]; then echo --addr6 2001:db8:ffff::1; fi) \
    "--dotless=$(if [[ $DOTLESS == yes ]]; then echo true; else echo false; fi)" --socket "$STATE/tailnet.sock" \
    --certificate "$STATE/tailnet.pem" >"$STATE/tailnet.log" 2>&1 </dev/null &
  printf '%s\n' $! >"$STATE/tailnet.pid"
  disown
  wait_for 20 "the tailnet's server" tailnet_answers
  for host in $HOSTS; do
    make_router "$host"
    plug_host "$host"
    mkdir -p "$STATE/hosts/$host"
    set_nat "$host" "${nats[$host]}"
    furnish_host "$host" "${kinds[$host]}" "${versions[$host]-}" "${suites[$host]-}" "${packages[$host]-}"
    start_host "$host"
  done
  if [[ $SLOW == yes ]]; then start_slow "$delay" "$loss"; fi
  local nth=0
  local -a jobs=()
  for host in $HOSTS; do
    nth=$((nth + 1))
    ready_host "$host" $nth &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job"; done
  if [[ $direct == yes ]]; then all_direct; fi
  if [[ -n $follow ]]; then
    setsid "$HERE/lab" --name "$LAB" follow "$follow" >/dev/null 2>&1 </dev/null &
  fi
  trap - EXIT
  say "lab '$LAB' is up: $HOSTS"
}

# The two layers that take long are built at the same time.
get_layers() {
  local tools job host
  tools=$(mktemp)
  "$HERE/image" tools >"$tools" &
  job=$!
  # Who runs in the background does not hear Ctrl-C.
  # shellcheck disable=SC2064 # as they are now
  trap "kill $job 2>/dev/null; wait $job 2>/dev/null; rm -f '$tools'" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  BASE_LAYER=$("$HERE/image" base)
  OLD_LAYER=
  if [[ " ${kinds[*]} " == *' 1.0.3 '* ]]; then OLD_LAYER=$("$HERE/image" 1.0.3); fi
  wait $job
  TOOLS_LAYER=$(<"$tools")
  rm "$tools"
  trap - EXIT
  for host in "${!versions[@]}"; do versions[$host]=$("$HERE/image" tailscale "${versions[$host]}"); done
  for host in "${!packages[@]}"; do
    # shellcheck disable=SC2086 # a word a package
    packages[$host]=$("$HERE/image" packages "${suites[$host]:-bookworm}" ${packages[$host]//,/ })
  done
  for host in "${!suites[@]}"; do suites[$host]=$("$HERE/image" base "${suites[$host]}"); done
}

all_direct() {
  local a b job
  local -a jobs=()
  for a in $HOSTS; do
    for b in $HOSTS; do
      # Behind a NAT that takes another port for each destination there is no direct path to wait for, but over IPv6.
      if [[ $IPV6 == no && (${nats[$a]} == hard || ${nats[$b]} == hard) ]]; then continue; fi
      if [[ $a != "$b" ]]; then direct "$a" "$b" >>"$STATE/direct.log" & jobs+=($!); fi
    done
  done
  for job in "${jobs[@]}"; do wait "$job"; done
}

check_program() {
  local folder
  for folder in bin sbin lib lib64; do
    [[ ! -d $PROGRAM/$folder || -L $PROGRAM/$folder ]] ||
      die "$PROGRAM/$folder would hide the host's /$folder, which is a link to usr/$folder: install below usr instead"
  done
}

# follow PID: when it has ended, take the lab down.
do_follow() {
  tail --pid="$1" -f /dev/null
  do_down
}

do_down() {
  local host mounted ns
  [[ -d $STATE ]] || return 0
  stop_process "$STATE/tailnet.pid"
  for host in "$STATE"/hosts/*; do stop_process "$host/nspawn"; done
  wait_for 20 "the end of the hosts' processes" no_process_left
  while mounted=$(awk -v p="$STATE/" 'index($2, p) == 1 {print $2}' /proc/mounts | tail -n 1) && [[ -n $mounted ]]; do
    umount "$mounted" 2>/dev/null || umount -l "$mounted"
  done
  for ns in $(our_namespaces); do ip netns del "$ns"; done
  # A process that was killed keeps its group busy for some moments more.
  wait_for 10 "the end of the hosts' control groups" remove_cgroups
  umount "$STATE" 2>/dev/null || umount -l "$STATE" 2>/dev/null || true
  if ! grep -q " $STATE" /proc/mounts; then rm -rf --one-file-system "$STATE"; fi
  rmdir "$STATES" 2>/dev/null || true
}

# Whatever still lives in one of our network namespaces is ours: process 1 of a host, and with it all of the host.
no_process_left() {
  local ns left=0
  for ns in $(our_namespaces); do nobody_in "$ns" || left=1; done
  return $left
}

# nobody_in NAMESPACE: ends who is in it, and says whether there was nobody.
nobody_in() {
  local pid left=0
  for pid in $(ip netns pids "$1"); do
    left=1
    kill -KILL "$pid" 2>/dev/null || true
  done
  return $left
}

our_namespaces() { ip netns list | awk -v p="wsl-$LAB-" 'index($1, p) == 1 {print $1}'; }

tailnet_answers() { tailnet nodes >/dev/null 2>&1; }

tailnet() { "$TOOLS_LAYER/bin/tailnet" ctl --socket "$STATE/tailnet.sock" "$@"; }

do_exec() {
  known "${1-}"
  [[ ${2-} == -- && $# -gt 2 ]] || die "say: lab exec HOST -- COMMAND…"
  local host=$1
  shift 2
  on "$host" "$@"
}

do_shell() {
  known "${1-}"
  on "$1" /usr/bin/env -C /root bash -l
}

do_pid() { known "${1-}" && cat "$STATE/hosts/$1/pid"; }

do_root() { known "${1-}" && echo "$STATE/hosts/$1/root"; }

do_netns() {
  if [[ ${1-} != inet && ${1-} != world ]]; then known "${1#router-}"; fi
  ns_of "$1"
}

do_direct() {
  known "${1-}" && known "${2-}"
  direct "$1" "$2"
}

do_nat() {
  known "${1-}"
  set_nat "$1" "${2-}"
}

do_renumber() {
  known "${1-}"
  renumber "$1"
}

do_watch() {
  known "${1-}"
  watch_host "$1"
}

do_seen() {
  known "${1-}"
  seen_of "$1"
}

do_offline() {
  known "${1-}"
  ip -n "$(ns_of "router-$1")" link set wan down
  tailnet offline "$1"
}

do_online() {
  known "${1-}"
  ip -n "$(ns_of "router-$1")" link set wan up
  ip -n "$(ns_of "router-$1")" route replace default via 203.0.113.1
  if [[ $IPV6 == yes ]]; then ip -n "$(ns_of "router-$1")" route replace default via 2001:db8:ffff::1; fi
  tailnet online "$1"
}

# As when the power fails: nothing inside is told, and what it had in memory and in its kernel is gone.
do_crash() {
  known "${1-}"
  local ns
  ns=$(ns_of "$1")
  wait_for 20 "the end of $1" nobody_in "$ns"
  wait_for 20 "the end of the container of $1" is_gone "$(<"$STATE/hosts/$1/nspawn")"
  # Said by name, since a namespace takes its links with it at its leisure.
  ip -n "$(ns_of "router-$1")" link del "$1"
  ip netns del "$ns"
  rm -f "$STATE/hosts/$1/pid"
}

do_boot() {
  known "${1-}"
  [[ ! -f $STATE/hosts/$1/pid ]] || die "host $1 is running"
  plug_host "$1"
  start_host "$1"
  ready_host "$1" 1
}

is_gone() { [[ ! -e /proc/$1 || $(awk '/^State:/ {print $2}' "/proc/$1/status" 2>/dev/null) == [ZX] ]]; }

do_rename() {
  known "${1-}"
  [[ -n ${2-} ]] || die "say: lab rename HOST NAME"
  tailnet rename "$1" "$2"
}

do_pair() {
  local net=${3-10.77.0}
  known "${1-}" && known "${2-}"
  minimal_file "$1" "$2" "$net.1" "$net"
  minimal_file "$2" "$1" "$net.2" "$net"
}

minimal_file() {
  local file=$STATE/hosts/$1/root/etc/wirescale/$2.conf
  printf '[Interface]\nAddress = %s\n\n[Peer]\nAllowedIPs = %s.0/24\n' "$3" "$4" | (umask 077 && cat >"$file")
}

do_status() {
  local host
  printf '%-10s %-6s %-5s %-16s %-14s %s\n' HOST KIND NAT PUBLIC LOCAL NODE
  for host in $HOSTS; do
    printf '%-10s %-6s %-5s %-16s %-14s %s\n' "$host" "$(<"$STATE/hosts/$host/kind")" "$(<"$STATE/hosts/$host/nat")" \
      "$(ip -n "$(ns_of "router-$host")" -j -4 addr show dev wan | jq -r '.[0].addr_info[0].local')" \
      "192.168.$(number_of "$host").2" "$(tailnet nodes | awk -v h="$host." 'index($1, h) == 1')"
  done
}

do_dump() {
  local host to=${1-}
  if [[ -n $to ]]; then mkdir -p "$to"; fi
  for host in $HOSTS; do
    dump_to "$to" "$host.journal" on "$host" journalctl --no-pager -o short-precise
    dump_to "$to" "$host.state" on "$host" bash -c "$STATE_OF_A_HOST"
    dump_to "$to" "router-$host" in_ns "router-$host" bash -c 'ip addr; ip route; ip -6 route; nft list ruleset; conntrack -L'
    dump_to "$to" "$host.console" cat "$STATE/hosts/$host/console.log"
  done
  dump_to "$to" tailnet bash -c "'$TOOLS_LAYER/bin/tailnet' ctl --socket '$STATE/tailnet.sock' nodes; cat '$STATE/tailnet.log'"
}

STATE_OF_A_HOST='
show() { echo; echo "+ $*"; timeout 10 "$@" 2>&1; }
show tailscale status
show systemctl --no-pager --failed
show systemctl --no-pager list-units wirescale* autoremove-* recreate-* wireguard-go-* tailscaled*
show ip addr; show ip rule; show ip -6 rule; show ip route show table all; show ip -6 route show table all
show wg show all; show ss -uanp; show iptables-save; show ip6tables-save; show nft list ruleset
show find /run/wirescale /etc/wirescale -ls
for file in /run/wirescale/*.conf /run/wirescale/control/*; do if [ -f "$file" ]; then show grep -HviE "(private|preshared)" "$file"; fi; done
show ps -eo pid,ppid,lstart,rss,args
'

dump_to() {
  local to=$1 name=$2
  shift 2
  if [[ -n $to ]]; then
    "$@" >"$to/$name.txt" 2>&1 || true
  else
    printf '\n===== %s\n' "$name"
    "$@" 2>&1 || true
  fi
}
