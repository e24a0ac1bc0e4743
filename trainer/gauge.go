package trainer

import (
	"math"
	"runtime/debug"
	rtmetrics "runtime/metrics"
	"sync"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/memory"
)

// sampleEvery is how often usage is looked at while a request is worked on; a reading costs about ten microseconds.
const sampleEvery = 5 * time.Millisecond

// limitShare is the part of the cgroup's limit that Go's heap and stacks may fill before the collector works harder; the rest is left to
// the binary's pages and the kernel.
const limitShare = 0.9

// gauge measures memory around requests and keeps Go's memory limit at the cgroup's.
type gauge struct {
	probe *memory.Probe
	mu    sync.Mutex
	meter *memory.Meter
	stop  chan struct{}
	idle  sync.WaitGroup
	limit int64
	live  []rtmetrics.Sample
}

func newGauge(probe *memory.Probe) *gauge {
	return &gauge{probe: probe, meter: memory.NewMeter(probe), live: []rtmetrics.Sample{{Name: "/gc/heap/live:bytes"}}}
}

// begin reads the limit, which changes when the pod is resized, and starts sampling.
func (g *gauge) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if limit := g.probe.Limit(); limit != g.limit {
		g.limit = limit
		debug.SetMemoryLimit(goLimit(limit))
	}
	g.stop = make(chan struct{})
	stop := g.stop
	g.idle.Go(func() {
		ticker := time.NewTicker(sampleEvery)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				g.mu.Lock()
				g.meter.Sample()
				g.mu.Unlock()
			}
		}
	})
}

func goLimit(limit int64) int64 {
	if limit <= 0 {
		return math.MaxInt64
	}
	return int64(limitShare * float64(limit))
}

// end stops sampling and returns the figures since the last end.
func (g *gauge) end() history.MemoryFacts {
	close(g.stop)
	g.idle.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	peak, current := g.meter.Take()
	rtmetrics.Read(g.live)
	facts := history.MemoryFacts{Peak: peak, Current: current, Limit: g.limit, Source: g.probe.Source()}
	if g.live[0].Value.Kind() == rtmetrics.KindUint64 {
		facts.LiveHeap = int64(g.live[0].Value.Uint64())
	}
	return facts
}
