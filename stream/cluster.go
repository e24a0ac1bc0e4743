package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// cluster keeps what is known of a Kafka cluster, and connections to its brokers between calls. It has no goroutines but for calls: a
// cluster that nobody calls sends nothing.
type cluster struct {
	connection Connection
	// create lets brokers make a topic that is asked for and missing, where they do that.
	create bool

	mu      sync.Mutex
	idle    map[string][]*wire
	brokers map[int32]string
	topics  map[string]layout
	// policies are those of topics that were asked for.
	policies map[string]policy
	// health is of brokers that are waited for, or that did not answer.
	health map[string]health
	// late are offsets that came too late for those who asked, by topic and partition.
	late   map[string]map[int32]int64
	closed bool
}

// layout is what metadata said of a topic.
type layout struct {
	Topic
	uuid    [16]byte
	leaders map[int32]int32
	asked   time.Time
}

func newCluster(c Connection) *cluster {
	return &cluster{
		connection: c, idle: map[string][]*wire{}, brokers: map[int32]string{}, topics: map[string]layout{}, policies: map[string]policy{},
		health: map[string]health{}, late: map[string]map[int32]int64{},
	}
}

var errClosed = errors.New("the Kafka client is closed")

// take returns an idle connection to the broker, or opens one.
func (k *cluster) take(ctx context.Context, address string) (*wire, error) {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return nil, errClosed
	}
	if pool := k.idle[address]; len(pool) > 0 {
		w := pool[len(pool)-1]
		k.idle[address] = pool[:len(pool)-1]
		k.mu.Unlock()
		return w, nil
	}
	k.mu.Unlock()
	return k.connection.open(ctx, address)
}

// give takes a connection back on which no answer is outstanding.
func (k *cluster) give(w *wire) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		w.close()
		return
	}
	if cap(w.in) > 4*fetchMost {
		// An unusual batch made it large.
		w.in = nil
	}
	k.idle[w.address] = append(k.idle[w.address], w)
}

func (k *cluster) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	for _, pool := range k.idle {
		for _, w := range pool {
			w.close()
		}
	}
	clear(k.idle)
}

// ask sends one request to the broker. A connection that broke while it lay idle is replaced without the caller noticing.
func (k *cluster) ask(ctx context.Context, address string, request kmsg.Request) (response kmsg.Response, err error) {
	begun := time.Now()
	k.begin(address)
	defer func() { k.end(address, begun, err) }()
	for {
		w, err := k.take(ctx, address)
		if err != nil {
			return nil, err
		}
		idled := w.used
		response, err := w.request(ctx, request)
		if err == nil {
			k.give(w)
			return response, nil
		}
		w.close()
		if ended := ctx.Err(); ended != nil {
			return nil, fmt.Errorf("ask broker %s: %w", address, ended)
		}
		if !idled {
			return nil, k.connection.explainBroken(w, err)
		}
	}
}

// answered is what became of a request.
type answered struct {
	response kmsg.Response
	err      error
}

// askAny sends one request to the first broker that answers. While one does not answer, the next is asked too.
func (k *cluster) askAny(ctx context.Context, request kmsg.Request) (kmsg.Response, error) {
	return k.askInTurn(ctx, request, headStart)
}

// askInTurn sends one request to brokers until one answers: those in use, then all that are known, then those of the settings, and last
// those that let time run out before. The next is asked when one fails, or has not answered for as long as is said. Credentials that one
// broker refuses are not tried on others.
func (k *cluster) askInTurn(ctx context.Context, request kmsg.Request, alone time.Duration) (kmsg.Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	addresses := k.addresses()
	answers := make(chan answered, len(addresses))
	patience := time.NewTimer(alone)
	defer patience.Stop()
	var failures []error
	for next, waiting := 0, 0; next < len(addresses) || waiting > 0; {
		if next < len(addresses) {
			address := addresses[next]
			go func() {
				response, err := k.ask(ctx, address, request)
				answers <- answered{response, err}
			}()
			next, waiting = next+1, waiting+1
			patience.Reset(alone)
		}
		got, ok := first(answers, patience, next == len(addresses))
		if !ok {
			continue
		}
		waiting--
		if got.err == nil || errors.Is(got.err, ErrAuthentication) || ctx.Err() != nil {
			return got.response, got.err
		}
		failures = append(failures, got.err)
	}
	return nil, errors.Join(failures...)
}

// first waits for an answer, the last one without an end but that of its request; it returns false when patience is at its end.
func first(answers <-chan answered, patience *time.Timer, last bool) (answered, bool) {
	if last {
		return <-answers, true
	}
	select {
	case got := <-answers:
		return got, true
	case <-patience.C:
		return answered{}, false
	}
}

func (k *cluster) addresses() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	add := func(address string) {
		if !slices.Contains(out, address) {
			out = append(out, address)
		}
	}
	for _, address := range slices.Sorted(maps.Keys(k.idle)) {
		if len(k.idle[address]) > 0 {
			add(address)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(k.brokers)) {
		add(k.brokers[id])
	}
	for _, address := range k.connection.Brokers {
		add(address)
	}
	now := time.Now()
	doubtful := func(address string) int {
		if h := k.health[address]; h.suspect || h.silent(now) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b string) int { return doubtful(a) - doubtful(b) })
	return out
}

// leader returns the address of the partition's leader as last heard.
func (k *cluster) leader(topic layout, partition int32) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, known := topic.leaders[partition]
	if !known {
		return "", fmt.Errorf("partition %d: %w: the topic has %d partitions", partition, ErrTopicMissing, len(topic.Partitions))
	}
	address, known := k.brokers[id]
	if !known {
		return "", fmt.Errorf("partition %d: %w: it has no leader now", partition, ErrUnreachable)
	}
	return address, nil
}

// forget makes the next call ask for the topic anew.
func (k *cluster) forget(topic string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.topics, topic)
}
