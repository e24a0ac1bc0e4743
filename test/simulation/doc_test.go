// Package simulation runs the cores of dispatcher and trainer together in a world without sockets, threads or clocks: a seeded queue of
// events stands for the network, the store, Kafka and time. What goes wrong is chosen, not waited for, and every run can be repeated.
package simulation
