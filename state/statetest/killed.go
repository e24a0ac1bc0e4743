package statetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"creek.dev/creek/state"
)

// writerConfig makes a test binary a writer that is to be killed: it holds the Config of the store, and writerPrefix that of its keys.
const (
	writerConfig = "CREEK_STATE_TEST_WRITER"
	writerPrefix = "CREEK_STATE_TEST_PREFIX"
)

// wideValue is large enough that a process which is killed at any time is likely to be writing one.
const wideValue = 4 << 20

// Main runs the tests of a package that uses RunKilled; it is for the package's TestMain.
func Main(m *testing.M) {
	if config := os.Getenv(writerConfig); config != "" {
		fmt.Fprintln(os.Stderr, writeForEver(config, os.Getenv(writerPrefix)))
		return
	}
	m.Run()
}

// writeForEver prints the number of each value that was acknowledged.
func writeForEver(config, prefix string) error {
	type plain state.Config
	var c plain
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return err
	}
	store, err := state.Open(state.Config(c))
	for i := 0; err == nil; i++ {
		if err = store.PutIfAbsent(context.Background(), numbered(prefix, i), wide(i)); err == nil {
			fmt.Println(i)
		}
	}
	return err
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%08d", prefix, i) }

// wide returns a value in which each word tells its number and its place.
func wide(i int) []byte {
	value := make([]byte, wideValue)
	for at := 0; at < len(value); at += 8 {
		binary.LittleEndian.PutUint64(value[at:], uint64(i)<<32|uint64(at))
	}
	return value
}

// RunKilled kills writers with kill -9 in the midst of a write and looks, also meanwhile, for values that are cut short, and for
// acknowledged ones that are gone. The store is opened from the Config here and in the writers.
func RunKilled(t *testing.T, config state.Config, store state.Store) {
	t.Helper()
	midway := 0
	for round := range 8 {
		prefix := fmt.Sprintf("kill/writer/%d/", round)
		acknowledged := killWriter(t, config, store, prefix, 2+round%3, time.Duration(round)*700*time.Microsecond)
		keys := wholeValues(t, store, prefix)
		if len(keys) < acknowledged || len(keys) > acknowledged+1 {
			t.Fatalf("%d keys where %d were acknowledged", len(keys), acknowledged)
		}
		if len(keys) == acknowledged {
			midway++
		}
		// Whoever goes on finds the place free, or the whole value there.
		err := store.PutIfAbsent(within(t), numbered(prefix, acknowledged), wide(acknowledged))
		if err != nil && !errors.Is(err, state.ErrExists) {
			t.Errorf("going on after a kill: %v", err)
		}
		wholeValues(t, store, prefix)
	}
	if midway == 0 {
		t.Error("no writer was killed before its write took effect")
	}
}

// killWriter starts a writer and kills it some time after its so manieth value. It returns how many were acknowledged.
func killWriter(t *testing.T, config state.Config, store state.Store, prefix string, after int, later time.Duration) int {
	t.Helper()
	type plain state.Config
	text, err := json.Marshal(plain(config))
	if err != nil {
		t.Fatal(err)
	}
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerConfig+"="+string(text), writerPrefix+"="+prefix)
	var said bytes.Buffer
	writer.Stderr = &said
	output, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	reading := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() { // What is visible while it is written is whole as well.
		for {
			select {
			case <-reading:
				return
			default:
				wholeValues(t, store, prefix)
			}
		}
	})
	acknowledged := 0
	for lines := bufio.NewScanner(output); lines.Scan(); acknowledged++ {
		if acknowledged == after {
			time.Sleep(later) // So that the next write is under way, each time further.
			if err := writer.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	close(reading)
	wait.Wait()
	_ = writer.Wait() // It says that the process was killed.
	if acknowledged <= after {
		t.Fatalf("the writer ended after %d values: %s", acknowledged, said.Bytes())
	}
	return acknowledged
}

// wholeValues returns the keys below the prefix, whose values must be whole.
func wholeValues(t *testing.T, store state.Store, prefix string) []string {
	t.Helper()
	keys, err := store.List(within(t), prefix, "", 1_000_000)
	if err != nil {
		t.Errorf("list %s: %v", prefix, err)
	}
	for i, key := range keys {
		if value, err := store.Get(within(t), key); err != nil || key != numbered(prefix, i) || !bytes.Equal(value, wide(i)) {
			t.Errorf("%s, the one of number %d, has %d bytes that are not those written, error %v", key, i, len(value), err)
		}
	}
	return keys
}

// Server is one that a test can end as kill -9 does, and start again with what it kept.
type Server interface {
	Kill()
	Start()
}

// RunKilledServer kills a durable server in the midst of writes. What was acknowledged must be there, and nothing in part.
func RunKilledServer(t *testing.T, server Server, store state.Store) {
	t.Helper()
	for round := range 4 {
		prefix := fmt.Sprintf("kill/server/%d/", round)
		acknowledged := make(chan int)
		go func() {
			defer close(acknowledged)
			for i := 0; store.PutIfAbsent(within(t), numbered(prefix, i), wide(i)) == nil; i++ {
				acknowledged <- i
			}
		}()
		count := 0
		for range acknowledged {
			if count++; count == 2+round {
				time.Sleep(time.Duration(round) * 3 * time.Millisecond) // So that the next write is under way, each time further.
				server.Kill()
			}
		}
		server.Start()
		keys := wholeValues(t, store, prefix)
		if len(keys) < count || len(keys) > count+1 || !slices.IsSorted(keys) {
			t.Errorf("round %d: %d keys where %d were acknowledged", round, len(keys), count)
		}
	}
}
