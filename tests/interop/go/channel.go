package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"sync"

	"github.com/weaveworks/mesh"
)

// The payload of gossip and of broadcasts starts with one of these bytes.
const (
	blobMarker  = 'B' // bytes that the test counts and compares
	stateMarker = 'S' // gob map[string]int, merged by maximum
)

// update is the gossip data of this peer: blobs in a fixed order, and state. It
// is immutable, because the library encodes it on other goroutines.
type update struct {
	blobs [][]byte
	state map[string]int
}

func (u *update) Encode() [][]byte {
	var messages [][]byte
	for _, b := range u.blobs {
		messages = append(messages, append([]byte{blobMarker}, b...))
	}
	if len(u.state) > 0 {
		buf := bytes.NewBuffer([]byte{stateMarker})
		if err := gob.NewEncoder(buf).Encode(u.state); err != nil {
			panic(err)
		}
		messages = append(messages, buf.Bytes())
	}
	return messages
}

func (u *update) Merge(other mesh.GossipData) mesh.GossipData {
	o := other.(*update)
	merged := &update{state: map[string]int{}}
	merged.blobs = append(append(merged.blobs, u.blobs...), o.blobs...)
	raise(merged.state, u.state)
	raise(merged.state, o.state)
	return merged
}

// raise merges the map `from` into the map `to`, and keeps the greater of two values of a key. It
// returns the values that were added or became greater.
func raise(to, from map[string]int) map[string]int {
	raised := map[string]int{}
	for key, value := range from {
		if old, found := to[key]; !found || value > old {
			to[key] = value
			raised[key] = value
		}
	}
	return raised
}

// channel is the gossiper of one channel. It writes an event for each message
// that arrives.
type channel struct {
	name   string
	events *lines
	gossip mesh.Gossip

	mutex sync.Mutex
	state map[string]int
}

func newChannel(name string, router *mesh.Router, events *lines) (*channel, error) {
	c := &channel{name: name, events: events, state: map[string]int{}}
	gossip, err := router.NewGossip(name, c)
	c.gossip = gossip
	return c, err
}

// set raises one value and broadcasts the change.
func (c *channel) set(key string, value int) {
	c.mutex.Lock()
	raised := raise(c.state, map[string]int{key: value})
	c.mutex.Unlock()
	if len(raised) > 0 {
		c.gossip.GossipBroadcast(&update{state: raised})
	}
}

func (c *channel) snapshot() map[string]int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	copied := map[string]int{}
	raise(copied, c.state)
	return copied
}

func (c *channel) arrived(event string, src mesh.PeerName, payload []byte) {
	c.events.write(fields{"event": event, "channel": c.name, "from": src.String(),
		"size": len(payload), "fnv": digest(payload)})
}

// OnGossipUnicast takes the whole payload as a blob, without a marker.
func (c *channel) OnGossipUnicast(src mesh.PeerName, payload []byte) error {
	c.arrived("unicast", src, payload)
	return nil
}

// OnGossipBroadcast passes on all values, not only those that are new here. Peers that are reached
// only through this peer may lack any of them.
func (c *channel) OnGossipBroadcast(src mesh.PeerName, payload []byte) (mesh.GossipData, error) {
	if len(payload) > 0 && payload[0] == blobMarker {
		b := append([]byte(nil), payload[1:]...)
		c.arrived("broadcast", src, b)
		return &update{blobs: [][]byte{b}}, nil
	}
	state, _, err := c.merge(payload)
	if err != nil {
		return nil, err
	}
	return &update{state: state}, nil
}

func (c *channel) OnGossip(payload []byte) (mesh.GossipData, error) {
	_, raised, err := c.merge(payload)
	if err != nil || len(raised) == 0 {
		return nil, err
	}
	return &update{state: raised}, nil
}

func (c *channel) Gossip() mesh.GossipData {
	state := c.snapshot()
	if len(state) == 0 {
		return nil
	}
	return &update{state: state}
}

// merge decodes the state in the payload and merges it. It returns that state,
// and the part of it that was new.
func (c *channel) merge(payload []byte) (state, raised map[string]int, err error) {
	if len(payload) == 0 || payload[0] != stateMarker {
		return nil, nil, fmt.Errorf("channel %s: %d bytes that start with none of 'B' and 'S'", c.name, len(payload))
	}
	if err = gob.NewDecoder(bytes.NewReader(payload[1:])).Decode(&state); err != nil {
		return nil, nil, err
	}
	c.mutex.Lock()
	raised = raise(c.state, state)
	c.mutex.Unlock()
	return state, raised, nil
}
