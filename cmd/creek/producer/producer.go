// Package producer writes records to a topic as an arrival process lets them come.
package producer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/arrival"
)

// maxBatch is the most records written at once.
const maxBatch = 2000

// Source yields the values of records, then io.EOF. The bytes are valid until the next call.
type Source interface {
	Next() ([]byte, error)
}

// Sink takes records for a partition; stream.Writer is one.
type Sink interface {
	Write(ctx context.Context, partition int32, records []stream.Record) (int, error)
}

// Producer moves records from a source to a sink. Record i goes to partition i modulo Partitions.
type Producer struct {
	Source     Source
	Sink       Sink
	Partitions int
	// Arrival paces the records; nil writes them as fast as they are taken.
	Arrival arrival.Process
	// Progress is told about once a second how many records were written.
	Progress func(written int)

	written int
	offset  int
}

// Run produces until the source ends or ctx does, and returns how many records were acknowledged.
func (p *Producer) Run(ctx context.Context) (int, error) {
	begin := time.Now()
	reported := begin
	var due time.Duration
	for {
		batch, next, err := p.batch(begin, due)
		due = next
		if len(batch) > 0 {
			if err := p.write(ctx, batch); err != nil {
				return p.written, fmt.Errorf("write after %d records: %w", p.written, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return p.written, nil
		}
		if err != nil {
			return p.written, fmt.Errorf("read after %d records: %w", p.written, err)
		}
		if p.Progress != nil && time.Since(reported) >= time.Second {
			reported = time.Now()
			p.Progress(p.written)
		}
		if err := sleep(ctx, due-time.Since(begin)); err != nil {
			return p.written, err
		}
	}
}

// batch takes the records that are due by now and returns when the one after them is.
func (p *Producer) batch(begin time.Time, due time.Duration) ([]stream.Record, time.Duration, error) {
	var batch []stream.Record
	elapsed := time.Since(begin)
	for len(batch) < maxBatch && due <= elapsed {
		value, err := p.Source.Next()
		if err != nil {
			return batch, due, err
		}
		batch = append(batch, stream.Record{Value: append([]byte(nil), value...)})
		if p.Arrival != nil {
			due += p.Arrival.Next()
		}
	}
	return batch, due, nil
}

// write spreads a batch over the partitions, stamped with the time of writing.
func (p *Producer) write(ctx context.Context, batch []stream.Record) error {
	now := time.Now().UnixMilli()
	lanes := make([][]stream.Record, p.Partitions)
	for i := range batch {
		batch[i].UnixMillis = now
		lane := (p.offset + i) % p.Partitions
		lanes[lane] = append(lanes[lane], batch[i])
	}
	p.offset += len(batch)
	for partition, records := range lanes {
		if len(records) == 0 {
			continue
		}
		n, err := p.Sink.Write(ctx, int32(partition), records)
		p.written += n
		if err != nil {
			return err
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
