package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// rounds is how often each side is measured, in turn; the median is what counts.
const rounds = 3

// slow is how long a peer's measurement takes to be the only one of its case.
const slow = 30 * time.Second

// errTooLong says that a peer did not end within the bound.
var errTooLong = errors.New("took too long")

// bench measures speeds.
type bench struct {
	*peers
	options
	data *tables
	self string
	// pin are the words that bind a program to one processor.
	pin     []string
	scripts map[string]*bounded
	// kept are the peers' rows a second, by peer and case.
	kept map[string]float64
	out  io.Writer
}

func runBench(ctx context.Context, o options, stdout, log io.Writer) error {
	p, err := newPeers(o, log)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := &bench{peers: p, options: o, data: newTables(p.work), self: self, scripts: map[string]*bounded{}, kept: map[string]float64{}, out: stdout}
	defer b.close()
	if path, err := exec.LookPath("taskset"); err == nil {
		b.pin = []string{path, "-c", strconv.Itoa(runtime.NumCPU() - 1)}
	} else {
		fmt.Fprintln(stdout, "taskset is not here (util-linux): nothing is bound to one processor")
	}
	if text, err := os.ReadFile(b.keptPath()); err == nil {
		if err := json.Unmarshal(text, &b.kept); err != nil {
			return fmt.Errorf("read the peers' last speeds: %w", err)
		}
	}
	fmt.Fprint(stdout, benchIntro)
	err = b.all(ctx)
	if ctx.Err() != nil {
		fmt.Fprintln(stdout, "\nInterrupted: --cached goes on with the peers that are missing.")
	}
	return err
}

// keep takes a peer's speed down at once, for what comes after may be interrupted.
func (b *bench) keep(key string, speed float64) error {
	b.kept[key] = speed
	text, err := json.Marshal(b.kept)
	if err != nil {
		return err
	}
	return writeWhole(b.keptPath(), text)
}

func (b *bench) keptPath() string { return filepath.Join(b.cache.folder, "speeds.json") }

func (b *bench) close() {
	for _, s := range b.scripts {
		s.close()
	}
}

// all measures everything there is: what fails has a row that says so, and does not keep the rest from being measured.
func (b *bench) all(ctx context.Context) error {
	var failures []error
	try := func(title string, run func() error) {
		if !b.only.MatchString(title) || ctx.Err() != nil {
			return
		}
		if err := run(); err != nil {
			failures = append(failures, fmt.Errorf("measure %s: %w", title, err))
		}
	}
	for _, c := range speeds {
		try(c.title, func() error { return b.measure(ctx, c) })
	}
	try("ARF10 on 2 cores", func() error { return b.twoCores(ctx) })
	try("hashed LR", func() error { return b.hashed(ctx) })
	try("creek eval", func() error { return b.fromFile(ctx) })
	return errors.Join(append(failures, ctx.Err())...)
}

// measure prints the rows of one learner: alone, and beside each peer.
func (b *bench) measure(ctx context.Context, c speedCase) error {
	t, err := b.data.get(c.data)
	if err != nil {
		return err
	}
	whole, built, err := b.creek(ctx, c, 0, 1)
	if err != nil {
		return err
	}
	if !built {
		b.row(c.title, t, 0, "not built", "", "", "")
		return nil
	}
	var failures []error
	for i, r := range c.rivals {
		target := ""
		if i == 0 && c.target > 0 {
			target = "≥ " + count(c.target)
		}
		own, other, err := b.beside(ctx, c, t, r, whole)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			b.row(c.title, t, r.rows, count(whole), target, r.peer+" failed", "")
			failures = append(failures, err)
			continue
		}
		b.row(c.title, t, r.rows, count(own), target, r.peer+" "+count(other), ratio(own/other, r.ratio))
	}
	return errors.Join(failures...)
}

// beside alternates Creek and a peer, once where the peer is slow, and returns the rows a second of both in the median.
func (b *bench) beside(ctx context.Context, c speedCase, t *table, r rival, first float64) (own, other float64, err error) {
	key := r.peer + ": " + c.title + ": " + r.expression
	last, isKept := b.kept[key]
	isKept = isKept && b.cached
	var mine, theirs []float64
	if r.rows == 0 {
		mine = append(mine, first)
	}
	for range rounds {
		begin := time.Now()
		if !isKept {
			speed, err := b.peer(ctx, c, t, r)
			if err != nil {
				return 0, 0, err
			}
			theirs = append(theirs, speed)
		}
		tookLong := time.Since(begin) > slow
		speed, _, err := b.creek(ctx, c, r.rows, 1)
		if err != nil {
			return 0, 0, err
		}
		mine = append(mine, speed)
		if tookLong {
			break
		}
	}
	if !isKept {
		last = median(theirs)
		err = b.keep(key, last)
	}
	return median(mine), last, err
}

// creek measures Creek's side once, in a process of its own on one processor.
func (b *bench) creek(ctx context.Context, c speedCase, rows, workers int) (speed float64, built bool, err error) {
	m, err := b.once(ctx, b.pin, c.title, rows, workers)
	return float64(m.Rows) / m.CPU, !m.NotBuilt, err
}

func (b *bench) once(ctx context.Context, pin []string, title string, rows, workers int) (timed, error) {
	words := slices.Concat(pin, []string{b.self, "once", "--title", title, "--rows", strconv.Itoa(rows), "--workers", strconv.Itoa(workers)})
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(workers))
	command.Stderr = os.Stderr
	var m timed
	out, err := command.Output()
	if err != nil {
		return m, fmt.Errorf("run %s: %w", title, err)
	}
	return m, json.Unmarshal(out, &m)
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
