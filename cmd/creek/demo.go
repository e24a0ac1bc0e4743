package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"creek.dev/creek/cmd/creek/demo"
	"creek.dev/creek/history"
)

func newDemoCommand() *cobra.Command {
	options := demo.Defaults()
	var asJSON bool
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show Creek on this machine: no cluster, no Docker, less than a minute",
		Long: `Stream seeded, drifting records in bursts to a trainer that is started on demand and stopped when idle, kill it once with SIGKILL while
it works, run a fixed baseline beside it, and replay the stream undisturbed. The exit code is 0 only if every record was learned once
and all three models are identical.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch history.Residency(options.Residency) {
			case history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried:
			default:
				return usagef("--residency %q is not Resident, PerInvocation or Carried", options.Residency)
			}
			switch history.Delivery(options.Delivery) {
			case history.DeliveryPull, history.DeliveryPush:
			default:
				return usagef("--delivery %q is not Pull or Push", options.Delivery)
			}
			var err error
			if options.Trainer, err = findTrainer(options.Trainer); err != nil {
				return err
			}
			options.Progress = progressTo(cmd.ErrOrStderr())
			report, failed := demo.Run(cmd.Context(), options)
			if report.Produced > 0 {
				failed = errors.Join(failed, printReport(cmd.OutOrStdout(), report, asJSON))
			}
			return failed
		},
	}
	command.Flags().StringVar(&options.Trainer, "trainer", "", "the trainer's binary (default: next to this one, or on the PATH)")
	command.Flags().Uint64Var(&options.Seed, "seed", options.Seed, "the key of the stream and of its arrivals")
	command.Flags().StringVar(&options.Residency, "residency", string(history.ResidencyResident),
		"how long a trainer keeps the model in memory: Resident, PerInvocation or Carried; the model is the same")
	command.Flags().StringVar(&options.Delivery, "delivery", string(history.DeliveryPull),
		"how records reach a trainer: Pull or Push; the model is the same")
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object")
	return command
}

// findTrainer returns the path of the trainer's binary.
func findTrainer(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "trainer")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	path, err := exec.LookPath("trainer")
	if err != nil {
		return "", fmt.Errorf("find the trainer's binary next to this one or on the PATH: build it with 'go build ./cmd/trainer', or name it with --trainer: %w", err)
	}
	return path, nil
}

// progressTo writes lines over one another on a terminal, below one another elsewhere.
func progressTo(out io.Writer) func(string) {
	file, ok := out.(*os.File)
	if ok && term.IsTerminal(int(file.Fd())) {
		return func(line string) { fmt.Fprintf(out, "\r\x1b[K%s", line) }
	}
	return func(line string) { fmt.Fprintln(out, line) }
}

func printReport(out io.Writer, report demo.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(report)
	}
	fmt.Fprintln(out)
	return report.Print(out)
}
