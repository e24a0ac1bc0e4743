// Package core decides what a dispatcher does with one training: how its genesis is made or adopted, when slices are cut and appended to
// the history, what is sent to the trainer, and what stops it. It is a pure, single-threaded state machine: Step takes the time and one
// event and returns the effects to carry out; it starts no goroutine, reads no clock and talks to nothing. The package driver runs it.
package core
