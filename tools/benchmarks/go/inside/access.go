package mesh

import "time"

// LiftAcceptLimit lets all peers of a crowd connect at the same time. The C++ program raises its
// limits, too.
func (router *Router) LiftAcceptLimit() {
	router.acceptLimiter = newTokenBucket(1, time.Nanosecond)
}

// KnownInThisLife counts the peers that are known by more than their name.
func (peers *Peers) KnownInThisLife() int {
	count := 0
	peers.forEach(func(peer *Peer) {
		if peer.UID != 0 {
			count++
		}
	})
	return count
}
