package main

import (
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	ctrl "sigs.k8s.io/controller-runtime"

	"creek.dev/creek/dispatcher"
	"creek.dev/creek/trainer/memory"
)

func newDispatcherCommand() *cobra.Command {
	var options dispatcher.Options
	var namespaces, level string
	command := &cobra.Command{
		Use:   "dispatcher",
		Short: "Run the dispatcher: watch CreekTrainings, cut their topics into slices and send them to the trainers",
		Long: `Run the dispatcher in a cluster. It reads CreekTrainings and writes nothing to the API server. For each of them it polls the topic's
offsets, appends slices to the history in the state store, and sends them to the trainer. It serves what it knows to the operator. It keeps its heap
below the memory limit of its container, or below GOMEMLIMIT where that is set.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var threshold slog.Level
			if err := threshold.UnmarshalText([]byte(level)); err != nil {
				return usagef("--log-level %q is not one of debug, info, warn, error", level)
			}
			options.Log = slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: threshold}))
			options.Namespaces = splitList(namespaces)
			boundHeap()
			ctrl.SetLogger(logr.FromSlogHandler(options.Log.Handler()))
			config, err := ctrl.GetConfig()
			if err != nil {
				return err
			}
			return dispatcher.Run(cmd.Context(), config, options)
		},
	}
	flags := command.Flags()
	flags.StringVar(&namespaces, "namespaces", "", "comma-separated namespaces whose trainings are dispatched (default: all)")
	flags.StringVar(&options.FactsAddress, "facts-address", ":8443", "where facts are served over TLS")
	flags.StringVar(&options.TLSDirectory, "tls-dir", "/var/run/creek/facts", "the directory with tls.crt, tls.key and token of the facts server")
	flags.StringVar(&options.MetricsAddress, "metrics-address", ":8080", "where /metrics, /healthz and /readyz are served")
	flags.StringVar(&level, "log-level", "info", "debug, info, warn or error")
	return command
}

// heapGrowth is by how many hundredths of the live heap the dispatcher's may grow between collections: it holds little for each training, and
// makes little garbage, so that collecting twice as often as Go does by itself costs next to nothing.
const heapGrowth = 50

// boundHeap keeps the heap small, and below the container's memory limit. Go's own variables come first.
func boundHeap() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory.GoLimit(memory.Find(os.DirFS("/"), os.Getpid(), nil).Limit()))
	}
}

// splitList splits at commas and drops what is empty.
func splitList(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
