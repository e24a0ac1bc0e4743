package trainer_test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
)

// TestMemoryRunsOut gives a trainer a cgroup that is too small for what this process holds: it says so and how much would do, and goes on
// once the limit is raised to that and a little for what the garbage collector has not seen yet.
func TestMemoryRunsOut(t *testing.T) {
	tr, limit := newSmallTraining(t, 1<<20)
	status, answer, header := tr.exchange(tr.train(position(0, 0), 1))
	m := answer.Memory
	if status != 507 || header.Get("Retry-After") != "5" || answer.Problem.Reason != history.ReasonMemoryShort || m.Limit != 1<<20 || m.Needed <= m.Limit {
		t.Fatalf("status %d, Retry-After %q, memory %+v: %v", status, header.Get("Retry-After"), m, answer.Problem)
	}
	limit(m.Needed + 64<<20)
	if status, answer := tr.send(tr.train(position(0, 0), 1)); status != 200 || answer.Records != 400 || answer.Memory.Needed != 0 {
		t.Errorf("status %d with %d records, memory %+v: %v", status, answer.Records, answer.Memory, answer.Problem)
	}
}

// newSmallTraining is a training whose trainer has a limit, which the returned function changes.
func newSmallTraining(t *testing.T, bytes int64) (tr *training, limit func(int64)) {
	t.Helper()
	tr = newTraining(t, 400, 400)
	root := fstest.MapFS{
		"proc/self/cgroup":             {Data: []byte("0::/\n")},
		"proc/self/mountinfo":          {Data: []byte("24 18 0:22 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n")},
		"proc/self/status":             {Data: []byte("VmRSS:\t900 kB\nVmHWM:\t900 kB\nRssAnon:\t800 kB\n")},
		"sys/fs/cgroup/memory.current": {Data: []byte("1000\n")},
	}
	limit = func(bytes int64) {
		root["sys/fs/cgroup/memory.max"] = &fstest.MapFile{Data: []byte(strconv.FormatInt(bytes, 10))}
	}
	limit(bytes)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(tr.token), 0o600); err != nil {
		t.Fatal(err)
	}
	// The server reads the limit between requests only, which is when it is changed here.
	small := trainer.New(trainer.Options{Namespace: "ns", Name: "fraud", TokenFile: token, Instance: "i", Started: time.Now()}, trainer.Parts{
		Source: tr.source, Store: tr.store, Log: slog.New(slog.DiscardHandler), Probe: memory.Find(root, 1, nil),
	})
	server := httptest.NewServer(small.Handler())
	t.Cleanup(server.Close)
	tr.url = server.URL
	return tr, limit
}
