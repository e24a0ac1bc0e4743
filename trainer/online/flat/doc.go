// Package flat reads and writes learned state as a flat list of named fields:
// integers, finite IEEE 754 numbers, and arrays of them, all little-endian. What
// is written tells by itself what it holds (see Walk), ends with its SHA-256,
// and passes through a buffer of constant size in either direction.
package flat
