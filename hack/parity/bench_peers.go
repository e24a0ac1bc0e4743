package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// peer measures a peer's side once and returns rows a second.
func (b *bench) peer(ctx context.Context, c speedCase, t *table, r rival) (float64, error) {
	q := request{
		ID: 1, Peer: r.peer, Kind: "speed", Expression: r.expression, Task: c.taskName(), Target: t.target, Classes: t.classes,
		Nominal: t.nominal, Rows: r.rows, Seed: 1, Digest: t.digest, Data: t.path,
	}
	if r.peer == moa {
		return b.moaSpeed(ctx, q, t)
	}
	a, err := b.ask(ctx, "river_side.py", q)
	return float64(a.Counted) / a.Figures["seconds"], err
}

// ask has a script answer that runs on the one processor, as long as the benchmark does, or until it takes too long.
func (b *bench) ask(ctx context.Context, name string, r request) (answer, error) {
	if b.scripts[name] == nil {
		inner, cancel := context.WithCancel(ctx)
		s, err := startScript(inner, b.venv, name, b.pin...)
		if err != nil {
			cancel()
			return answer{}, err
		}
		b.scripts[name] = &bounded{s, cancel}
	}
	s := b.scripts[name]
	timer := time.AfterFunc(b.bound, s.cancel)
	a, err := s.ask(ctx, r)
	if !timer.Stop() {
		err = errTooLong
	}
	if err != nil {
		// It ended, or must.
		s.close()
		delete(b.scripts, name)
		return a, err
	}
	if a.Error != "" {
		err = errors.New(a.Error)
	}
	return a, err
}

// bounded is a script that can be killed.
type bounded struct {
	*script
	cancel context.CancelFunc
}

func (s *bounded) close() {
	s.cancel()
	s.script.close()
}

// moaSpeed runs MOA's own task and takes the processor seconds that it prints; reading its file is among them.
func (b *bench) moaSpeed(ctx context.Context, q request, t *table) (float64, error) {
	jar, err := moaJar(b.venv)
	if err != nil {
		return 0, err
	}
	file, err := arff(q, b.work)
	if err != nil {
		return 0, err
	}
	rows := t.limit(q.Rows)
	task := fmt.Sprintf("EvaluatePrequential -l (%s) -s (ArffFileStream -f %s) -e BasicClassificationPerformanceEvaluator -i %d -f %d",
		q.Expression, file, rows, rows)
	words := slices.Concat(b.pin, []string{"java", "-Xmx4g", "-cp", jar, "moa.DoTask", task})
	inner, cancel := context.WithTimeoutCause(ctx, b.bound, errTooLong)
	defer cancel()
	out, err := exec.CommandContext(inner, words[0], words[1:]...).Output()
	if err != nil {
		return 0, fmt.Errorf("run MOA: %w", errors.Join(context.Cause(inner), err))
	}
	records, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil || len(records) < 2 {
		return 0, fmt.Errorf("MOA printed %q: %w", out, err)
	}
	column := slices.Index(records[0], "evaluation time (cpu seconds)")
	if column < 0 {
		return 0, fmt.Errorf("MOA printed no time: %q", out)
	}
	seconds, err := strconv.ParseFloat(records[1][column], 64)
	return float64(rows) / seconds, err
}

// hashed has the benchmarks of hashed models run.
func (b *bench) hashed(ctx context.Context) error {
	words := slices.Concat(b.pin, []string{"go", "test", "./trainer/online/linear", "-run", "^$", "-bench", "Hashed", "-count", strconv.Itoa(rounds)})
	out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	found := map[string][]float64{}
	var order []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		i := slices.Index(fields, "rows/s")
		if i < 1 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		speed, err := strconv.ParseFloat(fields[i-1], 64)
		if err != nil {
			return err
		}
		if found[fields[0]] == nil {
			order = append(order, fields[0])
		}
		found[fields[0]] = append(found[fields[0]], speed)
	}
	if len(order) == 0 {
		b.line("hashed LR, 32 non-zeros, 2^18", "", "not built", "", "", "")
	}
	for _, name := range order {
		b.line("hashed LR: "+strings.TrimPrefix(name, "Benchmark"), "generated", count(median(found[name])), hashedTarget(name), "", "")
	}
	return nil
}

func hashedTarget(name string) string {
	for optimizer, target := range map[string]float64{"SGD": 11e6, "AdaGrad": 5e6, "FTRL": 3.5e6} {
		if strings.Contains(name, optimizer) {
			return "≥ " + count(target)
		}
	}
	return ""
}

// times is how often the file of fromFile holds all rows.
const times = 20

// fromFile compares creek eval with Vowpal Wabbit, both reading text; by the clock, from a program's start to its end. Of Python's start, in
// which Vowpal Wabbit runs, nothing is counted.
func (b *bench) fromFile(ctx context.Context) error {
	t, err := b.data.get("elec2")
	if err != nil {
		return err
	}
	program, file := filepath.Join(b.work, "creek"), filepath.Join(b.work, "elec2-many.csv")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/creek")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build creek: %w: %s", err, out)
	}
	content, err := os.ReadFile(t.path)
	if err != nil {
		return err
	}
	header, body, _ := strings.Cut(string(content), "\n")
	if err := writeWhole(file, []byte(header+"\n"+strings.Repeat(body, times))); err != nil {
		return err
	}
	text, _, err := vwText(request{Data: t.path, Digest: t.digest, Target: t.target, Classes: t.classes}, b.work, times)
	if err != nil {
		return err
	}
	rows := float64(len(t.x) * times)
	var mine, theirs []float64
	for range rounds {
		words := slices.Concat(b.pin, []string{
			program, "eval", "--data", file, "--label", t.target, "--classes", strings.Join(t.classes, ","),
			"--model", "LogisticRegression", "--param", "learningRate=0.005", "--preprocess", "StandardScaler",
		})
		begin := time.Now()
		if out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		mine = append(mine, rows/time.Since(begin).Seconds())
		a, err := b.ask(ctx, "vw_side.py", request{ID: 1, Expression: "--loss_function logistic --binary", Data: text})
		if err != nil {
			return err
		}
		theirs = append(theirs, rows/a.Seconds)
	}
	own, other := median(mine), median(theirs)
	b.line("creek eval LR from the CSV file", fmt.Sprintf("elec2 × %d", times), count(own), "≥ 3 M", vw+" "+count(other), ratio(own/other, 2))
	return nil
}
