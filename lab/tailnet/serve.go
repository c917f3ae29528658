package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"tailscale.com/derp/derpserver"
	"tailscale.com/net/stunserver"
	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/dnstype"
	"tailscale.com/types/key"
)

type options struct {
	addr, addr6      netip.Addr
	suffix, socket   string
	certificate      string
	dotless, verbose bool
}

func serve(ctx context.Context, o options) error {
	if !o.addr.Is4() {
		return errors.New("--addr must be an IPv4 address")
	}
	discard := func(string, ...any) {}
	server := &testcontrol.Server{
		Logf:             discard,
		Verbose:          o.verbose,
		MagicDNSDomain:   o.suffix,
		AllNodesSameUser: true,
		ExplicitBaseURL:  "http://" + o.addr.String(),
		DERPMap:          derpMap(o),
		DNSConfig: &tailcfg.DNSConfig{
			Proxied: true,
			Domains: []string{o.suffix},
			Routes:  map[string][]*dnstype.Resolver{o.suffix: nil},
		},
	}
	if o.verbose {
		server.Logf = log.Printf
	}
	nodes := newNodes(server, o.dotless)
	server.HoldMapRequest = nodes.mapRequest

	relay := derpserver.New(key.NewNode(), discard)
	defer relay.Close()
	secure := http.NewServeMux()
	// A client that dials often falls back to port 443, so the control server is there too.
	secure.Handle("/", server)
	secure.Handle("/derp", derpserver.Handler(relay))
	secure.HandleFunc("/derp/probe", derpserver.ProbeHandler)
	secure.HandleFunc("/derp/latency-check", derpserver.ProbeHandler)
	secure.HandleFunc("/generate_204", derpserver.ServeNoContent)
	plain := http.NewServeMux()
	plain.Handle("/", server)
	plain.HandleFunc("/generate_204", derpserver.ServeNoContent)

	certificate, err := throwAwayCertificate(o.addr)
	if err != nil {
		return err
	}
	if o.certificate != "" {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
		if err := os.WriteFile(o.certificate, text, 0o644); err != nil {
			return err
		}
	}
	failed := make(chan error, 8)
	for _, addr := range []netip.Addr{o.addr, o.addr6} {
		if !addr.IsValid() {
			continue
		}
		if err := listenHTTP(addr, 80, plain, nil, failed); err != nil {
			return err
		}
		// HTTP/1.1 only: the relay takes the connection over, which HTTP/2 cannot give away.
		conf := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
		if err := listenHTTP(addr, 443, secure, conf, failed); err != nil {
			return err
		}
		stun := stunserver.New(ctx)
		if err := stun.Listen(netip.AddrPortFrom(addr, 3478).String()); err != nil {
			return err
		}
		go func() { failed <- stun.Serve() }()
	}
	if o.socket != "" {
		listener, err := net.Listen("unix", o.socket)
		if err != nil {
			return err
		}
		go func() { failed <- http.Serve(listener, nodes) }()
	}
	log.Printf("tailnet %s on %s", o.suffix, o.addr)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func listenHTTP(addr netip.Addr, port uint16, handler http.Handler, conf *tls.Config, failed chan<- error) error {
	listener, err := net.Listen("tcp", netip.AddrPortFrom(addr, port).String())
	if err != nil {
		return err
	}
	if conf != nil {
		listener = tls.NewListener(listener, conf)
	}
	server := &http.Server{Handler: handler, ErrorLog: log.New(lineFilter{}, "", 0), TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	go func() { failed <- server.Serve(listener) }()
	return nil
}

// lineFilter drops what a relay's clients cause by closing connections as they please; the rest is logged.
type lineFilter struct{}

func (lineFilter) Write(line []byte) (int, error) {
	if !strings.Contains(string(line), "TLS handshake error") {
		log.Print(string(line))
	}
	return len(line), nil
}

func derpMap(o options) *tailcfg.DERPMap {
	ipv6 := "none"
	if o.addr6.IsValid() {
		ipv6 = o.addr6.String()
	}
	return &tailcfg.DERPMap{Regions: map[int]*tailcfg.DERPRegion{1: {
		RegionID: 1, RegionCode: "lab", RegionName: "Lab",
		Nodes: []*tailcfg.DERPNode{{
			Name: "1a", RegionID: 1, HostName: o.addr.String(), IPv4: o.addr.String(), IPv6: ipv6,
			STUNPort: 3478, DERPPort: 443, InsecureForTests: true, CanPort80: true,
		}},
	}}}
}

func throwAwayCertificate(addr netip.Addr) (tls.Certificate, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: addr.String()},
		IPAddresses:  []net.IP{addr.AsSlice()},
		NotBefore:    time.Now().Add(-24 * time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, nil
}
