// Package explorer visits every state of a small model of Creek's protocol: two dispatchers that append to a history, two trainers that
// learn it and save checkpoints, a store, and a network that loses, delays and repeats. The simulation runs the real code in some worlds;
// this runs an abstraction in all worlds up to a bound. Half slices, dead letters and residencies are left to the simulation.
package explorer
