// Package observer watches what trainings do: it polls the dispatcher's facts and those of baseline pods, keeps the newest, gathers
// samples of memory use, and wakes the reconciler when something changed that matters. It writes nothing but the Secret by which
// dispatcher and operator know one another.
package observer
