package statetest

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"creek.dev/creek/state"
)

// Trouble is a store behind something that loses and delays its answers, never its requests.
type Trouble interface {
	state.Store
	// Lose has the next n answers lost, after what was asked for took effect.
	Lose(n int)
	// Lost returns how many were lost so far.
	Lost() int
	// Delay holds every answer back for so long.
	Delay(by time.Duration)
}

// faults is what a Trouble does to answers.
type faults struct {
	left, lost atomic.Int64
	delay      atomic.Int64
}

// Lose implements Trouble.
func (f *faults) Lose(n int) { f.left.Store(int64(n)) }

// Lost implements Trouble.
func (f *faults) Lost() int { return int(f.lost.Load()) }

// Delay implements Trouble.
func (f *faults) Delay(by time.Duration) { f.delay.Store(int64(by)) }

// loses tells whether this answer is lost.
func (f *faults) loses() bool {
	for {
		left := f.left.Load()
		if left <= 0 {
			return false
		}
		if f.left.CompareAndSwap(left, left-1) {
			f.lost.Add(1)
			return true
		}
	}
}

// wait holds an answer back; it returns false when over ended before.
func (f *faults) wait(over <-chan struct{}) bool {
	timer := time.NewTimer(time.Duration(f.delay.Load()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-over:
		return false
	}
}

// errLost is what a caller learns of an answer that is lost.
var errLost = errors.New("the answer was lost")

// Between returns the store with a layer that loses and delays answers, for stores without a network.
func Between(store state.Store) Trouble { return &layer{store: store} }

type layer struct {
	faults
	store state.Store
}

// answer says what becomes of the answer to a call that took effect.
func (l *layer) answer(ctx context.Context, err error) error {
	if !l.wait(ctx.Done()) {
		return ctx.Err()
	}
	if l.loses() {
		return errLost
	}
	return err
}

// Get implements state.Store.
func (l *layer) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := l.store.Get(ctx, key)
	if err = l.answer(ctx, err); err != nil {
		return nil, err
	}
	return value, nil
}

// PutIfAbsent implements state.Store.
func (l *layer) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	return l.answer(ctx, l.store.PutIfAbsent(ctx, key, value))
}

// List implements state.Store.
func (l *layer) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	keys, err := l.store.List(ctx, prefix, after, limit)
	if err = l.answer(ctx, err); err != nil {
		return nil, err
	}
	return keys, nil
}

// Delete implements state.Store.
func (l *layer) Delete(ctx context.Context, key string) error {
	return l.answer(ctx, l.store.Delete(ctx, key))
}

// Proxy returns a store that reaches its server through a proxy which loses and delays answers. open makes the store from the proxy's
// address, host:port.
func Proxy(t *testing.T, server string, open func(address string) state.Store) Trouble {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{ctx: t.Context(), server: server, over: make(chan struct{})}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // Nobody dials any more.
		close(p.over)
		serving.Wait()
	})
	p.Store = open(listener.Addr().String())
	return p
}

type proxy struct {
	faults
	state.Store
	ctx    context.Context
	server string
	over   chan struct{}
}

// serve carries one connection. A lost answer ends it, as a broken network does; the server has the whole request by then, since it
// answered.
func (p *proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }() // What breaks a connection is what is tested.
	server, err := new(net.Dialer).DialContext(p.ctx, "tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	done := make(chan struct{})
	defer close(done)
	go func() {
		// The store's connections outlive a test, and a server that stands still must not hold it up.
		select {
		case <-p.over:
			_, _ = client.Close(), server.Close()
		case <-done:
		}
	}()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 {
			if !p.wait(p.over) || p.loses() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
