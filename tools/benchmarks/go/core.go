package main

import "github.com/weaveworks/mesh"

// measureCore measures one kind of work on a topology, without sockets.
func measureCore(o options) error {
	work := mesh.CoreWork{Shape: mesh.MeshShape{Peers: o.nodes, Degree: o.degree}, Seconds: o.seconds}
	mean, times, result, err := work.Run(o.core)
	if err == nil {
		report("done", fields{"ns": mean.Nanoseconds(), "times": times, "result": result})
	}
	return err
}
