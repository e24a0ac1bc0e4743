// Package core decides what a trainer does with one shard: a single-threaded state machine without clock, network or store. Facts go
// in as events, decisions come out as effects; the shell around it carries them out and reports what became of them. The same events
// in the same order give the same effects, so a simulation can run it under any order of failures.
//
// A shard moves along the chain of its history's entries. It learns only what the chain names, from where its model stands, and holds
// what is learned in memory until a checkpoint is due. Memory may be lost at any moment: the newest checkpoint and Kafka give it back.
package core
