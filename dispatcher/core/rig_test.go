package core

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

var (
	testLineage = history.Lineage{Namespace: "shop", Name: "clicks", Number: 1}
	testSpec    = history.LearningSpec{
		Format: history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "x"}}},
		Model:  history.Model{Algorithm: "LogisticRegression"},
	}
)

const begin = Instant(1_700_000_000_000_000_000)

// rig is a small world around one machine: a store, a topic, an object, a trainer and a clock that jumps from event to event.
type rig struct {
	t       *testing.T
	machine *Machine
	now     Instant
	wake    Instant
	config  Config
	due     []arrival

	store          map[string][]byte
	topic          Topic
	stable, starts history.Offsets
	// after are the first offsets that are young enough.
	after   history.Offsets
	object  Object
	record  bool
	trainer *fakeTrainer

	// intercept may answer an operation in the world's place. It returns false to let the world answer.
	intercept func(Op) (Result, bool)
	// objectTakes is how long a reading of the object takes, afterTakes how long Kafka takes to look up a time.
	objectTakes, afterTakes Span
	ops                     []Op
}

type arrival struct {
	at    Instant
	event Event
}

func newRig(t *testing.T) *rig {
	r := &rig{
		t: t, now: begin, store: map[string][]byte{}, record: true,
		topic:  Topic{ID: "topic-1", Partitions: []int32{0}},
		stable: at(0, 0), starts: at(0, 0), after: at(0, 42), object: Object{UID: "uid-1"},
		config: Config{
			Generation: 1, Reachable: true, Template: "t1", ProbedTemplate: "t1",
			Batch: Batch{MaxRecords: 100, MaxBytes: 1 << 20, Window: 200 * Millisecond},
		},
	}
	r.trainer = &fakeTrainer{rig: r}
	r.machine = New(r.settings("writer-1"))
	return r
}

func (r *rig) settings(writer string) Settings {
	return Settings{
		Lineage: testLineage, UID: "uid-1", Writer: writer, Incarnation: "inc-" + writer, Seed: 7,
		Spec: testSpec, Topic: "events", Start: Start{Kind: StartEarliest}, NumericsVersion: 1,
	}
}

// at returns a vector from partition, offset pairs.
func at(pairs ...int64) history.Offsets {
	var o history.Offsets
	for i := 0; i < len(pairs); i += 2 {
		o = o.With(int32(pairs[i]), pairs[i+1])
	}
	return o
}

func (r *rig) keys() history.Keys {
	return history.Keys{Lineage: testLineage, Incarnation: r.machine.incarnation}
}

func (r *rig) configure(change func(*Config)) {
	change(&r.config)
	r.step(Configured{Config: r.config})
}

// takeOver puts another machine in the place of the present one, whose trainer is gone too.
func (r *rig) takeOver(writer string) {
	r.machine = New(r.settings(writer))
	r.trainer.die()
	r.due = nil
	r.step(Configured{Config: r.config})
}

func (r *rig) step(event Event) {
	for _, effect := range r.machine.Step(r.now, event) {
		switch e := effect.(type) {
		case Wake:
			r.wake = e.At
		case Call:
			r.ops = append(r.ops, e.Op)
			r.call(e)
		}
	}
	if f := r.machine.Facts(); r.record && f.Incarnation != "" && r.config.Recorded == "" {
		r.configure(func(c *Config) { c.Recorded = f.Incarnation })
	}
}

// run lets time pass until the world stands still or the span is over.
func (r *rig) run(span Span) {
	until := r.now.Add(span)
	for {
		slices.SortStableFunc(r.due, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
		switch {
		case len(r.due) > 0 && r.due[0].at <= until && (r.wake == 0 || r.due[0].at <= r.wake):
			next := r.due[0]
			r.due = r.due[1:]
			r.now = max(r.now, next.at)
			if late, ok := next.event.(lateReading); ok {
				next.event = Result{ID: late.id, Offsets: r.stable}
			}
			r.step(next.event)
		case r.wake != 0 && r.wake <= until:
			r.now, r.wake = max(r.now, r.wake), 0
			r.step(Ticked{})
		default:
			r.now = until
			return
		}
	}
}

func (r *rig) call(c Call) {
	at := r.now.Add(Millisecond)
	var result Result
	answered := false
	if r.intercept != nil {
		result, answered = r.intercept(c.Op)
	}
	if !answered {
		result = r.answer(c.Op)
	}
	switch o := c.Op.(type) {
	case ReadStable:
		at = max(at, o.Due)
		if !answered {
			// The reading is made when it is due; what happens until then is in it.
			r.due = append(r.due, arrival{at: at, event: lateReading{id: c.ID}})
			return
		}
	case ReadObject:
		at = max(at, r.now.Add(r.objectTakes))
	case ReadAfter:
		at = max(at, r.now.Add(r.afterTakes))
	case Send:
		at = r.now.Add(5 * Millisecond)
	}
	result.ID = c.ID
	r.due = append(r.due, arrival{at: at, event: result})
}

// lateReading stands for a reading of the stable offsets that is made when it arrives.
type lateReading struct {
	Ticked
	id int64
}

func (r *rig) answer(op Op) Result {
	switch o := op.(type) {
	case Get:
		if value, ok := r.store[o.Key]; ok {
			return Result{Value: value}
		}
		return Result{Outcome: NotFound}
	case Put:
		if _, ok := r.store[o.Key]; ok {
			return Result{Outcome: Exists}
		}
		r.store[o.Key] = bytes.Clone(o.Value)
		return Result{}
	case List:
		var keys []string
		for _, key := range slices.Sorted(maps.Keys(r.store)) {
			if strings.HasPrefix(key, o.Prefix) && key > o.After && len(keys) < o.Limit {
				keys = append(keys, key)
			}
		}
		return Result{Keys: keys}
	case Delete:
		delete(r.store, o.Key)
		return Result{}
	case ReadTopic:
		return Result{Topic: r.topic}
	case ReadStarts:
		return Result{Offsets: r.starts}
	case ReadAfter:
		return Result{Offsets: r.after}
	case ReadObject:
		return Result{Object: r.object}
	case Send:
		status, answer := r.trainer.handle(o.Request)
		return Result{Status: status, Answer: answer}
	default:
		return Result{}
	}
}
