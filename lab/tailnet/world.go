package main

import (
	"context"
	"net"
	"net/netip"
)

// world answers whoever asks, over TCP and UDP and over IPv4 and IPv6, with the address that the question came from.
func world(ctx context.Context, address string) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	packets, err := config.ListenPacket(ctx, "udp", address)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		listener.Close()
		packets.Close()
	}()
	go answerPackets(packets)
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			connection.Write(source(connection.RemoteAddr()))
		}()
	}
}

func answerPackets(packets net.PacketConn) {
	question := make([]byte, 1500)
	for {
		_, from, err := packets.ReadFrom(question)
		if err != nil {
			return
		}
		packets.WriteTo(source(from), from)
	}
}

// source is the address alone, on a line.
func source(from net.Addr) []byte {
	return []byte(netip.MustParseAddrPort(from.String()).Addr().Unmap().String() + "\n")
}
