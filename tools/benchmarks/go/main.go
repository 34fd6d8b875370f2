// This program is one peer of the Go mesh library in one role of a benchmark.
// Its roles, options and reports are those of the C++ driver.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/weaveworks/mesh"
)

type silence struct{}

func (silence) Printf(string, ...interface{}) {}

func newRouter(o options) (*mesh.Router, error) {
	name, err := mesh.PeerNameFromString(o.name)
	if err != nil {
		return nil, err
	}
	router, err := mesh.NewRouter(mesh.Config{
		Host:               "127.0.0.1",
		Port:               o.port,
		Password:           o.password.bytes,
		ProtocolMinVersion: mesh.ProtocolMinVersion,
	}, name, "go", mesh.NullOverlay{}, silence{})
	if err == nil && o.nodes > 1 {
		router.LiftAcceptLimit()
	}
	return router, err
}

const channel = "bench"

// join creates the role of this peer, and returns the function, if any, that the role runs in a
// goroutine of its own.
func join(router *mesh.Router, o options) (begin func(), err error) {
	switch o.role {
	case "sink":
		s := &sink{size: o.size}
		s.gossip, err = router.NewGossip(channel, s)
	case "echo":
		e := &echo{}
		e.gossip, err = router.NewGossip(channel, e)
	case "source", "pinger":
		c := newCaller(o)
		c.gossip, err = router.NewGossip(channel, c)
		if o.role == "source" {
			return c.stream, err
		}
		return c.ping, err
	case "broadcaster":
		b := newBroadcaster(o)
		b.gossip, err = router.NewGossip(channel, b)
		return b.run, err
	case "relay":
	default:
		err = fmt.Errorf("there is no role %q", o.role)
	}
	return nil, err
}

func run(o options) error {
	runtime.GOMAXPROCS(o.threads)
	if o.core != "" {
		return measureCore(o)
	}
	if o.role == "star" || o.role == "mesh" || o.role == "crowd" || o.role == "listeners" {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		if err := crowd(o); err != nil {
			return err
		}
		select {}
	}
	router, err := newRouter(o)
	if err != nil {
		return err
	}
	begin, err := join(router, o)
	if err != nil {
		return err
	}
	router.Start()
	router.ConnectionMaker.InitiateConnections(o.peers, false)
	report("ready", fields{"port": o.port})
	if begin != nil {
		go begin()
	}
	// The input ends when the parent process closes it or exits.
	io.Copy(io.Discard, os.Stdin)
	return nil
}

func main() {
	if err := run(parseOptions()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
