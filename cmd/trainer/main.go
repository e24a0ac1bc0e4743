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
	"sync"
	"syscall"
	"time"

	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/memory"
)

func main() { os.Exit(code()) }

// code runs the command line and returns the exit code: 0, 1 for a failure, 2 for a wrong call.
func code() int {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	err := run(ctx, started, os.Args[1:], os.Getenv, os.Stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(os.Stderr, "trainer:", err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
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
	var name [8]byte
	// It never fails: see crypto/rand.
	_, _ = rand.Read(name[:])
	source, store := trainer.NewKafka(f.kafka), trainer.NewStore(f.state)
	defer store.Close()
	t := trainer.New(trainer.Options{
		Namespace: f.namespace, Name: f.name, TokenFile: f.tokenFile,
		Instance: instanceName(name), Pod: pod, Version: version(), Started: started,
	}, trainer.Parts{Source: source, Store: store, Log: log, Probe: memory.Find(os.DirFS("/"), os.Getpid(), memory.OpenFile)})
	if f.pinned.on {
		d := newDriver(f, name, t, source, store, log)
		t.ServeFacts(d.Facts)
		var dispatching sync.WaitGroup
		defer dispatching.Wait()
		dispatching.Go(func() { d.Run(ctx) })
	}
	return t.Serve(ctx, listener)
}

// instanceName names the process.
func instanceName(name [8]byte) string { return hex.EncodeToString(name[:]) }

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
