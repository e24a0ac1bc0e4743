package dispatcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"creek.dev/creek/history"
)

// FactsServer serves GET history.PathFacts: all that the registry knows, over TLS and to whoever has the token.
type FactsServer struct {
	registry *Registry
	identity *identity
	address  string
	log      *slog.Logger
	serving  atomic.Bool
}

// NewFactsServer returns a server for the address whose certificate and token are in the directory. Both may come later and change.
func NewFactsServer(registry *Registry, address, directory string, log *slog.Logger) *FactsServer {
	return &FactsServer{registry: registry, identity: &identity{directory: directory}, address: address, log: log}
}

// Ready tells whether the server serves, which it does once the dispatcher's caches are filled, and certificate and token are there.
func (s *FactsServer) Ready() error {
	if !s.serving.Load() {
		return errors.New("the dispatcher is starting")
	}
	return s.identity.load()
}

// Handler returns the server's handler.
func (s *FactsServer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+history.PathFacts, s.serve)
	return mux
}

func (s *FactsServer) serve(w http.ResponseWriter, r *http.Request) {
	if !s.identity.allows(r) {
		http.Error(w, "the token of the facts is missing or wrong", http.StatusUnauthorized)
		return
	}
	data, err := json.Marshal(struct {
		Trainings []history.Facts `json:"trainings"`
	}{s.registry.Facts()})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(data); err != nil {
		s.log.Debug("facts could not be written", "error", err)
	}
}

// Start implements manager.Runnable: it serves until the context ends.
func (s *FactsServer) Start(ctx context.Context) error {
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		return fmt.Errorf("listen for requests for facts: %w", err)
	}
	return s.Serve(ctx, listener)
}

// Serve serves on a listener, which it closes, until the context ends.
func (s *FactsServer) Serve(ctx context.Context, listener net.Listener) error {
	const (
		headerWithin = 5 * time.Second
		wholeWithin  = 30 * time.Second
		endWithin    = 5 * time.Second
	)
	server := &http.Server{
		Handler: s.Handler(), TLSConfig: s.identity.tlsConfig(), ReadHeaderTimeout: headerWithin, WriteTimeout: wholeWithin,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.serving.Store(true)
	defer s.serving.Store(false)
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve facts: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	err := server.Shutdown(closing)
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("end the facts server: %w", err)
	}
	return nil
}
