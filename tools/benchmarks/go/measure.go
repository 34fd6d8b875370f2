package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

type fields map[string]interface{}

var output sync.Mutex

// report prints one line of JSON: the event and fields.
func report(event string, more fields) {
	if more == nil {
		more = fields{}
	}
	more["event"] = event
	text, err := json.Marshal(more)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(text, '\n'))
}

func cpuNow() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// stopwatch measures wall clock and CPU time (user and system, all threads).
type stopwatch struct {
	started time.Time
	cpu     float64
}

func newStopwatch() stopwatch           { return stopwatch{time.Now(), cpuNow()} }
func (s stopwatch) seconds() float64    { return time.Since(s.started).Seconds() }
func (s stopwatch) cpuSeconds() float64 { return cpuNow() - s.cpu }

// peakResident is the largest resident memory of this process so far, in KiB.
func peakResident() (kib int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		fmt.Sscanf(line, "VmHWM: %d kB", &kib)
	}
	return kib
}

// latencies are the median and tails of round trips, in microseconds.
func latencies(xs []time.Duration) fields {
	sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
	at := func(share float64) float64 {
		return float64(xs[int(share*float64(len(xs)-1))].Nanoseconds()) / 1e3
	}
	return fields{"messages": len(xs), "p50": at(0.5), "p99": at(0.99), "p999": at(0.999)}
}
