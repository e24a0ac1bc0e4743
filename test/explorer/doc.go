// Package explorer visits every state of a model of Creek's protocol, up to a bound: dispatchers that append to one history, trainers that
// learn it and save checkpoints, a store, a topic, and whatever may be killed, lost, late or repeated. The simulation runs the real code in
// some worlds; this runs an abstraction in all worlds. It follows dispatcher/core and trainer/core step by step, with these liberties:
//
//   - There is no time. Whatever waits for a moment may happen at any moment, and whatever is retried is simply not done yet: a request or
//     a reading that fails changes nothing, so it is no state of its own.
//   - An append is decided when it reaches the store, and a request when it reaches a trainer: both depend on nothing but what their
//     sender knew. A request may therefore end at any entry that its sender knew, not only at the newest.
//   - Entries are interned: one is known by a small number that stands for it and all that precede it, as its hash does in the real code.
//   - States that differ in the names of dispatchers, trainers and writers only are one.
package explorer
