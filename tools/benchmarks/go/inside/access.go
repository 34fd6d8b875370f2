package mesh

import "time"

// LiftAcceptLimit lets a crowd connect at once, as the C++ setting does.
func (router *Router) LiftAcceptLimit() {
	router.acceptLimiter = newTokenBucket(1, time.Nanosecond)
}

// KnownInThisLife counts the peers of which more than the name is known.
func (peers *Peers) KnownInThisLife() int {
	count := 0
	peers.forEach(func(peer *Peer) {
		if peer.UID != 0 {
			count++
		}
	})
	return count
}
