package core

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// Rule 9: what is unsaved is bounded by a tenth of what the topic keeps.
func TestRule9ATenthOfTheRetention(t *testing.T) {
	tests := map[string]struct {
		asked     history.SaveRule
		retention int64
		want      history.SaveRule
	}{
		"not known":              {history.SaveRule{Records: 5, Millis: 30_000}, 0, history.SaveRule{Records: 5, Millis: 30_000}},
		"for ever":               {history.SaveRule{Records: 5, Millis: 30_000}, -1, history.SaveRule{Records: 5, Millis: 30_000}},
		"a week":                 {history.SaveRule{Records: 5, Millis: 30_000}, 604_800_000, history.SaveRule{Records: 5, Millis: 30_000}},
		"a minute":               {history.SaveRule{Records: 5, Millis: 30_000}, 60_000, history.SaveRule{Records: 5, Millis: 6_000}},
		"by records only":        {history.SaveRule{Records: 5}, 60_000, history.SaveRule{Records: 5, Millis: 6_000}},
		"next to nothing":        {history.SaveRule{Records: 5}, 3, history.SaveRule{Records: 5, Millis: 1}},
		"just as long as wanted": {history.SaveRule{Millis: 6_000}, 60_000, history.SaveRule{Millis: 6_000}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.topic.RetentionMillis, r.config.Save, r.stable = test.retention, test.asked, at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			sent := false
			for _, op := range r.ops {
				if s, ok := op.(Send); ok {
					sent = true
					if diff := cmp.Diff(test.want, s.Request.Save); diff != "" {
						t.Fatal(diff)
					}
				}
			}
			if !sent {
				t.Error("nothing was sent")
			}
		})
	}
}

// A topic whose retention may not be seen is learned, and the finding says what that means.
func TestHiddenRetention(t *testing.T) {
	r := newRig(t)
	r.topic.Hidden, r.stable = "grant DescribeConfigs", at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Records != 10 || f.Source.Status != history.True || !strings.Contains(f.Source.Message, "grant DescribeConfigs") {
		t.Errorf("%d records, source %+v", f.Records, f.Source)
	}
}

func TestCompactedTopicIsRefusedUnlessAllowed(t *testing.T) {
	r := newRig(t)
	r.topic.Compacted, r.stable = true, at(0, 10)
	r.config.ProbedTemplate = ""
	r.configure(func(*Config) {})
	r.run(40 * Second)
	f := r.machine.Facts()
	if f.Stopped != nil || f.Incarnation != "" || len(r.store) != 0 || f.Source.Status != history.False || f.Source.Reason != history.ReasonTopicCompacted {
		t.Fatalf("before it is allowed: %+v, %d keys", f, len(r.store))
	}
	for _, op := range r.ops {
		if _, ok := op.(Send); ok {
			t.Fatal("a trainer was woken for a topic that is refused")
		}
	}
	r.configure(func(c *Config) { c.Generation, c.AllowCompacted = 2, true })
	r.run(5 * Second)
	f = r.machine.Facts()
	if f.Records != 10 || f.Source.Status != history.True || f.Source.Reason != ReasonCompactedAllowed {
		t.Errorf("after it was allowed: %+v", f)
	}
}

func TestTopicThatBecomesCompactedStops(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.topic.Compacted = true
	r.run(40 * Second)
	if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != history.ReasonTopicCompacted || !f.Stopped.Stops() {
		t.Fatalf("stopped %v, want TopicCompacted", f.Stopped)
	}
	r.stable = at(0, 20)
	r.configure(func(c *Config) { c.Generation, c.AllowCompacted = 2, true })
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 {
		t.Errorf("after it was allowed: %+v", f)
	}
}
