package main

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"creek.dev/creek/cmd/creek/dataset"
	"creek.dev/creek/cmd/creek/producer"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/arrival"
	"creek.dev/creek/trainer/online/generator"
)

type produceOptions struct {
	kafka      stream.Settings
	topic      string
	partitions int
	data       string
	generator  string
	format     string
	seed       uint64
	first      uint64
	count      uint64
	made       generator.Options
	change     changeOptions
	arrival    string
	rate       float64
	on, off    time.Duration
}

func newProduceCommand() *cobra.Command {
	var o produceOptions
	command := &cobra.Command{
		Use:   "produce --kafka-brokers HOST:PORT --topic TOPIC (--data FILE | --generator SEA --count N)",
		Short: "Write a file or a seeded generator to a topic, as fast as it goes or by an arrival process",
		Long: `Write the records of a file, or of a seeded generator, to a topic: as fast as it goes, or by an arrival process. Record i goes to
partition i modulo the number of partitions. A topic that does not exist is created.

The generators, with the flags that they look at beside --seed:
` + generators(),
		Example: `  creek produce --kafka-brokers localhost:9092 --topic payments --generator SEA --count 100000
  creek produce --kafka-brokers localhost:9092 --topic payments --data elec2.jsonl --arrival onoff --rate 200 --on 10s --off 50s`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	goFlags := flag.NewFlagSet("kafka", flag.ContinueOnError)
	o.kafka.AddFlags(goFlags)
	flags := command.Flags()
	flags.AddGoFlagSet(goFlags)
	flags.StringVar(&o.topic, "topic", "", "the topic")
	flags.IntVar(&o.partitions, "partitions", 1, "partitions of a topic that has to be created")
	flags.StringVar(&o.data, "data", "", "a file whose lines are the records: .csv or .tsv (without its header), .json, .jsonl or .ndjson, each perhaps with .gz; - is the standard input")
	flags.StringVar(&o.generator, "generator", "", "what makes the records: "+generator.Names())
	flags.StringVar(&o.format, "format", "JSON", "how generated records are written: JSON or CSV")
	flags.Uint64Var(&o.seed, "seed", 1, "the generator's and the arrival process's seed")
	flags.Uint64Var(&o.first, "first", 0, "the number of the generator's first record")
	flags.Uint64Var(&o.count, "count", 0, "how many records to generate")
	o.addGeneratorFlags(flags)
	flags.StringVar(&o.arrival, "arrival", "", "constant, poisson or onoff; without it, as fast as it goes")
	flags.Float64Var(&o.rate, "rate", 100, "records a second, of onoff while it is on")
	flags.DurationVar(&o.on, "on", time.Minute, "onoff: mean length of an on period")
	flags.DurationVar(&o.off, "off", 19*time.Minute, "onoff: mean length of an off period")
	return command
}

func (o produceOptions) run(cmd *cobra.Command) error {
	source, closeSource, err := o.source()
	if err != nil {
		return err
	}
	defer func() { _ = closeSource() }()
	for _, name := range []string{"rate", "on", "off"} {
		if o.arrival == "" && cmd.Flags().Changed(name) {
			return usagef("--%s needs --arrival: without it records are written as fast as it goes", name)
		}
	}
	process, err := o.process()
	if err != nil {
		return usageError{err}
	}
	if o.partitions < 1 {
		return usagef("--partitions %d must be at least 1", o.partitions)
	}
	if o.topic == "" {
		return usagef("--topic is required")
	}
	connection, err := o.kafka.Load()
	if err != nil {
		return usageError{err}
	}
	topic, err := ensureTopic(cmd, connection, o.topic, o.partitions)
	if err != nil {
		return err
	}
	writer := stream.NewWriter(connection, o.topic)
	defer func() { _ = writer.Close() }()
	begin := time.Now()
	p := producer.Producer{
		Source: source, Sink: writer, Partitions: len(topic.Partitions), Arrival: process,
		Progress: func(written int) {
			fmt.Fprintf(cmd.ErrOrStderr(), "%d records, %.0f/s\n", written, float64(written)/time.Since(begin).Seconds())
		},
	}
	written, err := p.Run(cmd.Context())
	fmt.Fprintf(cmd.OutOrStdout(), "wrote %d records to %s in %.1f s\n", written, o.topic, time.Since(begin).Seconds())
	return err
}

// ensureTopic returns the topic, which it creates when there is none.
func ensureTopic(cmd *cobra.Command, connection stream.Connection, name string, partitions int) (stream.Topic, error) {
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		return stream.Topic{}, fmt.Errorf("connect to Kafka: %w", err)
	}
	defer watcher.Close()
	topic, err := watcher.Topic(cmd.Context(), name)
	if err == nil || !errors.Is(err, stream.ErrTopicMissing) {
		return topic, err
	}
	if err := stream.CreateTopic(cmd.Context(), connection, name, partitions, nil); err != nil {
		return topic, err
	}
	for i := range partitions {
		topic.Partitions = append(topic.Partitions, int32(i))
	}
	return topic, nil
}

func (o produceOptions) source() (producer.Source, func() error, error) {
	switch {
	case (o.data == "") == (o.generator == ""):
		return nil, nil, usagef("give either --data or --generator")
	case o.data != "":
		lines, err := dataset.OpenLines(dataset.Source{Path: o.data})
		if err != nil {
			return nil, nil, err
		}
		return lines, lines.Close, nil
	case o.count == 0:
		return nil, nil, usagef("--count is required with --generator")
	case o.format != "JSON" && o.format != "CSV":
		return nil, nil, usagef("--format %q is neither JSON nor CSV", o.format)
	}
	made, err := o.stream()
	if err != nil {
		return nil, nil, usageError{err}
	}
	return &producer.Generated{Stream: made, CSV: o.format == "CSV", First: o.first, Count: o.count}, func() error { return nil }, nil
}

func (o produceOptions) process() (arrival.Process, error) {
	switch o.arrival {
	case "":
		return nil, nil
	case "constant":
		return arrival.Constant(o.rate)
	case "poisson":
		return arrival.Poisson(o.rate, o.seed)
	case "onoff":
		return arrival.OnOff(o.rate, o.on, o.off, o.seed)
	}
	return nil, fmt.Errorf("--arrival %q is none of constant, poisson, onoff", o.arrival)
}
