package driver

import (
	"context"
	"sync"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

const (
	// askedFor is how long a topic is read along with others after it was last asked for.
	askedFor = 30 * time.Second
	// alone is how long a reading keeps the next from beginning. Topics of brokers that hang are left to it then.
	alone = 2 * time.Second
)

// recent makes readings for all topics in use at once and answers with them while they are young enough. One is begun at a time: those that
// ask meanwhile are served by it, or together by the next. Topics are served as they become known.
type recent struct {
	read read

	mu     sync.Mutex
	topics map[string]*known
	// busy is closed when the next reading may begin; nil while it may.
	busy chan struct{}
}

// known is what was last read of a topic.
type known struct {
	offsets history.Offsets
	err     error
	// began is when that reading began, asked when it was last asked for, and pending when the reading began that is under way; zero for none.
	began, asked, pending time.Time
	// changed is closed by the next reading.
	changed chan struct{}
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
			offsets, err := k.offsets, k.err
			r.mu.Unlock()
			return offsets, err
		}
		if r.busy == nil && k.pending.Before(asked.Add(-maxAge)) {
			r.begin(ctx, r.along(asked, k, maxAge))
		}
		busy, changed := r.busy, k.changed
		r.mu.Unlock()
		select {
		case <-busy:
		case <-changed:
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
		k = &known{changed: make(chan struct{})}
		r.topics[topic] = k
	}
	if asked.After(k.asked) {
		k.asked = asked
	}
	return k
}

// along returns the topics that are read along with one: those that were asked for lately and are half as old as it may be, but none that
// could be read where it could not. It forgets topics that are out of use.
func (r *recent) along(now time.Time, with *known, maxAge time.Duration) []string {
	names := make([]string, 0, len(r.topics))
	for name, k := range r.topics {
		switch {
		case now.Sub(k.asked) > askedFor:
			delete(r.topics, name)
		case k == with:
			names = append(names, name)
		case !k.pending.IsZero():
			// Its reading is under way.
		case with.err == nil && now.Sub(k.began) >= maxAge/2, with.err != nil && k.err != nil:
			names = append(names, name)
		}
	}
	return names
}

// begin starts a reading of the topics. It is not only for the one that happened to begin it, and does not end with that one's context.
func (r *recent) begin(ctx context.Context, names []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	began, busy := time.Now(), make(chan struct{})
	r.busy = busy
	for _, name := range names {
		r.topics[name].pending = began
	}
	over := func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.busy == busy {
			close(busy)
			r.busy = nil
		}
	}
	patience := time.AfterFunc(alone, over)
	go func() {
		defer cancel()
		r.read(ctx, names, func(topic string, offsets []stream.Offset, err error) {
			r.take(topic, began, vector(offsets), named(topic, err))
		})
		patience.Stop()
		over()
	}()
}

// take keeps what was read of a topic, unless it is older than what is there.
func (r *recent) take(topic string, began time.Time, offsets history.Offsets, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.topics[topic]
	if k == nil || began.Before(k.began) {
		return
	}
	if k.pending.Equal(began) {
		k.pending = time.Time{}
	}
	k.offsets, k.err, k.began = offsets, err, began
	close(k.changed)
	k.changed = make(chan struct{})
}
