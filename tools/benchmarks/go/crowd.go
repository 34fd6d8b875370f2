package main

import (
	"fmt"
	"time"

	"github.com/weaveworks/mesh"
)

const (
	firstOfMany  = 0x020000010000
	lookInterval = 20 * time.Millisecond
)

// crowd runs many peers in this process. In the role `star` all dial the first;
// in `crowd` and `listeners` all dial the peer that --peer names, and listeners
// receive its broadcasts. The first two roles report `together` once each peer
// knows every other.
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
	if o.role == "star" {
		everybody = o.nodes
		if err := start(o.port, nil); err != nil {
			return err
		}
		o.peers = repeated{fmt.Sprintf("127.0.0.1:%d", o.port)}
	}
	for len(nodes) < o.nodes {
		if err := start(0, o.peers); err != nil {
			return err
		}
	}
	report("ready", nil)
	if all == nil {
		for i := 0; i < len(nodes); {
			if nodes[i].Peers.KnownInThisLife() == everybody {
				i++
			} else {
				time.Sleep(lookInterval)
			}
		}
		report("together", fields{"seconds": watch.seconds(), "cpu": watch.cpuSeconds(), "peak_kib": peakResident()})
	}
	return nil
}
