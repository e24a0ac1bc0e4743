package chaos

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"

	"creek.dev/creek/cmd/creek/replay"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/headers"
)

// judge compares what a segment came to with what an undisturbed process would have made.
func (w *world) judge(ctx context.Context, facts history.Facts, segment string) {
	w.t.Helper()
	store, err := openStore(w.plan.Store)
	if err != nil {
		w.t.Fatal(err)
	}
	if closer, ok := store.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	report, err := replay.Run(ctx, replay.Options{Lineage: lineage, Segment: segment, Store: store, Kafka: w.kafka.connection()})
	if err != nil {
		w.t.Fatalf("the replay %s: %v", segment, err)
	}
	if facts.Checkpoint.ModelDigest != report.Replayed.Model {
		w.t.Errorf("the model's digest is %s, undisturbed %s", facts.Checkpoint.ModelDigest, report.Replayed.Model)
	}
	poison := expected()
	learned := int64(*recordsFlag - len(poison))
	if got := report.Replayed; got.Records != learned || facts.Records != learned || facts.Checkpoint.Records != learned {
		w.t.Errorf("%d records were produced that can be read; learned are %d, in the checkpoint %d, in the replay %d",
			learned, facts.Records, facts.Checkpoint.Records, got.Records)
	}
	if facts.DeadLetters != int64(len(poison)) || report.Replayed.DeadLetters != int64(len(poison)) {
		w.t.Errorf("%d records were produced that cannot be read; facts count %d, the replay %d", len(poison), facts.DeadLetters, report.Replayed.DeadLetters)
	}
	w.t.Logf("%s %d entries, %d checkpoints equal to the replay (%.1f s), the last of %d bytes, model digest %s; %d records, %d dead letters",
		cmp.Or(segment, "training"), report.Entries, len(report.Checkpoints), report.Seconds, facts.Checkpoint.Bytes, report.Replayed.Model, learned, len(poison))
}

// expected are the values of all records that cannot be read, by their IDs.
func expected() map[string][]byte {
	out := map[string][]byte{}
	for number := range *recordsFlag {
		if !poisoned(number) {
			continue
		}
		partition, offset := int32(number%partitions), int64(number/partitions)
		out[letterID(partition, offset)] = value(partition, offset)
	}
	return out
}

// letterID is the ID of a dead letter.
func letterID(partition int32, offset int64) string {
	return fmt.Sprintf("%s/%d/%d", lineage, partition, offset)
}

// judgeLetters reads the topic of dead letters and compares it with what must be there. Copies may be there beside.
func (w *world) judgeLetters(ctx context.Context) {
	w.t.Helper()
	w.judgeLettersWithin(ctx, expected(), expected())
}

// judgeLettersWithin compares the topic of dead letters with what must be there and what may be.
func (w *world) judgeLettersWithin(ctx context.Context, want, may map[string][]byte) {
	w.t.Helper()
	got, want := w.letters(ctx), maps.Clone(want)
	for id := range got {
		if want[id] == nil && may[id] != nil {
			want[id] = may[id]
		}
	}
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		w.t.Errorf("the dead letters are not those that were produced (-want +got):\n%s", diff)
	}
	for id, value := range got {
		if want[id] != nil && !bytes.Equal(value, want[id]) {
			w.t.Errorf("the dead letter %s holds %q, want %q", id, value, want[id])
		}
	}
}

// letters reads the topic of dead letters.
func (w *world) letters(ctx context.Context) map[string][]byte {
	w.t.Helper()
	watcher, err := stream.NewWatcher(w.kafka.connection())
	if err != nil {
		w.t.Fatal(err)
	}
	defer watcher.Close()
	ends, err := watcher.Stable(ctx, deadTopic)
	if err != nil {
		w.t.Fatal(err)
	}
	reader := stream.NewReader(w.kafka.connection())
	defer reader.Close()
	got, read := map[string][]byte{}, 0
	for _, end := range ends[deadTopic] {
		_, err := reader.Read(ctx, stream.Named(deadTopic), end.Partition, 0, end.Offset, func(batch []stream.Record) error {
			for _, record := range batch {
				id, err := recordID(record)
				if err != nil {
					return err
				}
				read++
				if before, twice := got[id]; twice && !bytes.Equal(before, record.Value) {
					return fmt.Errorf("two copies of %s differ", id)
				}
				got[id] = bytes.Clone(record.Value)
			}
			return nil
		})
		if err != nil {
			w.t.Fatalf("read the dead letters: %v", err)
		}
	}
	w.t.Logf("%d dead letters in their topic, and %d copies of them", len(got), read-len(got))
	return got
}

func recordID(record stream.Record) (string, error) {
	found, err := headers.Parse(bytes.Clone(record.RawHeaders))
	if err != nil {
		return "", err
	}
	for _, h := range found {
		if h.Key == driver.HeaderRecordID {
			return string(h.Value), nil
		}
	}
	return "", fmt.Errorf("the dead letter at offset %d names no record", record.Offset)
}
