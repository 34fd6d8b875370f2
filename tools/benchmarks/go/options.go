package main

import (
	"flag"
	"strings"
)

type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ",") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

// secret distinguishes an absent password from an empty one.
type secret struct{ bytes []byte }

func (s *secret) String() string     { return "" }
func (s *secret) Set(v string) error { s.bytes = append([]byte{}, v...); return nil }

// options are the same as those of the C++ drivers. options.hpp explains them.
type options struct {
	role, name, to string
	core           string
	port           int
	peers          repeated
	password       secret
	size           int
	seconds        float64
	threads        int
	nodes, degree  int
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.role, "role", "relay", "relay, sink, echo, source or pinger")
	flag.StringVar(&o.name, "name", "", "of this peer")
	flag.StringVar(&o.to, "to", "", "name of the peer at the other end")
	flag.IntVar(&o.port, "port", 0, "on 127.0.0.1")
	flag.Var(&o.peers, "peer", "host:port to dial, repeatable")
	flag.Var(&o.password, "password", "absent: plain")
	flag.IntVar(&o.size, "size", 64, "bytes a message")
	flag.Float64Var(&o.seconds, "seconds", 3, "how long to send")
	flag.IntVar(&o.threads, "threads", 2, "GOMAXPROCS")
	flag.IntVar(&o.nodes, "nodes", 1, "how many peers this process is")
	flag.IntVar(&o.degree, "degree", 0, "connections of each peer, without sockets")
	flag.StringVar(&o.core, "core", "", "work on a topology to measure instead of being a peer")
	flag.Parse()
	return o
}
