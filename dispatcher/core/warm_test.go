package core

import (
	"testing"

	"creek.dev/creek/history"
)

// warmed counts how often the trainer was woken.
func (r *rig) warmed() int {
	count := 0
	for _, op := range r.ops {
		if _, ok := op.(Warm); ok {
			count++
		}
	}
	return count
}

// A window that opens on a sleeping trainer wakes it, once, before the slice is cut; one that is awake, or a training that may not work
// now, is let be.
func TestWarmUp(t *testing.T) {
	tests := map[string]struct {
		change func(*Config)
		pause  Span
		want   int
	}{
		"asleep":       {func(*Config) {}, 60 * Second, 1},
		"awake":        {func(*Config) {}, 2 * Second, 0},
		"never sleeps": {func(c *Config) { c.IdleWindow = 0 }, 60 * Second, 0},
		"suspended":    {func(c *Config) { c.Suspend = true }, 60 * Second, 0},
		"no window":    {func(c *Config) { c.Batch.Window = 0 }, 60 * Second, 0},
		"unreachable":  {func(c *Config) { c.Reachable = false }, 60 * Second, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(c *Config) { c.IdleWindow = 10 * Second })
			r.run(5 * Second)
			r.configure(test.change)
			r.run(test.pause)
			r.ops, r.trainer.requests = nil, nil
			r.stable = at(0, 20)
			r.run(Second)
			if got := r.warmed(); got != test.want {
				t.Errorf("woken %d times, want %d", got, test.want)
			}
			if test.want > 0 {
				r.inOrder()
			}
		})
	}
}

// inOrder checks that the trainer was woken before it was asked to learn.
func (r *rig) inOrder() {
	for _, op := range r.ops {
		switch o := op.(type) {
		case Warm:
			return
		case Send:
			if o.Request.Action == history.ActionTrain {
				r.t.Error("asked to learn before it was woken")
			}
		}
	}
}
