package core

import (
	"strings"
	"testing"

	"creek.dev/creek/history"
)

// lacking makes readings of the stable offsets, and of those that are young enough, lack a partition, as while its broker hangs.
func lacking(partition int32, r *rig) func(Op) (Result, bool) {
	return func(op Op) (Result, bool) {
		var whole, offsets history.Offsets
		switch op.(type) {
		case ReadStable:
			whole = r.stable
		case ReadAfter:
			whole = r.after
		default:
			return Result{}, false
		}
		for _, at := range whole {
			if at.Partition != partition {
				offsets = offsets.With(at.Partition, at.Offset)
			}
		}
		return Result{Outcome: Failed, Message: "broker b does not answer", Offsets: offsets}, true
	}
}

// Partitions whose brokers answer are learned while another's hangs, which the finding tells all the time; afterwards the rest is.
func TestPartitionsOfABrokerThatHangsHoldNobodyUp(t *testing.T) {
	r := newRig(t)
	r.topic.Partitions = []int32{0, 1}
	r.starts, r.stable = at(0, 0, 1, 0), at(0, 10, 1, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.intercept = lacking(1, r)
	// The reading that is under way is whole.
	r.run(Second)
	r.stable = at(0, 50, 1, 50)
	r.run(2 * Second)
	if f := r.machine.Facts(); f.Records != 60 || f.Lag != 0 || f.Stopped != nil {
		t.Fatalf("%d records, lag %d, stopped %v; want partition 0 learned", f.Records, f.Lag, f.Stopped)
	}
	for range 100 {
		// Nothing else that answers makes the finding flicker.
		r.run(300 * Millisecond)
		if f := r.machine.Facts(); f.Source.Reason != history.ReasonSourceUnreachable || !strings.Contains(f.Source.Message, "broker b") {
			t.Fatalf("the source is said to be %+v", f.Source)
		}
	}
	r.intercept = nil
	r.run(2 * Second)
	if f := r.machine.Facts(); f.Records != 100 || f.Source.Status != history.True || f.Stopped != nil {
		t.Errorf("%d records, the source %+v, stopped %v; want all learned", f.Records, f.Source, f.Stopped)
	}
}

// So it is where records may be too old: those of the broker that hangs are neither learned nor left out before it tells which are.
func TestPartitionsOfABrokerThatHangsHoldNobodyUpWhereAgeCounts(t *testing.T) {
	r := newRig(t)
	r.topic.Partitions = []int32{0, 1}
	r.starts, r.stable, r.after = at(0, 0, 1, 0), at(0, 10, 1, 10), at(0, 0, 1, 0)
	r.configure(func(c *Config) { c.MaxRecordAge = 60 * Second })
	r.run(5 * Second)
	r.stable, r.after = at(0, 10, 1, 30), at(0, 10, 1, 10)
	r.intercept = func(op Op) (Result, bool) {
		if _, ok := op.(ReadStable); ok {
			return Result{}, false
		}
		return lacking(1, r)(op)
	}
	r.run(10 * Second)
	r.intercept = lacking(1, r)
	for n := range int64(10) {
		r.stable, r.after = at(0, 20+10*n, 1, 30), at(0, 12+10*n, 1, 10)
		r.run(10 * Second)
	}
	if f := r.machine.Facts(); f.LeftOut.TooOld == 0 || f.Records+f.LeftOut.TooOld != 120 || f.Lag != 20 || f.Stopped != nil {
		t.Fatalf("%d records learned, %d left out, lag %d, stopped %v; want all of partition 0, and 20 of partition 1 to wait",
			f.Records, f.LeftOut.TooOld, f.Lag, f.Stopped)
	}
	r.intercept, r.stable, r.after = nil, at(0, 110, 1, 40), at(0, 110, 1, 25)
	r.run(15 * Second)
	left := r.machine.Facts().LeftOut.TooOld
	if f := r.machine.Facts(); f.Records+left != 150 || f.Lag != 0 || f.Stopped != nil {
		t.Errorf("%d records learned, %d left out, lag %d, stopped %v; want everything decided", f.Records, left, f.Lag, f.Stopped)
	}
}

// A reading that fails as a whole tells nothing of the partitions that the one before lacked.
func TestFailedReadingLeavesPartitionsUnknown(t *testing.T) {
	r := newRig(t)
	r.topic.Partitions = []int32{0, 1}
	r.starts, r.stable, r.after = at(0, 0, 1, 0), at(0, 10, 1, 10), at(0, 10, 1, 10)
	r.intercept = lacking(1, r)
	r.configure(func(c *Config) { c.MaxRecordAge = 24 * 3600 * Second })
	r.run(3 * Second)
	r.intercept = nil
	r.run(3 * Second)
	r.stable, r.after = at(0, 20, 1, 30), at(0, 20, 1, 30)
	r.intercept = lacking(1, r)
	r.run(3 * Second)
	r.intercept = func(op Op) (Result, bool) {
		_, after := op.(ReadAfter)
		return Result{Outcome: Failed, Message: "no broker answers"}, after
	}
	r.run(10 * Second)
	r.intercept = nil
	r.run(120 * Second)
	if f := r.machine.Facts(); f.Records != 0 || f.LeftOut.TooOld != 50 || f.Lag != 0 {
		t.Errorf("%d records learned, %d left out, lag %d; want all left out", f.Records, f.LeftOut.TooOld, f.Lag)
	}
}

// A start at the latest offsets is decided by a whole reading.
func TestLatestIsNotResolvedByAPartOfThePartitions(t *testing.T) {
	r := newRig(t)
	r.topic.Partitions = []int32{0, 1}
	r.starts, r.stable = at(0, 0, 1, 0), at(0, 10, 1, 20)
	settings := r.settings("writer-1")
	settings.Start = Start{Kind: StartLatest}
	r.machine = New(settings)
	r.intercept = lacking(1, r)
	r.configure(func(*Config) {})
	r.run(30 * Second)
	if _, begun := r.store[history.GenesisKey(testLineage)]; begun {
		t.Error("genesis was made")
	}
	r.intercept = nil
	r.run(30 * Second)
	genesis, err := history.DecodeGenesis(r.store[history.GenesisKey(testLineage)])
	if at, ok := genesis.Start.Get(1); err != nil || !ok || at != 20 {
		t.Errorf("genesis starts at %v, error %v", genesis.Start, err)
	}
}

// Readings that fail are made again when one would be due anyway: so all trainings of a credential stay in step.
func TestFailedReadingsStayInStep(t *testing.T) {
	r := newRig(t)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	failed := Instant(0)
	var gaps []Span
	r.intercept = func(op Op) (Result, bool) {
		read, ok := op.(ReadStable)
		if !ok {
			return Result{}, false
		}
		if failed != 0 {
			gaps = append(gaps, read.Due.Since(failed))
		}
		// The world answers a call a millisecond later, or when it is due.
		failed = max(r.now.Add(Millisecond), read.Due)
		return Result{Outcome: Failed}, true
	}
	r.run(Span(60) * Second)
	if len(gaps) < 5 {
		t.Fatalf("%d readings were tried again", len(gaps))
	}
	for _, gap := range gaps {
		if gap <= 0 || gap%idlePoll != 0 {
			t.Errorf("a reading is due %d ms after the one that failed, want a multiple of %d", gap/Millisecond, idlePoll/Millisecond)
		}
	}
}
