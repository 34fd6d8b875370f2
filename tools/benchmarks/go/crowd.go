package main

import (
	"fmt"
	"math/rand"
	"os"
	"time"

	"github.com/weaveworks/mesh"
)

const (
	firstOfMany  = 0x020000010000
	lookInterval = 20 * time.Millisecond
	timeToSettle = 3 * time.Second
)

// transferred returns how many bytes this process has read and written so far. Almost all of them
// are traffic of its peers.
func transferred() (read, written int64) {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		panic(err)
	}
	fmt.Sscanf(string(text), "rchar: %d\nwchar: %d", &read, &written)
	return read, written
}

// rest measures the CPU time and traffic of idle peers.
func rest(o options) {
	time.Sleep(timeToSettle)
	watch := newStopwatch()
	read, written := transferred()
	time.Sleep(time.Duration(o.seconds * float64(time.Second)))
	readAfter, writtenAfter := transferred()
	perPeer := 1 / (watch.seconds() * float64(o.nodes))
	report("rested", fields{"cpu_ms": 1000 * watch.cpuSeconds() * perPeer, "peak_kib": peakResident(),
		"bytes_in": float64(readAfter-read) * perPeer, "bytes_out": float64(writtenAfter-written) * perPeer})
}

// dialEachOther has each peer dial degree/2 earlier peers, chosen at random.
func dialEachOther(o options, nodes []*mesh.Router) {
	random := rand.New(rand.NewSource(1))
	for i, node := range nodes {
		peers := []string{}
		for _, other := range random.Perm(i) {
			if len(peers) < o.degree/2 {
				peers = append(peers, fmt.Sprintf("127.0.0.1:%d", nodes[other].Port))
			}
		}
		node.ConnectionMaker.InitiateConnections(peers, false)
	}
}

// crowd runs many peers in this process. In the role `star`, all peers dial the first one. In
// `mesh`, each peer dials degree/2 earlier peers, chosen at random. In `crowd` and `listeners`, all
// peers dial the peer that --peer names, and listeners receive its broadcasts. All roles except
// `listeners` report `together` once each peer knows every other. A mesh or star then rests, and
// reports `rested`.
func crowd(o options) error {
	watch := newStopwatch()
	var all *audience
	if o.role == "listeners" {
		all = newAudience(o.nodes)
	}
	nodes := []*mesh.Router{}
	start := func(port int, peers []string) error {
		own := o
		own.port, own.name = port, fmt.Sprint(mesh.PeerName(firstOfMany+len(nodes)))
		router, err := newRouter(own)
		if err != nil {
			return err
		}
		if all != nil {
			l := &listener{size: o.size, all: all}
			if l.gossip, err = router.NewGossip(channel, l); err != nil {
				return err
			}
		}
		router.Start()
		router.ConnectionMaker.InitiateConnections(peers, false)
		nodes = append(nodes, router)
		return nil
	}
	everybody := o.nodes + 1
	if o.role == "mesh" {
		everybody = o.nodes
	}
	if o.role == "star" {
		everybody = o.nodes
		if err := start(o.port, nil); err != nil {
			return err
		}
		o.peers = repeated{fmt.Sprintf("127.0.0.1:%d", o.port)}
	}
	for len(nodes) < o.nodes {
		port := 0
		if o.role == "mesh" {
			port = o.port + len(nodes)
		}
		if err := start(port, o.peers); err != nil {
			return err
		}
	}
	report("ready", nil)
	if o.role == "mesh" {
		watch = newStopwatch()
		dialEachOther(o, nodes)
	}
	if all == nil {
		for i := 0; i < len(nodes); {
			if nodes[i].Peers.KnownInThisLife() == everybody {
				i++
			} else {
				time.Sleep(lookInterval)
			}
		}
		report("together", fields{"seconds": watch.seconds(), "cpu": watch.cpuSeconds(), "peak_kib": peakResident()})
		if o.role == "mesh" || o.role == "star" {
			rest(o)
		}
	}
	return nil
}
