package main_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

const (
	topic     = "payments"
	each      = 40_000
	sliceEnds = 4
)

// site is a broker with records, a store with a history, and a program that is started again and again.
type site struct {
	t          *testing.T
	partitions int
	program    string
	args       []string
	store      state.Store
	genesis    history.Genesis
	entries    []json.RawMessage
	// process is the running program.
	process *exec.Cmd
	url     string
	exited  chan error
}

func newSite(t *testing.T, partitions int, settings state.Settings) *site {
	t.Helper()
	folder := t.TempDir()
	s := &site{t: t, partitions: partitions, program: filepath.Join(folder, "trainer")}
	if out, err := exec.Command("go", "build", "-o", s.program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the trainer: %v\n%s", err, out)
	}
	broker, err := embedded.Start([]embedded.Topic{{Name: topic, Partitions: partitions}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	writer := stream.NewWriter(stream.Connection{Brokers: broker.Addrs()}, topic)
	defer writer.Close()
	for partition := range int32(partitions) {
		if _, err := writer.Write(t.Context(), partition, records(partition)); err != nil {
			t.Fatal(err)
		}
	}
	token := filepath.Join(folder, "token")
	if err := os.WriteFile(token, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := settings.Load()
	if err != nil {
		t.Fatal(err)
	}
	if s.store, err = state.Open(config); err != nil {
		t.Fatal(err)
	}
	s.args = append([]string{
		"--namespace=ns", "--name=fraud", "--token-file=" + token, "--listen=127.0.0.1:0", "--kafka-brokers=" + broker.Addrs()[0],
	}, settings.Args()...)
	s.genesis = newGenesis(partitions)
	s.genesis.TopicID = topicID(t, broker)
	t.Cleanup(func() {
		if s.process != nil {
			s.end(syscall.SIGKILL)
		}
	})
	return s
}

func records(partition int32) []stream.Record {
	out := make([]stream.Record, each)
	for i := range out {
		n := i*7919 + int(partition)*13
		out[i] = stream.Record{UnixMillis: int64(1000 + i), Value: fmt.Appendf(nil, `{"a":%d.25,"b":%d,"y":%d}`, n%101, n%17, n%5/3)}
	}
	return out
}

func newGenesis(partitions int) history.Genesis {
	spec := history.LearningSpec{
		Format:        history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "a"}, {Name: "b"}}},
		Model:         history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.005"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
	return history.Genesis{
		Version: history.FormatVersion, Lineage: history.Lineage{Namespace: "ns", Name: "fraud", Number: 1}, UID: "u", Incarnation: "cafe",
		Spec: spec, SpecDigest: spec.Digest(), Topic: topic, Start: offsets(partitions, 0), Shards: 1, NumericsVersion: online.NumericsVersion,
	}
}

func topicID(t *testing.T, broker *embedded.Broker) string {
	t.Helper()
	watcher, err := stream.NewWatcher(stream.Connection{Brokers: broker.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	found, err := watcher.Topic(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return found.ID
}

func offsets(partitions int, offset int64) history.Offsets {
	var out history.Offsets
	for partition := range int32(partitions) {
		out = append(out, history.PartitionOffset{Partition: partition, Offset: offset})
	}
	return out
}

// writeGenesis stores genesis.
func (s *site) writeGenesis() {
	s.t.Helper()
	if err := s.store.PutIfAbsent(s.t.Context(), history.GenesisKey(s.genesis.Lineage), s.genesis.Encode()); err != nil {
		s.t.Fatal(err)
	}
}

// cut makes entries that cut the partitions into equal slices.
func (s *site) cut() {
	start, previous := s.genesis.Start, history.ChainStart(s.genesis.Encode(), "")
	for n := range int64(sliceEnds) {
		end := offsets(s.partitions, each*(n+1)/sliceEnds)
		entry := history.Entry{
			Version: history.FormatVersion, Number: n + 1, Kind: history.KindSlice, Writer: "w", Term: 1, Start: start, End: end, Previous: previous,
		}
		s.entries = append(s.entries, entry.Encode())
		start, previous = end, history.Sum(s.entries[n])
	}
}

// want learns the same records in the history's order with nothing but the library, and returns the model's digest.
func (s *site) want() string {
	decoder, err := decode.New(core.RecordFormat(s.genesis.Spec), online.NominalToken)
	if err != nil {
		s.t.Fatal(err)
	}
	model, err := online.New(core.ModelConfig(s.genesis.Spec))
	if err != nil {
		s.t.Fatal(err)
	}
	row := make([]float64, 2)
	for n := range sliceEnds {
		for partition := range int32(s.partitions) {
			for _, r := range records(partition)[each*n/sliceEnds : each*(n+1)/sliceEnds] {
				label, err := decoder.Decode(r.Value, row)
				if err != nil {
					s.t.Fatal(err)
				}
				model.Learn(row, label, random.Position(partition, r.Offset))
			}
		}
	}
	sum := sha256.Sum256(model.AppendState(nil))
	return hex.EncodeToString(sum[:])
}

// start runs the program and waits until it says that it is ready.
func (s *site) start() {
	s.t.Helper()
	s.process = exec.Command(s.program, s.args...)
	log, err := s.process.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	var line struct{ Msg, Address string }
	for line.Msg != "ready" {
		if !lines.Scan() {
			s.t.Fatalf("the trainer ended before it was ready: %v", s.process.Wait())
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			s.t.Fatalf("the trainer says %s", lines.Bytes())
		}
	}
	s.url, s.exited = "http://"+line.Address, make(chan error, 1)
	process, exited := s.process, s.exited
	go func() {
		for lines.Scan() {
		}
		exited <- process.Wait()
	}()
}

// end signals the program and waits for its end.
func (s *site) end(signal os.Signal) error {
	_ = s.process.Process.Signal(signal)
	err := <-s.exited
	s.process = nil
	return err
}

func (s *site) link(p history.Position) history.Digest {
	if p.Touched() == 0 {
		return history.ChainStart(s.genesis.Encode(), "")
	}
	return history.Sum(s.entries[p.Touched()-1])
}

func (s *site) request(action history.Action, from history.Position) history.Request {
	r := history.Request{
		Action: action, Lineage: s.genesis.Lineage, Incarnation: s.genesis.Incarnation, From: from, Hash: s.link(from),
		Save: history.SaveRule{Records: 7_000},
	}
	if action == history.ActionTrain {
		r.Entries = s.entries[from.Entry:]
	}
	return r
}

func (s *site) send(r history.Request) (int, history.Answer, error) {
	body, err := json.Marshal(r)
	if err != nil {
		s.t.Fatal(err)
	}
	post, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+history.PathTrain, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	post.Header.Set("Authorization", "Bearer s3cret")
	response, err := http.DefaultClient.Do(post)
	if err != nil {
		return 0, history.Answer{}, err
	}
	defer response.Body.Close()
	var answer history.Answer
	return response.StatusCode, answer, json.NewDecoder(response.Body).Decode(&answer)
}

// TestSignalsInMidSlice ends the process again and again while it learns, by SIGKILL and by SIGTERM, a little later each time, and
// compares the model with one that the library learned in peace.
func TestSignalsInMidSlice(t *testing.T) {
	t.Run("File", func(t *testing.T) { signalsInMidSlice(t, fileSettings(t)) })
	t.Run("S3", func(t *testing.T) { signalsInMidSlice(t, statetest.StartS3(t).Settings("models")) })
}

func fileSettings(t *testing.T) state.Settings {
	return state.Settings{Type: state.TypeFile, Directory: filepath.Join(t.TempDir(), "state")}
}

func signalsInMidSlice(t *testing.T, settings state.Settings) {
	s := newSite(t, 2, settings)
	s.writeGenesis()
	s.cut()
	var from history.Position
	var cut [2]int
	signals := []os.Signal{syscall.SIGKILL, syscall.SIGTERM}
	for try := 0; from.Entry < sliceEnds; try++ {
		if try > 200 {
			t.Fatalf("stuck at %s", from)
		}
		if s.process == nil {
			s.start()
		}
		type result struct {
			status int
			answer history.Answer
			err    error
		}
		answered := make(chan result, 1)
		go func() {
			status, answer, err := s.send(s.request(history.ActionTrain, from))
			answered <- result{status, answer, err}
		}()
		var r result
		if cut[0] < 4 || cut[1] < 4 {
			// The process dies at whatever it does then: this is the one place where a moment, not a condition, is wanted.
			time.Sleep(time.Duration(4+try) * time.Millisecond)
			signal := signals[try%2]
			err := s.end(signal)
			r = <-answered
			switch {
			case signal == syscall.SIGKILL && r.err != nil:
				cut[0]++
			case signal == syscall.SIGTERM && (r.err != nil || err != nil):
				t.Fatalf("SIGTERM: the request was not answered (%v), or the process failed (%v)", r.err, err)
			case signal == syscall.SIGTERM && r.answer.Position.Inside():
				cut[1]++
			}
		} else {
			r = <-answered
		}
		if r.err == nil && (r.status == http.StatusOK || r.status == http.StatusConflict) {
			from = r.answer.Position
		}
	}
	t.Logf("killed %d and terminated %d times in mid-slice", cut[0], cut[1])
	if s.process == nil {
		s.start()
	}
	status, answer, err := s.send(s.request(history.ActionFlush, from))
	for status == http.StatusConflict && err == nil {
		// The last signal came between the last answer and this: what was not saved is learned once more.
		if _, answer, err = s.send(s.request(history.ActionTrain, answer.Position)); err == nil {
			status, answer, err = s.send(s.request(history.ActionFlush, answer.Position))
		}
	}
	if err != nil || status != http.StatusOK || answer.Records != 2*each {
		t.Fatalf("flush: status %d with %d records, %v, %v", status, answer.Records, answer.Problem, err)
	}
	if got, want := answer.Checkpoint.ModelDigest.String(), s.want(); got != want {
		t.Errorf("the model's digest is %s, undisturbed %s", got, want)
	}
}
