package trainer

import (
	"os"
	"runtime/debug"
	rtmetrics "runtime/metrics"
	"sync"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/memory"
)

// sampleEvery is how often usage is looked at while a request is worked on; a reading costs about ten microseconds.
const sampleEvery = 5 * time.Millisecond

// gauge measures memory around requests and keeps Go's memory limit at the cgroup's.
type gauge struct {
	probe *memory.Probe
	mu    sync.Mutex
	meter *memory.Meter
	stop  chan struct{}
	idle  sync.WaitGroup
	limit int64
	// percent is how much the heap may grow between collections, 0 while it was not set here.
	percent int
	// live is the heap in use as the last collection left it, heap what of the heap is there.
	live, heap []rtmetrics.Sample
}

func newGauge(probe *memory.Probe) *gauge {
	return &gauge{probe: probe, meter: memory.NewMeter(probe), live: []rtmetrics.Sample{{Name: "/gc/heap/live:bytes"}}, heap: []rtmetrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}}
}

// begin reads the limit, which changes when the pod is resized, and starts sampling.
func (g *gauge) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if limit := g.probe.Limit(); limit != g.limit {
		g.limit = limit
		debug.SetMemoryLimit(memory.GoLimit(limit))
	}
	if percent := growth(sum(g.live)); percent != g.percent && os.Getenv("GOGC") == "" {
		g.percent = percent
		debug.SetGCPercent(percent)
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

// smallHeap is a live heap below which collections cost next to nothing: it is mostly the buffers of records on their way, which hold no
// pointers, and learning on them allocates little.
const smallHeap = 16 << 20

// growth is by how many hundredths of the live heap Go may let it grow before it collects: little for small ones, since a small model's
// trainer is billed for its smallest limit, and Go's usual doubling for others, since a growing forest pays for each collection.
func growth(live int64) int {
	if live < smallHeap {
		return 15
	}
	return 100
}

// end stops sampling and returns the figures since the last end.
func (g *gauge) end() history.MemoryFacts {
	close(g.stop)
	g.idle.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	peak, current := g.meter.Take()
	return history.MemoryFacts{Peak: peak, Current: current, Limit: g.limit, LiveHeap: sum(g.live), Source: g.probe.Source()}
}

// held returns how much memory is in use that cannot be given back, and the limit: the live heap, and what is neither heap nor a file's.
func (g *gauge) held() (held, limit int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit = g.probe.Limit()
	if limit <= 0 {
		return 0, 0
	}
	return sum(g.live) + max(0, g.probe.Anonymous()-sum(g.heap)), limit
}

func sum(samples []rtmetrics.Sample) int64 {
	rtmetrics.Read(samples)
	var n int64
	for i := range samples {
		if samples[i].Value.Kind() == rtmetrics.KindUint64 {
			n += int64(samples[i].Value.Uint64())
		}
	}
	return n
}
