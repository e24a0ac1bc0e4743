// Package chaos runs Creek's programs as processes of this machine, with a real Redis and, where one is at hand, a real Kafka, and kills
// all of them with SIGKILL while they learn: again and again, at moments that a seed chooses, alone, together, and while a second trainer
// or dispatcher is alive. In the end the model must be the one of an undisturbed replay, and every record that cannot be read must be in
// its topic. A second run changes the learning rate and deletes records meanwhile. The simulation in test/simulation looks at far more orders of events; this looks at what it had to leave out: sockets,
// files, processes and servers as they are.
package chaos
