package memory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/controllers/memory"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func mi(n int64) int64 { return n * memory.MiB }

// after returns the history of n slices with the same peak.
func after(n int, peak int64) memory.History {
	var h memory.History
	for range n {
		h = h.Observe(memory.Sample{Peak: peak, Slices: 1})
	}
	return h
}

func auto() memory.Policy {
	return memory.Policy{Mode: memory.Auto, Initial: mi(64), Min: mi(32), Max: mi(256), MarginPercent: 15}
}

func inMode(mode memory.Mode) memory.Policy {
	p := auto()
	p.Mode = mode
	return p
}

func idle(p memory.Policy, h memory.History, template int64) memory.Facts {
	return memory.Facts{Policy: p, History: h, Now: noon, TemplateLimit: template, Idle: true, FreePatch: true}
}

func running(p memory.Policy, h memory.History, template, limit int64) memory.Facts {
	return memory.Facts{Policy: p, History: h, Now: noon, TemplateLimit: template, Limit: limit, Running: true, FreePatch: true}
}

func with(f memory.Facts, edit func(*memory.Facts)) memory.Facts {
	edit(&f)
	return f
}

func TestDecide(t *testing.T) {
	killed := func(h memory.History, limit int64) memory.History { return h.Kill(limit, noon) }
	patched := func(h memory.History, times int) memory.History {
		for i := range times {
			slices := h.Slices
			h = h.Patched(noon.Add(time.Duration(i-times) * time.Hour))
			h.Slices = slices
		}
		return h
	}
	type want struct {
		action      memory.Action
		limit       int64
		recommended int64
		reason      string
	}
	tests := map[string]struct {
		facts memory.Facts
		want  want
	}{
		"nothing known":                      {idle(auto(), memory.History{}, mi(64)), want{memory.None, 0, mi(64), "memory.initial holds"}},
		"right":                              {idle(auto(), after(100, mi(40)), mi(48)), want{memory.None, 0, mi(48), "48Mi are right: 98 % of its work stayed within 41Mi"}},
		"idle, too small":                    {idle(auto(), after(1, mi(60)), mi(64)), want{memory.PatchTemplate, mi(96), mi(96), "raised from 64Mi to 96Mi"}},
		"idle, too large":                    {idle(auto(), after(20, mi(20)), mi(64)), want{memory.PatchTemplate, mi(32), mi(32), "lowered from 64Mi to 32Mi"}},
		"idle, too large for too few slices": {idle(auto(), after(19, mi(20)), mi(64)), want{memory.None, 0, mi(32), "64Mi are right"}},
		"idle, too large, a pod start does not pay": {
			with(idle(auto(), after(20, mi(40)), mi(64)), func(f *memory.Facts) { f.FreePatch = false }),
			want{memory.None, 0, mi(48), ""},
		},
		"idle, too large, a pod start pays": {
			with(idle(auto(), after(20, mi(20)), mi(64)), func(f *memory.Facts) { f.FreePatch = false }),
			want{memory.PatchTemplate, mi(32), mi(32), "lowered"},
		},
		"idle, too many patches": {idle(auto(), patched(after(20, mi(20)), 6), mi(64)), want{memory.None, 0, mi(32), "6 times within a day"}},
		"idle, too many patches, but killed": {
			idle(auto(), killed(patched(after(20, mi(20)), 6), mi(64)), mi(64)),
			want{memory.PatchTemplate, mi(96), mi(96), "it was killed at a limit of 64Mi"},
		},
		"running, too small": {running(auto(), after(1, mi(60)), mi(64), mi(64)), want{memory.Resize, mi(96), mi(96), "raised"}},
		"running, a new need": {
			running(auto(), after(200, mi(20)).Observe(memory.Sample{Peak: mi(60), Slices: 1}), mi(64), mi(64)),
			want{memory.Resize, mi(96), mi(96), "it used 60Mi of late"},
		},
		"running, resized, template old": {running(auto(), after(1, mi(60)), mi(64), mi(96)), want{memory.None, 0, mi(96), ""}},
		"running, too large":             {running(auto(), after(99, mi(20)), mi(64), mi(64)), want{memory.None, 0, mi(32), "lowered when no pod runs"}},
		"running for hours, too large": {
			with(running(auto(), after(99, mi(20)), mi(64), mi(64)), func(f *memory.Facts) { f.PodAge = 6 * time.Hour }),
			want{memory.Resize, mi(32), mi(32), "lowered"},
		},
		"running, being resized": {
			with(running(auto(), after(1, mi(60)), mi(64), mi(64)), func(f *memory.Facts) { f.Resizing = true }),
			want{memory.None, 0, mi(96), "being resized"},
		},
		"running, cannot be resized": {
			with(running(auto(), after(1, mi(60)), mi(64), mi(64)), func(f *memory.Facts) { f.ResizeRefused = true }),
			want{memory.None, 0, mi(96), "the next one gets it"},
		},
		"killed, cannot be resized": {
			with(running(auto(), killed(after(1, mi(20)), mi(64)), mi(64), mi(64)), func(f *memory.Facts) { f.ResizeRefused = true }),
			want{memory.PatchTemplate, mi(96), mi(96), "raised"},
		},
		"killed":                {running(auto(), killed(after(9, mi(20)), mi(64)), mi(64), mi(64)), want{memory.Resize, mi(96), mi(96), "killed at a limit of 64Mi"}},
		"killed below max":      {running(auto(), killed(after(9, mi(20)), mi(192)), mi(192), mi(192)), want{memory.Resize, mi(256), mi(256), "memory.max bounds it"}},
		"killed at max":         {running(auto(), killed(after(9, mi(20)), mi(256)), mi(256), mi(256)), want{memory.Exhausted, 0, mi(256), "raise memory.max"}},
		"killed at max, no pod": {idle(auto(), killed(after(9, mi(20)), mi(256)), mi(256)), want{memory.Exhausted, 0, mi(256), "raise memory.max"}},
		"killed at max, which was raised": {
			with(idle(auto(), killed(after(9, mi(20)), mi(256)), mi(256)), func(f *memory.Facts) { f.Policy.Max = mi(512) }),
			want{memory.PatchTemplate, mi(384), mi(384), "raised"},
		},
		"max was lowered, running": {
			with(running(auto(), after(9, mi(200)), mi(256), mi(256)), func(f *memory.Facts) { f.Policy.Max = mi(128) }),
			want{memory.Resize, mi(128), mi(128), "memory.max bounds it"},
		},
		"short, running": {
			with(running(auto(), after(9, mi(20)), mi(64), mi(64)), func(f *memory.Facts) { f.Needed = mi(80) }),
			want{memory.Resize, mi(96), mi(96), "it needs 80Mi to go on"},
		},
		"short, running, cannot be resized": {
			with(running(auto(), after(9, mi(20)), mi(64), mi(64)), func(f *memory.Facts) { f.Needed, f.ResizeRefused = mi(80), true }),
			want{memory.PatchTemplate, mi(96), mi(96), "it needs 80Mi to go on"},
		},
		"short, idle, too many patches": {
			with(idle(auto(), patched(after(20, mi(20)), 6), mi(64)), func(f *memory.Facts) { f.Needed = mi(80) }),
			want{memory.PatchTemplate, mi(96), mi(96), "it needs 80Mi to go on"},
		},
		"short at max": {
			with(running(auto(), after(9, mi(20)), mi(256), mi(256)), func(f *memory.Facts) { f.Needed = mi(300) }),
			want{memory.Exhausted, 0, mi(256), "needs 300Mi to go on, and 256Mi are the highest"},
		},
		"short, off": {
			with(running(inMode(memory.Off), after(9, mi(20)), mi(64), mi(64)), func(f *memory.Facts) { f.Needed = mi(65) }),
			want{memory.Exhausted, 0, 0, "memory.mode to Auto"},
		},
		"pods in transit": {
			with(idle(auto(), after(20, mi(20)), mi(64)), func(f *memory.Facts) { f.Idle = false }),
			want{memory.None, 0, mi(32), "come or gone"},
		},
		"off":                     {running(inMode(memory.Off), after(99, mi(60)), mi(64), mi(64)), want{memory.None, 0, 0, "memory.mode is Off"}},
		"off, after auto":         {idle(inMode(memory.Off), after(99, mi(60)), mi(96)), want{memory.PatchTemplate, mi(64), 0, "memory.initial says so"}},
		"off, killed":             {running(inMode(memory.Off), killed(memory.History{}, mi(64)), mi(64), mi(64)), want{memory.Exhausted, 0, 0, "memory.mode to Auto"}},
		"advise":                  {running(inMode(memory.Advise), after(99, mi(60)), mi(64), mi(64)), want{memory.None, 0, mi(96), "96Mi are recommended"}},
		"advise, too large, idle": {idle(inMode(memory.Advise), after(99, mi(20)), mi(64)), want{memory.None, 0, mi(32), "32Mi are recommended"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := memory.Decide(test.facts)
			if diff := cmp.Diff([]any{test.want.action, test.want.limit, test.want.recommended}, []any{got.Action, got.Limit, got.Recommended}); diff != "" {
				t.Errorf("decision %+v (-want +got):\n%s", got, diff)
			}
			if !strings.Contains(got.Reason, test.want.reason) || got.Reason == "" {
				t.Errorf("reason %q, want one with %q", got.Reason, test.want.reason)
			}
		})
	}
}

func TestTheFloorSinksOnlyWithWork(t *testing.T) {
	killed := after(99, mi(20)).Kill(mi(96), noon)
	worked := killed
	for range 20 {
		worked = worked.Observe(memory.Sample{Peak: mi(20), Slices: 1})
	}
	tests := map[string]struct {
		history memory.History
		later   time.Duration
		want    int64
	}{
		"at once":              {killed, 0, mi(192)},
		"a day without work":   {killed, 25 * time.Hour, mi(192)},
		"work, but not a day":  {worked, 23 * time.Hour, mi(192)},
		"a day of work":        {worked, 25 * time.Hour, mi(128)},
		"days enough":          {worked, 30 * 24 * time.Hour, mi(32)},
		"killed at less later": {worked.Kill(mi(32), noon), 0, mi(192)},
		// After five days the floor is down at 48Mi, so that a limit of 64Mi was in order; that it did not suffice says nothing of 96Mi.
		"killed at less much later": {worked.Kill(mi(64), noon.Add(5*24*time.Hour)), 5 * 24 * time.Hour, mi(96)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			facts := idle(auto(), test.history, mi(96))
			facts.Now = noon.Add(test.later)
			if got := memory.Decide(facts).Recommended; got != test.want {
				t.Errorf("recommended %s, want %s", memory.Text(got), memory.Text(test.want))
			}
		})
	}
}

// TestPatchesAreBounded: the status has room for a day's patches, however often a person changes the limits.
func TestPatchesAreBounded(t *testing.T) {
	var h memory.History
	for i := range 100 {
		h = h.Patched(noon.Add(time.Duration(i) * time.Second))
	}
	if n := len(h.Patches); n > 64 || !h.Patches[n-1].Equal(noon.Add(99*time.Second)) {
		t.Errorf("%d patches are remembered, the newest of %s", n, h.Patches[n-1])
	}
}

func TestAGrowingModelIsForeseen(t *testing.T) {
	var h memory.History
	for i := range int64(40) {
		h = h.Observe(memory.Sample{Peak: mi(10 + i), Model: mi(1 + i), Slices: 1})
	}
	if got := memory.Decide(running(auto(), h, mi(64), mi(64))); got.Limit != mi(96) || !strings.Contains(got.Reason, "grows") {
		t.Errorf("decided %+v, want 96Mi because of growth", got)
	}
}
