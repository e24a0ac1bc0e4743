package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"creek.dev/creek/cmd/creek/producer"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/arrival"
)

// limit ends a demonstration that does not come to its end.
const limit = 58 * time.Second

// Options say how a demonstration runs.
type Options struct {
	// Trainer is the path of the trainer's binary.
	Trainer string
	// Seed is the key of the stream, of its arrivals and of jitter.
	Seed uint64
	// Bursts is how many times records come, BurstRecords how many, Rate how many a second, Pause how long none come after a burst.
	Bursts       int
	BurstRecords uint64
	Rate         float64
	Pause        time.Duration
	// IdleWindow is how long a trainer stays after its last request.
	IdleWindow time.Duration
	// Residency is how long a trainer keeps the model in memory; empty means Resident.
	Residency string
	// Delivery is how records reach a trainer; empty means Pull.
	Delivery string
	// Progress receives a line about once a second.
	Progress func(line string)
}

// Defaults are a demonstration of about forty seconds.
func Defaults() Options {
	return Options{Seed: 1, Bursts: 4, BurstRecords: 12_000, Rate: 4_000, Pause: 6 * time.Second, IdleWindow: 2 * time.Second}
}

// Run shows Creek and returns what it measured. The error tells what failed to hold.
func Run(ctx context.Context, options Options) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begin := time.Now()
	s, err := newStage(options)
	if err != nil {
		return Report{}, err
	}
	report, err := s.perform(ctx, options, begin)
	if err != nil && !errors.Is(err, context.Canceled) {
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: a demonstration that takes longer than %s is given up%s", err, limit, troubles(s.driver.Facts()))
		}
		err = fmt.Errorf("%w\n%s", err, s.lastWords())
	}
	return report, errors.Join(err, s.close())
}

func (s *stage) perform(ctx context.Context, options Options, begin time.Time) (Report, error) {
	s.driver.Configure(config(options))
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.driver.Run(running)
	}()
	defer func() {
		stop()
		<-ended
	}()
	produced, err := s.bursts(ctx, options, begin)
	if err != nil {
		return Report{}, err
	}
	end := int64(produced)
	if err := s.settled(ctx, options, begin, end); err != nil {
		return Report{}, err
	}
	third, err := replay(ctx, s.connection, s.spec, end)
	if err != nil {
		return Report{}, fmt.Errorf("replay the topic: %w", err)
	}
	report, err := s.report(ctx, begin, end, third)
	if err != nil {
		return report, err
	}
	return report, report.Check(options)
}

// bursts produces the stream: bursts of Poisson arrivals with pauses between them. In the second burst a trainer is killed.
func (s *stage) bursts(ctx context.Context, options Options, begin time.Time) (uint64, error) {
	writer := stream.NewWriter(s.connection, topic)
	defer func() { _ = writer.Close() }()
	var produced uint64
	for burst := range options.Bursts {
		process, err := arrival.Poisson(options.Rate, options.Seed+uint64(burst))
		if err != nil {
			return produced, err
		}
		if burst == 1 {
			s.worker.kill()
		}
		p := producer.Producer{
			Source: &producer.Generated{Stream: s.source, First: produced, Count: options.BurstRecords},
			Sink:   writer, Partitions: 1, Arrival: process,
			Progress: func(int) { s.progress(options, begin) },
		}
		if _, err := p.Run(ctx); err != nil {
			return produced, err
		}
		produced += options.BurstRecords
		if burst == options.Bursts-1 {
			break
		}
		if err := s.watch(ctx, options, begin, options.Pause); err != nil {
			return produced, err
		}
	}
	return produced, nil
}

// watch reports progress while nothing is produced.
func (s *stage) watch(ctx context.Context, options Options, begin time.Time, pause time.Duration) error {
	for end := time.Now().Add(pause); time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
			s.progress(options, begin)
		}
	}
	return nil
}

// settled waits until checkpoints of both hold every record and the worker went to sleep.
func (s *stage) settled(ctx context.Context, options Options, begin time.Time, end int64) error {
	for {
		worker := s.driver.Facts()
		baseline, err := s.baseline.facts(ctx)
		_, _, awake := s.worker.census()
		durable := func(c int64) bool { return c == end }
		if err == nil && worker.Checkpoint != nil && durable(worker.Checkpoint.Records) &&
			baseline.Checkpoint != nil && durable(baseline.Checkpoint.Records) && !awake {
			return nil
		}
		if worker.Stopped != nil {
			return fmt.Errorf("the training stopped: %w", worker.Stopped)
		}
		if err := s.watch(ctx, options, begin, 500*time.Millisecond); err != nil {
			return fmt.Errorf("wait for the last checkpoints (worker at %d, baseline at %d of %d records): %w", worker.Records, baseline.Records, end, err)
		}
	}
}

func (s *stage) progress(options Options, begin time.Time) {
	if options.Progress == nil {
		return
	}
	facts := s.driver.Facts()
	lives, _, awake := s.worker.census()
	state, memory := "asleep", "-"
	if awake {
		state = "awake"
		if facts.Memory != nil {
			memory = fmt.Sprintf("%.1f MiB", float64(facts.Memory.Peak)/(1<<20))
		}
	}
	options.Progress(fmt.Sprintf("%4.0f s  %6d records  accuracy %.4f  lag %5d  %-6s  memory %-8s  wakes %d%s",
		time.Since(begin).Seconds(), facts.Records, facts.Metrics["accuracy"], facts.Lag, state, memory, len(lives), troubles(facts)))
}

// troubles are what the dispatcher cannot do at present.
func troubles(facts history.Facts) string {
	var text strings.Builder
	for _, finding := range []history.Finding{facts.Source, facts.State} {
		if finding.Status == history.False {
			text.WriteString("  " + string(finding.Reason) + ": " + finding.Message)
		}
	}
	return text.String()
}

// lastWords returns the end of the trainers' log, for a failure.
func (s *stage) lastWords() string {
	const most = 4 << 10
	size, err := s.log.Seek(0, io.SeekEnd)
	if err != nil {
		return ""
	}
	text := make([]byte, min(size, most))
	n, _ := s.log.ReadAt(text, size-int64(len(text)))
	return "the end of the trainers' log:\n" + string(text[:n])
}
