package trainer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// hangingStore answers nothing until the call's context ends, for as long as it hangs.
type hangingStore struct {
	state.Store
	hangs func(method string) bool
	// asked is told how each call that hung ended, and when it would have ended by itself.
	asked chan time.Duration
}

func (s *hangingStore) hang(ctx context.Context, method string) error {
	if !s.hangs(method) {
		return nil
	}
	end, bounded := ctx.Deadline()
	if !bounded {
		s.asked <- -1
		return context.DeadlineExceeded
	}
	left := time.Until(end)
	<-ctx.Done()
	s.asked <- left
	return ctx.Err()
}

func (s *hangingStore) Get(ctx context.Context, key string) ([]byte, error) {
	if err := s.hang(ctx, "Get"); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, key)
}

func (s *hangingStore) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	if err := s.hang(ctx, "Put"); err != nil {
		return err
	}
	return s.Store.PutIfAbsent(ctx, key, value)
}

// TestBudgetReachesTheStore has the store hang: the request is answered within its budget, the store's call ends with it, and the next
// request goes on.
func TestBudgetReachesTheStore(t *testing.T) {
	const budget = 400 * time.Millisecond
	tests := map[string]struct {
		method string
		send   func(*training) history.Request
	}{
		"while it is read": {"Get", func(tr *training) history.Request { return tr.train(position(0, 0), 1) }},
		"while it is saved": {"Put", func(tr *training) history.Request {
			if status, a := tr.send(tr.train(position(0, 0), 1)); status != 200 {
				t.Fatalf("status %d: %v", status, a.Problem)
			}
			return tr.flush(position(1, 0))
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newTraining(t, 400, 200, 400)
			hangs := true
			store := &hangingStore{tr.store, func(method string) bool { return hangs && method == test.method }, make(chan time.Duration, 1)}
			tr.store = store
			tr.start()
			request := test.send(tr)
			request.BudgetMillis = budget.Milliseconds()
			began := time.Now()
			status, answer := tr.send(request)
			took := time.Since(began)
			left := <-store.asked
			if status != 503 || answer.Problem == nil || answer.Problem.Reason != history.ReasonStateUnreachable || took > 10*budget {
				t.Errorf("status %d after %s: %v", status, took, answer.Problem)
			}
			if left < 0 || left > budget {
				t.Errorf("the store's call had %s, of a budget of %s", left, budget)
			}
			hangs = false
			request.BudgetMillis = 0
			if status, answer := tr.send(request); status != 200 {
				t.Errorf("status %d once the store answers: %v", status, answer.Problem)
			}
		})
	}
}

// TestBudgetReachesKafka has a reading hang that heeds nothing but its context.
func TestBudgetReachesKafka(t *testing.T) {
	tr := newTraining(t, 400, 400)
	ended := make(chan struct{})
	tr.source.reached = func(ctx context.Context, offset int64) {
		if offset >= 200 {
			<-ctx.Done()
			close(ended)
		}
	}
	r := tr.train(position(0, 0), 1)
	r.BudgetMillis = 300
	status, a := tr.send(r)
	<-ended
	if status != 200 || a.Position.Entry != 0 || a.Position.Next >= 400 {
		t.Errorf("status %d at %s: %v", status, a.Position, a.Problem)
	}
}

// TestSliceLongerThanItsBudget goes through a slice in as many answers as it takes: each brings it on, and the model is the one of a
// single answer.
func TestSliceLongerThanItsBudget(t *testing.T) {
	whole := newTraining(t, 2000, 2000)
	whole.send(whole.train(position(0, 0), 1))
	_, want := whole.send(whole.flush(position(1, 0)))

	tr := newTraining(t, 2000, 2000)
	tr.source.reached = func(ctx context.Context, _ int64) {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	at, answers := position(0, 0), 0
	for at != position(1, 0) {
		r := tr.train(at, 1)
		r.BudgetMillis = 40
		status, a := tr.send(r)
		if status != 200 && status != 503 || a.Position.Compare(at) < 0 || answers > 1000 {
			t.Fatalf("answer %d: status %d at %s after %s: %v", answers, status, a.Position, at, a.Problem)
		}
		at = a.Position
		answers++
	}
	_, got := tr.send(tr.flush(position(1, 0)))
	if answers < 2 || got.Checkpoint.ModelDigest != want.Checkpoint.ModelDigest {
		t.Errorf("%d answers made the model %s, want %s of several", answers, got.Checkpoint.ModelDigest, want.Checkpoint.ModelDigest)
	}
}

// TestSlowBody sends a part of a body and no more, with and without the token.
func TestSlowBody(t *testing.T) {
	for name, test := range map[string]struct {
		header string
		status int
	}{"with the token": {"Bearer s3cret", 408}, "without": {"", 401}} {
		t.Run(name, func(t *testing.T) {
			tr := newTraining(t, 10, 10)
			tr.trainer.SetBodyWithin(50 * time.Millisecond)
			body, writer := io.Pipe()
			defer writer.Close()
			go func() { _, _ = writer.Write([]byte(`{"action":`)) }()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tr.url+history.PathTrain, body)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", test.header)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var answer history.Answer
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != test.status || answer.Problem == nil {
				t.Errorf("status %d, %v, error %v; want %d", response.StatusCode, answer.Problem, err, test.status)
			}
		})
	}
}

// TestWorkLongerThanTheBodyMayTake has the work last far longer than a body may take to arrive: it must not be cut short.
func TestWorkLongerThanTheBodyMayTake(t *testing.T) {
	tr := newTraining(t, 400, 400)
	tr.trainer.SetBodyWithin(20 * time.Millisecond)
	tr.source.reached = func(ctx context.Context, _ int64) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	if status, a := tr.send(tr.train(position(0, 0), 1)); status != 200 || a.Position != position(1, 0) {
		t.Errorf("status %d at %s: %v", status, a.Position, a.Problem)
	}
}

// TestBodiesOfEverySize looks at the edge between what is read and what is refused.
func TestBodiesOfEverySize(t *testing.T) {
	const limit = 8 << 20
	tr := newTraining(t, 10, 10)
	body, err := json.Marshal(tr.train(position(0, 0), 1))
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{len(body): 200, limit: 200, limit + 1: 413, 2 * limit: 413} {
		padded := bytes.Join([][]byte{body, []byte(strings.Repeat(" ", size-len(body)))}, nil)
		status, answer, err := tr.post(t.Context(), padded, "Bearer s3cret")
		if err != nil || status != want {
			t.Errorf("%d bytes: status %d, %v, error %v; want %d", size, status, answer.Problem, err, want)
		}
	}
}
