package simulation

import (
	"strings"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/input"
)

// learnedRange is a range of an entry that the model has learned in the end.
type learnedRange struct {
	entry int64
	index int
	history.Range
	// terms are, for an Epoch, what is learned by from there on.
	terms *history.Terms
}

// effective returns what the stored history teaches, in order, where a Rebase takes back what came after its checkpoint.
func (w *world) effective() []learnedRange {
	var out []learnedRange
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	for n := int64(1); w.kept[keys.Entry(n)] != nil; n++ {
		entry, err := history.DecodeEntry(w.kept[keys.Entry(n)])
		if err != nil {
			w.fatalf("%v", err)
		}
		if entry.Rebase != nil {
			out = upTo(out, entry.Rebase.Position)
		}
		if entry.Kind == history.KindEpoch {
			out = append(out, learnedRange{entry: n, terms: entry.Terms})
		}
		for i, r := range entry.Ranges() {
			out = append(out, learnedRange{entry: n, index: i, Range: r})
		}
	}
	return out
}

// upTo returns what lies before a position.
func upTo(ranges []learnedRange, p history.Position) []learnedRange {
	var out []learnedRange
	for _, r := range ranges {
		switch {
		case r.entry <= p.Entry, r.entry == p.Entry+1 && r.index < p.Range:
			out = append(out, r)
		case r.entry == p.Entry+1 && r.index == p.Range && p.Next > r.From:
			r.To = p.Next
			out = append(out, r)
		}
	}
	return out
}

// expected counts the records in what the history teaches.
func (w *world) expected() int64 {
	count := int64(0)
	for _, r := range w.effective() {
		for _, record := range w.records[r.Partition] {
			if record.offset >= r.From && record.offset < r.To {
				count++
			}
		}
	}
	return count
}

// checkLeftOut compares the newest checkpoint of a training that went on after losses with what its history teaches: each record once,
// in order, and none that it does not.
func (w *world) checkLeftOut() {
	w.t.Helper()
	c, p, seen := w.saved(), w.newPlain(), map[string]bool{}
	var consumed input.Hash
	letters := int64(0)
	for _, r := range w.effective() {
		p.take(r)
		for _, record := range w.records[r.Partition] {
			if record.offset < r.From || record.offset >= r.To {
				continue
			}
			consumed = consumed.With(r.Partition, record.offset, record.millis, record.key, record.value)
			id := lineage.RecordID(history.DeadLetter{Partition: r.Partition, Offset: record.offset})
			if seen[id] {
				w.fatalf("%s is learned twice", id)
			}
			seen[id] = true
			if strings.HasPrefix(string(record.value), "poison") {
				letters++
				if w.published[id] == 0 {
					w.fatalf("the dead letter %s was never published", id)
				}
			}
		}
	}
	h := c.Header
	if got, want := history.Sum(c.Model), history.Sum(p.model.AppendState(nil)); got != want || h.Records != p.records || h.DeadLetters != letters {
		w.fatalf("%d records and %d dead letters gave the model %s; a plain learner took %d and %d and has %s", h.Records, h.DeadLetters, got, p.records, letters, want)
	}
	if h.Input != consumed.String() {
		w.fatalf("the input hash is %s, what the history teaches has %s", h.Input, consumed.String())
	}
}
