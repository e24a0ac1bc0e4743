package stream_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/stream"
)

// frail listens for an embedded broker and breaks its connections: all on demand, each after a number of bytes once budget is set.
type frail struct {
	net.Listener

	mu     sync.Mutex
	conns  []*frailConn
	budget func() int
}

type frailConn struct {
	net.Conn
	owner *frail
	left  int
}

func (f *frail) listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	f.Listener = l
	return f, err
}

func (f *frail) Accept() (net.Conn, error) {
	conn, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &frailConn{Conn: conn, owner: f, left: -1}
	if f.budget != nil {
		c.left = f.budget()
	}
	f.conns = append(f.conns, c)
	return c, nil
}

func (c *frailConn) Write(b []byte) (int, error) {
	c.owner.mu.Lock()
	if c.left >= 0 {
		if c.left < len(b) {
			b = b[:c.left]
			defer c.Close()
		}
		c.left -= len(b)
	}
	c.owner.mu.Unlock()
	if len(b) == 0 {
		return 0, errors.New("broken by the test")
	}
	return c.Conn.Write(b)
}

func (f *frail) breakAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
}

func TestConnectionsMayBreakWhileIdle(t *testing.T) {
	f := &frail{}
	_, connection := start(t, kfake.ListenFn(f.listen))
	produce(t, connection, ours, "", 0, made(100))
	w, r := newWatcher(t, connection), stream.NewReader(connection)
	defer r.Close()
	for range 5 {
		stable, err := w.Stable(limit(t), ours)
		if err != nil || stable[ours][0].Offset != 100 {
			t.Errorf("stable %v, error %v", stable, err)
		}
		if got, next, err := collect(limit(t), r, ours, 0, 0, 100); err != nil || len(got) != 100 || next != 100 {
			t.Errorf("%d records to offset %d, error %v", len(got), next, err)
		}
		f.breakAll()
	}
}

func TestReadGoesOnWhereConnectionsBroke(t *testing.T) {
	f := &frail{}
	_, connection := start(t, kfake.ListenFn(f.listen))
	records := made(200_000)
	produce(t, connection, ours, "", 0, records)
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	f.mu.Lock()
	f.budget = func() int { return random.IntN(3 << 20) }
	f.mu.Unlock()
	f.breakAll()
	r := stream.NewReader(connection)
	defer r.Close()
	n := int64(0)
	next, err := r.Read(limit(t), stream.Named(ours), 0, 0, int64(len(records)), func(batch []stream.Record) error {
		for _, record := range batch {
			if want := records[n]; record.Offset != n || !bytes.Equal(record.Value, want.Value) || record.UnixMillis != want.UnixMillis {
				t.Fatalf("record %d is %+v", n, record)
			}
			n++
		}
		return nil
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil || next != int64(len(records)) || n != next || len(f.conns) < 3 {
		t.Errorf("%d records to offset %d over %d connections, error %v", n, next, len(f.conns), err)
	}
}
