package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
)

// pinned is the baseline: a trainer process that never sleeps and dispatches to itself.
type pinned struct {
	process *process
	token   string
	client  *http.Client
}

func startPinned(binary string, args []string, token string, log io.Writer) (*pinned, error) {
	p, err := startProcess(binary, args, log)
	if err != nil {
		return nil, fmt.Errorf("start the baseline: %w", err)
	}
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	return &pinned{process: p, token: token, client: driver.NewClient()}, nil
}

// facts asks the baseline what it knows of itself.
func (p *pinned) facts(ctx context.Context) (history.Facts, error) {
	var facts history.Facts
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.process.url+history.PathFacts, http.NoBody)
	if err != nil {
		return facts, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := p.client.Do(request)
	if err != nil {
		return facts, fmt.Errorf("ask the baseline: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return facts, fmt.Errorf("ask the baseline: it answers %s", answer.Status)
	}
	return facts, json.NewDecoder(answer.Body).Decode(&facts)
}

// close ends the process and waits for it.
func (p *pinned) close() {
	_ = p.process.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.process.ended:
	case <-time.After(10 * time.Second):
		_ = p.process.command.Process.Kill()
		<-p.process.ended
	}
}
