package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// usageError is a wrong command line.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// flags are the command line.
type flags struct {
	namespace, name string
	tokenFile       string
	listen          string
	level           slog.Level
	kafka           stream.Settings
	state           state.Settings
	pinned          pinnedFlags
}

// pinnedFlags are those of a fixed pod that dispatches to itself.
type pinnedFlags struct {
	on           bool
	lineage      int64
	saveRecords  int64
	saveInterval time.Duration
	maxRecords   int64
	maxBytes     int64
	// deadLetterTopic only says that records that cannot be read are passed over.
	deadLetterTopic string
	recordsLost     string
	maxRecordAge    time.Duration
	window          time.Duration
	// parameters are those of the model that may change, nil for what genesis says.
	parameters map[string]string
}

func parse(args []string, env func(string) string, stderr io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("trainer", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.namespace, "namespace", "", "namespace of the training")
	set.StringVar(&f.name, "name", "", "name of the training")
	set.StringVar(&f.tokenFile, "token-file", "/var/run/creek/token/token", "`file` with the bearer token that requests must carry")
	set.StringVar(&f.listen, "listen", ":8080", "`address` to listen on; the environment variable PORT overrides its port")
	set.TextVar(&f.level, "log-level", slog.LevelInfo, "DEBUG, INFO, WARN or ERROR")
	f.kafka.AddFlags(set)
	f.state.AddFlags(set)
	f.pinned.add(set)
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return f, err
		}
		return f, usageError{err}
	}
	if port := env("PORT"); port != "" {
		host, _, err := net.SplitHostPort(f.listen)
		if err != nil {
			return f, usageError{fmt.Errorf("--listen: %w", err)}
		}
		f.listen = net.JoinHostPort(host, port)
	}
	if err := f.validate(set.Args()); err != nil {
		return f, usageError{err}
	}
	return f, nil
}

func (p *pinnedFlags) add(set *flag.FlagSet) {
	set.BoolVar(&p.on, "pinned", false, "dispatch to itself, in a segment of its own beside the serverless training's")
	set.Int64Var(&p.lineage, "lineage", 1, "lineage to follow (pinned only)")
	set.Int64Var(&p.saveRecords, "save-records", 100_000, "save a checkpoint after this many records (pinned only)")
	set.DurationVar(&p.saveInterval, "save-interval", 30*time.Second, "save a checkpoint after this time (pinned only)")
	set.Int64Var(&p.maxRecords, "max-records", 10_000, "most records of a slice (pinned only)")
	set.StringVar(&p.deadLetterTopic, "dead-letter-topic", "",
		"pass over records that cannot be read, as the training that is followed does, which writes them to this topic (pinned only)")
	set.StringVar(&p.recordsLost, "records-lost", string(core.RecordsLostStop),
		"Stop, or Continue without records that Kafka deleted before they were learned (pinned only)")
	set.DurationVar(&p.maxRecordAge, "max-record-age", 0,
		"leave out records that are older by their timestamp when a slice is cut; 0: none (pinned only)")
	set.Int64Var(&p.maxBytes, "max-bytes", 4<<20, "most bytes of a slice (pinned only)")
	set.Func("parameters", "`JSON` object of the model's changeable parameters as the training gives them now; unset: as genesis has them (pinned only)",
		func(text string) error {
			p.parameters = map[string]string{}
			return json.Unmarshal([]byte(text), &p.parameters)
		})
	set.DurationVar(&p.window, "window", 500*time.Millisecond, "longest wait for a slice to fill (pinned only)")
}

func (f flags) validate(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case f.namespace == "" || f.name == "":
		return errors.New("--namespace and --name are required")
	case f.tokenFile == "":
		return errors.New("--token-file is required")
	}
	switch core.RecordsLost(f.pinned.recordsLost) {
	case core.RecordsLostStop, core.RecordsLostContinue:
	default:
		return fmt.Errorf("--records-lost is %q, want Stop or Continue", f.pinned.recordsLost)
	}
	if err := f.kafka.Validate(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	if err := f.state.Validate(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	return f.pinned.validate()
}

func (p pinnedFlags) validate() error {
	if !p.on {
		return nil
	}
	for _, f := range []struct {
		name  string
		value int64
	}{{"lineage", p.lineage}, {"max-records", p.maxRecords}, {"max-bytes", p.maxBytes}, {"window", int64(p.window)}} {
		if f.value <= 0 {
			return fmt.Errorf("--%s must be above 0", f.name)
		}
	}
	if p.saveRecords < 0 || p.saveInterval < 0 || p.maxRecordAge < 0 {
		return errors.New("--save-records, --save-interval and --max-record-age may not be negative; 0 is never")
	}
	return nil
}
