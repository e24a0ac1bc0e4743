package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// versions of the peers, which parity.sh installs.
var versions = map[string]string{river: "0.26.1", moa: "capymoa-0.15.1", vw: "9.11.9"}

// asker answers requests of one peer, one after the other.
type asker interface {
	ask(ctx context.Context, r request) (answer, error)
	close()
}

// peers answers requests, from the cache where it can.
type peers struct {
	cache cache
	venv  string
	work  string
	jobs  int
	log   io.Writer
}

func newPeers(o options, log io.Writer) (*peers, error) {
	venv := os.Getenv("CREEK_PEERS_VENV")
	if venv == "" {
		return nil, fmt.Errorf("CREEK_PEERS_VENV is not set: run it through hack/parity/parity.sh")
	}
	folder := cacheFolder()
	work := filepath.Join(folder, "work")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	return &peers{cache{folder}, venv, work, max(o.jobs, 1), log}, nil
}

// fetch asks for all that is not in the cache, several at once. An answer with an error is not kept; the others go on.
func (p *peers) fetch(ctx context.Context, requests []request) error {
	var missing []request
	for _, r := range requests {
		if _, ok := p.cache.get(r, r.Output != ""); !ok {
			missing = append(missing, r)
		}
	}
	queue := make(chan request, len(missing))
	for i, r := range missing {
		r.ID = i + 1
		queue <- r
	}
	close(queue)
	var group sync.WaitGroup
	var done atomic.Int64
	failures := make(chan error, p.jobs)
	for worker := range min(p.jobs, len(missing)) {
		group.Go(func() {
			if err := p.serve(ctx, worker, queue, func(r request, a answer) {
				fmt.Fprintf(p.log, "%4d of %d  %6.1f s  %s seed %d: %s %s %v %s\n", done.Add(1), len(missing), a.Seconds, r.Peer, r.Seed,
					filepath.Base(r.Data), r.Expression, a.Figures, a.Error)
			}); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// serve works on the queue; each peer is started when the first request for it comes.
func (p *peers) serve(ctx context.Context, worker int, queue <-chan request, report func(request, answer)) error {
	askers := map[string]asker{}
	defer func() {
		for _, a := range askers {
			a.close()
		}
	}()
	for r := range queue {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if askers[r.Peer] == nil {
			a, err := p.start(ctx, r.Peer)
			if err != nil {
				return err
			}
			askers[r.Peer] = a
		}
		if r.Output != "" {
			r.Output = filepath.Join(p.work, fmt.Sprintf("values-%d-%d", os.Getpid(), worker))
		}
		a, err := askers[r.Peer].ask(ctx, r)
		if err != nil {
			return fmt.Errorf("ask %s for %s: %w", r.Peer, r.Expression, err)
		}
		if a.Error == "" {
			if err := p.cache.put(r, a); err != nil {
				return fmt.Errorf("keep an answer of %s: %w", r.Peer, err)
			}
		}
		report(r, a)
	}
	return nil
}

func (p *peers) start(ctx context.Context, peer string) (asker, error) {
	switch peer {
	case river:
		return startScript(ctx, p.venv, "river_side.py")
	case vw:
		return startVW(ctx, p.venv, p.work)
	}
	return newMOA(p.venv, p.work)
}

// readValues reads little-endian doubles.
func readValues(path string) ([]float64, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(content)/8)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(content[8*i:]))
	}
	return values, nil
}
