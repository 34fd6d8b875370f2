package main

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
)

// blob generates a payload from a size and a seed. Both ends of a test can
// compute it, so commands and events do not carry it.
//
// It is the output of xorshift64* (shifts 12, 25, 27; multiplier
// 0x2545F4914F6CDD1D) with the initial state seed|1. Each 64-bit result is
// written in little endian, and the last is cut to size. The C++ function
// test_blob does the same.
func blob(size int, seed uint64) []byte {
	bytes := make([]byte, (size+7)/8*8)
	x := seed | 1
	for i := 0; i < len(bytes); i += 8 {
		x ^= x >> 12
		x ^= x << 25
		x ^= x >> 27
		binary.LittleEndian.PutUint64(bytes[i:], x*0x2545F4914F6CDD1D)
	}
	return bytes[:size]
}

// digest returns the 64-bit FNV-1a hash of the payload as 16 hex digits.
func digest(payload []byte) string {
	h := fnv.New64a()
	h.Write(payload)
	return fmt.Sprintf("%016x", h.Sum64())
}
