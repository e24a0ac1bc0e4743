package simulation

import (
	"testing"

	"creek.dev/creek/history"
)

// stream of one partition in which slice after slice is cut.
func slicesOf(t *testing.T, residency history.Residency, count int64) *world {
	w := newWorld(t, 1, 1)
	w.residency, w.limit, w.save = residency, 10, history.SaveRule{Records: 1 << 40}
	for n := int64(1); n <= count; n++ {
		w.produce(n*400*millisecond, 0, 10*n)
	}
	w.addTrainer()
	w.addDispatcher()
	return w
}

// learned tells whether a dispatcher's trainer has learned so many entries.
func (w *world) learned(entries int64) func() bool {
	return func() bool {
		d := w.dispatchers[0]
		return d.machine != nil && d.machine.Facts().Position.Entry >= entries && !d.machine.Facts().InFlight
	}
}

// Rule 12: a slice costs one store operation for the history, and for the state none, two or one; and the model is the same.
func TestRule12StoreOperationsOfASlice(t *testing.T) {
	const warm, slices = 4, 20
	var want outcome
	for _, test := range []struct {
		residency history.Residency
		most      int
	}{{history.ResidencyResident, 1}, {history.ResidencyPerInvocation, 3}, {history.ResidencyCarried, 2}} {
		t.Run(string(test.residency), func(t *testing.T) {
			w := slicesOf(t, test.residency, warm+slices)
			w.run(60*second, w.learned(warm))
			before := w.ops
			w.run(60*second, w.learned(warm+slices))
			if got := w.ops - before; got > slices*test.most {
				t.Errorf("%d store operations for %d slices, want at most %d each", got, slices, test.most)
			}
			w.run(60*second, w.finished(w.total()))
			if _, resident := w.trainers[0].shard.Position(); resident != (test.residency == history.ResidencyResident) {
				t.Errorf("the trainer keeps the state in memory: %v", resident)
			}
			if got := w.outcome(); want == (outcome{}) {
				want = got
			} else if got != want {
				t.Errorf("%+v, resident it is %+v", got, want)
			}
		})
	}
}
