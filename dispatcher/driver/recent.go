package driver

import (
	"context"
	"sync"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// askedFor is how long a topic is read along with others after it was last asked for.
const askedFor = 30 * time.Second

// recent makes readings for all topics in use at once and answers with them while they are young enough. One is under way at a time: those
// that ask meanwhile are served by it, or together by the next.
type recent struct {
	read func(ctx context.Context, names ...string) (map[string][]stream.Offset, error)

	mu     sync.Mutex
	topics map[string]*known
	// busy is closed when the reading that is under way ends; nil while there is none.
	busy chan struct{}
}

// known is what was last read of a topic.
type known struct {
	reading
	// began is when that reading began, asked when it was last asked for.
	began, asked time.Time
}

// answers tells whether the reading serves who asked then. A failure serves only those that had asked before it began.
func (k *known) answers(asked time.Time, maxAge time.Duration) bool {
	if k.err != nil {
		maxAge = 0
	}
	return !k.began.IsZero() && !k.began.Before(asked.Add(-maxAge))
}

// get returns a reading that began at most maxAge ago.
func (r *recent) get(ctx context.Context, topic string, maxAge time.Duration) (history.Offsets, error) {
	asked := time.Now()
	for {
		r.mu.Lock()
		k := r.note(topic, asked)
		if k.answers(asked, maxAge) {
			got := k.reading
			r.mu.Unlock()
			return got.offsets, got.err
		}
		busy := r.busy
		var names []string
		if busy == nil {
			r.busy = make(chan struct{})
			names = r.inUse(asked)
		}
		r.mu.Unlock()
		if busy == nil {
			r.all(ctx, names)
			continue
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// note keeps in mind that the topic is asked for.
func (r *recent) note(topic string, asked time.Time) *known {
	k := r.topics[topic]
	if k == nil {
		if r.topics == nil {
			r.topics = map[string]*known{}
		}
		k = &known{}
		r.topics[topic] = k
	}
	if asked.After(k.asked) {
		k.asked = asked
	}
	return k
}

// inUse returns the topics that were asked for lately, and forgets the others.
func (r *recent) inUse(now time.Time) []string {
	names := make([]string, 0, len(r.topics))
	for name, k := range r.topics {
		if now.Sub(k.asked) > askedFor {
			delete(r.topics, name)
			continue
		}
		names = append(names, name)
	}
	return names
}

// all reads the topics. It is not only for the one that happened to begin it, and does not end with that one's context.
func (r *recent) all(ctx context.Context, names []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	began := time.Now()
	found, err := r.read(ctx, names...)
	results := byTopic(names, found, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, result := range results {
		if k := r.topics[name]; k != nil {
			k.reading, k.began = result, began
		}
	}
	close(r.busy)
	r.busy = nil
}
