package history_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

func aGenesis() history.Genesis {
	spec := history.LearningSpec{
		Format: history.Format{Type: "JSON", Label: "class", Features: []history.Feature{{Name: "x1"}, {Name: "x2"}}},
		Model:  history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.005"}},
	}
	return history.Genesis{
		Version: history.FormatVersion, Lineage: history.Lineage{Namespace: "ns", Name: "fraud", Number: 1}, UID: "u",
		Incarnation: "0123", Spec: spec, SpecDigest: spec.Digest(), Topic: "payments", TopicID: "id",
		Start: history.Offsets{{Partition: 0, Offset: 7}}, Shards: 1, NumericsVersion: 1,
	}
}

func anEntry() history.Entry {
	return history.Entry{
		Version: history.FormatVersion, Number: 1, Kind: history.KindSlice, Writer: "w", Term: 1,
		Start: history.Offsets{{Partition: 0, Offset: 7}}, End: history.Offsets{{Partition: 0, Offset: 9}},
		Previous: history.Sum(aGenesis().Encode()),
	}
}

func anEpoch() history.Entry {
	e := anEntry()
	e.Kind, e.End, e.Epoch, e.Number = history.KindEpoch, e.Start, 2, 2
	e.Terms = &history.Terms{Parameters: map[string]string{"learningRate": "0.1"}, NumericsVersion: 1}
	return e
}

// What was stored before there were Epochs is encoded as it was then: every link of every chain depends on it.
func TestEncodingWithoutEpochsIsWhatItWas(t *testing.T) {
	const before = `{"version":1,"number":1,"kind":"Slice","writer":"w","term":1,"epoch":0,"start":[{"partition":0,"offset":7}],` +
		`"end":[{"partition":0,"offset":9}],"previous":"`
	if got := string(anEntry().Encode()); got != before+anEntry().Previous.String()+`"}` {
		t.Errorf("an entry is %s", got)
	}
	if header := string(aCheckpoint().Encode()); !strings.Contains(header, `"shard":0,"epoch":0,"position":{"entry":1}`) {
		t.Errorf("a checkpoint is %s", header)
	}
}

func TestSpecUnderOtherTerms(t *testing.T) {
	g := aGenesis()
	if got := g.Spec.With(g.Terms()).Digest(); got != g.SpecDigest {
		t.Errorf("under the terms of genesis the spec has the digest %s", got)
	}
	other := g.Spec.With(history.Terms{NumericsVersion: 1})
	if len(other.Model.Parameters) != 0 || g.Spec.Model.Parameters["learningRate"] != "0.005" {
		t.Errorf("terms are complete, and change no spec but the one that is returned: %v, %v", other.Model.Parameters, g.Spec.Model.Parameters)
	}
}

func aCheckpoint() history.Checkpoint {
	return history.Checkpoint{
		Header: history.CheckpointHeader{
			Lineage: aGenesis().Lineage, Incarnation: "0123", Position: history.Position{Entry: 1}, Hash: history.Sum(anEntry().Encode()),
			Input: "ff", Records: 2, UnixMillis: 12,
		},
		Metrics: []byte("metrics"), Model: []byte("model"),
	}
}

func TestRoundTrips(t *testing.T) {
	genesis, err := history.DecodeGenesis(aGenesis().Encode())
	if diff := cmp.Diff(aGenesis(), genesis); err != nil || diff != "" {
		t.Errorf("genesis: %v (-want +got):\n%s", err, diff)
	}
	entry, err := history.DecodeEntry(anEntry().Encode())
	if diff := cmp.Diff(anEntry(), entry); err != nil || diff != "" {
		t.Errorf("entry: %v (-want +got):\n%s", err, diff)
	}
	epoch, err := history.DecodeEntry(anEpoch().Encode())
	if diff := cmp.Diff(anEpoch(), epoch); err != nil || diff != "" {
		t.Errorf("epoch: %v (-want +got):\n%s", err, diff)
	}
	checkpoint, err := history.DecodeCheckpoint(aCheckpoint().Encode())
	if diff := cmp.Diff(aCheckpoint().Completed(), checkpoint); err != nil || diff != "" {
		t.Errorf("checkpoint: %v (-want +got):\n%s", err, diff)
	}
}

func TestCheckpointDigestLeavesTheTimeOut(t *testing.T) {
	first := aCheckpoint().Completed()
	second := first
	second.Header.UnixMillis++
	if first.Digest() != second.Digest() {
		t.Error("the time of saving changes the digest")
	}
	second.Header.Input = "fe"
	if first.Digest() == second.Digest() {
		t.Error("another input has the same digest")
	}
}

func TestRefusals(t *testing.T) {
	change := func(edit func(*history.Entry)) string {
		e := anEntry()
		edit(&e)
		_, err := history.DecodeEntry(e.Encode())
		if err == nil {
			return ""
		}
		return err.Error()
	}
	tests := map[string]struct {
		edit func(*history.Entry)
		want string
	}{
		"a version to come":        {func(e *history.Entry) { e.Version = 3 }, "format version 3, and this image reads versions up to 2"},
		"no version":               {func(e *history.Entry) { e.Version = 0 }, "format version 0"},
		"an unknown kind":          {func(e *history.Entry) { e.Kind = "Merge" }, `kind "Merge"`},
		"number nought":            {func(e *history.Entry) { e.Number = 0 }, "at least 1"},
		"no link":                  {func(e *history.Entry) { e.Previous = history.Digest{} }, "link"},
		"an end before its start":  {func(e *history.Entry) { e.End[0].Offset = 6 }, "partition 0 ends before it starts"},
		"partitions out of order":  {func(e *history.Entry) { e.End = append(e.End, e.End[0]) }, "ascend"},
		"a partition that is gone": {func(e *history.Entry) { e.End = nil }, "partition 0 ends"},
		"an exclusion behind its start": {
			func(e *history.Entry) { e.Excluded, e.LeftOut.TooOld = []history.Range{{From: 8, To: 9}}, 1 }, "not the first that it covers",
		},
		"an exclusion beyond its end": {
			func(e *history.Entry) { e.Excluded, e.LeftOut.TooOld = []history.Range{{From: 7, To: 10}}, 3 }, "not the first that it covers",
		},
		"an exclusion of nothing":          {func(e *history.Entry) { e.Excluded = []history.Range{{From: 7, To: 7}} }, "not the first that it covers"},
		"an exclusion elsewhere":           {func(e *history.Entry) { e.Excluded = []history.Range{{Partition: 1, To: 1}} }, "not the first that it covers"},
		"an exclusion that is not counted": {func(e *history.Entry) { e.Excluded = []history.Range{{From: 7, To: 9}} }, "excludes 2 offsets and counts 0"},
		"void positions to come":           {func(e *history.Entry) { e.Void = history.Void{Before: 1} }, "not before it"},
		"a negative count":                 {func(e *history.Entry) { e.LeftOut.Lost = -1 }, "less than nothing"},
	}
	epoch := func(edit func(*history.Entry)) func(*history.Entry) {
		return func(e *history.Entry) {
			*e = anEpoch()
			edit(e)
		}
	}
	maps.Copy(tests, map[string]struct {
		edit func(*history.Entry)
		want string
	}{
		"an epoch without terms":         {epoch(func(e *history.Entry) { e.Terms = nil }), "terms"},
		"an epoch without numerics":      {epoch(func(e *history.Entry) { e.Terms = &history.Terms{} }), "numerics"},
		"an epoch that teaches":          {epoch(func(e *history.Entry) { e.End = e.End.With(0, 9) }), "teaches nothing"},
		"an epoch with another number":   {epoch(func(e *history.Entry) { e.Epoch = 1 }), "number of its entry"},
		"a slice with terms":             {epoch(func(e *history.Entry) { e.Kind, e.Epoch = history.KindSlice, 1 }), "wrong fields"},
		"a slice that begins an epoch":   {func(e *history.Entry) { e.Epoch = 1 }, "has not begun"},
		"an epoch to come":               {func(e *history.Entry) { e.Epoch = 2 }, "has not begun"},
		"a Rebase into another's terms":  {rebased(func(e *history.Entry) { e.Epoch = 1 }), "begins behind"},
		"a Rebase with terms of genesis": {rebased(func(e *history.Entry) { e.Terms = anEpoch().Terms }), "genesis alone"},
	})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := change(test.edit); !strings.Contains(got, test.want) || got == "" {
				t.Errorf("error %q, want one with %q", got, test.want)
			}
		})
	}
}

// rebased edits a Rebase onto genesis.
func rebased(edit func(*history.Entry)) func(*history.Entry) {
	return func(e *history.Entry) {
		e.Kind, e.Number, e.Rebase = history.KindRebase, 3, &history.Rebase{Hash: e.Previous}
		edit(e)
	}
}

// TestEveryDamagedByteIsNoticed flips each byte of a checkpoint in turn.
func TestEveryDamagedByteIsNoticed(t *testing.T) {
	whole := aCheckpoint().Encode()
	for i := range whole {
		damaged := append([]byte{}, whole...)
		damaged[i] ^= 1
		if _, err := history.DecodeCheckpoint(damaged); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
		if _, err := history.DecodeCheckpoint(whole[:i]); err == nil {
			t.Fatalf("the checkpoint was cut to %d bytes and nobody noticed", i)
		}
	}
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add(anEntry().Encode())
	f.Add(anEpoch().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		entry, err := history.DecodeEntry(data)
		if err != nil {
			return
		}
		again, err := history.DecodeEntry(entry.Encode())
		if diff := cmp.Diff(entry, again); err != nil || diff != "" {
			t.Errorf("an accepted entry does not survive encoding: %v\n%s", err, diff)
		}
	})
}

func FuzzDecodeGenesis(f *testing.F) {
	f.Add(aGenesis().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if genesis, err := history.DecodeGenesis(data); err == nil && genesis.SpecDigest != genesis.Spec.Digest() {
			t.Error("accepted a genesis with a wrong spec digest")
		}
	})
}

func FuzzDecodeCheckpoint(f *testing.F) {
	f.Add(aCheckpoint().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		checkpoint, err := history.DecodeCheckpoint(data)
		if err == nil && int64(len(checkpoint.Model)) != checkpoint.Header.ModelBytes {
			t.Error("accepted a model of another length than the header says")
		}
	})
}
