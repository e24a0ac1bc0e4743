package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creek.dev/creek/cmd/creek/replay"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/test/pair"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
	"creek.dev/creek/trainer/online"
)

const (
	learnedTopic = "sea"
	// learnedEach is how many records each of its two partitions has, of which every hundredth cannot be read.
	learnedEach = 18_000
)

var learnedLineage = history.Lineage{Namespace: "shop", Name: "fraud", Number: 1}

// learned is a training that has learned a topic, with what a replay needs to find it.
type learned struct {
	broker *embedded.Broker
	store  state.Store
	keys   history.Keys
	args   []string
	// rate is the learning rate that is asked for; empty for that of genesis.
	rate string
}

// learn lets the real dispatcher and trainer learn a topic with unreadable records into a store. They run in this process.
func learn(t *testing.T, settings state.Settings) *learned {
	t.Helper()
	broker, err := embedded.Start([]embedded.Topic{{Name: learnedTopic, Partitions: 2}, {Name: "dead", Partitions: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection := stream.Connection{Brokers: broker.Addrs()}
	writer := stream.NewWriter(connection, learnedTopic)
	defer writer.Close()
	for partition := range int32(2) {
		records := make([]stream.Record, learnedEach)
		for i := range records {
			records[i] = stream.Record{UnixMillis: int64(1000 + i), Value: sea.AppendJSON(nil, uint64(partition)*learnedEach+uint64(i))}
			if i%100 == 50 {
				records[i].Value = fmt.Appendf(nil, "poison %d", i)
			}
		}
		if _, err := writer.Write(t.Context(), partition, records); err != nil {
			t.Fatal(err)
		}
	}
	config, err := settings.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, err := state.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	l := &learned{broker: broker, store: store, keys: history.Keys{Lineage: learnedLineage, Incarnation: "cafe"}}
	l.args = append([]string{"replay", "shop/fraud", "--json"}, stream.Settings{Brokers: broker.Addrs()}.Args()...)
	l.args = append(l.args, settings.Args()...)
	l.dispatch(t, connection, "", 2*learnedEach)
	return l
}

// inProcess hands requests to a trainer in this process, one entry at a time, so that there is a checkpoint after each.
type inProcess struct{ trainer *trainer.Trainer }

func (s inProcess) Send(ctx context.Context, request history.Request) (driver.Reply, error) {
	request.Entries = request.Entries[:min(1, len(request.Entries))]
	status, answer := s.trainer.Do(ctx, request)
	return driver.Reply{Status: int(status), Answer: answer}, nil
}

// dispatch runs a dispatcher until a checkpoint holds all records, in slices that are longer than the way from checkpoint to checkpoint.
func (l *learned) dispatch(t *testing.T, connection stream.Connection, segment string, records int64) {
	t.Helper()
	kafka := trainer.NewKafka(stream.Settings{Brokers: connection.Brokers})
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	publisher := driver.NewKafkaPublisher(connection)
	defer publisher.Close()
	teacher := trainer.New(trainer.Options{Namespace: "shop", Name: "fraud", Instance: "i" + segment, Started: time.Now()}, trainer.Parts{
		Source: kafka, Store: l.store, Log: slog.New(slog.DiscardHandler), Probe: memory.Find(os.DirFS("/"), os.Getpid(), memory.OpenFile),
	})
	spec := history.LearningSpec{
		Format:        pair.Format(sea),
		Model:         history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.01"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
	d := driver.New(core.Settings{
		Lineage: learnedLineage, Segment: segment, Follower: segment != "", UID: "uid", Writer: "w" + segment, Incarnation: "cafe", Spec: spec,
		Topic: learnedTopic, Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Unrecorded: true,
		Changeable: online.Changeable,
	}, driver.Parts{Source: driver.NewPoller(watcher), Store: l.store, Sender: inProcess{teacher}, Publisher: publisher})
	var parameters map[string]string
	if l.rate != "" {
		parameters = map[string]string{"learningRate": l.rate}
	}
	d.Configure(core.Config{
		Generation: 1, Parameters: parameters, Reachable: true, DeadLetterTopic: "dead", Batch: core.Batch{MaxRecords: 6_000, Window: core.Span(20 * time.Millisecond)},
		Save: history.SaveRule{Records: 1_200},
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.Run(running)
	}()
	defer func() {
		stop()
		<-ended
	}()
	for {
		facts := d.Facts()
		if c := facts.Checkpoint; c != nil && c.Records+c.DeadLetters == records {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it did not learn all: %+v", facts)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// replay runs the command and reads what it prints.
func (l *learned) replay(t *testing.T, args ...string) (code int, report replay.Report, stderr string) {
	t.Helper()
	code, out, stderr := creek(t, append(l.args, args...)...)
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out, stderr)
	}
	return code, report, stderr
}

// alter replaces a stored value.
func (l *learned) alter(t *testing.T, key string, change func([]byte) []byte) {
	t.Helper()
	data, err := l.store.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := l.store.PutIfAbsent(t.Context(), key, change(data)); err != nil {
		t.Fatal(err)
	}
}

func fileSettings(t *testing.T) state.Settings {
	return state.Settings{Type: state.TypeFile, Directory: filepath.Join(t.TempDir(), "state")}
}

func TestReplayFindsAllEqual(t *testing.T) {
	stores := map[string]func(*testing.T) state.Settings{
		"File": fileSettings,
		"S3":   func(t *testing.T) state.Settings { return statetest.StartS3(t).Settings("models") },
		"Redis": func(t *testing.T) state.Settings {
			return state.Settings{Type: state.TypeRedis, RedisAddress: statetest.StartRedis(t, statetest.DurableArgs...).Address}
		},
	}
	for name, settings := range stores {
		t.Run(name, func(t *testing.T) {
			l := learn(t, settings(t))
			code, report, errs := l.replay(t)
			if code != 0 || !report.Equal || report.Entries < 4 {
				t.Fatalf("exit code %d: %+v\n%s", code, report, errs)
			}
			inside := 0
			for _, c := range report.Checkpoints {
				if c.Position.Inside() {
					inside++
				}
			}
			last := report.Checkpoints[len(report.Checkpoints)-1]
			if inside == 0 || last.Stored.Records != 2*learnedEach*99/100 || last.Stored.DeadLetters != 2*learnedEach/100 {
				t.Errorf("%d checkpoints lie inside an entry; the last is %s", inside, last.Stored)
			}
			if last.Stored != report.Replayed {
				t.Errorf("the replay ends with %s, the last checkpoint is %s", report.Replayed, last.Stored)
			}
		})
	}
}

func TestReplayOfTheBaseline(t *testing.T) {
	l := learn(t, fileSettings(t))
	if code, _, errs := l.replay(t, "--baseline"); code != exitFailure || !strings.Contains(errs, "no checkpoint is stored") {
		t.Errorf("exit code %d of a baseline that is not there:\n%s", code, errs)
	}
	l.dispatch(t, stream.Connection{Brokers: l.broker.Addrs()}, history.BaselineSegment, 2*learnedEach)
	if code, report, errs := l.replay(t, "--baseline"); code != 0 || report.Segment != history.BaselineSegment || len(report.Checkpoints) == 0 {
		t.Errorf("exit code %d: %+v\n%s", code, report, errs)
	}
}

func TestReplayTable(t *testing.T) {
	l := learn(t, fileSettings(t))
	code, out, errs := creek(t, append(l.args, "--json=false")...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || !strings.HasPrefix(lines[0], "SHARD") || !strings.HasSuffix(lines[1], "equal") || !strings.HasSuffix(lines[len(lines)-1], "are equal.") {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
}

// What was altered is found, and named.
func TestReplayFindsWhatDiffers(t *testing.T) {
	third := func(r replay.Report) replay.Comparison { return r.Checkpoints[2] }
	checkpoint := func(change func(*history.Checkpoint)) func(*testing.T, *learned, replay.Report) {
		return func(t *testing.T, l *learned, before replay.Report) {
			l.alter(t, l.keys.Checkpoint(0, third(before).Position), func(data []byte) []byte {
				c, err := history.DecodeCheckpoint(data)
				if err != nil {
					t.Fatal(err)
				}
				change(&c)
				return c.Encode()
			})
		}
	}
	tests := map[string]struct {
		alter func(*testing.T, *learned, replay.Report)
		// says is what the error holds; AT stands for the third checkpoint's position.
		says string
	}{
		"a model": {checkpoint(func(c *history.Checkpoint) {
			c.Model = append([]byte(nil), c.Model...)
			c.Model[len(c.Model)-1] ^= 1
		}), "at position AT differs first, in model digest:"},
		"a count":       {checkpoint(func(c *history.Checkpoint) { c.Header.Records++ }), "at position AT differs first, in records:"},
		"an input hash": {checkpoint(func(c *history.Checkpoint) { c.Header.Input = "0123456789abcdef" }), "at position AT differs first, in input hash:"},
		"dead letters": {checkpoint(func(c *history.Checkpoint) {
			c.Header.DeadLetters++
			c.Outputs = nil
		}), "at position AT differs first, in dead letters:"},
		"metrics": {checkpoint(func(c *history.Checkpoint) {
			c.Metrics = append([]byte(nil), c.Metrics...)
			c.Metrics[len(c.Metrics)-1] ^= 1
		}), "at position AT differs first, in metrics:"},
		"a chain hash": {checkpoint(func(c *history.Checkpoint) { c.Header.Hash[0] ^= 1 }), "at position AT differs first, in chain hash:"},
		"an entry": {func(t *testing.T, l *learned, _ replay.Report) {
			l.alter(t, l.keys.Entry(2), func(data []byte) []byte {
				return []byte(strings.Replace(string(data), `"writer":"w"`, `"writer":"x"`, 1))
			})
		}, "the chain is broken at entry 3"},
		"a lost entry": {func(t *testing.T, l *learned, _ replay.Report) {
			if err := l.store.Delete(t.Context(), l.keys.Entry(2)); err != nil {
				t.Fatal(err)
			}
		}, "no entry 2"},
		"a checkpoint of nowhere": {func(t *testing.T, l *learned, _ replay.Report) {
			if err := l.store.PutIfAbsent(t.Context(), l.keys.Checkpoint(0, history.Position{Entry: 99}), []byte("x")); err != nil {
				t.Fatal(err)
			}
		}, "does not lead to the checkpoint of shard 0 at position 99"},
		"records that Kafka deleted": {func(t *testing.T, l *learned, _ replay.Report) {
			if err := l.broker.DeleteRecords(learnedTopic, 1, 700); err != nil {
				t.Fatal(err)
			}
		}, "offset 0 of partition 1 of topic sea, which entry 1 lists, is no longer in Kafka"},
		"another topic": {func(t *testing.T, l *learned, _ replay.Report) {
			l.alter(t, history.GenesisKey(learnedLineage), func(data []byte) []byte {
				g, err := history.DecodeGenesis(data)
				if err != nil {
					t.Fatal(err)
				}
				g.TopicID = "another"
				return g.Encode()
			})
		}, "topic sea was made anew"},
		"a lost genesis": {func(t *testing.T, l *learned, _ replay.Report) {
			if err := l.store.Delete(t.Context(), history.GenesisKey(learnedLineage)); err != nil {
				t.Fatal(err)
			}
		}, "the store has no shop/fraud/1/genesis"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := learn(t, fileSettings(t))
			code, before, errs := l.replay(t)
			if code != 0 {
				t.Fatalf("it differs before it is altered:\n%s", errs)
			}
			test.alter(t, l, before)
			code, after, errs := l.replay(t)
			says := strings.Replace(test.says, "AT", third(before).Position.String(), 1)
			if code != exitFailure || after.Equal || !strings.Contains(errs, says) || !strings.Contains(after.Problem, says) {
				t.Errorf("exit code %d, want %q:\n%s", code, says, errs)
			}
		})
	}
}

// Where the first entries or records are gone, a replay begins with a checkpoint.
func TestReplayFromACheckpoint(t *testing.T) {
	l := learn(t, fileSettings(t))
	_, whole, _ := l.replay(t)
	check := func(what string, from history.Position, args ...string) {
		t.Helper()
		code, got, errs := l.replay(t, args...)
		if code != 0 || got.From == nil || *got.From != from || got.Replayed != whole.Replayed {
			t.Errorf("%s: exit code %d, from %s: %s, want %s from %s\n%s", what, code, got.From, got.Replayed, whole.Replayed, from, errs)
		}
		later := 0
		for _, c := range whole.Checkpoints {
			if c.Position.Compare(from) > 0 {
				later++
			}
		}
		if len(got.Checkpoints) != later || later == 0 {
			t.Errorf("%s: %d checkpoints compared, want %d", what, len(got.Checkpoints), later)
		}
	}
	var inside history.Position
	for _, c := range whole.Checkpoints {
		if c.Position.Inside() && c.Position.Next != 0 {
			inside = c.Position
			break
		}
	}
	check("inside an entry", inside, "--from", inside.String())
	for n := range int64(2) {
		if err := l.store.Delete(t.Context(), l.keys.Entry(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	var oldest history.Position
	for _, c := range whole.Checkpoints {
		if c.Position.Entry >= 2 {
			oldest = c.Position
			break
		}
	}
	check("after a collection", oldest)
	entry, err := l.store.Get(t.Context(), l.keys.Entry(3))
	if err != nil {
		t.Fatal(err)
	}
	third, err := history.DecodeEntry(entry)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range third.Start {
		if err := l.broker.DeleteRecords(learnedTopic, at.Partition, at.Offset); err != nil {
			t.Fatal(err)
		}
	}
	check("after Kafka's retention", oldest, "--from", oldest.String())
	if code, _, errs := l.replay(t, "--from", "77"); code != exitFailure || !strings.Contains(errs, "no checkpoint at position 77") {
		t.Errorf("exit code %d:\n%s", code, errs)
	}
	if code, _, errs := creek(t, append(l.args, "--from", "7+1")...); code != exitUsage || !strings.Contains(errs, "7+1") {
		t.Errorf("exit code %d:\n%s", code, errs)
	}
	if err := l.broker.DeleteRecords(learnedTopic, 0, learnedEach-1); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := l.replay(t); code != exitFailure || !strings.Contains(errs, "is no longer in Kafka") {
		t.Errorf("exit code %d:\n%s", code, errs)
	}
}

// What a Rebase voids is not learned, and what follows is learned behind the checkpoint that it names.
func TestReplayAcrossALoss(t *testing.T) {
	const lost = 500
	l := learn(t, fileSettings(t))
	_, whole, _ := l.replay(t)
	var base replay.Comparison
	for _, c := range whole.Checkpoints {
		if c.Position.Next != 0 && c.Position.Range == 0 && c.Position.Entry >= 1 {
			base = c
			break
		}
	}
	touched, newest := l.entry(t, base.Position.Touched()), l.entry(t, whole.Entries)
	from := touched.Start.With(0, base.Position.Next)
	end := from.With(0, base.Position.Next+lost)
	rebase := history.Entry{
		Version: history.FormatVersion, Number: whole.Entries + 1, Kind: history.KindRebase, Writer: "w", Term: newest.Term, Start: newest.End, End: end,
		Previous: history.Sum(newest.Encode()),
		Rebase: &history.Rebase{
			Position: base.Position, Hash: history.Sum(touched.Encode()), DeadLetters: base.Stored.DeadLetters,
			Lost: []history.Range{{Partition: 0, From: base.Position.Next, To: base.Position.Next + lost}},
		},
	}
	if err := l.store.PutIfAbsent(t.Context(), l.keys.Entry(rebase.Number), rebase.Encode()); err != nil {
		t.Fatal(err)
	}
	l.dispatch(t, stream.Connection{Brokers: l.broker.Addrs()}, "", 2*learnedEach-lost)
	code, after, errs := l.replay(t)
	if code != 0 || after.Entries <= rebase.Number || after.Replayed.Records+after.Replayed.DeadLetters != 2*learnedEach-lost {
		t.Fatalf("exit code %d, entry %d: %s\n%s", code, after.Entries, after.Replayed, errs)
	}
	var compared []string
	for _, c := range after.Checkpoints {
		if c.Position.Compare(base.Position) > 0 && c.Position.Touched() < rebase.Number {
			t.Errorf("the checkpoint at position %s is void and was compared", c.Position)
		}
		compared = append(compared, c.Position.String())
	}
	if last := after.Checkpoints[len(after.Checkpoints)-1]; last.Stored != after.Replayed {
		t.Errorf("compared are %v, and the last is %s", compared, last.Stored)
	}
	// Where the first entries are no longer kept it begins with a checkpoint that is not void.
	for n := int64(1); n <= base.Position.Touched(); n++ {
		if err := l.store.Delete(t.Context(), l.keys.Entry(n)); err != nil {
			t.Fatal(err)
		}
	}
	code, late, errs := l.replay(t)
	if code != 0 || late.From == nil || late.From.Entry < rebase.Number || late.Replayed != after.Replayed {
		t.Errorf("exit code %d, from %v: %s\n%s", code, late.From, late.Replayed, errs)
	}
}

// What is asked for anew is in force from the next slice on, for the trainer and for a replay, which needs no entry before a checkpoint.
func TestReplayAcrossAnEpoch(t *testing.T) {
	const more = 4000
	l := learn(t, fileSettings(t))
	_, before, _ := l.replay(t)
	connection := stream.Connection{Brokers: l.broker.Addrs()}
	writer := stream.NewWriter(connection, learnedTopic)
	defer writer.Close()
	records := make([]stream.Record, more)
	for i := range records {
		records[i] = stream.Record{UnixMillis: int64(i), Value: sea.AppendJSON(nil, uint64(2*learnedEach+i))}
	}
	if _, err := writer.Write(t.Context(), 0, records); err != nil {
		t.Fatal(err)
	}
	l.rate = "0.3"
	l.dispatch(t, connection, "", 2*learnedEach+more)
	epoch := l.entry(t, before.Entries+1)
	if epoch.Kind != history.KindEpoch || epoch.Terms.Parameters["learningRate"] != "0.3" {
		t.Fatalf("entry %d is of kind %s with %v", epoch.Number, epoch.Kind, epoch.Terms)
	}
	code, after, errs := l.replay(t)
	if code != 0 || !after.Equal || after.Entries <= epoch.Number || after.Replayed.Records+after.Replayed.DeadLetters != 2*learnedEach+more {
		t.Fatalf("exit code %d, entry %d: %s\n%s", code, after.Entries, after.Replayed, errs)
	}
	for n := int64(1); n <= epoch.Number; n++ {
		if err := l.store.Delete(t.Context(), l.keys.Entry(n)); err != nil {
			t.Fatal(err)
		}
	}
	code, late, errs := l.replay(t)
	if code != 0 || late.From == nil || late.From.Entry < epoch.Number || late.Replayed.Model != after.Replayed.Model {
		t.Errorf("without the Epoch's entry: exit code %d, from %v: %s\n%s", code, late.From, late.Replayed, errs)
	}
}

// entry reads an entry of the history.
func (l *learned) entry(t *testing.T, n int64) history.Entry {
	t.Helper()
	data, err := l.store.Get(t.Context(), l.keys.Entry(n))
	if err != nil {
		t.Fatal(err)
	}
	entry, err := history.DecodeEntry(data)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}
