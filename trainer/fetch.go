package trainer

import (
	"context"
	"errors"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/push"
	"creek.dev/creek/trainer/core"
)

// Reading ahead is bounded by the chunks there are: chunks × (chunkBytes + chunkRecords × 64 B). A record that is larger than a chunk
// is copied only when all others are free, so that there is one of them at most.
const (
	chunks       = 4
	chunkBytes   = 128 << 10
	chunkRecords = 1024
)

// chunk is a copy of consecutive records of one range, made so that Kafka's next answer can be unpacked while these are learned. Its
// memory is used again.
type chunk struct {
	partition int32
	records   []core.Record
	arena     []byte
	next      int64
	// failed ends the fetch.
	failed *core.FetchFailed
}

func (c *chunk) reset(partition int32) {
	c.partition, c.records, c.arena, c.failed = partition, c.records[:0], c.arena[:0], nil
}

// shrink lets go of the memory of a record that was larger than a chunk.
func (c *chunk) shrink() {
	if cap(c.arena) > chunkBytes {
		clear(c.records[:cap(c.records)])
		c.records, c.arena = c.records[:0], nil
	}
}

func (c *chunk) fits(r *stream.Record) bool {
	return len(c.records) == 0 || (len(c.records) < chunkRecords && len(c.arena)+size(r) <= chunkBytes)
}

func (c *chunk) add(r *stream.Record) {
	if need := size(r); cap(c.arena)-len(c.arena) < need {
		// Only the first record of a chunk comes here: no earlier one points into the memory that is replaced.
		c.arena = make([]byte, 0, max(need, chunkBytes))
	}
	if c.records == nil {
		// As many as may come: what is not used is not touched, and growing would leave half of it as garbage.
		c.records = make([]core.Record, 0, chunkRecords)
	}
	c.records = append(c.records, core.Record{
		Offset: r.Offset, UnixMillis: r.UnixMillis, Key: c.copy(r.Key), Value: c.copy(r.Value), RawHeaders: c.copy(r.RawHeaders),
	})
	c.next = r.Offset + 1
}

// size is what a record takes in a chunk.
func size(r *stream.Record) int { return len(r.Key) + len(r.Value) + len(r.RawHeaders) }

func (c *chunk) copy(b []byte) []byte {
	if b == nil {
		return nil
	}
	at := len(c.arena)
	c.arena = append(c.arena, b...)
	return c.arena[at:len(c.arena):len(c.arena)]
}

// fetcher reads ranges ahead of the learner, one fetch at a time.
type fetcher struct {
	free chan *chunk
	last *fetch
}

func newFetcher() *fetcher {
	f := &fetcher{free: make(chan *chunk, chunks)}
	for range chunks {
		f.free <- &chunk{}
	}
	return f
}

// fetch is a running fetch; its chunks come out in order.
type fetch struct {
	id     int64
	out    chan *chunk
	cancel context.CancelFunc
	done   chan struct{}
}

// start begins a fetch as soon as the one before it has ended; its context must have been cancelled.
func (f *fetcher) start(ctx context.Context, source records, e core.Fetch) *fetch {
	ctx, cancel := context.WithCancel(ctx)
	before := f.last
	run := &fetch{id: e.ID, out: make(chan *chunk, chunks), cancel: cancel, done: make(chan struct{})}
	f.last = run
	go func() {
		defer close(run.done)
		defer cancel()
		f.reclaim(before)
		reading := &reading{fetcher: f, fetch: run, source: source, ctx: ctx}
		if err := reading.all(e); err != nil {
			reading.fail(err)
		}
		if reading.current != nil {
			f.recycle(reading.current)
		}
	}()
	return run
}

// reclaim waits for a fetch's end and takes back what nobody will look at.
func (f *fetcher) reclaim(before *fetch) {
	if before == nil {
		return
	}
	<-before.done
	for {
		select {
		case c := <-before.out:
			f.recycle(c)
		default:
			return
		}
	}
}

// recycle gives a chunk back after its records were learned.
func (f *fetcher) recycle(c *chunk) {
	c.shrink()
	f.free <- c
}

// reading is the goroutine's side of a fetch.
type reading struct {
	*fetcher
	*fetch
	source  records
	ctx     context.Context
	current *chunk
	// at is the first offset of the range that was not sent on.
	at int64
}

func (r *reading) all(e core.Fetch) error {
	for _, part := range e.Ranges {
		if err := r.part(stream.Ref{Name: e.Topic, ID: e.TopicID}, part); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) part(topic stream.Ref, part history.Range) error {
	r.at = part.From
	next, err := r.source.Read(r.ctx, topic, part.Partition, part.From, part.To, func(batch []stream.Record) error {
		return r.take(part.Partition, batch)
	})
	if (err == nil || errors.Is(err, push.ErrExhausted)) && r.at < next {
		// A chunk without records carries the position over offsets that hold none.
		if err := r.open(part.Partition); err != nil {
			return err
		}
		r.current.next = next
	}
	if r.current != nil {
		r.send()
	}
	return err
}

// take copies a batch. What is gathered goes out when it is full, or when the learner has nothing to do.
func (r *reading) take(partition int32, batch []stream.Record) error {
	for i := range batch {
		record := &batch[i]
		if r.current != nil && !r.current.fits(record) {
			r.send()
		}
		if err := r.open(partition); err != nil {
			return err
		}
		if size(record) > chunkBytes {
			if err := r.alone(); err != nil {
				return err
			}
		}
		r.current.add(record)
	}
	if r.current != nil && len(r.out) == 0 {
		r.send()
	}
	return nil
}

func (r *reading) open(partition int32) error {
	if r.current != nil {
		return nil
	}
	select {
	case r.current = <-r.free:
		r.current.reset(partition)
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// alone waits until all chunks but the current one are free.
func (r *reading) alone() error {
	var others [chunks - 1]*chunk
	defer func() {
		for _, c := range others {
			if c != nil {
				r.free <- c
			}
		}
	}()
	for i := range others {
		select {
		case others[i] = <-r.free:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
	return nil
}

// send never blocks: out has room for every chunk there is.
func (r *reading) send() {
	r.at = r.current.next
	r.out <- r.current
	r.current = nil
}

// fail tells why a fetch ended early, unless it was asked to.
func (r *reading) fail(err error) {
	if r.ctx.Err() != nil || r.open(0) != nil {
		return
	}
	failed := &core.FetchFailed{Fetch: r.id, Problem: sourceProblem(err), Exhausted: errors.Is(err, push.ErrExhausted)}
	var offset *stream.OffsetError
	if errors.As(err, &offset) && offset.Gone() {
		failed.Lost, failed.Partition, failed.LogStart = true, offset.Partition, offset.Start
	}
	r.current.failed = failed
	r.send()
}
