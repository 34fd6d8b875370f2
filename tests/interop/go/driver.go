// A peer of the Go mesh library that a test controls over its standard input.
//
// Both directions carry one JSON object per line. A command has an "id", which its
// answer repeats: {"id":1,"ok":true,...} or {"id":1,"ok":false,"error":"..."}.
//
//	connect, forget   peers: addresses
//	unicast           channel, to: peer name, size, seed
//	broadcast         channel, size, seed
//	set               channel, key, value: raises one value of the channel's state
//	get               channel -> state
//	status            -> status: the library's Status
//	peers             -> peers: the peers that this one knows
//	quit
//
// Events: ready (name, uid, flavour), failed (error), unicast and broadcast
// (channel, from, size, fnv), log (text). The program ends at the end of its
// input, so that it does not outlive its test.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/weaveworks/mesh"
)

type fields map[string]interface{}

// lines writes JSON objects to standard output, one at a time.
type lines struct{ mutex sync.Mutex }

func (l *lines) write(f fields) {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	os.Stdout.Write(append(text, '\n'))
}

// meshLog writes the library's log lines to standard error for people, and as
// events for tests.
type meshLog struct {
	prefix string
	events *lines
}

func (m meshLog) Printf(format string, args ...interface{}) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	fmt.Fprintf(os.Stderr, "go %s> %s\n", m.prefix, text)
	m.events.write(fields{"event": "log", "text": text})
}

type stringList []string

func (s *stringList) String() string     { return strings.Join(*s, ",") }
func (s *stringList) Set(v string) error { *s = append(*s, v); return nil }

// secret distinguishes an absent password from an empty one.
type secret struct{ bytes []byte }

func (s *secret) String() string     { return "" }
func (s *secret) Set(v string) error { s.bytes = append([]byte{}, v...); return nil }

type options struct {
	name, nickname, listen string
	password               secret
	minVersion, limit      int
	discovery              bool
	channels               stringList
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.name, "name", "", "peer name in its text form")
	flag.StringVar(&o.nickname, "nickname", "go", "text for people")
	flag.StringVar(&o.listen, "listen", "", "host:port; the port must not be 0")
	flag.Var(&o.password, "password", "absent: no encryption; may be empty")
	flag.IntVar(&o.minVersion, "min-version", mesh.ProtocolMinVersion, "least protocol version")
	flag.IntVar(&o.limit, "limit", 0, "connection limit; 0: none")
	flag.BoolVar(&o.discovery, "discovery", false, "connect to discovered peers")
	flag.Var(&o.channels, "channel", "channel to register (may be repeated); others are surrogates")
	flag.Parse()
	return o
}

type peer struct {
	router   *mesh.Router
	channels map[string]*channel
	events   *lines
}

func start(o options, events *lines) (p *peer, err error) {
	host, portText, err := net.SplitHostPort(o.listen)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port == 0 {
		return nil, fmt.Errorf("-listen needs host:port with a port, got %q", o.listen)
	}
	name, err := parseName(o.name)
	if err != nil {
		return nil, err
	}
	router, err := mesh.NewRouter(mesh.Config{
		Host:               host,
		Port:               port,
		Password:           o.password.bytes,
		ConnLimit:          o.limit,
		ProtocolMinVersion: byte(o.minVersion),
		PeerDiscovery:      o.discovery,
	}, name, o.nickname, mesh.NullOverlay{}, meshLog{o.nickname, events})
	if err != nil {
		return nil, err
	}
	p = &peer{router, map[string]*channel{}, events}
	for _, c := range o.channels {
		if p.channels[c], err = newChannel(c, router, events); err != nil {
			return nil, err
		}
	}
	// The library panics if it cannot listen on the address. This function then
	// returns an error instead.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	router.Start()
	return p, nil
}

// parseName refuses hash names of a wrong length. The library would accept them
// and fail later.
func parseName(text string) (mesh.PeerName, error) {
	if mesh.PeerNameFlavour == "hash" && len(text) != 2*mesh.NameSize {
		return mesh.UnknownPeerName, fmt.Errorf("a peer name of %d hex digits was expected, got %q", 2*mesh.NameSize, text)
	}
	return mesh.PeerNameFromString(text)
}

type command struct {
	ID      uint64   `json:"id"`
	Cmd     string   `json:"cmd"`
	Peers   []string `json:"peers"`
	Channel string   `json:"channel"`
	To      string   `json:"to"`
	Size    int      `json:"size"`
	Seed    uint64   `json:"seed"`
	Key     string   `json:"key"`
	Value   int      `json:"value"`
}

func (p *peer) answer(c command, more fields, err error) {
	if err != nil {
		more = fields{"ok": false, "error": err.Error()}
	} else if more == nil {
		more = fields{"ok": true}
	} else {
		more["ok"] = true
	}
	more["id"] = c.ID
	p.events.write(more)
}

func (p *peer) run(c command) (fields, error) {
	switch c.Cmd {
	case "connect":
		return nil, joined(p.router.ConnectionMaker.InitiateConnections(c.Peers, false))
	case "forget":
		p.router.ConnectionMaker.ForgetConnections(c.Peers)
		return nil, nil
	case "status":
		return fields{"status": mesh.NewStatus(p.router)}, nil
	case "peers":
		return fields{"peers": mesh.NewStatus(p.router).Peers}, nil
	case "unicast", "broadcast", "set", "get":
		ch, found := p.channels[c.Channel]
		if !found {
			return nil, fmt.Errorf("channel %q was not registered", c.Channel)
		}
		return ch.run(c)
	}
	return nil, fmt.Errorf("unknown command %q", c.Cmd)
}

func (c *channel) run(cmd command) (fields, error) {
	switch cmd.Cmd {
	case "get":
		return fields{"state": c.snapshot()}, nil
	case "set":
		c.set(cmd.Key, cmd.Value)
		return nil, nil
	case "broadcast":
		c.gossip.GossipBroadcast(&update{blobs: [][]byte{blob(cmd.Size, cmd.Seed)}})
		return nil, nil
	}
	to, err := parseName(cmd.To)
	if err != nil {
		return nil, err
	}
	return nil, c.gossip.GossipUnicast(to, blob(cmd.Size, cmd.Seed))
}

func joined(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return fmt.Errorf("%s", strings.Join(texts, "; "))
}

func (p *peer) serve() {
	// A command that sends may block if a remote does not read. Such commands run on a goroutine of
	// their own, so that other commands are still answered.
	sending := make(chan command, 1024)
	go func() {
		for c := range sending {
			more, err := p.run(c)
			p.answer(c, more, err)
		}
	}()
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<20)
	for input.Scan() {
		var c command
		if err := json.Unmarshal(input.Bytes(), &c); err != nil {
			p.answer(c, nil, err)
			continue
		}
		switch c.Cmd {
		case "quit":
			p.answer(c, nil, nil)
			return
		case "unicast", "broadcast", "set":
			sending <- c
		default:
			more, err := p.run(c)
			p.answer(c, more, err)
		}
	}
}

func main() {
	// The library takes random retry times from this source, which needs a
	// different seed in each peer.
	rand.Seed(time.Now().UnixNano() ^ int64(os.Getpid())<<32)
	events := &lines{}
	p, err := start(parseOptions(), events)
	if err != nil {
		events.write(fields{"event": "failed", "error": err.Error()})
		os.Exit(2)
	}
	events.write(fields{"event": "ready", "name": p.router.Ourself.Name.String(),
		"uid": p.router.Ourself.UID, "flavour": mesh.PeerNameFlavour})
	p.serve()
}
