//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"creek.dev/creek/stream"
)

// producer writes the stream of most tests to partition 0 of a topic, up to a target that is raised from time to time, with its poisoned
// records. It goes on when Kafka is killed, and record i stands at offset i all the same: after a write whose outcome is unknown it asks
// where the partition ends.
type producer struct {
	topic            string
	target, failures atomic.Int64
}

// startProducer starts a producer that ends with the test.
func startProducer(t *testing.T, topic string) *producer {
	t.Helper()
	p := &producer{topic: topic}
	watcher, err := stream.NewWatcher(broker)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer watcher.Close()
		p.run(ctx, watcher)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return p
}

func (p *producer) run(ctx context.Context, watcher *stream.Watcher) {
	const chunk = 1_000
	writer := stream.NewWriter(broker, p.topic)
	defer writer.Close()
	var at int64
	for ctx.Err() == nil {
		n := min(p.target.Load()-at, chunk)
		if n <= 0 {
			pauseFor(ctx, 5*time.Millisecond)
			continue
		}
		records := make([]stream.Record, n)
		for i := range records {
			records[i] = stream.Record{UnixMillis: time.Now().UnixMilli(), Value: value(uint64(at) + uint64(i))}
		}
		if _, err := writer.Write(ctx, 0, records); err == nil {
			at += n
			continue
		}
		p.failures.Add(1)
		at = p.end(ctx, watcher)
	}
}

// value is record i of the stream, or what stands in its place.
func value(i uint64) []byte {
	if poisoned(i) {
		return fmt.Appendf(nil, `{"poison": %d`, i)
	}
	return sea.AppendJSON(nil, i)
}

// end asks where the partition ends until somebody answers.
func (p *producer) end(ctx context.Context, watcher *stream.Watcher) int64 {
	for ctx.Err() == nil {
		within, cancel := context.WithTimeout(ctx, 5*time.Second)
		found, err := watcher.Stable(within, p.topic)
		cancel()
		if err == nil && len(found[p.topic]) == 1 {
			return found[p.topic][0].Offset
		}
		pauseFor(ctx, 50*time.Millisecond)
	}
	return 0
}
