package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

const (
	factsAddress   = "127.0.0.1:19443"
	metricsAddress = "127.0.0.1:19480"
	factsToken     = "facts"
	// factsEvery is how often the operator asks for facts.
	factsEvery = 5 * time.Second
	// settle is how long trainings are left alone before they count as idle, observed how long they are looked at.
	settle   = 30 * time.Second
	observed = time.Minute
)

// idle measures a dispatcher process, with a Kubernetes API server and the operator's questions, whose trainings have each learned a record
// of a topic of its own and get no more.
func idle(ctx context.Context, o options) error {
	folder, err := os.MkdirTemp("", "creek-idle-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	requests, err := count(o.counted, o.behind)
	if err != nil {
		return fmt.Errorf("listen before Kafka: %w", err)
	}
	defer requests.close()
	store, err := state.Open(state.Config{Type: state.TypeRedis, RedisAddress: o.redis})
	if err != nil {
		return err
	}
	trainings, err := idleTopics(ctx, o)
	if err != nil {
		return err
	}
	p, err := startPlane(folder)
	if err != nil {
		return err
	}
	defer p.stop()
	trainer := httptest.NewServer(&stand{store: store, at: map[history.Lineage]*shard{}})
	defer trainer.Close()
	if err := p.apply(ctx, trainings, trainer.URL); err != nil {
		return fmt.Errorf("make the trainings: %w", err)
	}
	authority, err := factsIdentity(folder, factsToken)
	if err != nil {
		return fmt.Errorf("make an identity for the facts: %w", err)
	}
	facts := observer.NewClient("https://" + factsAddress)
	if err := facts.Trust(observer.Identity{CA: authority, Token: factsToken}); err != nil {
		return err
	}
	dispatcher, err := startDispatcher(ctx, o, folder, p.kubeconfig)
	if err != nil {
		return err
	}
	defer func() {
		_ = dispatcher.Process.Signal(syscall.SIGTERM)
		_ = dispatcher.Wait()
	}()
	starting, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if err := p.record(starting, trainings, store); err != nil {
		return err
	}
	if err := learned(starting, facts, len(trainings)); err != nil {
		return fmt.Errorf("%w: %s", err, tail(filepath.Join(folder, "dispatcher.log")))
	}
	return observe(ctx, facts, requests, dispatcher.Process.Pid, len(trainings))
}

// idleTopics makes the topics, with a record in each, and a training for each.
func idleTopics(ctx context.Context, o options) ([]*v1alpha1.CreekTraining, error) {
	direct := stream.Connection{Brokers: []string{o.brokers}}
	features, values, err := objects(o.data)
	if err != nil {
		return nil, err
	}
	var trainings []*v1alpha1.CreekTraining
	for i := range o.idle {
		trainings = append(trainings, idleTraining(fmt.Sprintf("idle-%04d", i), o.counted, o.redis, features))
	}
	// The first waits until Kafka is there.
	if err := create(ctx, direct, trainings[0].Name); err != nil {
		return nil, fmt.Errorf("make topic %s: %w", trainings[0].Name, err)
	}
	return trainings, each(trainings, func(t *v1alpha1.CreekTraining) error {
		if t != trainings[0] {
			if err := create(ctx, direct, t.Name); err != nil {
				return fmt.Errorf("make topic %s: %w", t.Name, err)
			}
		}
		writer := stream.NewWriter(direct, t.Name)
		_, err := writer.Write(ctx, 0, []stream.Record{{UnixMillis: time.Now().UnixMilli(), Value: values[0]}})
		return errors.Join(err, writer.Close())
	})
}

func startDispatcher(ctx context.Context, o options, folder, kubeconfig string) (*exec.Cmd, error) {
	log, err := os.Create(filepath.Join(folder, "dispatcher.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	command := exec.CommandContext(ctx, o.creek, "dispatcher", "--facts-address="+factsAddress, "--tls-dir="+folder, "--metrics-address="+metricsAddress)
	command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	command.Stderr = log
	return command, command.Start()
}

// learned waits, asking as the operator does, until every training has learned its record and saved.
func learned(ctx context.Context, facts *observer.Client, want int) error {
	for {
		all, err := facts.Trainings(ctx)
		done := 0
		for i := range all {
			if f := &all[i]; f.Records == 1 && f.Checkpoint != nil && f.Checkpoint.Position == f.Position {
				done++
			}
		}
		if err == nil && done == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d trainings learned their record: %w", done, want, errors.Join(ctx.Err(), err))
		case <-time.After(factsEvery):
		}
	}
}

// observe prints what idle trainings cost.
func observe(ctx context.Context, facts *observer.Client, requests *counter, pid, trainings int) error {
	ask := func(during time.Duration) error {
		for end := time.Now().Add(during); time.Now().Before(end); time.Sleep(factsEvery) {
			if _, err := facts.Trainings(ctx); err != nil {
				return fmt.Errorf("ask for facts: %w", err)
			}
		}
		return nil
	}
	if err := ask(settle); err != nil {
		return err
	}
	requests.take()
	began, used := time.Now(), trainerTime(pid)
	if err := ask(observed); err != nil {
		return err
	}
	counted, seconds := requests.take(), time.Since(began).Seconds()
	used = trainerTime(pid) - used
	fmt.Printf("%d idle trainings on %d topics, one credential, one broker, for %.0f s:\n", trainings, trainings, seconds)
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(counted)) {
		total += counted[kind]
		fmt.Printf("  %-12s %6.2f requests/s\n", kind, float64(counted[kind])/seconds)
	}
	fmt.Printf("  %-12s %6.2f requests/s\n", "in all", float64(total)/seconds)
	fmt.Printf("dispatcher: %.1f%% of a core; ", 100*used.Seconds()/seconds)
	for _, name := range []string{"VmRSS", "RssAnon", "RssFile", "VmHWM"} {
		fmt.Printf("%s %.1f MiB, ", name, float64(statusOf(pid, name))/(1<<20))
	}
	heap, err := goHeap(ctx)
	fmt.Println(heap)
	return err
}

// goHeap returns what the dispatcher's metrics say of its heap.
func goHeap(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+metricsAddress+"/metrics", nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	var out []string
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		var number float64
		switch name {
		case "go_memstats_heap_inuse_bytes", "go_memstats_stack_inuse_bytes", "go_memstats_heap_alloc_bytes", "go_goroutines":
			_, _ = fmt.Sscan(value, &number)
			if strings.HasSuffix(name, "_bytes") {
				out = append(out, fmt.Sprintf("%s %.1f MiB", strings.TrimPrefix(name, "go_memstats_"), number/(1<<20)))
			} else {
				out = append(out, fmt.Sprintf("%s %.0f", name, number))
			}
		}
	}
	return strings.Join(out, ", "), err
}

// tail returns the end of a file.
func tail(path string) string {
	data, _ := os.ReadFile(path)
	return string(data[max(0, len(data)-2000):])
}
