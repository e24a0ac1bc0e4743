package chaos

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online/generator"
)

// source makes the records that can be read.
var source = generator.SEA{Seed: 11, Noise: 0.1, DriftEvery: 15_000}

// poisoned tells whether the record of a number cannot be read: about one in a hundred, in no regular distance.
func poisoned(number int) bool { return mix(uint64(number))%100 == 0 }

// mix is the finalizer of SplitMix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// value is the value of the record at an offset of a partition: record i of the stream goes to partition i modulo their number.
func value(partition int32, offset int64) []byte {
	number := int(offset)*partitions + int(partition)
	if poisoned(number) {
		return fmt.Appendf(nil, `{"poison": %d`, number)
	}
	return source.AppendJSON(nil, uint64(number))
}

// producer writes records up to a target that is raised from time to time. It knows what stands at which offset: after a write whose
// outcome is unknown it asks how far the partition goes.
type producer struct {
	connection stream.Connection
	target     atomic.Int64
	written    [partitions]atomic.Int64
	failures   atomic.Int64
}

func newProducer(connection stream.Connection) *producer {
	return &producer{connection: connection}
}

func (p *producer) String() string {
	text := fmt.Sprintf("the producer is asked for %d records; %d writes failed", p.target.Load(), p.failures.Load())
	for partition := range p.written {
		text += fmt.Sprintf("; of partition %d it wrote %d of %d", partition, p.written[partition].Load(), goal(p.target.Load(), int32(partition)))
	}
	return text
}

// raise sets how many records there are to be in all partitions together.
func (p *producer) raise(target int) { p.target.Store(int64(target)) }

// goal is how many of the target's records are of a partition.
func goal(target int64, partition int32) int64 {
	return (target + partitions - 1 - int64(partition)) / partitions
}

// run writes until the context ends.
func (p *producer) run(ctx context.Context) {
	var group sync.WaitGroup
	for partition := range int32(partitions) {
		group.Go(func() { p.fill(ctx, partition) })
	}
	group.Wait()
}

const chunk = 250

func (p *producer) fill(ctx context.Context, partition int32) {
	writer := stream.NewWriter(p.connection, topic)
	defer func() { _ = writer.Close() }()
	watcher, err := stream.NewWatcher(p.connection)
	if err != nil {
		panic(err)
	}
	defer watcher.Close()
	for ctx.Err() == nil {
		at := p.written[partition].Load()
		n := min(goal(p.target.Load(), partition)-at, chunk)
		if n <= 0 {
			pause(ctx, 2*time.Millisecond)
			continue
		}
		records := make([]stream.Record, n)
		for i := range records {
			offset := at + int64(i)
			records[i] = stream.Record{UnixMillis: time.Now().UnixMilli(), Key: fmt.Appendf(nil, "%d", offset%97), Value: value(partition, offset)}
		}
		if _, err := writer.Write(ctx, partition, records); err == nil {
			p.written[partition].Store(at + n)
			continue
		}
		p.failures.Add(1)
		if end, ok := ends(ctx, watcher, partition); ok {
			p.written[partition].Store(end)
		}
	}
}

// ends asks until it is known where the partition ends.
func ends(ctx context.Context, watcher *stream.Watcher, partition int32) (int64, bool) {
	for ctx.Err() == nil {
		within, cancel := context.WithTimeout(ctx, 5*time.Second)
		found, err := watcher.Stable(within, topic)
		cancel()
		if err == nil {
			for _, at := range found[topic] {
				if at.Partition == partition {
					return at.Offset, true
				}
			}
		}
		pause(ctx, 50*time.Millisecond)
	}
	return 0, false
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
