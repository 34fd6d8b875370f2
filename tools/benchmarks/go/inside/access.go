package mesh

import "time"

// LiftAcceptLimit lets a crowd connect at the same time, as the C++ setting
// does.
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
