package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// rereadAfter is how long credentials are believed before their Secrets are read again.
const rereadAfter = 5 * time.Minute

// pool shares connections among the trainings that may share them: those with equal keys.
type pool[T any] struct {
	mu   sync.Mutex
	open map[string]*shared[T]
}

// shared is a connection and how many links hold it, or wait for it.
type shared[T any] struct {
	// ready is closed when value and close are there, or err says why they are not.
	ready   chan struct{}
	value   T
	close   func()
	err     error
	holders int
}

// acquire returns the open connection of the key, or opens it; while one does, others wait for the same key only. Whoever acquired it
// releases it once.
func (p *pool[T]) acquire(ctx context.Context, key string, open func() (T, func(), error)) (T, error) {
	s, first := p.join(key)
	if first {
		s.value, s.close, s.err = open()
		close(s.ready)
	}
	var none T
	select {
	case <-s.ready:
	case <-ctx.Done():
		p.leave(key, s)
		return none, ctx.Err()
	}
	if s.err != nil {
		p.leave(key, s)
		return none, s.err
	}
	return s.value, nil
}

// join makes the caller a holder of the key's connection, and tells whether it is the one that must open it.
func (p *pool[T]) join(key string) (*shared[T], bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, found := p.open[key]
	if !found {
		if p.open == nil {
			p.open = map[string]*shared[T]{}
		}
		s = &shared[T]{ready: make(chan struct{})}
		p.open[key] = s
	}
	s.holders++
	return s, !found
}

// leave takes a holder away. A connection that could not be opened is forgotten at once, so that the next tries anew; one that nobody holds
// is closed, which may take time and holds nobody up.
func (p *pool[T]) leave(key string, s *shared[T]) {
	p.mu.Lock()
	s.holders--
	last := s.holders == 0
	if failed := s.failed(); (last || failed) && p.open[key] == s {
		delete(p.open, key)
	}
	p.mu.Unlock()
	if last && s.close != nil {
		s.close()
	}
}

// failed tells whether the connection could not be opened.
func (s *shared[T]) failed() bool {
	select {
	case <-s.ready:
		return s.err != nil
	default:
		return false
	}
}

func (p *pool[T]) release(key string) {
	p.mu.Lock()
	s := p.open[key]
	p.mu.Unlock()
	if s != nil {
		p.leave(key, s)
	}
}

// target says how to make a connection, and with which others it may be shared.
type target[T any] struct {
	key  string
	open func() (T, func(), error)
}

// link is one training's hold on a connection. It reads the credentials when they are first needed, after they were refused, and every
// rereadAfter.
type link[T any] struct {
	pool *pool[T]
	// find reads the credentials.
	find func(context.Context) (target[T], error)

	mu     sync.Mutex
	held   bool
	key    string
	value  T
	readAt time.Time
	closed bool
}

// get returns the connection to use now.
func (l *link[T]) get(ctx context.Context) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none T
	if l.closed {
		return none, errors.New("the training is no longer dispatched here")
	}
	if l.held && time.Since(l.readAt) < rereadAfter {
		return l.value, nil
	}
	found, err := l.find(ctx)
	if err != nil {
		if l.held && !errors.Is(err, driver.ErrCredentialsMissing) && !l.readAt.IsZero() {
			// The API server does not answer; the connection is still good.
			return l.value, nil
		}
		return none, err
	}
	if l.held && l.key == found.key {
		l.readAt = time.Now()
		return l.value, nil
	}
	value, err := l.pool.acquire(ctx, found.key, found.open)
	if err != nil {
		return none, fmt.Errorf("prepare a connection: %w", err)
	}
	l.drop()
	l.held, l.key, l.value, l.readAt = true, found.key, value, time.Now()
	return value, nil
}

// note looks at the error of a call, and has the credentials read again if they were refused.
func (l *link[T]) note(err error) {
	if errors.Is(err, stream.ErrAuthentication) || errors.Is(err, state.ErrAuthentication) {
		l.renew()
	}
}

// renew has the credentials read again before the next call.
func (l *link[T]) renew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readAt = time.Time{}
}

// close gives the connection back for good.
func (l *link[T]) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop()
	l.closed = true
}

func (l *link[T]) drop() {
	if l.held {
		l.pool.release(l.key)
		l.held = false
	}
}
