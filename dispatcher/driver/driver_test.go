package driver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// fakeKafka is a Watcher of topics with one partition each.
type fakeKafka struct {
	mu     sync.Mutex
	ends   map[string]int64
	broken map[string]error
	// slow is how long an answer takes, stable and starts count the calls, and requests what a stream.Watcher would have sent for them.
	slow time.Duration
	// hanging is how long topics take more, before they fail.
	hanging                  map[string]time.Duration
	stable, starts, requests int
	// heard is when each topic was last described.
	heard map[string]time.Time
}

// describe counts the request that a watcher makes when it has not heard of one of the topics for so long.
func (k *fakeKafka) describe(age time.Duration, names ...string) {
	if k.heard == nil {
		k.heard = map[string]time.Time{}
	}
	stale := func(age time.Duration) bool {
		return slices.ContainsFunc(names, func(name string) bool { return time.Since(k.heard[name]) >= age })
	}
	if !stale(age) {
		return
	}
	k.requests++
	for _, name := range names {
		if time.Since(k.heard[name]) >= age/2 {
			k.heard[name] = time.Now()
		}
	}
}

func (k *fakeKafka) Known(_ context.Context, name string, maxAge time.Duration) (stream.Topic, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.describe(maxAge, name)
	return stream.Topic{ID: "id-" + name, Partitions: []int32{0}}, nil
}

func (k *fakeKafka) Commit(context.Context, string, string, []stream.Offset) error { return nil }

func (k *fakeKafka) Policy(_ context.Context, name string, _ time.Duration) (stream.Policy, error) {
	if name == "hidden" {
		return stream.Policy{}, fmt.Errorf("topic %s: %w", name, stream.ErrPolicyHidden)
	}
	return stream.Policy{RetentionMillis: -1, Compacted: name == "compacted"}, nil
}

func (k *fakeKafka) EachStable(_ context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.each(names, &k.stable, done, func(name string) int64 { return k.ends[name] })
}

func (k *fakeKafka) EachStart(_ context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.each(names, &k.starts, done, func(string) int64 { return 0 })
}

// each answers at once for all but those that hang.
func (k *fakeKafka) each(names []string, count *int, done func(string, []stream.Offset, error), offset func(string) int64) {
	time.Sleep(k.slow)
	k.mu.Lock()
	k.describe(10*time.Second, names...)
	*count++
	if slices.ContainsFunc(names, func(name string) bool { return k.broken[name] == nil }) {
		// The brokers of those that are broken are not asked.
		k.requests++
	}
	var hanging []string
	type answer struct {
		topic   string
		offsets []stream.Offset
		err     error
	}
	var answers []answer
	for _, name := range names {
		switch {
		case k.hanging[name] > 0:
			hanging = append(hanging, name)
		case k.broken[name] != nil:
			answers = append(answers, answer{topic: name, err: k.broken[name]})
		default:
			answers = append(answers, answer{topic: name, offsets: []stream.Offset{{Partition: 0, Offset: offset(name)}}})
		}
	}
	k.mu.Unlock()
	for _, a := range answers {
		done(a.topic, a.offsets, a.err)
	}
	for _, name := range hanging {
		time.Sleep(k.hanging[name])
		done(name, nil, stream.ErrUnreachable)
	}
}

func (k *fakeKafka) After(context.Context, string, int64) ([]stream.Offset, error) { return nil, nil }

func (k *fakeKafka) produce(topic string, end int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ends[topic] = end
}

// fakeTrainer learns by moving its position.
type fakeTrainer struct {
	mu       sync.Mutex
	store    state.Store
	position history.Position
	hash     history.Digest
	records  int64
	saved    *history.CheckpointFacts
}

func (f *fakeTrainer) Send(ctx context.Context, request history.Request) (Reply, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hash.IsZero() {
		genesis, err := f.store.Get(ctx, history.GenesisKey(request.Lineage))
		if err != nil {
			return Reply{}, fmt.Errorf("read genesis: %w", err)
		}
		f.hash = history.ChainStart(genesis, request.Segment)
	}
	if request.From != f.position || request.Hash != f.hash {
		return Reply{Status: 409, Answer: f.answer()}, nil
	}
	for _, data := range request.Entries {
		entry, err := history.DecodeEntry(data)
		if err != nil {
			return Reply{}, err
		}
		f.position, f.hash, f.records = history.Position{Entry: entry.Number}, history.Sum(data), f.records+entry.Span()
	}
	if request.Action == history.ActionFlush {
		f.saved = &history.CheckpointFacts{Position: f.position, Hash: f.hash, Records: f.records}
	}
	return Reply{Status: 200, Answer: f.answer()}, nil
}

func (f *fakeTrainer) answer() history.Answer {
	return history.Answer{Position: f.position, Hash: f.hash, Records: f.records, Checkpoint: f.saved, Trainer: history.TrainerFacts{Instance: "i"}}
}

type fakeObject struct{}

func (fakeObject) Read(context.Context) (core.Object, error) { return core.Object{UID: "uid"}, nil }

func settings(name string) core.Settings {
	return core.Settings{
		Lineage: history.Lineage{Namespace: "ns", Name: name, Number: 1}, UID: "uid", Writer: "w", Incarnation: "inc-" + name, Topic: name,
		Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: 1,
	}
}

func config(recorded string) core.Config {
	return core.Config{
		Generation: 1, Recorded: recorded, Reachable: true, Batch: core.Batch{MaxRecords: 100, Window: 50 * core.Millisecond},
	}
}

func TestDriverLearnsWhatArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &state.Memory{}
		kafka := &fakeKafka{ends: map[string]int64{}}
		d := New(settings("clicks"), Parts{
			Source: NewPoller(kafka), Store: store, Sender: &fakeTrainer{store: store}, Object: fakeObject{},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			d.Run(ctx)
		}()
		d.Configure(config(""))
		time.Sleep(2 * time.Second)
		if f := d.Facts(); f.Incarnation != "inc-clicks" || f.Head != 0 {
			t.Fatalf("incarnation %q, head %d; want inc-clicks and no entry before it is recorded", f.Incarnation, f.Head)
		}
		d.Configure(config("inc-clicks"))
		kafka.produce("clicks", 1234)
		time.Sleep(5 * time.Second)
		f := d.Facts()
		if f.Records != 1234 || f.Lag != 0 || f.Checkpoint == nil || f.Checkpoint.Position != f.Position || f.Phase != history.PhaseRunning {
			data, _ := json.Marshal(f)
			t.Errorf("facts %s, want 1234 records learned and saved", data)
		}
		cancel()
		<-ended
	})
}

// A thousand idle trainings with one credential cost at most two requests a second, as few as one.
func TestPollerReadsForAllTogether(t *testing.T) { pollsTogether(t, false) }

// That is so while half of them cannot be read, since the brokers that lead their topics hang.
func TestPollerReadsForAllTogetherWhileABrokerHangs(t *testing.T) { pollsTogether(t, true) }

func pollsTogether(t *testing.T, hangs bool) {
	synctest.Test(t, func(t *testing.T) {
		const trainings = 1000
		store := &state.Memory{}
		kafka := &fakeKafka{ends: map[string]int64{}}
		poller := NewPoller(kafka)
		var running sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		for i := range trainings {
			name := fmt.Sprintf("t%d", i)
			d := New(settings(name), Parts{Source: poller, Store: store, Sender: &fakeTrainer{store: store}, Object: fakeObject{}})
			running.Go(func() { d.Run(ctx) })
			d.Configure(config(""))
			time.Sleep(7 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		if hangs {
			kafka.mu.Lock()
			kafka.broken = map[string]error{}
			for i := 0; i < trainings; i += 2 {
				kafka.broken[fmt.Sprintf("t%d", i)] = stream.ErrUnreachable
			}
			kafka.mu.Unlock()
			time.Sleep(30 * time.Second)
		}
		kafka.mu.Lock()
		kafka.requests, kafka.stable, kafka.starts = 0, 0, 0
		kafka.mu.Unlock()
		time.Sleep(30 * time.Second)
		kafka.mu.Lock()
		if kafka.requests > 60 || kafka.stable < 45 || kafka.starts < 4 {
			t.Errorf("%d requests in 30 s, want at most 60; %d readings of stable offsets, want about 47; %d of log starts, want about 5",
				kafka.requests, kafka.stable, kafka.starts)
		}
		kafka.mu.Unlock()
		cancel()
		running.Wait()
	})
}

// stable waits for a reading.
func stable(t *testing.T, poller *Poller, topic string, due time.Time) (offsets history.Offsets, err error) {
	done := make(chan struct{})
	poller.Stable(t.Context(), topic, due, func(o history.Offsets, e error) {
		offsets, err = o, e
		close(done)
	})
	<-done
	return offsets, err
}

// Who polls fast is not held up by those who poll slowly, gets its reading first, and takes along only those that are due soon.
func TestPollerServesWhoIsDueFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{ends: map[string]int64{}}
		poller := NewPoller(kafka)
		var mu sync.Mutex
		var order []string
		check := func(readings int, want ...string) {
			mu.Lock()
			defer mu.Unlock()
			kafka.mu.Lock()
			defer kafka.mu.Unlock()
			if !slices.Equal(order, want) || kafka.stable != readings {
				t.Errorf("%v were served by %d readings, want %v by %d", order, kafka.stable, want, readings)
			}
		}
		ask := func(topic string, after time.Duration) {
			poller.Stable(t.Context(), topic, time.Now().Add(after), func(history.Offsets, error) {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, topic)
			})
		}
		ask("later", time.Second)
		ask("soon", together)
		ask("now", 10*time.Millisecond)
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		check(1, "now", "soon")
		time.Sleep(time.Second)
		synctest.Wait()
		check(2, "now", "soon", "later")
	})
}

// One training's missing topic is not another's.
func TestPollerTellsPolicies(t *testing.T) {
	poller := NewPoller(&fakeKafka{})
	for name, want := range map[string]core.Topic{
		"usual":     {ID: "id-usual", Partitions: []int32{0}, RetentionMillis: -1},
		"compacted": {ID: "id-compacted", Partitions: []int32{0}, RetentionMillis: -1, Compacted: true},
		"hidden":    {ID: "id-hidden", Partitions: []int32{0}, Hidden: "topic hidden: " + stream.ErrPolicyHidden.Error()},
	} {
		got, err := poller.Topic(t.Context(), name, 0)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(name, err, diff)
		}
	}
}

func TestPollerFailsTopicsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{ends: map[string]int64{"good": 7}, broken: map[string]error{"bad": stream.ErrTopicMissing}}
		poller := NewPoller(kafka)
		due := time.Now().Add(time.Second)
		var wait sync.WaitGroup
		wait.Go(func() {
			if got, err := stable(t, poller, "good", due); err != nil || got[0].Offset != 7 {
				t.Errorf("good: %v, %v", got, err)
			}
		})
		wait.Go(func() {
			if _, err := stable(t, poller, "bad", due); !errors.Is(err, stream.ErrTopicMissing) {
				t.Errorf("bad: %v, want ErrTopicMissing", err)
			}
		})
		wait.Wait()
		if kafka.stable != 1 {
			t.Errorf("%d calls, want 1", kafka.stable)
		}
	})
}

func TestOutcomes(t *testing.T) {
	tests := map[string]struct {
		err  error
		want core.Outcome
	}{
		"not found":       {fmt.Errorf("get: %w", state.ErrNotFound), core.NotFound},
		"exists":          {state.ErrExists, core.Exists},
		"store refuses":   {state.ErrAuthentication, core.Refused},
		"kafka refuses":   {fmt.Errorf("dial: %w", stream.ErrAuthentication), core.Refused},
		"no topic":        {&stream.TopicError{Topic: "t", Err: stream.ErrTopicMissing}, core.TopicMissing},
		"no secret":       {fmt.Errorf("x: %w", ErrCredentialsMissing), core.CredentialsMissing},
		"anything else":   {errors.New("timeout"), core.Failed},
		"unreachable":     {stream.ErrUnreachable, core.Failed},
		"object is gone":  {ErrObjectMissing, core.NotFound},
		"deadline passed": {context.DeadlineExceeded, core.Failed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := outcome(test.err); got != test.want {
				t.Errorf("outcome %d, want %d", got, test.want)
			}
		})
	}
}
