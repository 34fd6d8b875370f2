// This file is compiled into a copy of the package, because it measures what
// the package's interface does not expose. It changes none of the package's
// code.
package mesh

import (
	"fmt"
	"sort"
	"time"
)

// A peer's neighbours are 1, 1 + shapeStride, 1 + 2 * shapeStride and so on places away around the
// ring, as in the C++ driver.
const (
	shapeStride    = 37
	newcomerNumber = 0xffff00
	sources        = 10
)

// MeshShape is a mesh that is the same in every run, and in C++ and Go.
type MeshShape struct{ Peers, Degree int }

func (s MeshShape) neighbours(peer int) []int {
	result := []int{}
	if s.Degree == s.Peers-1 {
		for i := 1; i <= s.Peers; i++ {
			if i != peer {
				result = append(result, i)
			}
		}
		return result
	}
	for i := 0; i < s.Degree/2; i++ {
		distance := 1 + i*shapeStride
		result = append(result, (peer-1+distance)%s.Peers+1, (peer-1+s.Peers-distance)%s.Peers+1)
	}
	sort.Ints(result)
	return result
}

func shapePeer(peer int) *Peer {
	return newPeer(PeerName(peer), fmt.Sprint("peer-", peer), PeerUID(peer*1000), 1, PeerShortID(peer))
}

func shapeAddress(peer, port int) string {
	return fmt.Sprintf("10.0.%d.%d:%d", peer>>8, peer&255, port)
}

func newView(self *Peer) (*localPeer, *Peers) {
	// A localPeer without the goroutine that a router would start.
	ourself := &localPeer{Peer: self}
	return ourself, newPeers(ourself)
}

// viewOfMember is the view of a peer that is in the middle of the mesh and
// knows everything.
func (s MeshShape) viewOfMember() (*localPeer, *Peers) {
	ourself, peers := newView(shapePeer(s.Peers / 2))
	all := make([]*Peer, s.Peers+1)
	for i := 1; i <= s.Peers; i++ {
		all[i] = ourself.Peer
		if i != s.Peers/2 {
			all[i] = peers.fetchWithDefault(shapePeer(i))
		}
	}
	for i := 1; i <= s.Peers; i++ {
		for _, x := range s.neighbours(i) {
			port := 6783
			if i > x {
				port = 40000 + i
			}
			all[i].connections[all[x].Name] = newRemoteConnection(all[i], all[x], shapeAddress(x, port), i < x, true)
		}
	}
	return ourself, peers
}

// viewOfNewcomer is the view of a peer that is connected to peer 1 and knows
// nothing else.
func viewOfNewcomer() *Peers {
	ourself, peers := newView(newPeer(newcomerNumber, "newcomer", newcomerNumber, 0, 4000))
	first := shapePeer(1)
	first.Version = 0
	first = peers.fetchWithDefault(first)
	ourself.connections[first.Name] = newRemoteConnection(ourself.Peer, first, shapeAddress(1, 6783), true, true)
	return peers
}

type digest uint64

func newDigest() digest { return 14695981039346656037 }

func (d *digest) add(x uint64) { *d = digest((uint64(*d) ^ x) * 1099511628211) }

func countIn(peers *Peers, without PeerName) uint64 {
	total, connections := 0, 0
	for name, peer := range peers.byName {
		if name != without {
			total++
			connections += len(peer.connections)
		}
	}
	result := newDigest()
	result.add(uint64(total))
	result.add(uint64(connections))
	return uint64(result)
}

// CoreWork measures one kind of work repeatedly.
type CoreWork struct {
	Shape   MeshShape
	Seconds float64
	times   []time.Duration
}

// repeat calls prepare and run until the time is over, at least once for each
// source, and measures run alone.
func (w *CoreWork) repeat(prepare, run func()) {
	begun := time.Now()
	for len(w.times) == 0 || len(w.times)%sources != 0 || time.Since(begun).Seconds() < w.Seconds {
		prepare()
		started := time.Now()
		run()
		w.times = append(w.times, time.Since(started))
	}
}

func nothing() {}

func apply(peers *Peers, update []byte) {
	if _, _, err := peers.applyUpdate(update); err != nil {
		panic(err)
	}
}

func (w *CoreWork) encode() uint64 {
	_, peers := w.Shape.viewOfMember()
	names := peers.names()
	var update []byte
	w.repeat(nothing, func() { update = peers.encodePeers(names) })
	newcomer := viewOfNewcomer()
	apply(newcomer, update)
	return countIn(newcomer, newcomerNumber)
}

func (w *CoreWork) applyKnown() uint64 {
	_, peers := w.Shape.viewOfMember()
	update := peers.encodePeers(peers.names())
	w.repeat(nothing, func() { apply(peers, update) })
	return countIn(peers, UnknownPeerName)
}

func (w *CoreWork) applyNew() uint64 {
	_, peers := w.Shape.viewOfMember()
	update := peers.encodePeers(peers.names())
	var newcomer *Peers
	w.repeat(func() { newcomer = viewOfNewcomer() }, func() { apply(newcomer, update) })
	return countIn(newcomer, UnknownPeerName)
}

func (w *CoreWork) unicast() uint64 {
	ourself, peers := w.Shape.viewOfMember()
	r := &routes{ourself: ourself, peers: peers}
	version := 1
	// Makes the same change as the C++ driver. Only C++ needs the change, because it caches routes.
	// calculateUnicast caches nothing.
	first := peers.byName[1]
	change := func() {
		version++
		conn := first.connections[PeerName(w.Shape.neighbours(1)[0])].(*remoteConnection)
		conn.established = version%2 != 0
	}
	var established, all unicastRoutes
	w.repeat(change, func() {
		established, all = r.calculateUnicast(true), r.calculateUnicast(false)
	})
	result := newDigest()
	for _, table := range []unicastRoutes{established, all} {
		for i := 1; i <= w.Shape.Peers; i++ {
			result.add(uint64(table[PeerName(i)]))
		}
	}
	return uint64(result)
}

func (w *CoreWork) broadcast() uint64 {
	ourself, peers := w.Shape.viewOfMember()
	r := &routes{ourself: ourself, peers: peers}
	source := func(i int) PeerName { return PeerName(1 + i*(w.Shape.Peers/sources)) }
	next := 0
	w.repeat(func() { next = (next + 1) % sources }, func() {
		r.calculateBroadcast(source(next), true)
		r.calculateBroadcast(source(next), false)
	})
	result := newDigest()
	for i := 0; i < sources; i++ {
		for _, established := range []bool{true, false} {
			targets := r.calculateBroadcast(source(i), established)
			sort.Slice(targets, func(i, j int) bool { return targets[i] < targets[j] })
			for _, x := range targets {
				result.add(uint64(x))
			}
		}
	}
	return uint64(result)
}

// Run returns the mean time of the work, how often it was measured, and a
// digest of the result. The C++ benchmark reports the same digest.
func (w *CoreWork) Run(role string) (mean time.Duration, times int, result uint64, err error) {
	run, found := map[string]func() uint64{
		"encode": w.encode, "apply known": w.applyKnown, "apply new": w.applyNew,
		"unicast routes": w.unicast, "broadcast routes": w.broadcast,
	}[role]
	if !found {
		return 0, 0, 0, fmt.Errorf("there is no role %q", role)
	}
	result = run()
	var sum time.Duration
	for _, x := range w.times {
		sum += x
	}
	return sum / time.Duration(len(w.times)), len(w.times), result, nil
}
