package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// asked counts how often Kafka was asked for the first offset that is young enough.
func (r *rig) asked() int {
	count := 0
	for _, op := range r.ops {
		if _, ok := op.(ReadAfter); ok {
			count++
		}
	}
	return count
}

// Rule 8: what is too old when a slice is cut is an excluded range of the entry, once and for all: it is not learned, it is counted, and
// nothing of it counts towards the slice's size.
func TestRule8TooOldIsDecidedWhenTheSliceIsCut(t *testing.T) {
	tests := map[string]struct {
		stable, after history.Offsets
		age           Span
		want          []history.Entry
		learned       []history.Range
		lag           int64
	}{
		"all young":       {at(0, 30), at(0, 0), 60 * Second, []history.Entry{{End: at(0, 30)}}, []history.Range{{To: 30}}, 0},
		"no greatest age": {at(0, 30), at(0, 20), 0, []history.Entry{{End: at(0, 30)}}, []history.Range{{To: 30}}, 0},
		"the first are old": {
			at(0, 30), at(0, 20), 60 * Second,
			[]history.Entry{{End: at(0, 30), Excluded: []history.Range{{To: 20}}, LeftOut: history.LeftOut{TooOld: 20}}},
			[]history.Range{{From: 20, To: 30}},
			0,
		},
		"many more than a slice holds": {
			at(0, 10_050), at(0, 10_000), 60 * Second,
			[]history.Entry{{End: at(0, 10_050), Excluded: []history.Range{{To: 10_000}}, LeftOut: history.LeftOut{TooOld: 10_000}}},
			[]history.Range{{From: 10_000, To: 10_050}},
			0,
		},
		"one partition of two is old": {
			at(0, 5, 1, 5), at(0, 5, 1, 2), 60 * Second,
			[]history.Entry{{End: at(0, 5, 1, 5), Excluded: []history.Range{{To: 5}, {Partition: 1, To: 2}}, LeftOut: history.LeftOut{TooOld: 7}}},
			[]history.Range{{Partition: 1, From: 2, To: 5}},
			0,
		},
		"all old, not yet cut": {at(0, 30), at(0, 30), 60 * Second, nil, nil, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable, r.after, r.starts = test.stable, test.after, nil
			for _, p := range test.stable {
				r.starts = r.starts.With(p.Partition, 0)
			}
			r.configure(func(c *Config) { c.MaxRecordAge, c.Batch.MaxRecords = test.age, 1000 })
			r.run(5 * Second)
			var got []history.Entry
			for _, e := range r.entries() {
				got = append(got, history.Entry{End: e.End, Excluded: e.Excluded, LeftOut: e.LeftOut})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.learned, r.trainer.learned); diff != "" {
				t.Errorf("learned (-want +got):\n%s", diff)
			}
			if f := r.machine.Facts(); f.Lag != test.lag || len(test.want) > 0 && f.LeftOut != test.want[len(test.want)-1].LeftOut {
				t.Errorf("lag %d, left out %+v", f.Lag, f.LeftOut)
			}
			if test.age == 0 && r.asked() > 0 {
				t.Error("Kafka was asked for the time though no age is set")
			}
		})
	}
}

// What is too old wakes nobody: a slice is cut of it alone after a while, so that Kafka may delete it, and is sent with the next that
// teaches something.
func TestWhatIsTooOldWakesNobody(t *testing.T) {
	r := newRig(t)
	r.configure(func(c *Config) { c.MaxRecordAge, c.IdleWindow = 3600*Second, 10*Second })
	r.run(5 * Second)
	for n := range int64(3) {
		r.stable, r.after = at(0, 10*(n+1)), at(0, 10*(n+1))
		r.run(oldPatience + 2*Second)
	}
	if got := len(r.trainer.requests) + r.warmed(); got != 0 {
		t.Errorf("%d requests and calls to wake the trainer for nothing", got)
	}
	if got := len(r.entries()); got != 3 {
		t.Fatalf("%d entries, want one for each time", got)
	}
	// Kafka deletes what was excluded: nothing was lost.
	r.starts = at(0, 30)
	r.run(30 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Lag != 0 || f.LeftOut.TooOld != 30 || f.Source.Reason != ReasonRecordsLeftOut {
		t.Fatalf("stopped %v, lag %d, left out %+v, source %v", f.Stopped, f.Lag, f.LeftOut, f.Source)
	}
	r.stable, r.after = at(0, 40), at(0, 30)
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 10 {
		t.Errorf("%d records, want those that came after Kafka was last asked and are young", f.Records)
	}
	r.takeOver("writer-2")
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 10 || f.LeftOut.TooOld != 30 {
		t.Errorf("stopped %v, %d records, left out %+v", f.Stopped, f.Records, f.LeftOut)
	}
}

// However long only old records come, entries that teach nothing do not pile up: the trainer is told of them now and then.
func TestOldRecordsAloneDoNotStopTheHistory(t *testing.T) {
	r := newRig(t)
	r.configure(func(c *Config) { c.MaxRecordAge = 3600 * Second })
	for n := range int64(2*aheadLimit + 3) {
		r.stable, r.after = at(0, n+1), at(0, n+1)
		r.run(oldPatience + 2*Second)
	}
	f := r.machine.Facts()
	if f.Head < 2*aheadLimit || f.Position.Entry < f.Head-aheadLimit {
		t.Errorf("the history is at %d, the trainer at %s", f.Head, f.Position)
	}
	if got := len(r.trainer.requests); got > 6 {
		t.Errorf("the trainer was asked %d times", got)
	}
}

// Kafka is asked at most once a slice, and not again while what it said holds.
func TestOneReadingOfTheAgeIsEnough(t *testing.T) {
	r := newRig(t)
	r.after = at(0, 0)
	r.configure(func(c *Config) { c.MaxRecordAge = 24 * 3600 * Second })
	for n := range int64(60) {
		r.stable = at(0, 10*(n+1))
		r.run(Second)
	}
	if slices, asked := len(r.entries()), r.asked(); slices < 50 || asked != 1 {
		t.Errorf("asked %d times for %d slices within a hundredth of the age", asked, slices)
	}
	r.ops = nil
	r.run(24 * 36 * Second)
	r.stable = at(0, 700)
	r.run(Second)
	if got := r.asked(); got != 1 {
		t.Errorf("asked %d times for a slice after a hundredth of the age, want once", got)
	}
}

// Slices that are full are cut at once, however long the window is, also where readings of what is young are soon too old themselves.
func TestFullSlicesDoNotWaitForTheWindowWhereAgeCounts(t *testing.T) {
	r := newRig(t)
	r.after = at(0, 0)
	r.configure(func(c *Config) { c.MaxRecordAge, c.Batch.Window = 60*Second, 30*Second })
	r.run(5 * Second)
	for n := range int64(400) {
		r.stable = at(0, 100*(n+1))
		r.run(100 * Millisecond)
		if f := r.machine.Facts(); f.Lag > 2_000 {
			t.Fatalf("after %d ms %d of %d records wait, although %d make a slice", 100*(n+1), f.Lag, 100*(n+1), r.config.Batch.MaxRecords)
		}
	}
	if n := r.asked(); n > 100 {
		t.Errorf("Kafka was asked %d times within 40 s", n)
	}
}

// Where slices are not full Kafka is asked once a window.
func TestKafkaIsAskedOnceAWindowForWhatIsYoung(t *testing.T) {
	r := newRig(t)
	r.after = at(0, 0)
	r.configure(func(c *Config) { c.MaxRecordAge, c.Batch.Window = 60*Second, 30*Second })
	r.run(5 * Second)
	for n := range int64(60) {
		r.stable = at(0, n+1)
		r.run(Second)
	}
	if n := r.asked(); n > 5 {
		t.Errorf("Kafka was asked %d times within two windows", n)
	}
}

// Another age counts for what is cut from then on, and does not wait for a window either.
func TestAnotherAgeIsAskedForAtOnce(t *testing.T) {
	r := newRig(t)
	r.stable, r.after = at(0, 10), at(0, 0)
	r.configure(func(c *Config) { c.MaxRecordAge, c.Batch.Window = 60*Second, 30*Second })
	r.run(40 * Second)
	before := r.asked()
	r.stable, r.after = at(0, 20), at(0, 15)
	r.run(35 * Second)
	r.configure(func(c *Config) { c.MaxRecordAge = 120 * Second })
	r.run(100 * Millisecond)
	r.stable = at(0, 30)
	r.run(Second)
	r.configure(func(c *Config) { c.MaxRecordAge = 180 * Second })
	r.run(100 * Millisecond)
	if n := r.asked() - before; n < 3 {
		t.Errorf("Kafka was asked %d times for three ages", n)
	}
}

// A Kafka that takes longer to look up a time than a reading counts is heard all the same.
func TestSlowReadingsOfTheAgeCountWhenTheyCome(t *testing.T) {
	r := newRig(t)
	r.afterTakes = 3 * Second
	r.after = at(0, 0)
	r.configure(func(c *Config) { c.MaxRecordAge = 60 * Second })
	for n := range int64(30) {
		r.stable = at(0, 10*(n+1))
		r.run(Second)
	}
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 300 || f.Lag != 0 {
		t.Errorf("%d of 300 records are learned, lag %d", f.Records, f.Lag)
	}
}
