package main

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/weaveworks/mesh"
)

const (
	acknowledgeMark = uint64(1) << 61
	aloneMark       = uint64(1) << 60
	allMarks        = lastMark | probeStamp | acknowledgeMark | aloneMark

	shareAlone      = 0.25
	batchSize       = 32
	batchesUnderWay = 4
)

// messageList keeps messages in order. Merging keeps all of them, so that each
// can be checked.
type messageList [][]byte

func (l messageList) Encode() [][]byte { return l }
func (l messageList) Merge(other mesh.GossipData) mesh.GossipData {
	return append(append(messageList{}, l...), other.(messageList)...)
}

// audience counts the messages that the listeners of one process have received.
type audience struct {
	sync.Mutex
	listeners, missing, heard int
	untilAll                  []time.Duration
	begun                     bool
	watch                     stopwatch
	deliveries                uint64
	wrong                     int
}

func newAudience(listeners int) *audience {
	return &audience{listeners: listeners, missing: listeners}
}

func (a *audience) heardAlone(sentAt int64) {
	a.Lock()
	defer a.Unlock()
	if a.heard++; a.heard == a.listeners {
		a.heard = 0
		a.untilAll = append(a.untilAll, time.Duration(time.Now().UnixNano()-sentAt))
	}
}

func (a *audience) heardFirst() {
	a.Lock()
	defer a.Unlock()
	if !a.begun {
		a.begun = true
		a.watch = newStopwatch()
	}
}

func (a *audience) heardLast(messages uint64, wrong int) {
	a.Lock()
	defer a.Unlock()
	a.deliveries += messages
	a.wrong += wrong
	if a.missing--; a.missing == 0 {
		result := latencies(a.untilAll)
		result["deliveries"] = a.deliveries
		result["wrong"] = a.wrong
		result["seconds"] = a.watch.seconds()
		result["cpu"] = a.watch.cpuSeconds()
		report("done", result)
	}
}

// listener checks every broadcast and acknowledges those that ask for it.
type listener struct {
	quiet
	gossip         mesh.Gossip
	size           int
	all            *audience
	next, streamed uint64
	wrong          int
}

func (l *listener) OnGossipUnicast(mesh.PeerName, []byte) error { return nil }

func (l *listener) OnGossipBroadcast(src mesh.PeerName, message []byte) (mesh.GossipData, error) {
	if len(message) < 2*stampSize {
		l.wrong++
		return nil, nil
	}
	stamp := binary.LittleEndian.Uint64(message)
	if stamp&probeStamp == 0 {
		l.count(len(message), stamp, int64(binary.LittleEndian.Uint64(message[stampSize:])))
	}
	if stamp&acknowledgeMark != 0 {
		return nil, l.gossip.GossipUnicast(src, message[:stampSize])
	}
	return nil, nil
}

func (l *listener) count(size int, stamp uint64, sentAt int64) {
	if size != l.size || stamp&^allMarks != l.next {
		l.wrong++
	}
	l.next++
	if stamp&aloneMark != 0 {
		l.all.heardAlone(sentAt)
		return
	}
	if l.streamed++; l.streamed == 1 {
		l.all.heardFirst()
	}
	if stamp&lastMark != 0 {
		l.all.heardLast(l.streamed, l.wrong)
	}
}

// broadcaster begins once o.nodes listeners have answered its probes. At first it sends each
// message after all listeners have acknowledged the previous one. Later it sends batches, with at
// most batchesUnderWay of them unacknowledged.
type broadcaster struct {
	quiet
	gossip mesh.Gossip
	o      options
	acks   chan acknowledgement
	next   uint64
}

type acknowledgement struct {
	from  mesh.PeerName
	stamp uint64
}

func newBroadcaster(o options) *broadcaster {
	return &broadcaster{o: o, acks: make(chan acknowledgement, 1024)}
}

func (b *broadcaster) OnGossipUnicast(src mesh.PeerName, message []byte) error {
	if len(message) == stampSize {
		b.acks <- acknowledgement{src, binary.LittleEndian.Uint64(message)}
	}
	return nil
}

func (b *broadcaster) send(stamp uint64) {
	message := make([]byte, b.o.size)
	binary.LittleEndian.PutUint64(message, stamp)
	binary.LittleEndian.PutUint64(message[stampSize:], uint64(time.Now().UnixNano()))
	b.gossip.GossipBroadcast(messageList{message})
}

func (b *broadcaster) reach() {
	from := map[mesh.PeerName]bool{}
	for len(from) < b.o.nodes {
		b.send(probeStamp | acknowledgeMark)
		for again := time.After(probeInterval); again != nil; {
			select {
			case x := <-b.acks:
				from[x.from] = true
			case <-again:
				again = nil
			}
		}
	}
	time.Sleep(calmDown)
}

// acknowledged waits until all listeners have acknowledged one more message, and returns the number
// of that message.
func (b *broadcaster) acknowledged(seen map[uint64]int) uint64 {
	for x := range b.acks {
		if x.stamp&probeStamp != 0 {
			continue
		}
		if seen[x.stamp]++; seen[x.stamp] == b.o.nodes {
			delete(seen, x.stamp)
			return x.stamp
		}
	}
	return 0
}

func (b *broadcaster) number(marks uint64) uint64 {
	b.next++
	return b.next - 1 | marks
}

func (b *broadcaster) run() {
	b.reach()
	seen := map[uint64]int{}
	for watch := newStopwatch(); watch.seconds() < shareAlone*b.o.seconds; b.acknowledged(seen) {
		b.send(b.number(acknowledgeMark | aloneMark))
	}
	since, underWay, finished := b.next, 0, false
	watch := newStopwatch()
	for !finished {
		if underWay++; underWay > batchesUnderWay {
			b.acknowledged(seen)
		}
		finished = watch.seconds() >= b.o.seconds
		for i := 1; i < batchSize && !finished; i++ {
			b.send(b.number(0))
		}
		marks := acknowledgeMark
		if finished {
			marks |= lastMark
		}
		b.send(b.number(marks))
	}
	for b.acknowledged(seen)&lastMark == 0 {
	}
	report("sent", fields{"messages": b.next - since, "cpu": watch.cpuSeconds()})
}
