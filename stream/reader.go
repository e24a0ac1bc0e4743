package stream

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Patience of Read while nothing comes.
const (
	readAttempts = 8
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second
)

// Reader reads committed records: those of open transactions are waited for at most briefly, those of aborted ones are left out, as
// are transaction markers. It keeps connections and memory between calls, sends nothing between them, and is safe for concurrent use;
// calls that overlap use connections of their own.
//
// Kafka is asked for the next piece while the present one is handed out, and each record costs a few dozen nanoseconds and no
// allocation: keys and values are handed out where they were received.
type Reader struct {
	cluster *cluster

	mu sync.Mutex
	// density is how many bytes an offset of a partition took when it was last read, so that fetches end close to where ranges do.
	density   map[place]float64
	unpackers []*unpacker
}

type place struct {
	topic     string
	partition int32
}

// NewReader returns a reader that dials when it is first used.
func NewReader(c Connection) *Reader {
	return &Reader{cluster: newCluster(c), density: map[place]float64{}}
}

// Close closes the connections. Calls fail from then on.
func (r *Reader) Close() { r.cluster.close() }

// Read hands the records of the offsets [from,to) to fn, in order, in batches whose memory is valid only until fn returns. It returns
// when all of the range was handed out, with next == to, or with the first offset that was not. Offsets at which there is no record
// (compaction, transaction markers, aborted transactions) are passed over, at the end of the range too.
//
// The error is fn's own, the context's, an *OffsetError for offsets that were deleted or do not appear, ErrTopicMissing, ErrTopicChanged
// (nothing is handed out of a topic with another ID than was asked for), ErrAuthentication, or ErrUnreachable after connections that broke and leaders that moved were tried again for some seconds.
func (r *Reader) Read(ctx context.Context, topic Ref, partition int32, from, to int64, fn func(batch []Record) error) (next int64, err error) {
	if from < 0 || from > to {
		return from, fmt.Errorf("read topic %s partition %d: offsets %d to %d are no range", topic.Name, partition, from, to)
	}
	u := r.unpacker(fn, from)
	defer r.release(u)
	read := &reading{Reader: r, place: place{topic.Name, partition}, id: topic.ID, begun: time.Now(), unpacker: u, to: to}
	for u.next < to {
		if err := read.attempt(ctx); err != nil {
			if err := read.pause(ctx, err); err != nil {
				return u.next, err
			}
		}
	}
	return u.next, nil
}

func (r *Reader) unpacker(fn func([]Record) error, from int64) *unpacker {
	r.mu.Lock()
	defer r.mu.Unlock()
	var u *unpacker
	if n := len(r.unpackers); n > 0 {
		u, r.unpackers = r.unpackers[n-1], r.unpackers[:n-1]
	} else {
		u = &unpacker{records: make([]Record, 0, handOut)}
	}
	u.fn, u.next, u.records, u.arena = fn, from, u.records[:0], u.arena[:0]
	return u
}

// release keeps the unpacker's memory for the next call, unless an unusual batch made it large.
func (r *Reader) release(u *unpacker) {
	if cap(u.arena) > 4*fetchMost || cap(u.records) > 8*handOut {
		return
	}
	u.fn = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unpackers = append(r.unpackers, u)
}
