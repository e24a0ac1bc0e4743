// Package pair has what tests share that run a dispatcher and a trainer, both real, in one process.
package pair

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
	"creek.dev/creek/trainer/online/generator"
)

// Format is that of the records which a generated stream makes as JSON.
func Format(source generator.Stream) history.Format {
	format := history.Format{Type: "JSON", Label: source.Label(), Classes: source.Classes()}
	for _, feature := range source.Features() {
		format.Features = append(format.Features, history.Feature{Name: feature})
	}
	return format
}

// Serve runs a real trainer behind HTTP until the test ends, and returns what sends requests to it.
func Serve(t *testing.T, lineage history.Lineage, source trainer.Source, store state.Store) driver.HTTPSender {
	t.Helper()
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}
	teacher := trainer.New(trainer.Options{
		Namespace: lineage.Namespace, Name: lineage.Name, TokenFile: tokenFile, Instance: "i", Started: time.Now(),
	}, trainer.Parts{
		Source: source, Store: store, Log: slog.New(slog.DiscardHandler), Probe: memory.Find(os.DirFS("/"), os.Getpid(), memory.OpenFile),
	})
	server := httptest.NewServer(teacher.Handler())
	t.Cleanup(server.Close)
	return driver.HTTPSender{
		URL: func() string { return server.URL }, Client: server.Client(),
		Token: func(context.Context, string) (string, error) { return "token", nil },
	}
}
