// Command parity runs the learners that others are used to, River's, MOA's and Vowpal Wabbit's, beside Creek's on the same rows.
//
//	parity table [--quick] [--only REGEXP] [--jobs N]   compares what is predicted and writes docs/parity.md
//	parity bench [--cached] [--bound D] [--only REGEXP] compares how fast, on one processor, and prints the table
//
// It is run from the top of the work tree by parity.sh, which provides the peers: CREEK_PEERS_VENV is their virtual environment. The real
// data sets are in the folder that CREEK_DATA names. What peers came to is kept in CREEK_CACHE by their version, so that only Creek's
// side is computed anew.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	quick, cached, offline, fresh bool
	only                          *regexp.Regexp
	jobs                          int
	output                        string
	// Of one measurement of a speed.
	title         string
	bound         time.Duration
	rows, workers int
}

// errDiffers says that the table was made, but not everything in it is as it has to be.
var errDiffers = errors.New("not every case is as it has to be")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errors.New("usage: parity table|bench [flags]")
	}
	o, err := parse(args[1:])
	if err != nil {
		return err
	}
	switch args[0] {
	case "table":
		return runTable(ctx, o, stderr)
	case "bench":
		return runBench(ctx, o, stdout, stderr)
	case "once":
		return runOnce(o, stdout)
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// parse reads flags; "quick" and "cached" may come without dashes, as from make's ARGS.
func parse(args []string) (options, error) {
	var o options
	var only string
	flags := flag.NewFlagSet("parity", flag.ContinueOnError)
	flags.BoolVar(&o.quick, "quick", false, "only the cases that take a peer seconds")
	flags.BoolVar(&o.cached, "cached", false, "take the peers' speeds from earlier runs, where they are there")
	flags.DurationVar(&o.bound, "bound", 5*time.Minute, "how long one measurement of a peer's speed may take")
	flags.BoolVar(&o.offline, "offline", false, "only the cases of which the peer's side is kept")
	flags.BoolVar(&o.fresh, "fresh", false, "ask the peers again")
	flags.StringVar(&only, "only", "", "only the cases whose name and data match")
	flags.IntVar(&o.jobs, "jobs", runtime.NumCPU(), "peers at work at once")
	flags.StringVar(&o.output, "output", "docs/parity.md", "the page that is written; - for none")
	flags.StringVar(&o.title, "title", "", "the speed to measure once")
	flags.IntVar(&o.rows, "rows", 0, "rows to measure it on")
	flags.IntVar(&o.workers, "workers", 1, "goroutines to measure it with")
	for i, arg := range args {
		if arg == "quick" || arg == "cached" {
			args[i] = "--" + arg
		}
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", strings.Join(flags.Args(), " "))
	}
	var err error
	if o.only, err = regexp.Compile(only); err != nil {
		return o, fmt.Errorf("--only: %w", err)
	}
	return o, nil
}
