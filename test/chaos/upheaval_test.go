package chaos

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// TestChaosOfLossesAndEpochs kills everything while the learning rate changes again and again, and records are deleted before they were
// learned, which the training is to bear: its history has Epochs and Rebases. A process that learns what the history lists, from the
// generator and not from Kafka, has the same model; and the history lists every record once, or says that it was lost.
func TestChaosOfLossesAndEpochs(t *testing.T) {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), limit())
	defer cancel()
	wishes := filepath.Join(t.TempDir(), "rate")
	w := newWorld(ctx, t, *kafkaFlag, func(p *plan) { p.WishFile = wishes })
	w.announce(begin)
	share := *recordsFlag / (*killsFlag + 1)
	// What is deleted before genesis was never to be learned.
	w.producer.raise(share)
	w.await(ctx, "the first records", func(f history.Facts) bool { return f.Records > 0 })
	turns := 0
	w.between = func(ctx context.Context, random *rand.Rand, done *tally) {
		turns++
		if turns%2 == 1 {
			w.lose(ctx, random, done, min(share*(done.total()+2), *recordsFlag))
		} else {
			w.retune(random)
		}
	}
	done := w.strike(ctx, rand.New(rand.NewPCG(*seedFlag, 1)))
	w.producer.raise(*recordsFlag)
	facts := w.await(ctx, "the end", finished)
	t.Logf("%s; %d writes of the producer failed", done, w.producer.failures.Load())
	w.judgeLessons(ctx, facts)
	t.Logf("judged after %.1f s", time.Since(begin).Seconds())
}

// lesson are the records of a part of an entry: which, where in the history, and by which parameters they are learned.
type lesson struct {
	history.Range
	at         history.Position
	parameters map[string]string
}

// course is what a history teaches once what its Rebases void is left out.
type course struct {
	lessons         []lesson
	lost            []history.Range
	rebases, epochs int
}

// courseOf reads a whole history. It knows the rules of voiding by itself: only the lessons up to the position that a Rebase names stand.
func courseOf(entries []history.Entry, genesis map[string]string) course {
	var c course
	inForce := map[int64]map[string]string{0: genesis}
	for _, e := range entries {
		switch e.Kind {
		case history.KindEpoch:
			c.epochs++
			inForce[e.Number] = e.Terms.Parameters
		case history.KindRebase:
			c.rebases++
			c.goBack(e.Rebase.Position)
			c.lost = append(c.lost, e.Rebase.Lost...)
		case history.KindSlice:
		}
		for i, r := range e.Ranges() {
			c.lessons = append(c.lessons, lesson{Range: r, at: history.Position{Entry: e.Number - 1, Range: i}, parameters: inForce[e.Epoch]})
		}
	}
	return c
}

// goBack drops what lies behind a position.
func (c *course) goBack(to history.Position) {
	for i, l := range c.lessons {
		if l.at.Entry < to.Entry || l.at.Entry == to.Entry && l.at.Range < to.Range {
			continue
		}
		if l.at.Entry == to.Entry && l.at.Range == to.Range && to.Next > l.From {
			c.lessons[i].To = min(l.To, to.Next)
			i++
		}
		c.lessons = c.lessons[:i]
		return
	}
}

// judgeLessons compares the training with a process that learns what its history lists.
func (w *world) judgeLessons(ctx context.Context, facts history.Facts) {
	w.t.Helper()
	c := courseOf(w.entries(ctx, facts.Incarnation), linear().Model.Parameters)
	w.judgeCover(c)
	model := newLinear(w.t)
	var row [3]float64
	learned, poison := int64(0), map[string][]byte{}
	for _, l := range c.lessons {
		if err := model.SetParameters(l.parameters); err != nil {
			w.t.Fatal(err)
		}
		for offset := l.From; offset < l.To; offset++ {
			number := int(offset)*partitions + int(l.Partition)
			if poisoned(number) {
				poison[letterID(l.Partition, offset)] = value(l.Partition, offset)
				continue
			}
			label := source.Row(uint64(number), row[:])
			model.PredictLearn(row[:], float64(label), random.Position(l.Partition, offset))
			learned++
		}
	}
	if want := history.Digest(model.Digest()); facts.Checkpoint.ModelDigest != want {
		w.t.Errorf("the model's digest is %s, that of a process which learned what the history lists %s", facts.Checkpoint.ModelDigest, want)
	}
	if facts.Checkpoint.Records != learned || facts.DeadLetters != int64(len(poison)) || facts.LeftOut.Lost != history.Count(c.lost) {
		w.t.Errorf("facts count %d records, %d dead letters, %d lost; the history has %d, %d, %d",
			facts.Checkpoint.Records, facts.DeadLetters, facts.LeftOut.Lost, learned, len(poison), history.Count(c.lost))
	}
	// What was learned and then voided left its copies behind.
	w.judgeLettersWithin(ctx, poison, expected())
	if c.rebases == 0 || c.epochs == 0 {
		w.t.Errorf("too little was done: %d Rebases, %d Epochs", c.rebases, c.epochs)
	}
	w.t.Logf("%d Rebases, %d Epochs, %d offsets lost, %d records and %d dead letters in %d lessons, digest %s",
		c.rebases, c.epochs, history.Count(c.lost), learned, len(poison), len(c.lessons), facts.Checkpoint.ModelDigest)
}

// judgeCover checks that every offset was taught once or lost once, in ascending order, and that none is called lost that was not deleted.
func (w *world) judgeCover(c course) {
	w.t.Helper()
	var all []history.Range
	for _, l := range c.lessons {
		all = append(all, l.Range)
	}
	if !slices.IsSortedFunc(c.lost, func(a, b history.Range) int {
		if a.Partition != b.Partition {
			return 0
		}
		return int(a.From - b.From)
	}) {
		w.t.Errorf("the lost offsets do not ascend: %v", c.lost)
	}
	for _, r := range c.lost {
		if r.To > w.lost[r.Partition] {
			w.t.Errorf("the offsets %d to %d of partition %d are called lost, and only those below %d were deleted", r.From, r.To, r.Partition, w.lost[r.Partition])
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b history.Range) int { return int(a.From - b.From) })
	next := map[int32]int64{}
	for _, r := range all {
		if r.From != next[r.Partition] {
			w.t.Errorf("partition %d goes on at offset %d, and what precedes it ends at %d", r.Partition, r.From, next[r.Partition])
		}
		next[r.Partition] = r.To
	}
	for partition := range int32(partitions) {
		if want := goal(int64(*recordsFlag), partition); next[partition] != want {
			w.t.Errorf("partition %d ends at offset %d, want %d", partition, next[partition], want)
		}
	}
}

// entries are the whole history.
func (w *world) entries(ctx context.Context, incarnation string) []history.Entry {
	w.t.Helper()
	store, err := openStore(w.plan.Store)
	if err != nil {
		w.t.Fatal(err)
	}
	if closer, ok := store.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	keys := history.Keys{Lineage: lineage, Incarnation: incarnation}
	var out []history.Entry
	for n := int64(1); ; n++ {
		data, err := store.Get(ctx, keys.Entry(n))
		if errors.Is(err, state.ErrNotFound) {
			return out
		}
		if err != nil {
			w.t.Fatalf("read entry %d: %v", n, err)
		}
		e, err := history.DecodeEntry(data)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, e)
	}
}

// newLinear is the learner of linear.
func newLinear(t *testing.T) *online.Model {
	t.Helper()
	spec := linear()
	config := online.Config{
		Algorithm: spec.Model.Algorithm, Seed: uint64(spec.Model.Seed), Parameters: maps.Clone(spec.Model.Parameters), Classes: spec.Format.Classes,
		Preprocessing: []online.Transform{{Type: spec.Preprocessing[0].Type}},
	}
	for _, f := range spec.Format.Features {
		config.Features = append(config.Features, online.Feature{Name: f.Name})
	}
	model, err := online.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return model
}
