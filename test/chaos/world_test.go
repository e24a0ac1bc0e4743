package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
	"creek.dev/creek/stream"
)

// world is everything that runs.
type world struct {
	t       *testing.T
	folder  string
	program string
	plan    plan
	kafka   *kafka
	redis   *statetest.Redis
	// trainer is the one that requests go to, dispatcher the one whose facts are asked for.
	trainer    *process
	dispatcher *process
	factsURL   string
	producer   *producer
}

const token = "s3cret"

func newWorld(ctx context.Context, t *testing.T, real bool) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir()}
	w.program = filepath.Join(w.folder, "trainer")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", w.program, "creek.dev/creek/cmd/trainer").CombinedOutput(); err != nil {
		t.Fatalf("build the trainer: %v\n%s", err, out)
	}
	w.redis = statetest.StartRedis(t, statetest.DurableArgs...)
	w.kafka = startKafka(ctx, t, w.folder, real)
	w.plan = plan{Brokers: []string{w.kafka.address}, Redis: w.redis.Address, Token: token, URLFile: filepath.Join(w.folder, "url")}
	if err := os.WriteFile(w.tokenFile(), []byte(token), 0o600); err != nil {
		t.Fatal(err)
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

// startTrainer starts a trainer and then sends requests to it, as a service does whose new pod has become ready.
func (w *world) startTrainer(ctx context.Context) {
	w.t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(w.t))
	args := []string{"--namespace=" + lineage.Namespace, "--name=" + lineage.Name, "--token-file=" + w.tokenFile(), "--listen=" + address}
	args = append(args, stream.Settings{Brokers: w.plan.Brokers}.Args()...)
	args = append(args, state.Settings{Type: state.TypeRedis, RedisAddress: w.plan.Redis}.Args()...)
	w.trainer = spawn(w.t, w.folder, "trainer", exec.Command(w.program, args...))
	w.trainer.ready(ctx, w.t, func() error { return get(ctx, "http://"+address+history.PathReady, nil) })
	fresh := w.plan.URLFile + ".new"
	if err := errors.Join(os.WriteFile(fresh, []byte("http://"+address), 0o600), os.Rename(fresh, w.plan.URLFile)); err != nil {
		w.t.Fatal(err)
	}
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
	var facts history.Facts
	if err := get(ctx, w.factsURL, &facts); err != nil {
		w.dispatcher.alive(w.t)
		w.t.Fatalf("ask for facts: %v", err)
	}
	if facts.Stopped != nil {
		w.t.Fatalf("the training stopped: %v\n%s\n%s", facts.Stopped, tail(w.dispatcher.log), tail(w.trainer.log))
	}
	return facts
}

// await waits until the facts are as wanted.
func (w *world) await(ctx context.Context, what string, wanted func(history.Facts) bool) history.Facts {
	w.t.Helper()
	for {
		facts := w.facts(ctx)
		if wanted(facts) {
			return facts
		}
		w.trainer.alive(w.t)
		w.kafka.run.alive(w.t)
		select {
		case <-ctx.Done():
			seen, _ := json.Marshal(facts)
			w.t.Fatalf("it does not come to %s: %s\n%s\n%s", what, seen, tail(w.dispatcher.log), tail(w.trainer.log))
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
