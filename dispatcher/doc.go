// Package dispatcher watches CreekTrainings, read-only, and runs the dispatcher of each: it polls their topics, cuts and appends slices,
// sends them to the trainers, and serves what it knows to the operator. What it does with one training is decided in core and carried
// out in driver; here it is fitted into a cluster.
package dispatcher
