package core

import (
	"slices"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

const minute = 60 * Second

// collecting returns a rig whose machine collects every minute what is ten minutes old.
func collecting(t *testing.T) *rig {
	r := newRig(t)
	r.machine = New(collectingSettings(r, "writer-1"))
	r.step(Configured{Config: r.config})
	return r
}

func collectingSettings(r *rig, writer string) Settings {
	settings := r.settings(writer)
	settings.Collect = Collect{Every: minute, Age: 10 * minute}
	return settings
}

// live lets records come once a minute.
func (r *rig) live(minutes int64) {
	for range minutes {
		end, _ := r.stable.Get(0)
		r.stable = at(0, end+10)
		r.run(minute)
	}
}

// numbers returns those of the stored entries, ascending.
func (r *rig) numbers() []int64 {
	var numbers []int64
	for key := range r.store {
		if n, err := r.keys().ParseEntryKey(key); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

func (r *rig) stored(prefix string) int {
	count := 0
	for key := range r.store {
		if strings.HasPrefix(key, prefix) {
			count++
		}
	}
	return count
}

// Rule 10: the newest two checkpoints stay with every entry since the older, and nothing that is younger than the age goes.
func TestRule10Collection(t *testing.T) {
	r := collecting(t)
	written := map[string]Instant{}
	var last int64
	r.intercept = func(op Op) (Result, bool) {
		switch o := op.(type) {
		case Put:
			written[o.Key] = r.now
		case Delete:
			n, err := r.keys().ParseEntryKey(o.Key)
			if err != nil {
				break
			}
			if n != last+1 {
				t.Errorf("entry %d is deleted after entry %d", n, last)
			}
			if age := r.now.Since(written[o.Key]); age < 10*minute {
				t.Errorf("entry %d is deleted at the age of %d s", n, age/Second)
			}
			last = n
		}
		return Result{}, false
	}
	r.live(60)
	numbers := r.numbers()
	if got, head := len(numbers), r.machine.Facts().Head; numbers[0] != last+1 || numbers[got-1] != head || int64(got) != head-last || got > 14 {
		t.Errorf("entries %v are left of %d", numbers, head)
	}
	if got := r.stored(r.keys().CheckpointPrefix(0)); got != 2 && got != 3 {
		t.Errorf("%d checkpoints are left, want the newest two", got)
	}
	if got := r.stored(r.keys().MarkPrefix()); got > 13 {
		t.Errorf("%d marks are left", got)
	}
}

// A training that has gone idle is collected to its end, and then the store is not asked again.
func TestRule10IdleTrainingCostsNothing(t *testing.T) {
	r := collecting(t)
	r.live(5)
	r.run(30 * minute)
	if numbers := r.numbers(); len(numbers) > 2 {
		t.Errorf("the entries %v are left", numbers)
	}
	asked := len(r.ops)
	r.run(30 * minute)
	for _, op := range r.ops[asked:] {
		switch op.(type) {
		case Get, Put, List, Delete:
			t.Fatalf("%#v on an idle training", op)
		}
	}
}

// Whoever takes over finds all that it needs, and goes on with a collection that was begun.
func TestRule10TakeOverAfterCollection(t *testing.T) {
	r := collecting(t)
	r.live(30)
	r.machine = New(collectingSettings(r, "writer-2"))
	r.trainer.die()
	r.due = nil
	r.step(Configured{Config: r.config})
	r.live(30)
	f := r.machine.Facts()
	if f.Stopped != nil || f.Records != 600 || len(r.numbers()) > 14 {
		t.Errorf("stopped %v at %d records, entries %v", f.Stopped, f.Records, r.numbers())
	}
}

// Whoever last saw the head long ago reads the history again before it writes: the entries behind may be collected, and one at their
// place would not be refused.
func TestRule10OldKnowledgeIsNotAppendedTo(t *testing.T) {
	r := collecting(t)
	r.live(3)
	r.run(6 * minute)
	r.ops = nil
	r.live(1)
	listed := false
	for _, op := range r.ops {
		switch o := op.(type) {
		case List:
			listed = listed || o.Prefix == r.keys().HistoryPrefix()
		case Put:
			if _, err := r.keys().ParseEntryKey(o.Key); err == nil && !listed {
				t.Fatal("an entry was written before the history was read")
			}
		}
	}
	if f := r.machine.Facts(); f.Records != 40 {
		t.Errorf("%d records are learned, want 40", f.Records)
	}
}

// A checkpoint that is collected between being listed and being read is not lost: newer ones are there.
func TestRule10CheckpointCollectedWhileItIsFound(t *testing.T) {
	r := collecting(t)
	r.live(3)
	r.machine = New(collectingSettings(r, "writer-2"))
	r.due = nil
	found := ""
	r.intercept = func(op Op) (Result, bool) {
		get, ok := op.(Get)
		if ok && found == "" && strings.HasPrefix(get.Key, r.keys().CheckpointPrefix(0)) && r.machine.incarnation != "" {
			found = get.Key
			return Result{Outcome: NotFound}, true
		}
		return Result{}, false
	}
	r.step(Configured{Config: r.config})
	r.live(1)
	if f := r.machine.Facts(); found == "" || f.Stopped != nil || f.Records != 40 {
		t.Errorf("%q missing, stopped %v at %d records", found, f.Stopped, f.Records)
	}
}

func TestMarkKeys(t *testing.T) {
	keys := history.Keys{Lineage: testLineage, Incarnation: "i"}
	n, millis, err := keys.ParseMarkKey(keys.Mark(7, 1_700_000_000_000))
	if n != 7 || millis != 1_700_000_000_000 || err != nil {
		t.Errorf("%d at %d: %v", n, millis, err)
	}
	if keys.Mark(8, 1) > keys.Mark(7, 2) {
		t.Error("the newest does not come first")
	}
	for _, key := range []string{keys.MarkPrefix(), keys.MarkPrefix() + "1-2", keys.Entry(1), keys.Mark(1, 1) + "0"} {
		if _, _, err := keys.ParseMarkKey(key); err == nil {
			t.Errorf("%q is taken for a mark", key)
		}
	}
}

// More checkpoints than one listing holds are removed all the same.
func TestRule10ManyCheckpoints(t *testing.T) {
	r := collecting(t)
	r.live(2)
	made := 0
	for range 20 {
		// 3000 checkpoints between two looks, one a slice: the keys are what counts.
		for range 3600 {
			made++
			r.store[r.keys().Checkpoint(0, history.Position{Entry: 0, Range: 1, Next: int64(made)})] = []byte("x")
		}
		r.live(1)
	}
	r.run(600 * minute)
	if got := r.stored(r.keys().CheckpointPrefix(0)); got > 3 {
		t.Errorf("%d checkpoints are left for ever on an idle training", got)
	}
}

// Rule 10: what a Rebase voids does not count among the two checkpoints that stay, also where nobody has the Rebase in memory any more.
func TestRule10VoidCheckpointsDoNotCount(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(Second)
	r.stable, r.starts = at(0, 50), at(0, 40)
	r.run(15 * Second)
	r.configure(func(c *Config) { c.Suspend = false })
	r.run(20 * Second)
	base, void := r.keys().Checkpoint(0, history.Position{Entry: 1}), r.keys().Checkpoint(0, history.Position{Entry: 1, Next: 15})
	delete(r.store, r.keys().Checkpoint(0, history.Position{Entry: 2}))
	r.store[void] = r.store[base]
	if f := r.machine.Facts(); f.Checkpoint == nil || f.Checkpoint.Position.Entry != 3 || r.entries()[1].Kind != history.KindRebase {
		t.Fatalf("%+v", f)
	}
	r.machine = New(collectingSettings(r, "writer-2"))
	r.trainer.die()
	r.due = nil
	r.step(Configured{Config: r.config})
	r.run(3 * minute)
	if r.store[base] == nil || r.store[void] != nil {
		t.Errorf("the base is kept: %v, the void one: %v", r.store[base] != nil, r.store[void] != nil)
	}
}

// Rule 11: a checkpoint that a trainer saves of entries which the store has lost since does not count as one of the newest two.
func TestRule11CheckpointOfLostEntries(t *testing.T) {
	r := collecting(t)
	r.live(3)
	var newest history.Checkpoint
	for key, value := range r.store {
		if c, err := history.DecodeCheckpoint(value); strings.HasPrefix(key, r.keys().CheckpointPrefix(0)) && err == nil {
			newest = c
		}
	}
	newest.Header.Position = history.Position{Entry: r.machine.Facts().Head + 7}
	beyond := r.keys().Checkpoint(0, newest.Header.Position)
	r.intercept = func(op Op) (Result, bool) {
		if o, ok := op.(Delete); ok && r.store[beyond] != nil {
			t.Errorf("%s is deleted beside it", o.Key)
		}
		return Result{}, false
	}
	r.store[beyond] = newest.Encode()
	r.live(2)
	if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != history.ReasonStateLost {
		t.Errorf("stopped %v, want %s", f.Stopped, history.ReasonStateLost)
	}
}

// Rule 10: while another dispatcher may be about to go on from a checkpoint none is removed. Once the entry is known its hold goes too.
func TestRule10NothingIsRemovedUnderAHold(t *testing.T) {
	r := collecting(t)
	r.live(5)
	hold := r.keys().Hold(r.machine.Facts().Head + 4)
	r.store[hold] = []byte("{}")
	before := r.stored(r.keys().CheckpointPrefix(0))
	r.intercept = func(op Op) (Result, bool) {
		if o, ok := op.(Delete); ok && r.store[hold] != nil && r.machine.Facts().Head < 9 {
			t.Errorf("%s is deleted under a hold", o.Key)
		}
		return Result{}, false
	}
	r.live(3)
	if got := r.stored(r.keys().CheckpointPrefix(0)); got < before+2 {
		t.Errorf("%d checkpoints are left of %d and those of three minutes", got, before)
	}
	r.live(6)
	if got := r.stored(r.keys().CheckpointPrefix(0)); got > 3 || r.store[hold] != nil {
		t.Errorf("%d checkpoints are left, and the hold: %v", got, r.store[hold] != nil)
	}
}

// Rule 10: a hold stays until a checkpoint lies behind its entry. Another dispatcher may have listed the checkpoints before the entry was
// written and look for holds only now: nothing else tells it that a Rebase needs what it is about to remove.
func TestRule10AHoldStaysUntilItsEntryIsSaved(t *testing.T) {
	r := collecting(t)
	r.live(5)
	r.configure(func(c *Config) { c.Reachable = false })
	number := r.machine.Facts().Head + 1
	hold := r.keys().Hold(number)
	r.store[hold] = []byte("{}")
	r.live(5)
	if f := r.machine.Facts(); f.Head < number || f.Checkpoint.Position.Entry >= number || r.store[hold] == nil {
		t.Fatalf("the head is %d and entry %d is saved, the hold of entry %d is there: %v", f.Head, f.Checkpoint.Position.Entry, number, r.store[hold] != nil)
	}
	r.configure(func(c *Config) { c.Reachable = true })
	r.live(5)
	if f := r.machine.Facts(); f.Checkpoint.Position.Entry < number || r.store[hold] != nil {
		t.Errorf("entry %d is saved, and the hold of entry %d is there: %v", f.Checkpoint.Position.Entry, number, r.store[hold] != nil)
	}
}

// Rule 10: whoever may go on from the newest checkpoint says so before it looks which that is.
func TestRule10ARebaseIsAnnounced(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(Second)
	r.stable, r.starts = at(0, 50), at(0, 40)
	r.run(15 * Second)
	r.ops = nil
	r.configure(func(c *Config) { c.Suspend = false })
	r.run(15 * Second)
	held, listed := -1, -1
	for i, op := range r.ops {
		switch o := op.(type) {
		case List:
			if o.Prefix == r.keys().CheckpointPrefix(0) {
				listed = i
			}
		case Put:
			switch o.Key {
			case r.keys().Hold(2):
				held = i
			case r.keys().Entry(2):
				if held < 0 || listed < held {
					t.Errorf("operation %d writes the Rebase, %d looks for the newest checkpoint, %d holds it", i, listed, held)
				}
				return
			}
		}
	}
	t.Error("no Rebase was written")
}

// Checkpoints that are saved fast do not pile up until the next look, and what goes with that look alone is not done more often.
func TestRule10CheckpointsDoNotPileUp(t *testing.T) {
	r := collecting(t)
	settings := r.settings("writer-2")
	settings.Collect = Collect{Every: 600 * minute, Age: 6000 * minute}
	r.machine = New(settings)
	r.step(Configured{Config: r.config})
	most := 0
	for n := range int64(3*collectAfter + 50) {
		r.stable = at(0, n+1)
		r.run(3 * Second)
		most = max(most, r.stored(r.keys().CheckpointPrefix(0)))
	}
	if most > collectAfter+10 || most < collectAfter {
		t.Errorf("up to %d checkpoints were stored", most)
	}
	if got := r.stored(r.keys().MarkPrefix()); got > 1 {
		t.Errorf("%d marks were written", got)
	}
}

// A clock that was days behind when a mark was written makes its entries look old enough at once: they stay for some looks more.
func TestRule10AWrongClockIsNotBelieved(t *testing.T) {
	r := collecting(t)
	r.live(5)
	r.store[r.keys().Mark(4, r.now.UnixMillis()-int64(100*24*3600*Second/Millisecond))] = []byte("{}")
	r.run((collectLooks - 1) * minute)
	if numbers := r.numbers(); numbers[0] != 1 {
		t.Errorf("entries %v are left after a look", numbers)
	}
	r.live(2 * collectLooks)
	if numbers := r.numbers(); numbers[0] != 4 {
		t.Errorf("entries %v are left", numbers)
	}
}
