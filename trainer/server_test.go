package trainer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer"
)

func position(entry, next int64) history.Position { return history.Position{Entry: entry, Next: next} }

func TestStatuses(t *testing.T) {
	marshal := func(t *testing.T, r history.Request) []byte {
		t.Helper()
		body, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	good := func(t *testing.T, tr *training) []byte { t.Helper(); return marshal(t, tr.train(position(0, 0), 1)) }
	edited := func(edit func(*training, *history.Request)) func(*testing.T, *training) []byte {
		return func(t *testing.T, tr *training) []byte {
			t.Helper()
			r := tr.train(position(0, 0), 1)
			edit(tr, &r)
			return marshal(t, r)
		}
	}
	raw := func(text string) func(*testing.T, *training) []byte {
		return func(*testing.T, *training) []byte { return []byte(text) }
	}
	tests := map[string]struct {
		body   func(*testing.T, *training) []byte
		header string
		status int
		says   string
	}{
		"learned":             {good, "Bearer s3cret", 200, ""},
		"scheme in any case":  {good, "bearer s3cret", 200, ""},
		"no token":            {good, "", 401, "token"},
		"another token":       {good, "Bearer s3cre", 401, "token"},
		"another scheme":      {good, "Basic s3cret", 401, "token"},
		"not JSON":            {raw("{"), "Bearer s3cret", 400, "decode"},
		"two values":          {raw("{}{}"), "Bearer s3cret", 400, "follows"},
		"an unknown field":    {raw(`{"acton":"Train"}`), "Bearer s3cret", 400, "acton"},
		"an unknown action":   {raw(`{"action":"Dance","namespace":"ns","name":"fraud"}`), "Bearer s3cret", 400, "Dance"},
		"another training":    {edited(func(_ *training, r *history.Request) { r.Name = "ham" }), "Bearer s3cret", 400, "ns/ham"},
		"a residency unknown": {edited(func(_ *training, r *history.Request) { r.Residency = "Floating" }), "Bearer s3cret", 400, "Floating"},
		"an end unknown":      {edited(func(_ *training, r *history.Request) { r.OnUnreadable = "Guess" }), "Bearer s3cret", 400, "Guess"},
		"a negative budget":   {edited(func(_ *training, r *history.Request) { r.BudgetMillis = -1 }), "Bearer s3cret", 400, "budgetMillis"},
		"too long":            {raw(`{"action":"` + strings.Repeat("x", 9<<20) + `"}`), "Bearer s3cret", 413, "longer"},
		"elsewhere":           {edited(func(tr *training, r *history.Request) { *r = tr.train(position(1, 0), 2) }), "Bearer s3cret", 409, ""},
		"another epoch":       {edited(func(_ *training, r *history.Request) { r.Epoch = 3 }), "Bearer s3cret", 422, "epoch 0"},
		"Kafka unreachable":   {edited(func(tr *training, _ *history.Request) { tr.source.fail = stream.ErrUnreachable }), "Bearer s3cret", 503, "unreachable"},
		"Kafka refuses":       {edited(func(tr *training, _ *history.Request) { tr.source.fail = stream.ErrAuthentication }), "Bearer s3cret", 503, "Secrets"},
		"offsets not there":   {edited(func(tr *training, _ *history.Request) { tr.source.records = tr.source.records[:150] }), "Bearer s3cret", 503, "not there yet"},
		"records deleted":     {edited(func(tr *training, _ *history.Request) { tr.source.fail = &stream.OffsetError{Start: 7} }), "Bearer s3cret", 422, "deleted"},
		"a record unreadable": {edited(func(tr *training, _ *history.Request) { tr.source.records[3].Value = []byte("?") }), "Bearer s3cret", 422, "offset 3 of partition 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newTraining(t, 400, 200, 400)
			status, answer, err := tr.post(t.Context(), test.body(t, tr), test.header)
			message := ""
			if answer.Problem != nil {
				message = answer.Problem.Message
			}
			if err != nil || status != test.status || !strings.Contains(message, test.says) || answer.Trainer.Instance != "i" {
				t.Errorf("status %d, %q, error %v; want %d with %q", status, message, err, test.status, test.says)
			}
		})
	}
}

func TestAnswerHasTimesAndMemory(t *testing.T) {
	tr := newTraining(t, 400, 400)
	before := time.Now().UnixMilli()
	r := tr.train(position(0, 0), 1)
	r.Save.Records = 100
	status, a := tr.send(r)
	if status != 200 || a.Slice.Records != 400 || a.Slice.TotalMicros <= 0 || a.Slice.LearnMicros <= 0 || a.Slice.LearnedUnixMillis < before {
		t.Errorf("status %d, slice %+v", status, a.Slice)
	}
	if a.Checkpoint == nil || a.Checkpoint.Position != position(1, 0) {
		t.Errorf("checkpoint %+v", a.Checkpoint)
	}
	if a.Memory.Source != "proc" || a.Memory.Model == 0 || len(a.Trainer.NumericsVersions) != 1 {
		t.Errorf("memory %+v, trainer %+v", a.Memory, a.Trainer)
	}
}

func TestTokenIsReadAgain(t *testing.T) {
	tr := newTraining(t, 10, 10)
	tr.token = "other"
	if status, _ := tr.send(tr.train(position(0, 0), 1)); status != 401 {
		t.Fatalf("status %d with a token that is not there yet", status)
	}
	tr.token = "s3cret"
	if status, _ := tr.send(tr.train(position(0, 0), 1)); status != 200 {
		t.Fatalf("status %d with the token", status)
	}
}

func TestReadyAndMetrics(t *testing.T) {
	tr := newTraining(t, 400, 400)
	tr.send(tr.train(position(0, 0), 1))
	get := func(path string) (int, string) {
		response, err := http.Get(tr.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if status, _ := get(history.PathReady); status != 200 {
		t.Errorf("readiness %d", status)
	}
	if status, _ := get(history.PathFacts); status != 404 {
		t.Errorf("facts of a trainer that dispatches nothing: %d", status)
	}
	_, body := get(history.PathMetrics)
	for _, want := range []string{
		`creek_trainer_requests_total{action="Train",code="200"} 1`, "creek_trainer_records_learned_total 400", "creek_trainer_position_entry 1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q among the metrics:\n%s", want, body)
		}
	}
	for _, m := range trainer.Metrics() {
		if !strings.HasPrefix(m.Name, "creek_trainer_") || !strings.HasSuffix(m.Help, ".") {
			t.Errorf("metric %+v is not described", m)
		}
	}
}

// TestPreflight looks at what is checked, in this order: spec, store, topic.
func TestPreflight(t *testing.T) {
	tests := map[string]struct {
		edit   func(*training, *history.Request)
		status int
		reason history.Reason
	}{
		"all there":       {func(*training, *history.Request) {}, 200, ""},
		"a bad parameter": {func(_ *training, r *history.Request) { r.Expect.Model.Parameters["learningRate"] = "-1" }, 422, history.ReasonInvalidParameter},
		"no such model":   {func(_ *training, r *history.Request) { r.Expect.Model.Algorithm = "Oracle" }, 422, history.ReasonInvalidParameter},
		"a bad format":    {func(_ *training, r *history.Request) { r.Expect.Format.Label = "" }, 422, history.ReasonInvalidParameter},
		"no topic":        {func(tr *training, _ *history.Request) { tr.source.missing = true }, 503, history.ReasonTopicMissing},
		"no Kafka":        {func(tr *training, _ *history.Request) { tr.source.fail = stream.ErrUnreachable }, 503, history.ReasonSourceUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newTraining(t, 1)
			r := history.Request{Action: history.ActionPreflight, Lineage: tr.genesis.Lineage, Topic: "payments", Expect: &tr.genesis.Spec}
			test.edit(tr, &r)
			status, answer := tr.send(r)
			var reason history.Reason
			if answer.Problem != nil {
				reason = answer.Problem.Reason
			}
			if status != test.status || reason != test.reason {
				t.Errorf("status %d, problem %v; want %d %s", status, answer.Problem, test.status, test.reason)
			}
		})
	}
}

// TestWaitingAndBusy has one request work, one wait, and a third be turned away.
func TestWaitingAndBusy(t *testing.T) {
	tr := newTraining(t, 400, 200, 400)
	g := newGate(100)
	tr.source.reached = g.reached
	type result struct {
		status int
		answer history.Answer
	}
	results := make(chan result, 3)
	request := func() {
		status, answer := tr.trainer.Do(t.Context(), tr.train(position(0, 0), 2))
		results <- result{int(status), answer}
	}
	go request()
	<-g.arrived
	go request()
	go request()
	if r := <-results; r.status != 429 {
		t.Errorf("status %d, want 429 for the third", r.status)
	}
	close(g.opened)
	for range 2 {
		if r := <-results; r.status != 200 || r.answer.Position != position(2, 0) {
			t.Errorf("status %d at %s: %v", r.status, r.answer.Position, r.answer.Problem)
		}
	}
}

// TestBusyOverHTTP sends a second request to a shard that works on one for longer than it may wait.
func TestBusyOverHTTP(t *testing.T) {
	tr := newTraining(t, 400, 200, 400)
	g := newGate(100)
	tr.source.reached = g.reached
	first := make(chan int, 1)
	go func() {
		status, _ := tr.send(tr.train(position(0, 0), 2))
		first <- status
	}()
	<-g.arrived
	status, answer, header := tr.exchange(tr.train(position(0, 0), 2))
	if status != 429 || header.Get("Retry-After") != "1" || answer.Problem == nil || answer.Trainer.Instance != "i" {
		t.Errorf("status %d, Retry-After %q, %v", status, header.Get("Retry-After"), answer.Problem)
	}
	close(g.opened)
	if status := <-first; status != 200 {
		t.Errorf("status %d for the first", status)
	}
	if status, answer := tr.send(tr.train(position(0, 0), 2)); status != 200 || answer.Records != 400 {
		t.Errorf("status %d with %d records once it is free", status, answer.Records)
	}
}

// TestRetryAfter looks at which statuses ask callers to wait.
func TestRetryAfter(t *testing.T) {
	tr := newTraining(t, 10, 10)
	if _, _, header := tr.exchange(tr.train(position(0, 0), 1)); header.Get("Retry-After") != "" {
		t.Errorf("a request that was done is to be repeated after %s", header.Get("Retry-After"))
	}
	tr.source.fail = stream.ErrUnreachable
	r := history.Request{Action: history.ActionPreflight, Lineage: tr.genesis.Lineage, Topic: "payments"}
	if status, _, header := tr.exchange(r); status != 503 || header.Get("Retry-After") != "1" {
		t.Errorf("status %d, Retry-After %q", status, header.Get("Retry-After"))
	}
}

// TestPartialAnswers ends a request early, by its budget or because the caller went away, and finishes it with the next.
func TestPartialAnswers(t *testing.T) {
	t.Run("budget", func(t *testing.T) {
		tr := newTraining(t, 400, 400)
		g := newGate(200)
		tr.source.reached = g.reached
		r := tr.train(position(0, 0), 1)
		r.BudgetMillis = 200
		status, a := tr.send(r)
		learned := a.Position.Next
		if status != 200 || a.Position != position(0, learned) || learned == 0 {
			t.Fatalf("status %d at %s: %v", status, a.Position, a.Problem)
		}
		close(g.opened)
		if status, a = tr.send(tr.train(a.Position, 1)); status != 200 || a.Position != position(1, 0) || a.Slice.Records != 400-learned {
			t.Errorf("status %d at %s with %d records", status, a.Position, a.Slice.Records)
		}
	})
	t.Run("the caller went away", func(t *testing.T) {
		tr := newTraining(t, 400, 400)
		g := newGate(200)
		tr.source.reached = g.reached
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-g.arrived; cancel() }()
		body, err := json.Marshal(tr.train(position(0, 0), 1))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := tr.post(ctx, body, "Bearer "+tr.token); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		close(g.opened)
		if status, a := tr.send(tr.train(position(0, 0), 1)); status != 200 || a.Records != 400 {
			t.Errorf("status %d with %d records", status, a.Records)
		}
	})
}

// TestServeEndsWithACheckpoint ends a server while it works: the open request is answered in part, over a listener that is still open, and
// what it says is in the store.
func TestServeEndsWithACheckpoint(t *testing.T) {
	for !servedInPart(t) {
		// It ended before the first records were learned, which is right but shows nothing.
	}
}

// servedInPart tells whether the server had learned something when it ended.
func servedInPart(t *testing.T) bool {
	t.Helper()
	tr := newTraining(t, 400, 400)
	g := newGate(200)
	tr.source.reached = g.reached
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- tr.trainer.Serve(ctx, listener) }()
	tr.url = "http://" + listener.Addr().String()
	go func() { <-g.arrived; cancel() }()
	status, answer := tr.send(tr.train(position(0, 0), 1))
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if status != 200 || answer.Position != position(0, answer.Position.Next) {
		t.Fatalf("status %d at %s: %v", status, answer.Position, answer.Problem)
	}
	if answer.Position.Next == 0 {
		return false
	}
	keys := history.Keys{Lineage: tr.genesis.Lineage, Incarnation: tr.genesis.Incarnation}
	if _, err := tr.store.Get(t.Context(), keys.Checkpoint(0, answer.Position)); err != nil {
		t.Errorf("the checkpoint: %v", err)
	}
	return true
}

// TestLargeRecordsAndSmallBatches reads records of every size around that of a chunk; each must arrive whole.
func TestLargeRecordsAndSmallBatches(t *testing.T) {
	sum := func(batch int) (string, int64) {
		tr := newTraining(t, 300, 300)
		for i := range tr.source.records {
			pad := []int{0, 10, 100_000, 256 << 10, 300_000}[i%5]
			r := &tr.source.records[i]
			r.Value = bytes.Replace(r.Value, []byte("{"), []byte(`{"pad":"`+strings.Repeat("x", pad)+`",`), 1)
			if i%3 == 0 {
				r.Key = []byte{byte(i)}
			}
		}
		tr.source.batch = batch
		if status, a := tr.send(tr.train(position(0, 0), 1)); status != 200 || a.Records != 300 {
			t.Fatalf("status %d with %d records: %v", status, a.Records, a.Problem)
		}
		_, a := tr.send(tr.flush(position(1, 0)))
		return a.Checkpoint.ModelDigest.String(), a.Checkpoint.Bytes
	}
	model, size := sum(1)
	for _, batch := range []int{7, 300} {
		again, _ := sum(batch)
		if diff := cmp.Diff(model, again); diff != "" || size == 0 {
			t.Errorf("batches of %d (-of 1 +of these):\n%s", batch, diff)
		}
	}
}

// refusingStore refuses credentials as long as it is told to.
type refusingStore struct {
	state.Store
	refuses bool
}

func (s *refusingStore) Get(ctx context.Context, key string) ([]byte, error) {
	if s.refuses {
		return nil, state.ErrAuthentication
	}
	return s.Store.Get(ctx, key)
}

func TestStoreFailuresPass(t *testing.T) {
	tr := newTraining(t, 10, 10)
	store := &refusingStore{tr.store, true}
	tr.store = store
	tr.start()
	status, answer := tr.send(tr.train(position(0, 0), 1))
	if status != 503 || answer.Problem.Reason != history.ReasonAuthenticationFailed {
		t.Errorf("status %d, %v", status, answer.Problem)
	}
	store.refuses = false
	if status, _ := tr.send(tr.train(position(0, 0), 1)); status != 200 {
		t.Errorf("status %d once the store lets us in", status)
	}
}
