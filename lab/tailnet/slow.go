package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// slowLink is what a kernel's netem does, for kernels that have none: it carries Ethernet frames between two interfaces,
// those of one direction later than they came and not all of them.
type slowLink struct {
	delay time.Duration
	loss  float64 // of all frames, 0 to 1
}

// queued frames at most, as in netem a limit against a link that is faster than it can be slow.
const queued = 100_000

type frame struct {
	due   time.Time
	bytes []byte
}

// carry joins HOST-w, the router's side, and HOST-i, the internet's, for each of the hosts, until ctx ends. What comes from
// the router's side is what is delayed.
func (s slowLink) carry(ctx context.Context, hosts []string) error {
	if len(hosts) == 0 || s.delay < 0 || s.loss < 0 || s.loss > 1 {
		return errors.New("slow wants --delay, --loss between 0 and 1, and names of hosts")
	}
	failed := make(chan error, 4*len(hosts))
	for _, host := range hosts {
		router, err := openPacketSocket(host + "-w")
		if err != nil {
			return err
		}
		internet, err := openPacketSocket(host + "-i")
		if err != nil {
			return err
		}
		go func() { failed <- s.oneWay(router, internet) }()
		go func() { failed <- slowLink{}.oneWay(internet, router) }()
	}
	log.Printf("slow links of %v: %v, %v lost", hosts, s.delay, s.loss)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func openPacketSocket(name string) (int, error) {
	device, err := net.InterfaceByName(name)
	if err != nil {
		return -1, fmt.Errorf("%s: %w", name, err)
	}
	const everyProtocol = unix.ETH_P_ALL>>8 | unix.ETH_P_ALL<<8&0xff00 // in network byte order
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	// Or each frame that we send would come back to us as one to carry.
	if err := unix.SetsockoptInt(socket, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
		return -1, err
	}
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20); err != nil {
		return -1, err
	}
	return socket, unix.Bind(socket, &unix.SockaddrLinklayer{Protocol: everyProtocol, Ifindex: device.Index})
}

func (s slowLink) oneWay(from, to int) error {
	frames := make(chan frame, queued)
	failed := make(chan error, 1)
	go func() { failed <- receive(from, frames, s) }()
	for {
		select {
		case err := <-failed:
			return err
		case f := <-frames:
			time.Sleep(time.Until(f.due))
			// A link that is down, or full, loses frames; that is no failure of ours.
			if _, err := unix.Write(to, f.bytes); err != nil && !lost(err) {
				return err
			}
		}
	}
}

func receive(from int, frames chan<- frame, s slowLink) error {
	buffer := make([]byte, 1<<16)
	for {
		n, err := unix.Read(from, buffer)
		switch {
		case err != nil && !lost(err):
			return err
		case err != nil || rand.Float64() < s.loss:
			continue
		}
		select {
		case frames <- frame{time.Now().Add(s.delay), append([]byte(nil), buffer[:n]...)}:
		default:
		}
	}
}

func lost(err error) bool {
	return errors.Is(err, unix.ENETDOWN) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.EINTR) ||
		errors.Is(err, unix.EMSGSIZE) || errors.Is(err, unix.ENXIO)
}
