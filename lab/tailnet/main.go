// Command tailnet is a whole Tailscale network's server side in one process: control server, DERP relay and STUN server on one address.
//
// It is for the lab only. Nothing here authenticates anybody: whoever reaches it joins the tailnet.
//
//	tailnet serve --addr 203.0.113.1 --socket /run/…/tailnet.sock   serve until SIGTERM
//	tailnet slow --delay 200ms --loss 0.01 alice …                 carry frames between alice-w and alice-i, late or never
//	tailnet ctl --socket … nodes                                    list nodes, one a line: name, addresses, online
//	tailnet ctl --socket … offline bob | online bob                 say to all others that bob is away, or back
//	tailnet ctl --socket … rename bob bob.other.ts.net.             give bob's node another full name
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tailnet:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("say serve, slow, world or ctl")
	}
	flags := flag.NewFlagSet("tailnet "+args[0], flag.ExitOnError)
	socket := flags.String("socket", "", "UNIX socket on which ctl reaches serve")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	switch args[0] {
	case "serve":
		o := options{}
		flags.TextVar(&o.addr, "addr", netip.Addr{}, "IPv4 address to serve on")
		flags.TextVar(&o.addr6, "addr6", netip.Addr{}, "IPv6 address of relay and STUN server; none if not given")
		flags.StringVar(&o.suffix, "suffix", "lab.ts.net", "MagicDNS suffix")
		flags.BoolVar(&o.dotless, "dotless", false, "send node names without their final dot")
		flags.StringVar(&o.certificate, "certificate", "", "write the server's throw-away certificate to this file, in PEM")
		flags.BoolVar(&o.verbose, "verbose", false, "log every request of every node")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		o.socket = *socket
		return serve(ctx, o)
	case "slow":
		s := slowLink{}
		flags.DurationVar(&s.delay, "delay", 0, "how much later frames from the router's side arrive")
		flags.Float64Var(&s.loss, "loss", 0, "how many of them do not, of 1")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return s.carry(ctx, flags.Args())
	case "world":
		address := flags.String("listen", ":80", "address and port")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return world(ctx, *address)
	case "ctl":
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return control(*socket, flags.Args())
	}
	return fmt.Errorf("no such command: %q", args[0])
}
