package simulation

import (
	"fmt"
	"slices"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
)

// growOld gives every record a time about that of its arrival: now and then some are older than the greatest age, alone or many together.
func (w *world) growOld(age int64) {
	if w.age = age; age == 0 {
		return
	}
	for p := range int32(len(w.records)) {
		w.dateRecords(p)
	}
}

func (w *world) dateRecords(p int32) {
	const arrivals = 20 * second / 300
	late := int64(0)
	for i := range w.records[p] {
		r := &w.records[p][i]
		if w.chance(0.05) {
			late = w.random.Int64N(2 * w.age)
		}
		at := beginning + r.offset*arrivals - late - w.random.Int64N(w.age/4)
		r.millis = at / millisecond
	}
}

// firstYoung returns the offset of the first record of a partition whose time is not before the given one, and whether there is one.
func (w *world) firstYoung(p int32, millis int64) (int64, bool) {
	for _, r := range w.records[p] {
		if r.millis >= millis {
			return r.offset, true
		}
	}
	return 0, false
}

// after answers as Kafka does: of what is stable the first that is not before the time, the end where there is none.
func (w *world) after(millis int64) history.Offsets {
	o := w.offsets()
	for i, at := range o {
		if young, ok := w.firstYoung(at.Partition, millis); ok && young < at.Offset {
			o[i].Offset = young
		}
	}
	return o
}

// checkAge fails the test where a slice, as it is cut, excludes a record that is young enough, or one behind such a record; or where it
// does not exclude what is too old by more than a hundredth, before every record that is not. Where the topic is not the one that was read
// any more, nobody can know how old its records were; the training must stop for that.
func (w *world) checkAge(op core.Op) {
	if w.broken != nil && slices.Contains(w.broken.right, history.ReasonSourceChanged) {
		return
	}
	put, ok := op.(core.Put)
	entry, err := history.DecodeEntry(put.Value)
	if !ok || err != nil || entry.Kind != history.KindSlice || w.cuts[history.Sum(put.Value)] {
		return
	}
	if w.cuts == nil {
		w.cuts = map[history.Digest]bool{}
	}
	w.cuts[history.Sum(put.Value)] = true
	begin := entry.Begin()
	for _, r := range history.Ranges(entry.Start, entry.End) {
		got, _ := begin.Get(r.Partition)
		least, most := r.From, r.From
		if w.age > 0 {
			least = w.bound(r, w.now-w.age-w.age/100)
			most = w.bound(r, w.now-w.age)
		}
		if got < least || got > most {
			w.fatalf("entry %d begins to teach the offsets %v at %d, want %d to %d", entry.Number, r, got, least, most)
		}
	}
}

// bound returns where in a range the first record stands that is not before the time, the range's end where none of it is.
func (w *world) bound(r history.Range, at int64) int64 {
	if at < 0 {
		panic(fmt.Sprintf("the time %d", at))
	}
	if young, ok := w.firstYoung(r.Partition, at/millisecond); ok {
		return min(max(young, r.From), r.To)
	}
	return r.To
}

// tooOld returns how many offsets the newest entry counts as too old, 0 where it cannot be read.
func (w *world) tooOld() int64 {
	newest := w.list(history.Keys{Lineage: lineage, Incarnation: w.recorded}.HistoryPrefix(), "", 1)
	if len(newest) == 0 {
		return 0
	}
	entry, _ := history.DecodeEntry(w.store[newest[0]])
	return entry.LeftOut.TooOld
}
