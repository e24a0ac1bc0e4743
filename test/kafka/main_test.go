//go:build e2e

package kafka

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"creek.dev/creek/stream/kafkatest"
)

// broker is the one that most tests share.
var broker *kafkatest.Cluster

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "creek-kafka")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	begun := time.Now()
	broker, err = kafkatest.Start(ctx, folder, 1)
	if err != nil {
		broker.Close()
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer broker.Close()
	fmt.Printf("the broker answered after %.1f s\n", time.Since(begun).Seconds())
	return m.Run()
}
