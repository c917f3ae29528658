package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/key"
)

// offlineAfter is how long a node may be without a map poll before the others hear that it is offline. Tailscale's own
// control server, too, lets a restart of tailscaled pass unseen.
const offlineAfter = 10 * time.Second

// nodes adds to the control server what the lab wants of it: names without their dot, and who is online.
type nodes struct {
	server  *testcontrol.Server
	dotless bool

	mu     sync.Mutex
	polls  map[key.NodePublic]int         // map polls open now
	leave  map[key.NodePublic]*time.Timer // set when the last poll ended
	forced map[key.NodePublic]bool        // said to be offline by hand
}

func newNodes(server *testcontrol.Server, dotless bool) *nodes {
	return &nodes{
		server: server, dotless: dotless,
		polls: map[key.NodePublic]int{}, leave: map[key.NodePublic]*time.Timer{}, forced: map[key.NodePublic]bool{},
	}
}

// mapRequest is called by the control server before it answers a map request: after the node was made, before any other node hears of it.
func (n *nodes) mapRequest(req *tailcfg.MapRequest) func() {
	n.mu.Lock()
	defer n.mu.Unlock()
	nk := req.NodeKey
	if !req.Stream || req.ReadOnly {
		n.refresh(nk)
		return nil
	}
	n.polls[nk]++
	if timer := n.leave[nk]; timer != nil {
		timer.Stop()
	}
	n.refresh(nk)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.polls[nk]--; n.polls[nk] == 0 {
			n.leave[nk] = time.AfterFunc(offlineAfter, func() {
				n.mu.Lock()
				defer n.mu.Unlock()
				n.refresh(nk)
			})
		}
	}
}

// refresh brings name and online state of a node up to date, and tells the others only when one of the two changed.
func (n *nodes) refresh(nk key.NodePublic) {
	node := n.server.Node(nk)
	if node == nil {
		return
	}
	name, online := node.Name, n.polls[nk] > 0 && !n.forced[nk]
	if n.dotless {
		name = strings.TrimSuffix(name, ".")
	}
	if name == node.Name && node.Online != nil && *node.Online == online {
		return
	}
	node.Name, node.Online = name, &online
	n.server.UpdateNode(node)
}

// ServeHTTP carries out what ctl asks for: the path holds the words.
func (n *nodes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	words := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if err := n.command(w, words); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (n *nodes) command(w io.Writer, words []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(words) == 1 && words[0] == "nodes" {
		for _, node := range n.server.AllNodes() {
			state := "offline"
			if node.Online != nil && *node.Online {
				state = "online"
			}
			fmt.Fprintln(w, node.Name, node.Addresses[0].Addr(), node.Addresses[1].Addr(), state)
		}
		return nil
	}
	if len(words) < 2 {
		return errors.New("say nodes, offline NODE, online NODE or rename NODE NAME")
	}
	node := n.find(words[1])
	if node == nil {
		return fmt.Errorf("no node of the name %q", words[1])
	}
	switch {
	case len(words) == 2 && words[0] == "offline":
		n.forced[node.Key] = true
	case len(words) == 2 && words[0] == "online":
		delete(n.forced, node.Key)
	case len(words) == 3 && words[0] == "rename":
		node.Name, node.ComputedName, node.ComputedNameWithHost = words[2], "", ""
		n.server.UpdateNode(node)
	default:
		return errors.New("say nodes, offline NODE, online NODE or rename NODE NAME")
	}
	n.refresh(node.Key)
	return nil
}

// find takes the name that the node joined with, or its full name as it is now.
func (n *nodes) find(name string) *tailcfg.Node {
	for _, node := range n.server.AllNodes() {
		if node.Hostinfo.Hostname() == name || strings.TrimSuffix(node.Name, ".") == strings.TrimSuffix(name, ".") {
			return node
		}
	}
	return nil
}

func control(socket string, words []string) error {
	client := &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}},
	}
	for i, word := range words {
		words[i] = url.PathEscape(word)
	}
	response, err := client.Post("http://tailnet/"+strings.Join(words, "/"), "text/plain", nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return errors.New(strings.TrimSpace(string(text)))
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
