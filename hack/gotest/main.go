// Command gotest runs `go test` with the arguments it was given and tells what happened in few lines: one for each package, one for
// each test that was skipped with the reason it gave, and the whole output of each that failed. (`go test` alone hides the reason of
// a skip, or shows the output of every test.)
//
//	gotest [--no-skips] [go test arguments]
//
// With --no-skips a skipped test is a failure, for a machine that is supposed to have everything. The exit code is go test's own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes go test and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	noSkips := slices.Contains(args, "--no-skips")
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--no-skips" })

	// An interrupt reaches go test through the terminal's process group; it ends its tests itself.
	command := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Stderr = stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintf(stderr, "gotest: start go test: %v\n", err)
		return 1
	}
	r := newReport(stdout)
	readErr := r.read(output)
	waitErr := command.Wait()
	r.finish()

	var exit *exec.ExitError
	switch {
	case errors.As(waitErr, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	case waitErr != nil:
		fmt.Fprintf(stderr, "gotest: go test: %v\n", waitErr)
		return 1
	case readErr != nil:
		fmt.Fprintf(stderr, "gotest: %v\n", readErr)
		return 1
	case noSkips && r.skipped > 0:
		fmt.Fprintf(stderr, "gotest: %d tests were skipped, and here none may be\n", r.skipped)
		return 1
	}
	return 0
}
