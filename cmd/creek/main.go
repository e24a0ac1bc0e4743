// Command creek holds Creek's control plane and its command line: the operator and the dispatcher that run in a cluster, and the
// commands that evaluate, produce, demonstrate, replay, pull and predict from a terminal. The trainer is a binary of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes of every command; that of an interrupted one is what shells give.
const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// usageError marks an error in how a command was called rather than in what it did.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends what the first could not.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code: 0, exitFailure, or exitUsage for a wrong call.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "creek: interrupted")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "creek: %v\n", err)
	if usage := (usageError{}); errors.As(err, &usage) {
		fmt.Fprintln(stderr, "Run 'creek help' or add --help to the command to see how it is used.")
		return exitUsage
	}
	return exitFailure
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "creek",
		Short:         "Train online machine-learning models on Kafka streams with trainers that scale to zero",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newOperatorCommand(), newDispatcherCommand(), newEvalCommand(), newPredictCommand(),
		newModelCommand(), newReplayCommand(), newProduceCommand(), newDemoCommand())
	return root
}

// atOnce makes a command that has nothing to put in order end at the first signal, whatever it is waiting for or working on.
func atOnce(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		done := make(chan error, 1)
		go func() { done <- work(cmd, args) }()
		select {
		case err := <-done:
			return err
		case <-cmd.Context().Done():
			return cmd.Context().Err()
		}
	}
}

// noArguments refuses positional arguments, among them misspelt commands.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%q is not a command or argument of %q", args[0], cmd.CommandPath())
	}
	return nil
}

// oneArgument refuses more than one.
func oneArgument(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("%q takes one argument, not %d: %s", cmd.CommandPath(), len(args), strings.Join(args, " "))
	}
	return nil
}

// version returns the module's version or the commit that the binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
