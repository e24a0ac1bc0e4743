package main_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/history"
)

// facts asks the pinned program for its facts.
func (s *site) facts() (history.Facts, error) {
	var facts history.Facts
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+history.PathFacts, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer s3cret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return facts, err
	}
	defer response.Body.Close()
	return facts, json.NewDecoder(response.Body).Decode(&facts)
}

// await polls the facts until they are as wanted.
func (s *site) await(what string, wanted func(history.Facts) bool) history.Facts {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var facts history.Facts
	for {
		var err error
		if facts, err = s.facts(); err == nil && wanted(facts) {
			return facts
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			seen, _ := json.Marshal(facts)
			s.t.Fatalf("it never came to %s: %s, %v", what, seen, err)
		}
	}
}

// TestPinned starts a pinned trainer before there is a genesis, kills it and terminates it while it learns, and compares its model with
// one that the library learned in peace.
func TestPinned(t *testing.T) {
	s := newSite(t, 1, fileSettings(t))
	s.args = append(s.args, "--pinned", "--lineage=1", "--max-records=3000", "--window=20ms", "--save-records=5000")
	s.start()
	if facts := s.await("waiting", func(f history.Facts) bool { return f.Phase == history.PhaseStarting }); facts.Head != 0 {
		t.Fatalf("it works without a genesis: %+v", facts)
	}
	response, err := http.Post(s.url+history.PathTrain, "application/json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("a pinned trainer takes requests: %s", response.Status)
	}
	s.writeGenesis()
	for i, signal := range []os.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGKILL} {
		s.await("progress", func(f history.Facts) bool { return f.Records > int64(3000*(i+1)) || f.Records == each })
		if err := s.end(signal); signal == syscall.SIGTERM && err != nil {
			t.Fatalf("SIGTERM: %v", err)
		}
		s.start()
	}
	done := s.await("the end", func(f history.Facts) bool {
		known := f.Source.Status != history.Unknown && f.Trainer.Status != history.Unknown
		return known && f.Records == each && f.Checkpoint != nil && f.Checkpoint.Records == each
	})
	if got, want := done.Checkpoint.ModelDigest.String(), s.want(); got != want {
		t.Errorf("the model's digest is %s, undisturbed %s", got, want)
	}
	if done.Source.Status != history.True || done.State.Status != history.True || done.Trainer.Status != history.True {
		t.Errorf("findings: source %+v, state %+v, trainer %+v", done.Source, done.State, done.Trainer)
	}
	// A changed learning rate comes with the pod's arguments, and begins an epoch of its history.
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Fatalf("SIGTERM: %v", err)
	}
	s.args = append(s.args, `--parameters={"learningRate":"0.3"}`)
	s.start()
	changed := s.await("the epoch", func(f history.Facts) bool {
		return f.Epoch == f.Head && f.Position.Entry == f.Head && f.Checkpoint != nil && f.Checkpoint.Position == f.Position
	})
	if changed.Head != done.Head+1 || changed.Records != each {
		t.Errorf("entry %d begins epoch %d with %d records; entry %d was the newest before", changed.Head, changed.Epoch, changed.Records, done.Head)
	}
}
