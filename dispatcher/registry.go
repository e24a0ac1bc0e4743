package dispatcher

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// Registry runs the drivers of all trainings, one for each object and lineage. Connections are shared within a namespace only, so that
// one tenant never rides on another's.
type Registry struct {
	reader  client.Reader
	openers Openers
	http    *http.Client
	// requests is room for requests, pushed for the records in them.
	requests, pushed *driver.Room
	log              *slog.Logger
	sources          pool[*driver.Poller]
	// publishers are apart from sources, so that a topic of dead letters that hangs delays no reading of offsets.
	publishers pool[driver.Publisher]
	readers    pool[driver.Records]
	stores     pool[state.Store]

	mu        sync.Mutex
	trainings map[types.NamespacedName]*training
	closed    bool
}

// training is one driver and what it works with.
type training struct {
	uid     types.UID
	lineage int64
	spec    atomic.Pointer[v1alpha1.CreekTraining]
	driver  *driver.Driver
	source  *source
	letters *publisher
	records *records
	store   *store
	cancel  context.CancelFunc
	done    chan struct{}
}

// NewRegistry returns a registry without trainings. reader must ask the API server, not a cache: it reads Secrets by name, and objects
// before their genesis is made.
func NewRegistry(reader client.Reader, openers Openers, log *slog.Logger) *Registry {
	return &Registry{
		reader: reader, openers: openers, http: driver.NewClient(), requests: driver.NewRoom(driver.RequestRoom),
		pushed: driver.NewRoom(driver.PushRoom), log: log, trainings: map[types.NamespacedName]*training{},
	}
}

// Apply brings a training's driver in line with its object. Where the operator has not evaluated the newest spec yet, the driver goes on
// as it was.
func (r *Registry) Apply(t *v1alpha1.CreekTraining) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := client.ObjectKeyFromObject(t)
	running := r.trainings[name]
	if running != nil && running.uid != t.UID {
		r.end(name)
		running = nil
	}
	evaluated := t.Status.ObservedGeneration == t.Generation
	if r.closed || !evaluated && t.DeletionTimestamp == nil {
		return
	}
	config := configOf(t)
	if running != nil && running.lineage != t.Spec.Lineage {
		r.end(name)
		running = nil
	}
	if running == nil {
		if config.Hold && config.Cleaning == core.CleaningNone {
			return
		}
		running = r.begin(t)
		r.trainings[name] = running
	}
	before := running.spec.Swap(t.DeepCopy())
	if before != nil && before.Generation != t.Generation {
		running.source.renew()
		running.letters.renew()
		running.records.renew()
		running.store.renew()
	}
	running.driver.Configure(config)
}

// begin starts a driver for the object's lineage.
func (r *Registry) begin(t *v1alpha1.CreekTraining) *training {
	n := &training{uid: t.UID, lineage: t.Spec.Lineage, done: make(chan struct{})}
	n.spec.Store(t.DeepCopy())
	keep := secrets{reader: r.reader, namespace: t.Namespace}
	n.source = &source{link[*driver.Poller]{pool: &r.sources, find: findKafka(n, keep, r.openSource)}}
	n.letters = &publisher{link[driver.Publisher]{pool: &r.publishers, find: findKafka(n, keep, r.openers.Publisher)}}
	n.records = &records{link[driver.Records]{pool: &r.readers, find: findKafka(n, keep, r.openers.Records)}}
	n.store = &store{link[state.Store]{pool: &r.stores, find: r.findStore(n, keep)}}
	token := &tokenCache{secrets: keep, name: t.Name + tokenSuffix}
	n.driver = driver.New(settingsOf(t), driver.Parts{
		Source: n.source, Store: n.store, Publisher: n.letters, Records: n.records, Room: r.pushed,
		Sender: &driver.HTTPSender{URL: n.url, Token: token.get, Client: r.http, Room: r.requests},
		Object: object{reader: r.reader, name: client.ObjectKeyFromObject(t), number: t.Spec.Lineage},
		Log:    r.log.With("namespace", t.Namespace, "name", t.Name, "lineage", t.Spec.Lineage),
	})
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel = cancel
	go func() {
		defer close(n.done)
		n.driver.Run(ctx)
		n.source.close()
		n.letters.close()
		n.records.close()
		n.store.close()
	}()
	return n
}

func (n *training) url() string {
	if worker := workerOf(n.spec.Load()); worker != nil {
		return worker.URL
	}
	return ""
}

// openSource makes what asks for a topic's offsets.
func (r *Registry) openSource(connection stream.Connection) (*driver.Poller, func(), error) {
	watcher, closeIt, err := r.openers.Kafka(connection)
	if err != nil {
		return nil, nil, err
	}
	return driver.NewPoller(watcher), closeIt, nil
}

// findKafka reads a training's credentials for Kafka and says how to make what needs them, which trainings of its namespace share.
func findKafka[T any](n *training, keep secrets, open func(stream.Connection) (T, func(), error)) func(context.Context) (target[T], error) {
	return func(ctx context.Context) (target[T], error) {
		connection, err := keep.kafka(ctx, n.spec.Load().Spec.Source.Kafka)
		if err != nil {
			return target[T]{}, err
		}
		return target[T]{
			key: keep.namespace + "/" + connection.Key(), open: func() (T, func(), error) { return open(connection) },
		}, nil
	}
}

func (r *Registry) findStore(n *training, keep secrets) func(context.Context) (target[state.Store], error) {
	return func(ctx context.Context) (target[state.Store], error) {
		config, err := keep.store(ctx, n.spec.Load().Spec.State)
		if err != nil {
			return target[state.Store]{}, err
		}
		open := func() (state.Store, func(), error) { return r.openers.State(config) }
		return target[state.Store]{key: keep.namespace + "/" + config.Key(), open: open}, nil
	}
}

// Remove ends the driver of an object that is gone.
func (r *Registry) Remove(name types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end(name)
}

// end stops a driver. It does not wait: what its last calls bring is ignored.
func (r *Registry) end(name types.NamespacedName) {
	if n := r.trainings[name]; n != nil {
		n.cancel()
		delete(r.trainings, name)
	}
}

// Close ends all drivers and waits for them.
func (r *Registry) Close() {
	r.mu.Lock()
	ending := slices.Collect(maps.Values(r.trainings))
	for name := range r.trainings {
		r.end(name)
	}
	r.closed = true
	r.mu.Unlock()
	for _, n := range ending {
		<-n.done
	}
}

// Facts returns what is known of every training, ordered by namespace and name.
func (r *Registry) Facts() []history.Facts {
	r.mu.Lock()
	facts := make([]history.Facts, 0, len(r.trainings))
	for _, n := range r.trainings {
		facts = append(facts, n.driver.Facts())
	}
	r.mu.Unlock()
	slices.SortFunc(facts, func(a, b history.Facts) int { return strings.Compare(a.Lineage.String(), b.Lineage.String()) })
	return facts
}

// tokenCache keeps a training's token.
type tokenCache struct {
	secrets secrets
	name    string
	mu      sync.Mutex
	token   string
}

// get returns the token, read anew if the one kept is the refused one.
func (c *tokenCache) get(ctx context.Context, refused string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && c.token != refused {
		return c.token, nil
	}
	token, err := c.secrets.value(ctx, c.name, keyToken)
	if err != nil {
		return "", err
	}
	c.token = string(token)
	return c.token, nil
}
