// Command trainer is the process that learns: Knative starts it when records arrive and stops it when none do. It serves
// POST /v1/train, /readyz and /metrics, takes everything it learns from the history in the state store, and its flags only say where
// that store and Kafka are.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
)

func main() {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	switch err := run(ctx, started, os.Args[1:], os.Getenv, os.Stderr); {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, new(usageError)):
		fmt.Fprintln(os.Stderr, "trainer:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "trainer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, started time.Time, args []string, env func(string) string, stderr io.Writer) error {
	f, err := parse(args, env, stderr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: f.level})).With("training", f.namespace+"/"+f.name)
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", f.listen, err)
	}
	pod, _ := os.Hostname()
	parts := trainer.Parts{
		Source: trainer.NewKafka(f.kafka), Store: trainer.NewStore(f.state), Log: log,
		Probe: memory.Find(os.DirFS("/"), os.Getpid(), memory.OpenFile),
	}
	t := trainer.New(trainer.Options{
		Namespace: f.namespace, Name: f.name, TokenFile: f.tokenFile,
		Instance: instance(), Pod: pod, Version: version(), Started: started,
	}, parts)
	return t.Serve(ctx, listener)
}

// instance names the process.
func instance() string {
	var name [8]byte
	// It never fails: see crypto/rand.
	_, _ = rand.Read(name[:])
	return hex.EncodeToString(name[:])
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
