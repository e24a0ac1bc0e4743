// Package history holds what the dispatcher, the trainers and the operator say to one another and write down: the genesis and
// the entries of a lineage, the chain that binds them, positions, checkpoint headers, requests, answers and facts. It is pure:
// nothing in it does I/O, reads a clock or draws a random number.
//
// A lineage is one life of a model. Its history is an append-only, numbered, hash-chained list of entries in a state store; a
// trainer's model after entry n is a pure function of the history up to n and the Kafka records that the entries name.
package history
