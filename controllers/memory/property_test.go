package memory_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"creek.dev/creek/controllers/memory"
)

func drawPolicy(t *rapid.T) memory.Policy {
	low := rapid.Int64Range(16, 128).Draw(t, "min")
	high := rapid.Int64Range(low, 2048).Draw(t, "max")
	return memory.Policy{
		Mode:    rapid.SampledFrom([]memory.Mode{memory.Off, memory.Advise, memory.Auto}).Draw(t, "mode"),
		Initial: mi(rapid.Int64Range(8, 4096).Draw(t, "initial")), Min: mi(low), Max: mi(high),
		MarginPercent: rapid.Int64Range(0, 100).Draw(t, "margin"),
	}
}

func drawHistory(t *rapid.T) memory.History {
	var h memory.History
	for _, peak := range rapid.SliceOfN(rapid.Int64Range(0, mi(4096)), 0, 60).Draw(t, "peaks") {
		h = h.Observe(memory.Sample{Peak: peak, Model: peak / 3, Slices: 1})
	}
	for _, limit := range rapid.SliceOfN(rapid.Int64Range(1, mi(4096)), 0, 3).Draw(t, "kills") {
		h = h.Kill(limit, noon.Add(-time.Hour))
	}
	return h
}

// TestNoLimitLeavesTheBounds holds for any facts: nothing above max or below min is decided, and each decision changes something.
func TestNoLimitLeavesTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := memory.Facts{
			Policy: drawPolicy(t), History: drawHistory(t), Now: noon,
			TemplateLimit: mi(rapid.Int64Range(16, 4096).Draw(t, "template")), Limit: mi(rapid.Int64Range(0, 4096).Draw(t, "limit")),
			Running: rapid.Bool().Draw(t, "running"), Resizing: rapid.Bool().Draw(t, "resizing"),
			ResizeRefused: rapid.Bool().Draw(t, "refused"), ResizeDeferred: rapid.Bool().Draw(t, "deferred"), FreePatch: rapid.Bool().Draw(t, "free"),
			PodAge: time.Duration(rapid.IntRange(0, 12).Draw(t, "age")) * time.Hour,
		}
		facts.Idle = !facts.Running && rapid.Bool().Draw(t, "idle")
		got := memory.Decide(facts)
		changes := got.Action == memory.PatchTemplate || got.Action == memory.Resize
		if changes && (got.Limit > facts.Policy.Max || got.Limit < facts.Policy.Min) {
			t.Fatalf("%+v leaves [%s, %s]", got, memory.Text(facts.Policy.Min), memory.Text(facts.Policy.Max))
		}
		if got.Recommended > facts.Policy.Max {
			t.Fatalf("recommended %s, above the ceiling", memory.Text(got.Recommended))
		}
		if got.Action == memory.PatchTemplate && got.Limit == facts.TemplateLimit || got.Action == memory.Resize && got.Limit == facts.Limit {
			t.Fatalf("%+v changes nothing", got)
		}
		if got.Action == memory.Resize && !facts.Running || got.Action == memory.PatchTemplate && !facts.Idle && !facts.ResizeRefused && !facts.ResizeDeferred {
			t.Fatalf("%+v at the wrong moment of %+v", got, facts)
		}
	})
}

// world is a trainer with a constant need: it is killed when the limit is below it.
type world struct {
	policy          memory.Policy
	history         memory.History
	now             time.Time
	template, limit int64
	actions         int
}

// wake runs a pod through some slices and lets the decisions act on it, as the operator would; then the pod goes.
func (w *world) wake(need int64, slices int) (stopped bool) {
	w.limit = w.template
	for range slices {
		w.now = w.now.Add(time.Second)
		if w.limit < need {
			w.history = w.history.Kill(w.limit, w.now)
		} else {
			w.history = w.history.Observe(memory.Sample{Peak: need, Slices: 1})
		}
		if w.act(true) {
			return true
		}
	}
	return w.act(false)
}

func (w *world) act(running bool) (stopped bool) {
	facts := memory.Facts{
		Policy: w.policy, History: w.history, Now: w.now, TemplateLimit: w.template, Running: running, Idle: !running, FreePatch: true,
	}
	if running {
		facts.Limit = w.limit
	}
	decision := memory.Decide(facts)
	switch decision.Action {
	case memory.Exhausted:
		return true
	case memory.Resize:
		w.limit = decision.Limit
		w.actions++
	case memory.PatchTemplate:
		w.template = decision.Limit
		w.history = w.history.Patched(w.now)
		w.actions++
	case memory.None:
	}
	return false
}

// TestConstantUseComesToRest feeds decisions back: with a constant need either the trainer ends at a limit that holds it and nothing
// changes any more, or it stops at the ceiling, where it can only stop if the need is really above.
func TestConstantUseComesToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{policy: drawPolicy(t), now: noon}
		w.policy.Mode = memory.Auto
		w.template = w.policy.Start()
		need := mi(rapid.Int64Range(1, 3000).Draw(t, "need"))
		for round := range 40 {
			before := w.actions
			if w.wake(need, rapid.IntRange(1, 60).Draw(t, "slices")) {
				if need <= w.policy.Max {
					t.Fatalf("stopped, but %s fit below %s", memory.Text(need), memory.Text(w.policy.Max))
				}
				return
			}
			if round >= 30 && w.actions != before {
				t.Fatalf("still changes limits in round %d: template %s, need %s", round, memory.Text(w.template), memory.Text(need))
			}
		}
		if w.template < need {
			t.Fatalf("came to rest at %s, below the need of %s", memory.Text(w.template), memory.Text(need))
		}
	})
}

func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h memory.Histogram
		peaks := rapid.SliceOfN(rapid.Int64Range(1, 1<<40), 1, 50).Draw(t, "peaks")
		largest := int64(0)
		for _, peak := range peaks {
			h = h.Add(peak)
			largest = max(largest, peak)
		}
		top := h.Quantile(1)
		if limit := max(largest, memory.MiB); top < largest && largest > memory.MiB || top > limit+limit/20+1 {
			t.Fatalf("the top is %d, the largest sample %d", top, largest)
		}
		for i := 1; i < len(h); i++ {
			if h[i-1].Index >= h[i].Index {
				t.Fatalf("buckets out of order: %v", h)
			}
		}
	})
}

func TestOldPeaksFade(t *testing.T) {
	h := memory.Histogram(nil).Add(mi(1000))
	for range 120 * 11 {
		h = h.Add(mi(10))
	}
	if got := h.Quantile(1); got > mi(11) {
		t.Errorf("a peak of eleven half-lives ago still counts: %s", memory.Text(got))
	}
}

func TestClasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 1<<40).Draw(t, "size")
		class := memory.Class(size)
		if class < size || class != memory.Class(class) || size > 32*memory.MiB && class > 2*size {
			t.Fatalf("the class of %d is %d", size, class)
		}
		if memory.NextClass(class) <= class || class > 32*memory.MiB && memory.NextClass(memory.PreviousClass(class)) != class {
			t.Fatalf("the neighbours of %d are %d and %d", class, memory.PreviousClass(class), memory.NextClass(class))
		}
	})
}
