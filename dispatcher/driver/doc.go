// Package driver runs the core of one training's dispatcher against real things: a Kafka source, a state store, a trainer and the clock.
// It decides nothing; goroutines and deadlines live here. The dispatcher runs one Driver per training, a pinned trainer one for itself.
package driver
