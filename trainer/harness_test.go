package trainer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
	"creek.dev/creek/trainer/online"
)

// source is a topic of one partition in memory.
type source struct {
	records []stream.Record
	missing bool
	fail    error
	// reached is told each offset before its batch is handed out, and may wait.
	reached func(ctx context.Context, offset int64)
	batch   int
}

func newSource(n int) *source {
	s := &source{batch: 100, reached: func(context.Context, int64) {}}
	for i := range int64(n) {
		s.records = append(s.records, stream.Record{
			Offset: i, UnixMillis: 1000 + i, Value: fmt.Appendf(nil, `{"a":%d.25,"b":%d,"y":%d}`, i*37%11, i%5, i*i%2),
		})
	}
	return s
}

func (s *source) Read(ctx context.Context, topic stream.Ref, partition int32, from, to int64, fn func([]stream.Record) error) (int64, error) {
	if s.fail != nil {
		return from, s.fail
	}
	for from < to {
		end := min(from+int64(s.batch), to)
		if end > int64(len(s.records)) {
			return from, &stream.OffsetError{Topic: topic.Name, Partition: partition, Offset: from, End: int64(len(s.records))}
		}
		s.reached(ctx, from)
		if err := ctx.Err(); err != nil {
			return from, err
		}
		if err := fn(s.records[from:end]); err != nil {
			return from, err
		}
		from = end
	}
	return from, nil
}

func (s *source) Topic(_ context.Context, name string) (stream.Topic, error) {
	if s.missing {
		return stream.Topic{}, fmt.Errorf("topic %s: %w", name, stream.ErrTopicMissing)
	}
	return stream.Topic{ID: "id", Partitions: []int32{0}}, s.fail
}

func (s *source) Close() {}

// training is a history in a store with a trainer that serves it.
type training struct {
	t       *testing.T
	store   state.Store
	source  *source
	genesis history.Genesis
	entries []json.RawMessage
	trainer *trainer.Trainer
	url     string
	token   string
}

func newGenesis() history.Genesis {
	spec := history.LearningSpec{
		Format:        history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "a"}, {Name: "b"}}},
		Model:         history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.05"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
	return history.Genesis{
		Version: history.FormatVersion, Lineage: history.Lineage{Namespace: "ns", Name: "fraud", Number: 1}, UID: "u", Incarnation: "cafe",
		Spec: spec, SpecDigest: spec.Digest(), Topic: "payments", TopicID: "id", Start: history.Offsets{{Partition: 0, Offset: 0}},
		Shards: 1, NumericsVersion: online.NumericsVersion,
	}
}

// newTraining starts a trainer with n records and entries that end at the given offsets.
func newTraining(t *testing.T, n int, ends ...int64) *training {
	t.Helper()
	store, err := state.Open(state.Config{Type: state.TypeMemory})
	if err != nil {
		t.Fatal(err)
	}
	tr := &training{t: t, store: store, source: newSource(n), genesis: newGenesis(), token: "s3cret"}
	if err := store.PutIfAbsent(t.Context(), history.GenesisKey(tr.genesis.Lineage), tr.genesis.Encode()); err != nil {
		t.Fatal(err)
	}
	tr.entries = cutEntries(tr.genesis, ends...)
	tr.start()
	return tr
}

func cutEntries(genesis history.Genesis, ends ...int64) []json.RawMessage {
	var entries []json.RawMessage
	start, previous := genesis.Start, history.ChainStart(genesis.Encode(), "")
	for i, offset := range ends {
		end := history.Offsets{{Partition: 0, Offset: offset}}
		entry := history.Entry{
			Version: history.FormatVersion, Number: int64(i + 1), Kind: history.KindSlice, Writer: "w", Term: 1, Start: start, End: end, Previous: previous,
		}
		entries = append(entries, entry.Encode())
		start, previous = end, history.Sum(entries[i])
	}
	return entries
}

func (tr *training) start() {
	tr.t.Helper()
	token := filepath.Join(tr.t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(tr.token+"\n"), 0o600); err != nil {
		tr.t.Fatal(err)
	}
	tr.trainer = trainer.New(trainer.Options{Namespace: "ns", Name: "fraud", TokenFile: token, Instance: "i", Started: time.Now()}, trainer.Parts{
		Source: tr.source, Store: tr.store, Log: slog.New(slog.DiscardHandler), Probe: memory.Find(fstest.MapFS{}, 1, nil),
	})
	server := httptest.NewServer(tr.trainer.Handler())
	tr.t.Cleanup(server.Close)
	tr.url = server.URL
}

func (tr *training) link(p history.Position) history.Digest {
	if p.Touched() == 0 {
		return history.ChainStart(tr.genesis.Encode(), "")
	}
	return history.Sum(tr.entries[p.Touched()-1])
}

func (tr *training) train(from history.Position, last int) history.Request {
	return history.Request{
		Action: history.ActionTrain, Lineage: tr.genesis.Lineage, Incarnation: tr.genesis.Incarnation,
		From: from, Hash: tr.link(from), Entries: tr.entries[from.Entry:last],
	}
}

func (tr *training) flush(from history.Position) history.Request {
	r := tr.train(from, int(from.Entry))
	r.Action, r.Entries = history.ActionFlush, nil
	return r
}

// post sends a body and returns status and answer.
func (tr *training) post(ctx context.Context, body []byte, authorization string) (int, history.Answer, error) {
	status, answer, _, err := tr.raw(ctx, body, authorization)
	return status, answer, err
}

func (tr *training) raw(ctx context.Context, body []byte, authorization string) (int, history.Answer, http.Header, error) {
	return tr.stream(ctx, bytes.NewReader(body), authorization)
}

// stream sends what a reader brings. Whatever is exchanged must be as docs/openapi.yaml says.
func (tr *training) stream(ctx context.Context, body io.Reader, authorization string) (int, history.Answer, http.Header, error) {
	var sent bytes.Buffer
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, tr.url+history.PathTrain, io.TeeReader(body, &sent))
	if err != nil {
		return 0, history.Answer{}, nil, err
	}
	request.Header.Set("Authorization", authorization)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, history.Answer{}, nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, history.Answer{}, nil, err
	}
	var taken []byte
	if response.StatusCode < 400 {
		// The transport may still be sending the body of a request that was refused.
		taken = sent.Bytes()
	}
	if err := conform(request, taken, response, data); err != nil {
		tr.t.Errorf("status %d is not as docs/openapi.yaml says: %v\n%s", response.StatusCode, err, data)
	}
	var answer history.Answer
	err = json.Unmarshal(data, &answer)
	return response.StatusCode, answer, response.Header, err
}

func (tr *training) send(r history.Request) (int, history.Answer) {
	tr.t.Helper()
	status, answer, _ := tr.exchange(r)
	return status, answer
}

// exchange sends a request and returns status, answer and header.
func (tr *training) exchange(r history.Request) (int, history.Answer, http.Header) {
	tr.t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		tr.t.Fatal(err)
	}
	status, answer, header, err := tr.raw(tr.t.Context(), body, "Bearer "+tr.token)
	if err != nil {
		tr.t.Fatal(err)
	}
	return status, answer, header
}

// gate stops a source at an offset until it is opened.
type gate struct {
	at      int64
	arrived chan struct{}
	opened  chan struct{}
	once    sync.Once
}

func newGate(at int64) *gate {
	return &gate{at: at, arrived: make(chan struct{}), opened: make(chan struct{})}
}

func (g *gate) reached(ctx context.Context, offset int64) {
	if offset < g.at {
		return
	}
	g.once.Do(func() { close(g.arrived) })
	select {
	case <-g.opened:
	case <-ctx.Done():
	}
}
