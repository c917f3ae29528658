# shellcheck shell=bash
# The lab's network: the internet, one NAT router a host, and links between them, all in namespaces of their own.
#
#   world           198.51.100.1 (and 2001:db8:face::1), beyond the internet, only with --world
#   inet            203.0.113.1 (and 2001:db8:ffff::1), the tailnet's server lives there
#   slow            between the internet and the routers, only with --delay or --loss
#   router-HOST     wan 203.0.113.N, lan 192.168.N.1/24 (N is 10 for alice, 20 for bob, 30 for carol, 40 for dave …)
#   HOST            eth0 192.168.N.2, and with IPv6 2001:db8:N::2, routed, behind a firewall that remembers states

# Options of nsenter are spelt out: `ip netns exec` mounts /sys anew at each call, which costs time.
in_ns() {
  local ns=$1
  shift
  nsenter "--net=/run/netns/$(ns_of "$ns")" -- "$@"
}

ns_of() { printf 'wsl-%s-%s\n' "$LAB" "$1"; }

# make_world: a network beyond the internet, 198.51.100.1 (and 2001:db8:face::1), that tells who asks where the question came from.
make_world() {
  local ns inet
  ns=$(ns_of world) inet=$(ns_of inet)
  ip netns add "$ns"
  ip -n "$inet" link add world type veth peer name eth0 netns "$ns"
  ip -n "$inet" -batch - <<IP
link set world up
addr add 198.51.100.2/24 dev world
IP
  ip -n "$ns" -batch - <<IP
link set lo up
link set eth0 up
addr add 198.51.100.1/24 dev eth0
route add default via 198.51.100.2
IP
  in_ns inet sysctl -qw net.ipv4.ip_forward=1
  if [[ $IPV6 == yes ]]; then
    ip -n "$inet" addr add 2001:db8:face::2/64 dev world nodad
    ip -n "$ns" -batch - <<IP
addr add 2001:db8:face::1/64 dev eth0 nodad
route add default via 2001:db8:face::2
IP
  fi
  setsid nsenter "--net=/run/netns/$ns" -- "$TOOLS_LAYER/bin/tailnet" world >"$STATE/world.log" 2>&1 </dev/null &
  disown
}

# watch_host HOST: from now on its router counts what leaves the host's network and is neither Tailscale's nor a tunnel's: what goes
# to the tailnet's server and over UDP to other routers and hosts is, save questions for names.
watch_host() {
  # Loaded once: in the moment of loading a packet can miss the elements of a set.
  in_ns "router-$1" nft list table inet leaks >/dev/null 2>&1 || in_ns "router-$1" nft -f - <<'NFT'
table inet leaks {
  set seen4 { type ipv4_addr . inet_proto; size 1000; flags dynamic; counter; }
  set seen6 { type ipv6_addr . inet_proto; size 1000; flags dynamic; counter; }
  set ports4 { type ipv4_addr . inet_proto . inet_service; size 1000; flags dynamic; counter; }
  set ports6 { type ipv6_addr . inet_proto . inet_service; size 1000; flags dynamic; counter; }
  chain from_host {
    type filter hook prerouting priority -400; policy accept;
    iifname != "lan" accept
    meta l4proto { tcp, udp } th dport { 53, 853 } goto leak
    ip daddr 203.0.113.1 meta l4proto { tcp, udp, icmp } accept
    # What is refused on the way in is answered by ICMP, too.
    ip daddr { 203.0.113.0/24, 192.168.0.0/16, 10.0.0.0/8 } meta l4proto { udp, icmp } accept
    ip daddr { 224.0.0.0/4, 255.255.255.255 } accept
    ip6 daddr 2001:db8:ffff::1 accept
    ip6 daddr 2001:db8::/32 ip6 daddr != 2001:db8:face::/48 meta l4proto { udp, icmpv6 } accept
    ip6 daddr { fe80::/10, ff00::/8 } accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    goto leak
  }
  chain leak {
    meta l4proto { tcp, udp } update @ports4 { ip daddr . meta l4proto . th dport }
    meta l4proto { tcp, udp } update @ports6 { ip6 daddr . meta l4proto . th dport }
    meta l4proto != { tcp, udp } update @seen4 { ip daddr . meta l4proto }
    meta l4proto != { tcp, udp } update @seen6 { ip6 daddr . meta l4proto }
  }
}
NFT
  in_ns "router-$1" nft -f - <<'NFT'
flush set inet leaks seen4
flush set inet leaks seen6
flush set inet leaks ports4
flush set inet leaks ports6
NFT
}

# seen_of HOST: what its router counted, a line for each: address, protocol, port where there is one, packets.
seen_of() {
  in_ns "router-$1" nft -j list table inet leaks |
    jq -r '.nftables[].set? | select(.elem) | .elem[].elem | (.val.concat | map(tostring) | join(" ")) + " \(.counter.packets)"'
}

# The number of a host: the third byte of its network, the last one of its router's address.
number_of() {
  case $1 in
    alice) echo 10 ;; bob) echo 20 ;; carol) echo 30 ;; dave) echo 40 ;;
    *)
      local host number=50
      for host in $HOSTS; do
        case $host in
          alice | bob | carol | dave) ;;
          "$1") echo $number && return ;;
          *) number=$((number + 10)) ;;
        esac
      done
      ;;
  esac
}

# Where links are slow, frames pass this namespace; it has no addresses, so that nothing in it answers.
make_slow() {
  ip netns add "$(ns_of slow)"
  in_ns slow sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
}

# Where Docker loaded br_netfilter, bridged frames would pass the firewall rules, and the connection table, twice.
bridge_is_a_bridge() {
  if [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
    in_ns "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
  fi
}

make_inet() {
  local ns
  ns=$(ns_of inet)
  ip netns add "$ns"
  ip -n "$ns" -batch - <<IP
link set lo up
link add net0 type bridge
link set net0 up
addr add 203.0.113.1/24 dev net0
IP
  bridge_is_a_bridge inet
  if [[ $IPV6 == yes ]]; then
    in_ns inet sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.net0.accept_dad=0
    ip -n "$ns" addr add 2001:db8:ffff::1/64 dev net0 nodad
  else
    in_ns inet sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  fi
}

make_router() {
  local host=$1 n router inet
  n=$(number_of "$host")
  router=$(ns_of "router-$host") inet=$(ns_of inet)
  ip netns add "$router"
  if [[ $SLOW == yes ]]; then
    # The process that slows the link sees frames as they would be on a wire: whole, and with their check sums.
    ip -n "$(ns_of slow)" link add "$host-w" up type veth peer name wan netns "$router"
    ip -n "$(ns_of slow)" link add "$host-i" up type veth peer name "$host" netns "$inet"
    in_ns "router-$host" ethtool -K wan tx off tso off >/dev/null
    in_ns inet ethtool -K "$host" tx off tso off >/dev/null
  else
    ip -n "$inet" link add "$host" type veth peer name wan netns "$router"
  fi
  ip -n "$inet" link set "$host" master net0 up
  ip -n "$router" -batch - <<IP
link set lo up
link set wan up
addr add 203.0.113.$n/24 dev wan
route add default via 203.0.113.1
link add lan type bridge
link set lan up
addr add 192.168.$n.1/24 dev lan
IP
  in_ns "router-$host" sysctl -qw net.ipv4.ip_forward=1
  bridge_is_a_bridge "router-$host"
  if [[ $IPV6 == yes ]]; then
    in_ns "router-$host" sysctl -qw net.ipv6.conf.all.forwarding=1
    ip -n "$router" -batch - <<IP
addr add 2001:db8:ffff::$n/64 dev wan nodad
route add default via 2001:db8:ffff::1
addr add 2001:db8:$n::1/64 dev lan nodad
IP
    ip -n "$inet" route add "2001:db8:$n::/48" via "2001:db8:ffff::$n"
  else
    # The internet has no IPv6 then; inside the host it works all the same, as on any machine.
    in_ns "router-$host" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  fi
}

# plug_host HOST: its namespace, with a cable to its router.
plug_host() {
  local host=$1 n ns net
  n=$(number_of "$host")
  ns=$(ns_of "$host")
  ip netns add "$ns"
  ip -n "$(ns_of "router-$host")" -batch - <<IP
link add $host type veth peer name eth0 netns $ns
link set $host master lan up
IP
  ip -n "$ns" -batch - <<IP
link set lo up
link set eth0 up
addr add 192.168.$n.2/24 dev eth0
route add default via 192.168.$n.1
IP
  if [[ $IPV6 == yes ]]; then
    # The network as the router has it now, in case that the host starts once more.
    net=$(ip -n "$(ns_of "router-$host")" -j -6 addr show dev lan scope global | jq -r '.[0].addr_info[0].local | rtrimstr("::1")')
    ip -n "$ns" -batch - <<IP
addr add $net::2/64 dev eth0 nodad
route add default via $net::1
IP
  fi
}

# set_nat HOST easy|hard: easy keeps a host's port for all destinations, hard takes another one for each.
# Both drop what comes unasked: answered with a state, it would occupy the port that the host needs itself.
set_nat() {
  local how=
  case $2 in
    easy) ;; hard) how=fully-random ;;
    *) die "NAT is easy or hard, not '$2'" ;;
  esac
  in_ns "router-$1" nft -f - <<NFT
table inet lab
delete table inet lab
table inet lab {
  chain input { type filter hook input priority filter; iifname wan ct state new drop; }
  chain forward { type filter hook forward priority filter; iifname wan ct state new drop; }
  chain postrouting { type nat hook postrouting priority srcnat; meta nfproto ipv4 oifname wan masquerade $how; }
}
NFT
  forget_states "$1"
  printf '%s\n' "$2" >"$STATE/hosts/$1/nat"
}

forget_states() { in_ns "router-$1" conntrack -F >/dev/null 2>&1 || true; }

# start_slow DELAY LOSS: what leaves a router towards the internet takes DELAY longer (so that a round trip between two hosts
# takes twice that), and LOSS, a part of 1, of it is lost. A process does it: not every kernel has netem.
start_slow() {
  # shellcheck disable=SC2086 # a list of names
  setsid nsenter "--net=/run/netns/$(ns_of slow)" -- "$TOOLS_LAYER/bin/tailnet" slow --delay "$1" --loss "$2" $HOSTS \
    >"$STATE/slow.log" 2>&1 </dev/null &
  disown
}

# renumber HOST: another public address for its router, and with IPv6 another network for the host.
renumber() {
  local host=$1 n old new router
  n=$(number_of "$host")
  router=$(ns_of "router-$host")
  old=$(ip -n "$router" -j -4 addr show dev wan | jq -r '.[0].addr_info[0].local')
  new=$((n + (${old##*.} - n + 1) % 10))
  ip -n "$router" -batch - <<IP
addr flush dev wan scope global
addr add 203.0.113.$new/24 dev wan
route replace default via 203.0.113.1
IP
  if [[ $IPV6 == yes ]]; then
    ip -n "$router" -batch - <<IP
addr add 2001:db8:ffff::$n/64 dev wan nodad
route replace default via 2001:db8:ffff::1
addr flush dev lan scope global
addr add 192.168.$n.1/24 dev lan
addr add 2001:db8:$n:$new::1/64 dev lan nodad
IP
    ip -n "$(ns_of "$host")" -batch - <<IP
addr flush dev eth0 scope global
addr add 192.168.$n.2/24 dev eth0
addr add 2001:db8:$n:$new::2/64 dev eth0 nodad
route replace default via 192.168.$n.1
route replace default via 2001:db8:$n:$new::1
IP
  fi
  forget_states "$host"
  printf '203.0.113.%s\n' "$new"
}
