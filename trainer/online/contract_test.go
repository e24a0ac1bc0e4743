package online_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// What is promised of every learner is tested here, of every learner with its
// default parameters and with those that the variants name.

var update = flag.Bool("update", false, "write the golden digests that are missing")

// subject is a learner that is tested, and the rows for it.
type subject struct {
	name   string
	config online.Config
}

func (s subject) model(tb testing.TB) *online.Model { return newModel(tb, s.config) }

// subjects are every algorithm for every task, and the variants.
func subjects() []subject {
	var all []subject
	for _, name := range online.Algorithms() {
		for _, task := range online.Tasks(name) {
			c := online.Config{Algorithm: name, Task: task, Seed: 7, Features: online.NumericFeatures(contractFeatures...)}
			all = append(all, subject{name + "/" + task, c})
			for label, change := range variants[name+"/"+task] {
				v := c
				change(&v)
				all = append(all, subject{name + "/" + task + "/" + label, v})
			}
		}
	}
	for i := range all {
		all[i].config.Classes = nil
		if all[i].config.Task != online.TaskClassification {
			continue
		}
		three := all[i].config
		three.Classes = []string{"a", "b", "c"}
		if three.Validate() != nil {
			three.Classes = three.Classes[:2]
		}
		all[i].config = three
	}
	slices.SortFunc(all, func(a, b subject) int { return strings.Compare(a.name, b.name) })
	return all
}

var contractFeatures = []string{"a", "b", "c", "d", "e"}

// contractRow makes row i: smooth values, of which some are missing, and a
// target that depends on them in a way that changes at row 3,000. The fifth value
// is one of four levels, so that it can be nominal too.
func contractRow(s subject, i int, x []float64) (y float64) {
	key := random.New(99).With(uint64(i))
	for j := range x {
		x[j] = 4*key.Float64(uint64(j)) - 2
	}
	x[4] = float64(key.Below(4, 4))
	signal := x[0] + float64(x[1]*x[2]/2)
	if i > 3000 {
		signal = x[1] - x[3]
	}
	if x[4] == 2 {
		signal = -signal
	}
	noise := key.Float64(10)
	if i%7 == 3 {
		x[i/7%5] = math.NaN()
	}
	switch {
	case s.config.Task == online.TaskRegression:
		return float64(3*signal) + noise
	case s.config.Task == online.TaskAnomalyDetection:
		return 0
	case noise < 0.05:
		return float64(key.Below(11, uint64(len(s.config.Classes))))
	case signal > 1 && len(s.config.Classes) == 3:
		return 2
	case signal > 0:
		return 1
	}
	return 0
}

func learnRows(s subject, m *online.Model, from, to int) {
	x := make([]float64, len(s.config.Features))
	for i := from; i < to; i++ {
		y := contractRow(s, i, x)
		m.PredictLearn(x, y, random.Position(0, int64(i)))
	}
}

func eachSubject(t *testing.T, test func(t *testing.T, s subject)) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

func TestContractRestore(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		end := 4500
		whole := s.model(t)
		x := make([]float64, len(s.config.Features))
		cuts := map[int]*online.Model{0: nil, 1: nil, 2: nil, 199: nil, 1501: nil, 3307: nil, end: nil}
		for i := range end + 1 {
			if _, ok := cuts[i]; ok {
				cuts[i] = restored(t, whole)
			}
			if i < end {
				whole.PredictLearn(x, contractRow(s, i, x), random.Position(0, int64(i)))
			}
		}
		for cut, m := range cuts {
			learnRows(s, m, cut, end)
			if m.Digest() != whole.Digest() || m.LogicalBytes() != whole.LogicalBytes() {
				t.Errorf("restoring after %d of %d rows changed the model", cut, end)
			}
		}
		fresh := s.model(t)
		learnRows(s, fresh, 0, end)
		if fresh.Digest() != whole.Digest() {
			t.Error("learning the same rows twice gives two models")
		}
	})
}

// restored is a copy of m that went through its bytes, which tell the same
// through every way of reading.
func restored(t *testing.T, m *online.Model) *online.Model {
	t.Helper()
	state := m.AppendState(nil)
	if int64(len(state)) != m.StateBytes() {
		t.Fatalf("StateBytes is %d, the state has %d bytes", m.StateBytes(), len(state))
	}
	copied, err := online.LoadState(state)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(copied.AppendState(nil), state) || copied.LogicalBytes() != m.LogicalBytes() || copied.Rows() != m.Rows() {
		t.Fatal("the restored model is another one")
	}
	if _, _, digest, err := online.Inspect(bytes.NewReader(state), int64(len(state)), func(flat.Field) {}); err != nil || digest != m.Digest() {
		t.Fatalf("inspecting: digest %x, error %v", digest, err)
	}
	return copied
}

// Predict changes nothing, and the fused step is a prediction and a learning.
func TestContractFused(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		apart, fused := s.model(t), s.model(t)
		x := make([]float64, len(s.config.Features))
		for i := range 4000 {
			y, at := contractRow(s, i, x), random.Position(0, int64(i))
			before := [32]byte{}
			if i%500 == 0 {
				before = apart.Digest()
			}
			p := apart.Predict(x)
			scores := slices.Clone(p.Scores)
			if i%500 == 0 && apart.Digest() != before {
				t.Fatal("a prediction changed the state")
			}
			apart.Learn(x, y, at)
			q := fused.PredictLearn(x, y, at)
			if p.Class != q.Class || p.Value != q.Value || !slices.Equal(scores, q.Scores) {
				t.Fatalf("row %d: Predict says %v %v %v, PredictLearn %v %v %v", i, p.Class, p.Value, scores, q.Class, q.Value, q.Scores)
			}
			checkPrediction(t, s, q)
		}
		if apart.Digest() != fused.Digest() {
			t.Error("PredictLearn learns something else than Learn")
		}
	})
}

func checkPrediction(t *testing.T, s subject, p online.Prediction) {
	t.Helper()
	sum := 0.0
	for _, score := range p.Scores {
		sum += score
		if !(score >= 0 && score <= 1) {
			t.Fatalf("the scores are %v", p.Scores)
		}
	}
	if len(p.Scores) > 0 && p.Class >= 0 && math.Abs(sum-1) > 1e-6 {
		t.Fatalf("the scores %v have the sum %v", p.Scores, sum)
	}
	if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		t.Fatalf("the value is %v", p.Value)
	}
	if s.config.Task == online.TaskAnomalyDetection && !(p.Value >= 0 && p.Value <= 1) {
		t.Fatalf("the score is %v", p.Value)
	}
}

// A batch gives what its rows give one by one, however many goroutines learn it.
func TestContractBatch(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		single := s.model(t)
		batched := []*online.Model{s.model(t), s.model(t), s.model(t)}
		b := single.NewBatch()
		for from := 0; from < 4000; {
			to := from + 1 + from*7%300
			b.Reset()
			var want []online.Prediction
			for i := from; i < to; i++ {
				x := b.Next()
				y, at := contractRow(s, i, x), random.Position(0, int64(i))
				if i%11 == 5 && s.config.Task != online.TaskAnomalyDetection {
					y = math.NaN()
				}
				want = append(want, cloned(single.PredictLearn(x, y, at)))
				b.Set(y, at)
			}
			for workers, m := range batched {
				m.SetWorkers(workers + 1)
				var got []online.Prediction
				m.PredictLearnBatch(b, func(_ int, p online.Prediction) { got = append(got, cloned(p)) })
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("rows %d to %d with %d workers are predicted differently", from, to, workers+1)
				}
			}
			from = to
		}
		for workers, m := range batched {
			if m.Digest() != single.Digest() {
				t.Errorf("%d workers learn another model than single rows", workers+1)
			}
		}
	})
}

func cloned(p online.Prediction) online.Prediction {
	p.Scores = slices.Clone(p.Scores)
	return p
}

// Members of a forest learn the same wherever they are.
func TestContractMembers(t *testing.T) {
	for _, s := range subjects() {
		part := s.config
		part.Members = &learner.Members{From: 0, To: 1}
		if part.Validate() != nil {
			continue // It has no independent members.
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			checkMembers(t, s, part)
		})
	}
}

func checkMembers(t *testing.T, s subject, part online.Config) {
	t.Helper()
	whole := newModel(t, s.config)
	learnRows(s, whole, 0, 3500)
	var states []string
	for from := 0; ; from++ {
		part.Members = &learner.Members{From: from, To: from + 1}
		if part.Validate() != nil {
			break
		}
		m := newModel(t, part)
		learnRows(s, m, 0, 3500)
		states = append(states, memberFields(t, m)...)
	}
	if fmt.Sprint(states) != fmt.Sprint(memberFields(t, whole)) {
		t.Error("a member alone learns something else than among the others")
	}
}

// memberFields are the fields of the members of an ensemble, which are groups
// "member" within the group "model".
func memberFields(t *testing.T, m *online.Model) []string {
	t.Helper()
	var fields []string
	state := m.AppendState(nil)
	_, _, _, err := online.Inspect(bytes.NewReader(state), int64(len(state)), func(f flat.Field) {
		if strings.Contains(f.Path, "model/member/") {
			fields = append(fields, fmt.Sprint(f))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) == 0 {
		t.Fatal("there are no fields model/member/…")
	}
	return fields
}

// A long-running learner does not allocate, apart from what growing takes.
func TestContractAllocations(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			m := s.model(t)
			learnRows(s, m, 0, 6000)
			rows := make([][]float64, 3000)
			targets := make([]float64, len(rows))
			for i := range rows {
				rows[i] = make([]float64, len(s.config.Features))
				targets[i] = contractRow(s, 6000+i, rows[i])
			}
			i := 0
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range rows {
				m.PredictLearn(rows[i], targets[i], random.Position(0, int64(6000+i)))
				i++
			}
			runtime.ReadMemStats(&after)
			if n := float64(after.Mallocs-before.Mallocs) / float64(len(rows)); n > 0.1 {
				t.Errorf("%.3f allocations a row", n)
			}
		})
	}
}

// The estimated memory is the memory.
func TestContractHeap(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			const copies = 8
			state := func() []byte {
				m := s.model(t)
				learnRows(s, m, 0, 6000)
				return m.AppendState(nil)
			}()
			models := make([]*online.Model, copies)
			before := liveHeap()
			var estimate int64
			for i := range models {
				m, err := online.LoadState(state)
				if err != nil {
					t.Fatal(err)
				}
				models[i] = m
				estimate += m.HeapBytes()
			}
			truth := liveHeap() - before
			runtime.KeepAlive(models)
			runtime.KeepAlive(state)
			// What does not grow is of no interest: configuration, names, settings.
			slack := int64(copies * 8192)
			if estimate < truth*9/10-slack || estimate > truth*11/10+slack {
				t.Errorf("estimated %d bytes, the heap has %d", estimate/copies, truth/copies)
			}
		})
	}
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

var extremes = []float64{
	0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324, 1e-160, 1e100, -1e100, 1e50, 3.5, 1e16, -1e-9,
}

// No values bring anything but finite numbers into predictions and state.
func TestContractBadInput(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		rapid.Check(t, func(t *rapid.T) {
			m, err := online.New(s.config)
			if err != nil {
				t.Fatal(err)
			}
			seed := rapid.Uint64().Draw(t, "seed")
			mode := rapid.IntRange(0, 4).Draw(t, "mode")
			x := make([]float64, len(s.config.Features))
			for i := range rapid.IntRange(1, 1200).Draw(t, "rows") {
				key := random.New(seed).With(uint64(i))
				y := contractRow(s, i, x)
				badRow(key, mode, i, x)
				if key.Below(50, 10) == 0 {
					y = extremes[key.Below(51, uint64(len(extremes)))]
				}
				p := m.PredictLearn(x, y, random.Position(0, int64(i)))
				for _, v := range append([]float64{p.Value}, p.Scores...) {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("row %d, %v: the prediction is %v", i, x, p)
					}
				}
			}
			if _, err := online.LoadState(m.AppendState(nil)); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func badRow(key random.Key, mode, i int, x []float64) {
	for j := range x {
		switch {
		case mode == 0, mode == 1 && key.Below(uint64(j), 8) == 0:
			x[j] = extremes[key.Below(uint64(20+j), uint64(len(extremes)))]
		case mode == 2: // constant columns
			x[j] = float64(j)
		case mode == 3: // a column that changes what it is
			if i > 300 && j == 1 {
				x[j] = float64(key.Uint64(uint64(j)) >> 11)
			}
		case mode == 4: // nothing at all
			x[j] = math.NaN()
		}
	}
}

// TestContractDigests holds the bytes of the state after 4,500 rows, with the
// numerics version that they belong to. It passes on every architecture
// (hack/golden/digests.sh). When a change of code breaks it, NumericsVersion has
// to be raised, and the code of the version before to be kept; -update only adds
// digests of learners that had none.
func TestContractDigests(t *testing.T) {
	path := fmt.Sprintf("testdata/digests-%d.json", online.NumericsVersion)
	known := map[string]string{}
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &known); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]string{}
	for _, s := range subjects() {
		m := s.model(t)
		measure := metric.Must(metric.New(s.config.Task, m.Classes()))
		x := make([]float64, len(s.config.Features))
		for i := range 4500 {
			y := contractRow(s, i, x)
			p := m.PredictLearn(x, y, random.Position(0, int64(i)))
			measure.Update(metric.Outcome{Y: y, Class: p.Class, Value: p.Value, Scores: p.Scores})
		}
		digest := m.Digest()
		found[s.name] = hex.EncodeToString(digest[:])
		if *update && known[s.name] == "" {
			known[s.name] = found[s.name]
		}
		if known[s.name] != found[s.name] {
			t.Errorf("%s: digest %s, want %s; measured %v", s.name, found[s.name], known[s.name], measure.Values())
		}
	}
	for name := range known {
		if found[name] == "" {
			t.Errorf("%s has a digest, but is not there", name)
		}
	}
	if *update {
		text, err := json.MarshalIndent(known, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
