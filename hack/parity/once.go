package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/metric"
)

// timed is one measurement of Creek's speed.
type timed struct {
	NotBuilt bool `json:"notBuilt,omitempty"`
	// Rows were predicted, counted and learned in so many seconds: of the processor, and by the clock.
	Rows int     `json:"rows"`
	CPU  float64 `json:"cpu"`
	Wall float64 `json:"wall"`
	// Digest is of the learned state.
	Digest string `json:"digest"`
}

// leastSeconds is how long a measurement lasts; models that are fresh each time learn all rows again until then.
const leastSeconds = 0.5

// runOnce measures one case in a process of its own and prints it as JSON. o.only is its title, word by word.
func runOnce(o options, stdout io.Writer) error {
	i := slices.IndexFunc(speeds, func(c speedCase) bool { return c.title == o.title })
	if i < 0 {
		return fmt.Errorf("no speed is called %q", o.title)
	}
	c := speeds[i].testCase
	c.rows = o.rows
	data := newTables(filepath.Join(cacheFolder(), "work"))
	t, err := data.get(c.data)
	if err != nil {
		return err
	}
	result, err := timeModels(c, t, o.workers)
	if errors.Is(err, errNotBuilt) {
		result, err = timed{NotBuilt: true}, nil
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(result)
}

func timeModels(c testCase, t *table, workers int) (timed, error) {
	rows := evaluate.NewTable(len(t.names))
	for i := range t.limit(c.rows) {
		rows.Append(t.x[i], t.y[i])
	}
	var result timed
	for result.CPU < leastSeconds {
		m, err := newModel(c, t, 1)
		if err != nil {
			return result, err
		}
		m.SetWorkers(workers)
		measured := metric.Must(metric.New(m.Task(), m.Classes()))
		begin, cpu := time.Now(), processorSeconds()
		evaluate.Learn(m, measured, rows.All())
		result.Wall += time.Since(begin).Seconds()
		result.CPU += processorSeconds() - cpu
		result.Rows += rows.Len()
		result.Digest = digest(m)
	}
	return result, nil
}

func digest(m *online.Model) string {
	sum := m.Digest()
	return fmt.Sprintf("%x", sum[:8])
}

// processorSeconds is what this process has used of processors so far.
func processorSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
