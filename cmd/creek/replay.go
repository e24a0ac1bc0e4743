package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creek.dev/creek/cmd/creek/replay"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

type replayOptions struct {
	kafka    stream.Settings
	state    state.Settings
	lineage  int64
	baseline bool
	from     string
	asJSON   bool
}

func newReplayCommand() *cobra.Command {
	var o replayOptions
	command := &cobra.Command{
		Use:   "replay NAMESPACE/NAME --state-type TYPE --kafka-brokers HOST:PORT",
		Short: "Rebuild a model from its history and Kafka, and compare it with every stored checkpoint",
		Long: `Walk a training's history from its genesis, verify its chain of hashes, fetch the records of every slice from Kafka, learn them one
by one, and compare at every stored checkpoint of each shard: model digest, running hash of the input, count of records and of dead
letters, metrics. Nothing is written. The exit code is 0 only if all are equal; else the error says what differs first. A training may
go on meanwhile: what is compared is what was there at the beginning. Records that Kafka has deleted cannot be replayed; the error then
names partition and offset, and --from begins with a later checkpoint, which is believed as it is.`,
		Example: `  creek replay shop/fraud --state-type Redis --redis-address localhost:6379 --kafka-brokers localhost:9092
  creek replay shop/fraud --baseline --state-type File --state-directory state --kafka-brokers localhost:9092 --json`,
		Args: oneArgument,
		RunE: o.run,
	}
	goFlags := flag.NewFlagSet("replay", flag.ContinueOnError)
	o.kafka.AddFlags(goFlags)
	o.state.AddFlags(goFlags)
	flags := command.Flags()
	flags.AddGoFlagSet(goFlags)
	flags.Int64Var(&o.lineage, "lineage", 1, "the lineage")
	flags.BoolVar(&o.baseline, "baseline", false, "replay the baseline's own history instead of the training's")
	flags.StringVar(&o.from, "from", "",
		"begin with the checkpoint at this position, for instance where Kafka has deleted the first records (default: genesis, or the oldest checkpoint where the first entries were deleted)")
	flags.BoolVar(&o.asJSON, "json", false, "print the result as one JSON object")
	return command
}

func (o *replayOptions) run(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("NAMESPACE/NAME is required")
	}
	namespace, name, ok := strings.Cut(args[0], "/")
	if !ok || namespace == "" || name == "" {
		return usagef("%q is not of the form NAMESPACE/NAME", args[0])
	}
	var from *history.Position
	if o.from != "" {
		position, err := replay.ParsePosition(o.from)
		if err != nil {
			return usagef("--from %w", err)
		}
		from = &position
	}
	connection, err := o.kafka.Load()
	if err != nil {
		return usagef("--%w", err)
	}
	config, err := o.state.Load()
	if err != nil {
		return usagef("--%w", err)
	}
	if err := o.kept(); err != nil {
		return err
	}
	store, err := state.Open(config)
	if err != nil {
		return fmt.Errorf("open the state store: %w", err)
	}
	if closer, ok := store.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	options := replay.Options{
		Lineage: history.Lineage{Namespace: namespace, Name: name, Number: o.lineage},
		Store:   store, Kafka: connection, From: from, Progress: replayProgress(progressTo(cmd.ErrOrStderr())),
	}
	if o.baseline {
		options.Segment = history.BaselineSegment
	}
	report, failed := replay.Run(cmd.Context(), options)
	return errors.Join(failed, printReplay(cmd.OutOrStdout(), report, o.asJSON))
}

// kept refuses stores in which nothing can be: opening them would make them.
func (o *replayOptions) kept() error {
	switch o.state.Type {
	case state.TypeMemory:
		return usagef("--state-type Memory: such a store ended with the process that had it")
	case state.TypeFile:
		info, err := os.Stat(o.state.Directory)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is no folder", o.state.Directory)
		}
		if err != nil {
			return fmt.Errorf("open the state store: %w", err)
		}
	}
	return nil
}

// replayProgress writes a line every few seconds, of a replay that takes that long.
func replayProgress(write func(string)) func(replay.Progress) {
	const pause = 2 * time.Second
	last := time.Now()
	return func(p replay.Progress) {
		if time.Since(last) < pause {
			return
		}
		last = time.Now()
		write(fmt.Sprintf("entry %d of %d, %d records, %d checkpoints compared", p.Entry, p.Head, p.Records, p.Compared))
	}
}

func printReplay(out io.Writer, report replay.Report, asJSON bool) error {
	switch {
	case asJSON:
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	case report.Incarnation == "":
		// There was nothing to replay; the error says why.
		return nil
	}
	return report.Print(out)
}
