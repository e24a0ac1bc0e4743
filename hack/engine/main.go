// Command engine measures Creek's engine on a real Kafka: records a second of a trainer that fetches from it, of each delivery with each
// residency, the learned latency of one that is awake, and River behind confluent-kafka on the same topic. hack/engine/engine.sh sets
// the stage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// options are what engine.sh passes on.
type options struct {
	brokers, redis, data, trainer, creek, python, peer string
	// counted is where requests are counted on their way to Kafka, whose listener for them is behind.
	counted, behind string
	core            int
	// records is how many are learned by the fast learners; a tenth of them by the forest, by the combinations and by the peer.
	records int
	// idle is the number of idle trainings to measure, and nothing else; 0 measures everything else.
	idle int
	// only, where it is not empty, is the learner to measure, and nothing else.
	only string
	// profile is a file for a profile of the dispatcher's processor time, while learners are measured.
	profile string
}

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func start() error {
	var o options
	flag.StringVar(&o.brokers, "brokers", "", "address of Kafka")
	flag.StringVar(&o.redis, "redis", "", "address of Redis")
	flag.StringVar(&o.data, "data", "", "path of elec2.csv")
	flag.StringVar(&o.trainer, "trainer", "bin/trainer", "the trainer's binary")
	flag.StringVar(&o.creek, "creek", "bin/creek", "creek's binary")
	flag.StringVar(&o.counted, "counted", "", "address that Kafka's second listener is known by")
	flag.StringVar(&o.behind, "behind", "", "where that listener listens")
	flag.IntVar(&o.idle, "idle", 0, "measure a dispatcher with so many idle trainings, and nothing else")
	flag.StringVar(&o.only, "only", "", "measure this learner, and nothing else: LR, HT or ARF10")
	flag.StringVar(&o.profile, "profile", "", "a file for a profile of the dispatcher's processor time while the learners are measured")
	flag.StringVar(&o.python, "python", "", "a Python with River and confluent-kafka; empty measures no peer")
	flag.StringVar(&o.peer, "peer", "", "the peer's script")
	flag.IntVar(&o.core, "core", 1, "the core that learners have for themselves")
	flag.IntVar(&o.records, "records", 2_000_000, "records of the topic")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, o)
}

func run(ctx context.Context, o options) error {
	if o.idle > 0 {
		return idle(ctx, o)
	}
	connection := stream.Connection{Brokers: []string{o.brokers}}
	names, err := fill(ctx, connection, o)
	if err != nil {
		return err
	}
	s := &stage{options: o, connection: connection, features: names}
	if s.only != "" {
		return s.learners(ctx)
	}
	return errors.Join(s.fetching(ctx), s.decoding(), s.learners(ctx), s.combinations(ctx), s.latency(ctx))
}

// learners measures fetching, decoding and learning together, beside the peer.
func (s *stage) learners(ctx context.Context) error {
	if s.profile != "" {
		file, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("\n%-8s %9s %12s %15s %15s %9s %9s %10s %12s %8s\n", "learner", "records", "records/s", "records/CPU s",
		"dispatcher CPU", "peak MiB", "anon MiB", "model MiB", "above model", "× River")
	// The topic's last slice is not full, for the first one is small: it would wait for its window, which has nothing to do with speed.
	full := s.records - sliceRecords
	for _, l := range []struct {
		name    string
		model   history.Model
		scaled  bool
		records int
	}{
		{"LR", history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.005"}}, true, full},
		{"HT", history.Model{Algorithm: "HoeffdingTree"}, false, full},
		{"ARF10", history.Model{Algorithm: "AdaptiveRandomForest", Parameters: map[string]string{"members": "10"}}, false, s.records / 10},
	} {
		if s.only != "" && s.only != l.name {
			continue
		}
		m, err := s.measure(ctx, plan{name: strings.ToLower(l.name), model: l.model, scaled: l.scaled, records: int64(l.records)})
		if err != nil {
			return fmt.Errorf("measure %s: %w", l.name, err)
		}
		ratio := "–"
		if s.only != "" {
			ratio = "not run"
		} else if peer, err := s.river(ctx, l.name); err != nil {
			return err
		} else if peer > 0 {
			ratio = fmt.Sprintf("%.1f", m.perProcessor()/peer)
		}
		fmt.Printf("%-8s %9d %12.0f %15.0f %14.1f%% %9.1f %9.1f %10.1f %12.1f %8s\n", l.name, l.records, m.perSecond(), m.perProcessor(),
			100*m.dispatcher.Seconds()/m.wall.Seconds(), mebibytes(m.peak), mebibytes(m.anonymous), mebibytes(m.model), mebibytes(m.peak-m.model), ratio)
	}
	return nil
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// combinations measures each delivery with each residency in slices of 1,000 records.
func (s *stage) combinations(ctx context.Context) error {
	fmt.Printf("\n%-22s %12s %12s %14s | %12s %12s %14s\n", "slices of 1,000", "records/s", "ms/slice", "store ops/slice",
		"learned p50", "learned p99", "durable, last")
	for _, delivery := range []history.Delivery{history.DeliveryPull, history.DeliveryPush} {
		for _, residency := range []history.Residency{history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried} {
			p := plan{
				name: strings.ToLower(string(delivery + "-" + history.Delivery(residency))), records: int64(s.records / 10), scaled: true, slice: 1000,
				model: history.Model{Algorithm: "LogisticRegression"}, delivery: delivery, residency: residency,
			}
			m, err := s.measure(ctx, p)
			if err != nil {
				return fmt.Errorf("measure %s with %s: %w", delivery, residency, err)
			}
			p.name, p.window = p.name+"-live", 10*time.Millisecond
			live, err := s.live(ctx, p, 60)
			if err != nil {
				return fmt.Errorf("measure %s with %s awake: %w", delivery, residency, err)
			}
			slices := float64(m.slices)
			fmt.Printf("%-22s %12.0f %12.2f %14.2f | %9d ms %9d ms %11d ms\n", string(delivery)+" + "+string(residency), m.perSecond(),
				float64(m.wall.Microseconds())/1000/slices, float64(m.operations)/slices, live.quantile(50), live.quantile(99), live.durable)
		}
	}
	return nil
}

// fetching measures the bare reader on the learners' core.
func (s *stage) fetching(ctx context.Context) error {
	release, err := pin(s.core)
	if err != nil {
		return err
	}
	defer release()
	reader := stream.NewReader(s.connection)
	defer reader.Close()
	for _, round := range []string{"first", "again"} {
		count, began, processor := 0, time.Now(), processorTime()
		if _, err := reader.Read(ctx, stream.Named(topic), 0, 0, int64(s.records), func(batch []stream.Record) error {
			count += len(batch)
			return nil
		}); err != nil {
			return fmt.Errorf("read the topic: %w", err)
		}
		took, used := time.Since(began).Seconds(), (processorTime() - processor).Seconds()
		fmt.Printf("fetching alone, %s: %d records, %.0f records/s, %.0f records/CPU s\n", round, count, float64(count)/took, float64(count)/used)
	}
	return nil
}
