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

// shared is a connection and how many links hold it.
type shared[T any] struct {
	value   T
	close   func()
	holders int
}

// acquire returns the open connection of the key, or opens it. Whoever acquired it releases it once.
func (p *pool[T]) acquire(key string, open func() (T, func(), error)) (T, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.open[key]; ok {
		s.holders++
		return s.value, nil
	}
	value, closeIt, err := open()
	if err != nil {
		return value, err
	}
	if p.open == nil {
		p.open = map[string]*shared[T]{}
	}
	p.open[key] = &shared[T]{value: value, close: closeIt, holders: 1}
	return value, nil
}

func (p *pool[T]) release(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.open[key]
	if s == nil {
		return
	}
	if s.holders--; s.holders == 0 {
		delete(p.open, key)
		s.close()
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
	value, err := l.pool.acquire(found.key, found.open)
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
