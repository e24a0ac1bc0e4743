package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// world is everything that runs.
type world struct {
	t       *testing.T
	folder  string
	program string
	plan    plan
	kafka   *kafka
	store   server
	// trainer is the one that requests go to, dispatcher the one whose facts are asked for; baseline dispatches to itself.
	trainer, dispatcher, baseline *process
	factsURL, baselineURL         string
	producer                      *producer
	// between, if it is not nil, is called before every blow.
	between func(context.Context, *rand.Rand, *tally)
	// lost is up to where the records of each partition were deleted.
	lost [partitions]int64
}

const token = "s3cret"

// newWorld starts everything but a baseline.
func newWorld(ctx context.Context, t *testing.T, killable bool, changes ...func(*plan)) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir()}
	w.program = filepath.Join(w.folder, "trainer")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", w.program, "creek.dev/creek/cmd/trainer").CombinedOutput(); err != nil {
		t.Fatalf("build the trainer: %v\n%s", err, out)
	}
	w.kafka = startKafka(ctx, t, w.folder, killable)
	w.plan = plan{
		Brokers: []string{w.kafka.address}, Token: token, URLFile: filepath.Join(w.folder, "url"), Collect: *seedFlag%2 == 0,
		Residency: chosen(*residency, residencies, *seedFlag), Delivery: chosen(*delivery, deliveries, *seedFlag/3),
	}
	w.store, w.plan.Store = startStore(t, chosen(*storeFlag, stores, *seedFlag/6))
	if err := os.WriteFile(w.tokenFile(), []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(&w.plan)
	}
	w.startTrainer(ctx)
	w.startDispatcher(ctx)
	w.producer = newProducer(w.kafka.connection())
	producing, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.producer.run(producing)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return w
}

func (w *world) tokenFile() string { return filepath.Join(w.folder, "token") }

// role is a command that runs this binary in a role.
func role(t *testing.T, name string, p plan) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), roleVariable+"="+name, planVariable+"="+string(text))
	return command
}

// trainerCommand is a trainer's command line.
func (w *world) trainerCommand(address string, more ...string) *exec.Cmd {
	args := []string{"--namespace=" + lineage.Namespace, "--name=" + lineage.Name, "--token-file=" + w.tokenFile(), "--listen=" + address}
	args = append(args, stream.Settings{Brokers: w.plan.Brokers}.Args()...)
	args = append(args, w.plan.Store.Args()...)
	return exec.Command(w.program, append(args, more...)...)
}

// startTrainer starts a trainer and then sends requests to it, as a service does whose new pod has become ready.
func (w *world) startTrainer(ctx context.Context) {
	w.t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(w.t))
	w.trainer = spawn(w.t, w.folder, "trainer", w.trainerCommand(address))
	w.trainer.ready(ctx, w.t, func() error { return get(ctx, "http://"+address+history.PathReady, nil) })
	fresh := w.plan.URLFile + ".new"
	if err := errors.Join(os.WriteFile(fresh, []byte("http://"+address), 0o600), os.Rename(fresh, w.plan.URLFile)); err != nil {
		w.t.Fatal(err)
	}
}

// startBaseline starts the pinned trainer, which learns the same for itself.
func (w *world) startBaseline(ctx context.Context) {
	w.t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(w.t))
	w.baseline = spawn(w.t, w.folder, "baseline", w.trainerCommand(address, "--pinned", "--lineage=1", "--dead-letter-topic="+deadTopic,
		"--max-records=2500", "--window=30ms", "--save-records=4000", "--save-interval=400ms"))
	w.baseline.ready(ctx, w.t, func() error { return get(ctx, "http://"+address+history.PathReady, nil) })
	w.baselineURL = "http://" + address + history.PathFacts
}

func (w *world) startDispatcher(ctx context.Context) {
	w.t.Helper()
	p := w.plan
	p.Listen = fmt.Sprintf("127.0.0.1:%d", freePort(w.t))
	w.factsURL = "http://" + p.Listen
	w.dispatcher = spawn(w.t, w.folder, "dispatcher", role(w.t, roleDispatcher, p))
	w.dispatcher.ready(ctx, w.t, func() error { return get(ctx, w.factsURL, nil) })
}

// facts are those of the present dispatcher. They fail the test if the training stopped.
func (w *world) facts(ctx context.Context) history.Facts {
	w.t.Helper()
	return w.factsOf(ctx, w.dispatcher, w.factsURL)
}

func (w *world) factsOf(ctx context.Context, p *process, url string) history.Facts {
	w.t.Helper()
	var facts history.Facts
	if err := get(ctx, url, &facts); err != nil {
		p.alive(w.t)
		w.t.Fatalf("ask %s for facts: %v", p.name, err)
	}
	if facts.Stopped != nil {
		w.t.Fatalf("%s stopped: %v\n%s\n%s", p.name, facts.Stopped, tail(p.log), tail(w.trainer.log))
	}
	return facts
}

// await waits until the dispatcher's facts are as wanted.
func (w *world) await(ctx context.Context, what string, wanted func(history.Facts) bool) history.Facts {
	w.t.Helper()
	return w.awaitOf(ctx, w.dispatcher, w.factsURL, what, wanted)
}

func (w *world) awaitOf(ctx context.Context, p *process, url, what string, wanted func(history.Facts) bool) history.Facts {
	w.t.Helper()
	for {
		facts := w.factsOf(ctx, p, url)
		if wanted(facts) {
			return facts
		}
		for _, other := range []*process{w.trainer, w.baseline, w.kafka.run} {
			if other != nil {
				other.alive(w.t)
			}
		}
		select {
		case <-ctx.Done():
			seen, _ := json.Marshal(facts)
			w.t.Fatalf("%s does not come to %s: %s\n%s\n%s\n%s", p.name, what, seen, w.producer, tail(p.log), tail(w.trainer.log))
		case <-time.After(3 * time.Millisecond):
		}
	}
}

var client = &http.Client{Timeout: 5 * time.Second}

// get asks for a page, and decodes it if into is not nil.
func get(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
