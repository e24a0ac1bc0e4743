package stream_test

import (
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

// frozen makes brokers that accept connections and read nothing, as processes that are stopped do.
type frozen struct {
	mu     sync.Mutex
	thawed *sync.Cond
	frozen map[string]bool
}

func newFrozen() *frozen {
	f := &frozen{frozen: map[string]bool{}}
	f.thawed = sync.NewCond(&f.mu)
	return f
}

func (f *frozen) listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return &frozenListener{l, f}, nil
}

// set freezes or thaws a broker.
func (f *frozen) set(address string, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frozen[address] = on
	f.thawed.Broadcast()
}

type frozenListener struct {
	net.Listener
	owner *frozen
}

func (l *frozenListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return &frozenConn{conn, l.owner, l.Addr().String()}, err
}

type frozenConn struct {
	net.Conn
	owner   *frozen
	address string
}

// Read hands nothing on while the broker is frozen.
func (c *frozenConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	for c.owner.frozen[c.address] {
		c.owner.thawed.Wait()
	}
	return n, err
}

// twoBrokers returns brokers 0 and 1, of which the second can freeze. They lead the topics "healthy" and "hung" in this order, and "mixed"
// has a partition on each.
func twoBrokers(t *testing.T) (broker *embedded.Broker, freeze func(bool)) {
	t.Helper()
	broker, freezeOne := twoThatFreeze(t)
	return broker, func(on bool) { freezeOne(1, on) }
}

// twoThatFreeze returns brokers like twoBrokers, of which each can freeze.
func twoThatFreeze(t *testing.T) (broker *embedded.Broker, freeze func(node int, on bool)) {
	t.Helper()
	f := newFrozen()
	topics := []embedded.Topic{{Name: "healthy", Partitions: 1}, {Name: "hung", Partitions: 1}, {Name: "mixed", Partitions: 2}}
	broker, err := embedded.Start(topics, kfake.NumBrokers(2), kfake.ListenFn(f.listen))
	if err != nil {
		t.Fatal(err)
	}
	addresses := broker.Addrs()
	t.Cleanup(func() { f.set(addresses[0], false); f.set(addresses[1], false); broker.Close() })
	for _, at := range []struct {
		topic           string
		partition, node int32
	}{{"healthy", 0, 0}, {"hung", 0, 1}, {"mixed", 0, 0}, {"mixed", 1, 1}} {
		if err := broker.Cluster().MoveTopicPartition(at.topic, at.partition, at.node); err != nil {
			t.Fatal(err)
		}
	}
	return broker, func(node int, on bool) { f.set(addresses[node], on) }
}

// told is what a poll said of a topic, and when.
type told struct {
	offsets []stream.Offset
	err     error
	after   time.Duration
}

// pollAll begins a poll of all topics and returns where what it says is to be read.
func pollAll(t *testing.T, w *stream.Watcher) map[string]chan told {
	said := map[string]chan told{"healthy": make(chan told, 1), "hung": make(chan told, 1), "mixed": make(chan told, 1)}
	begun := time.Now()
	ctx := limit(t)
	go w.EachStable(ctx, []string{"healthy", "hung", "mixed"}, func(topic string, offsets []stream.Offset, err error) {
		said[topic] <- told{offsets, err, time.Since(begun)}
	})
	return said
}

// What brokers lead that answer is polled on time while another hangs; the broker is asked again, and believed again when it answers.
func TestBrokerThatHangsDelaysOnlyWhatItLeads(t *testing.T) {
	broker, freeze := twoBrokers(t)
	connection := stream.Connection{Brokers: broker.Addrs()}
	produce(t, connection, "mixed", "", 0, made(10))
	produce(t, connection, "mixed", "", 1, made(20))
	var requests atomic.Int64
	broker.Cluster().Control(func(kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		if broker.Cluster().CurrentNode() == 0 {
			requests.Add(1)
		}
		return nil, nil, false
	})
	w := newWatcher(t, connection)
	whole := []stream.Offset{{Partition: 0, Offset: 10}, {Partition: 1, Offset: 20}}
	before := pollAll(t, w)
	if got := <-before["mixed"]; got.err != nil || !slices.Equal(got.offsets, whole) {
		t.Fatalf("before: %+v", got)
	}
	<-before["hung"]
	freeze(true)
	first := pollAll(t, w)
	if got := <-first["healthy"]; got.err != nil || got.after > 900*time.Millisecond {
		t.Errorf("the first poll: healthy %+v", got)
	}
	if got := <-first["mixed"]; !errors.Is(got.err, stream.ErrUnreachable) || !slices.Equal(got.offsets, whole[:1]) || got.after > 3*time.Second {
		t.Errorf("the first poll: mixed %+v", got)
	}
	seen := requests.Load()
	const polls = 20
	for range polls {
		said := pollAll(t, w)
		healthy, mixed := <-said["healthy"], <-said["mixed"]
		if healthy.err != nil || healthy.after > 900*time.Millisecond {
			t.Errorf("healthy %+v", healthy)
		}
		if mixed.err == nil || !slices.Equal(mixed.offsets, whole[:1]) || mixed.after > 900*time.Millisecond {
			t.Errorf("mixed %+v", mixed)
		}
		time.Sleep(200 * time.Millisecond) // The pace of polls.
	}
	if n := requests.Load() - seen; n > polls+2 {
		t.Errorf("%d polls made %d requests of the broker that answers, want one each and one for metadata", polls, n)
	}
	// Nobody waits for a broker that has been silent for so long.
	if got := <-pollAll(t, w)["hung"]; !errors.Is(got.err, stream.ErrUnreachable) || got.after > 900*time.Millisecond {
		t.Errorf("hung %+v", got)
	}
	freeze(false)
	within := limit(t)
	for {
		said := pollAll(t, w)
		mixed, hung := <-said["mixed"], <-said["hung"]
		if mixed.err == nil && hung.err == nil {
			if diff := cmp.Diff(whole, mixed.offsets); diff != "" {
				t.Error(diff)
			}
			break
		}
		if within.Err() != nil {
			t.Fatalf("it is not believed again: mixed %+v, hung %+v", mixed, hung)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Offsets that come when nobody waits for them are in the next reading: a broker that is only slow is no broker that hangs. A look at the
// time between the two leaves them alone, since it wants none that are old.
func TestBrokerThatIsSlowIsReadAllTheSame(t *testing.T) {
	broker, freeze := twoBrokers(t)
	connection := stream.Connection{Brokers: broker.Addrs()}
	w := newWatcher(t, connection)
	for _, said := range pollAll(t, w) {
		<-said
	}
	produce(t, connection, "mixed", "", 1, made(20))
	freeze(true)
	said := pollAll(t, w)
	if got := <-said["mixed"]; got.err == nil || len(got.offsets) != 1 {
		t.Fatalf("while it does not answer: %+v", got)
	}
	freeze(false)
	if got := <-said["hung"]; got.err != nil {
		t.Errorf("who waits is answered late: %+v", got)
	}
	freeze(true)
	if got, err := w.After(limit(t), "mixed", time.Now().UnixMilli()); err == nil || len(got) != 1 {
		t.Errorf("what is young where the broker answers: %v, %v", got, err)
	}
	if got := <-pollAll(t, w)["mixed"]; got.err != nil || len(got.offsets) != 2 || got.offsets[1].Offset != 20 {
		t.Errorf("the next poll: %+v, want what came late", got)
	}
}

// What is young enough is told of the partitions whose brokers answer, and is not kept for readings of the last stable offsets.
func TestTimeIsLookedUpWhereBrokersAnswer(t *testing.T) {
	broker, freeze := twoBrokers(t)
	connection := stream.Connection{Brokers: broker.Addrs()}
	w := newWatcher(t, connection)
	produce(t, connection, "mixed", "", 0, made(10))
	produce(t, connection, "mixed", "", 1, made(20))
	now := time.Now().Add(time.Hour).UnixMilli()
	whole := []stream.Offset{{Partition: 0, Offset: 10}, {Partition: 1, Offset: 20}}
	if got, err := w.After(limit(t), "mixed", now); err != nil || !slices.Equal(got, whole) {
		t.Fatalf("while both answer: %v, %v", got, err)
	}
	freeze(true)
	for range 3 {
		begun := time.Now()
		got, err := w.After(limit(t), "mixed", now)
		if !errors.Is(err, stream.ErrUnreachable) || !slices.Equal(got, whole[:1]) || time.Since(begun) > 4*time.Second {
			t.Errorf("while one hangs: %v, %v after %s", got, err, time.Since(begun))
		}
	}
	if got, err := w.After(limit(t), "hung", now); err == nil {
		t.Errorf("of a topic that it leads alone: %v", got)
	}
	produce(t, connection, "mixed", "", 0, made(5))
	freeze(false)
	within := limit(t)
	for {
		got, err := w.After(within, "mixed", 0)
		if err == nil && slices.Equal(got, []stream.Offset{{Partition: 0}, {Partition: 1}}) {
			break
		}
		if within.Err() != nil {
			t.Fatalf("it is not believed again: %v, %v", got, err)
		}
	}
	// An answer to the question for a time that came late is no last stable offset.
	if got := <-pollAll(t, w)["mixed"]; got.err != nil || !slices.Equal(got.offsets, []stream.Offset{{Partition: 0, Offset: 15}, {Partition: 1, Offset: 20}}) {
		t.Errorf("the last stable offsets: %+v", got)
	}
}

// A broker that answers after a while is not waited with for another that hangs.
func TestBrokerThatAnswersLateDoesNotWaitForOneThatHangs(t *testing.T) {
	broker, freeze := twoThatFreeze(t)
	w := newWatcher(t, stream.Connection{Brokers: broker.Addrs()})
	for _, said := range pollAll(t, w) {
		<-said
	}
	freeze(0, true)
	freeze(1, true)
	said := pollAll(t, w)
	select {
	case got := <-said["mixed"]:
		t.Fatalf("while none answers: %+v", got)
	case <-time.After(1500 * time.Millisecond): // Longer than one is waited for alone.
	}
	freeze(0, false)
	if got := <-said["mixed"]; got.err == nil || len(got.offsets) != 1 || got.after > 4*time.Second {
		t.Errorf("once one answers: %+v", got)
	}
}

// A poll returns when all was handed out, and not while a topic is that was not waited for any more.
func TestPollReturnsWhenAllIsHandedOut(t *testing.T) {
	broker, freeze := twoBrokers(t)
	w := newWatcher(t, stream.Connection{Brokers: broker.Addrs()})
	for _, said := range pollAll(t, w) {
		<-said
	}
	freeze(true)
	var over atomic.Bool
	returned := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(returned)
		w.EachStable(limit(t), []string{"mixed"}, func(_ string, _ []stream.Offset, err error) {
			defer close(ended)
			if err == nil {
				t.Error("the broker that hangs was waited for")
			}
			freeze(false)
			select {
			case <-returned:
			case <-time.After(500 * time.Millisecond):
				over.Store(true)
			}
		})
	}()
	<-ended
	<-returned
	if !over.Load() {
		t.Error("the poll was over before its last topic was handed out")
	}
}

// Metadata comes from a broker that answers, whichever stands first; a missing topic fails at once and alone.
func TestMetadataComesFromABrokerThatAnswers(t *testing.T) {
	broker, freeze := twoBrokers(t)
	freeze(true)
	addresses := broker.Addrs()
	slices.Reverse(addresses)
	w := newWatcher(t, stream.Connection{Brokers: addresses})
	begun := time.Now()
	if topic, err := w.Topic(limit(t), "healthy"); err != nil || len(topic.Partitions) != 1 {
		t.Errorf("topic %+v, error %v", topic, err)
	}
	if _, err := w.Topic(limit(t), "absent"); !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("error %v, want ErrTopicMissing", err)
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	begun = time.Now()
	if _, err := w.Policy(limit(t), "healthy", time.Minute); err != nil || time.Since(begun) > 900*time.Millisecond {
		t.Errorf("the policy took %v, error %v", time.Since(begun), err)
	}
}
