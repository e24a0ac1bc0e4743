package observer

import (
	"reflect"

	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/history"
)

// core is the part of facts whose change is worth a reconcile at once. Messages are left out: a text that changes by itself, with a
// counter in it, must not become a stream of writes. What is left out is looked at when the next reconcile comes, half a minute later
// at most.
type core struct {
	uid, incarnation, durability, template, leftover, instance string
	generation, limit                                          int64
	numerics                                                   int
	phase                                                      history.Phase
	source, state, trainer                                     verdict
	stopped                                                    history.Reason
	offset                                                     int64
	class, needed                                              int64
}

type verdict struct {
	status history.Truth
	reason history.Reason
}

func essence(f history.Facts) core {
	c := core{
		uid: f.UID, incarnation: f.Incarnation, durability: f.Durability, template: f.ProbedTemplate, leftover: f.Leftover,
		numerics:   f.NumericsVersion,
		generation: f.Generation, phase: f.Phase,
		source: verdictOf(f.Source), state: verdictOf(f.State), trainer: verdictOf(f.Trainer),
	}
	if f.Stopped != nil {
		c.stopped, c.offset = f.Stopped.Reason, f.Stopped.Offset
	}
	if f.Worker != nil {
		c.instance = f.Worker.Instance
	}
	if f.Memory != nil {
		// A peak that comes near the limit is in the class above it.
		c.limit, c.class = f.Memory.Limit, memory.Class(f.Memory.Peak+f.Memory.Peak/5)
		c.needed = memory.Class(f.Memory.Needed)
	}
	return c
}

func verdictOf(f history.Finding) verdict { return verdict{status: f.Status, reason: f.Reason} }

func changed(before, now history.Facts) bool { return !reflect.DeepEqual(before, now) }
