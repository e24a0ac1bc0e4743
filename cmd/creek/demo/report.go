package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"creek.dev/creek/history"
)

// memoryLimit is the memory that a trainer would be given and billed for in a cluster: the default of spec.memory.initial.
const memoryLimit = 64 << 20

// Report is what a demonstration measured. Its JSON form is an interface for scripts.
type Report struct {
	Produced  int64   `json:"produced"`
	WallClock float64 `json:"wallClockSeconds"`
	// Wakes counts the trainer processes that were started, Killed those that were killed while they worked.
	Wakes      int     `json:"wakes"`
	Killed     int     `json:"killed"`
	Serverless Outcome `json:"serverless"`
	Baseline   Outcome `json:"baseline"`
	Replay     Outcome `json:"replay"`
}

// Outcome is one of the three ways in which the stream was learned. GB-seconds are counted at the default memory limit, 64 MiB.
type Outcome struct {
	Records  int64          `json:"records"`
	Accuracy float64        `json:"accuracy"`
	Digest   history.Digest `json:"digest"`
	// AwakeSeconds is the lifetime of its processes, BusySeconds the part of it in which requests were worked on.
	AwakeSeconds     float64 `json:"awakeSeconds"`
	BusySeconds      float64 `json:"busySeconds"`
	LifetimeGBSecond float64 `json:"lifetimeGBSeconds"`
	RequestGBSecond  float64 `json:"requestGBSeconds"`
}

func gigabyteSeconds(seconds float64) float64 { return seconds * memoryLimit / 1e9 }

func (o Outcome) billed(awake, busy time.Duration) Outcome {
	o.AwakeSeconds, o.BusySeconds = awake.Seconds(), busy.Seconds()
	o.LifetimeGBSecond, o.RequestGBSecond = gigabyteSeconds(o.AwakeSeconds), gigabyteSeconds(o.BusySeconds)
	return o
}

func runOf(facts history.Facts) Outcome {
	r := Outcome{Records: facts.Records, Accuracy: facts.Metrics["accuracy"]}
	if facts.Checkpoint != nil {
		r.Digest = facts.Checkpoint.ModelDigest
	}
	return r
}

// report takes stock at the end.
func (s *stage) report(ctx context.Context, begin time.Time, produced int64, third replayed) (Report, error) {
	baseline, err := s.baseline.facts(ctx)
	if err != nil {
		return Report{}, err
	}
	lives, busy, _ := s.worker.census()
	r := Report{Produced: produced, WallClock: time.Since(begin).Seconds(), Wakes: len(lives)}
	var awake time.Duration
	for _, one := range lives {
		awake += one.to.Sub(one.from)
		if one.killed {
			r.Killed++
		}
	}
	r.Serverless = runOf(s.driver.Facts()).billed(awake, busy)
	r.Baseline = runOf(baseline).billed(time.Since(s.baseline.process.begun), time.Duration(baseline.BusyMicros)*time.Microsecond)
	r.Replay = Outcome{Records: third.records, Accuracy: third.accuracy, Digest: third.digest}
	return r, nil
}

// Check returns what a demonstration promises and this one did not hold.
func (r Report) Check(options Options) error {
	var broken []error
	for name, one := range map[string]Outcome{"the serverless trainer": r.Serverless, "the baseline": r.Baseline, "the replay": r.Replay} {
		if one.Records != r.Produced {
			broken = append(broken, fmt.Errorf("%s learned %d of %d records", name, one.Records, r.Produced))
		}
		if one.Digest != r.Replay.Digest || one.Digest.IsZero() {
			broken = append(broken, fmt.Errorf("%s has the model %s, the undisturbed replay %s", name, one.Digest, r.Replay.Digest))
		}
	}
	if want := min(3, options.Bursts); r.Wakes < want {
		broken = append(broken, fmt.Errorf("the trainer woke %d times, want at least %d", r.Wakes, want))
	}
	if r.Killed == 0 && options.Bursts > 1 {
		broken = append(broken, errors.New("no trainer was killed"))
	}
	return errors.Join(broken...)
}

// verdict says in a sentence what the table shows.
func (r Report) verdict() string {
	if r.Check(Options{}) != nil {
		return "The three do not agree."
	}
	return "Every record was learned once, and all three models are the same, bit for bit."
}

// Print writes the report as a table.
func (r Report) Print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(what string, value func(Outcome) string) {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", what, value(r.Serverless), value(r.Baseline), value(r.Replay))
	}
	seconds := func(of func(Outcome) float64, format string) func(Outcome) string {
		return func(one Outcome) string {
			if one.AwakeSeconds == 0 {
				return "-"
			}
			return fmt.Sprintf(format, of(one))
		}
	}
	fmt.Fprintln(table, "\tserverless\tbaseline\tundisturbed replay")
	row("records learned", func(one Outcome) string { return fmt.Sprint(one.Records) })
	row("accuracy", func(one Outcome) string { return fmt.Sprintf("%.6f", one.Accuracy) })
	row("model digest", func(one Outcome) string { return one.Digest.String()[:min(16, len(one.Digest.String()))] })
	row("awake", seconds(func(one Outcome) float64 { return one.AwakeSeconds }, "%.1f s"))
	row("working", seconds(func(one Outcome) float64 { return one.BusySeconds }, "%.2f s"))
	row("GB-seconds by lifetime", seconds(func(one Outcome) float64 { return one.LifetimeGBSecond }, "%.3f"))
	row("GB-seconds by request", seconds(func(one Outcome) float64 { return one.RequestGBSecond }, "%.4f"))
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d records in %.0f s of wall-clock; the trainer woke %d times and was killed %d time(s) while it worked.\n%s\n",
		r.Produced, r.WallClock, r.Wakes, r.Killed, r.verdict())
	return err
}
