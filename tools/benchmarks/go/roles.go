package main

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/weaveworks/mesh"
)

const (
	stampSize  = 8
	lastMark   = uint64(1) << 63
	probeStamp = uint64(1) << 62

	probeInterval = 50 * time.Millisecond
	// How long a sender waits after the receivers have answered. Within this time, peers finish
	// announcing topology and computing routes.
	calmDown = 1500 * time.Millisecond
)

func isProbe(message []byte) bool {
	return len(message) == stampSize && binary.LittleEndian.Uint64(message) == probeStamp
}

// quiet implements the methods of a gossiper that these roles do not use.
type quiet struct{}

func (quiet) OnGossipBroadcast(mesh.PeerName, []byte) (mesh.GossipData, error) { return nil, nil }
func (quiet) OnGossip([]byte) (mesh.GossipData, error)                         { return nil, nil }
func (quiet) Gossip() mesh.GossipData                                          { return nil }

// sink checks that each number arrives once and in order, with the right size.
type sink struct {
	quiet
	gossip mesh.Gossip
	size   int
	next   uint64
	wrong  int
	watch  stopwatch
}

func (s *sink) OnGossipUnicast(src mesh.PeerName, message []byte) error {
	if isProbe(message) {
		return s.gossip.GossipUnicast(src, message)
	}
	if s.next == 0 {
		s.watch = newStopwatch()
	}
	var stamp uint64
	if len(message) >= stampSize {
		stamp = binary.LittleEndian.Uint64(message)
	}
	if len(message) != s.size || stamp&^lastMark != s.next {
		s.wrong++
	}
	s.next++
	if stamp&lastMark != 0 {
		report("done", fields{"messages": s.next, "wrong": s.wrong,
			"seconds": s.watch.seconds(), "cpu": s.watch.cpuSeconds()})
	}
	return nil
}

// echo sends every message back.
type echo struct {
	quiet
	gossip mesh.Gossip
}

func (e *echo) OnGossipUnicast(src mesh.PeerName, message []byte) error {
	return e.gossip.GossipUnicast(src, message)
}

// caller sends probes until the other end answers, and then begins to measure.
type caller struct {
	quiet
	gossip  mesh.Gossip
	to      mesh.PeerName
	o       options
	once    sync.Once
	heard   chan struct{}
	arrived chan []byte
}

func newCaller(o options) *caller {
	to, err := mesh.PeerNameFromString(o.to)
	if err != nil {
		panic(err)
	}
	return &caller{to: to, o: o, heard: make(chan struct{}), arrived: make(chan []byte, 1)}
}

func (c *caller) OnGossipUnicast(src mesh.PeerName, message []byte) error {
	if isProbe(message) {
		c.once.Do(func() { close(c.heard) })
	} else {
		c.arrived <- message
	}
	return nil
}

func (c *caller) reach() {
	probe := make([]byte, stampSize)
	binary.LittleEndian.PutUint64(probe, probeStamp)
	for {
		// This fails while there is no route, and the loop then tries again.
		c.gossip.GossipUnicast(c.to, probe)
		select {
		case <-c.heard:
			time.Sleep(calmDown)
			return
		case <-time.After(probeInterval):
		}
	}
}

func (c *caller) send(message []byte, stamp uint64) bool {
	binary.LittleEndian.PutUint64(message, stamp)
	err := c.gossip.GossipUnicast(c.to, message)
	if err != nil {
		report("failed", fields{"why": err.Error()})
	}
	return err == nil
}

// stream sends messages as fast as the library accepts them. One buffer is enough, because the
// library copies each message.
func (c *caller) stream() {
	c.reach()
	message := make([]byte, c.o.size)
	watch := newStopwatch()
	next := uint64(0)
	for ; watch.seconds() < c.o.seconds; next++ {
		if !c.send(message, next) {
			return
		}
	}
	c.send(message, next|lastMark)
	report("sent", fields{"messages": next + 1, "seconds": watch.seconds(), "cpu": watch.cpuSeconds()})
}

func (c *caller) ping() {
	c.reach()
	message := make([]byte, c.o.size)
	watch := newStopwatch()
	var roundTrips []time.Duration
	for next := uint64(0); watch.seconds() < c.o.seconds; next++ {
		left := time.Now()
		if !c.send(message, next) {
			return
		}
		back := <-c.arrived
		roundTrips = append(roundTrips, time.Since(left))
		if len(back) != len(message) || binary.LittleEndian.Uint64(back) != next {
			report("failed", fields{"why": fmt.Sprintf("%d bytes came back for message %d", len(back), next)})
			return
		}
	}
	cpu := watch.cpuSeconds()
	result := latencies(roundTrips)
	result["cpu"] = cpu
	report("done", result)
}
