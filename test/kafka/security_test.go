//go:build e2e

package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// topics counts them, so that each has a name of its own.
var topics atomic.Int64

func nextName() string { return fmt.Sprintf("truth-%d", topics.Add(1)) }

// newTopic makes a topic of a name of its own.
func newTopic(t *testing.T, c *kafkatest.Cluster, partitions int, config map[string]string) string {
	t.Helper()
	name := nextName()
	if err := stream.CreateTopic(limit(t), c.Connection(kafkatest.Plain), name, partitions, config); err != nil {
		t.Fatal(err)
	}
	return name
}

// administrator can do what Creek never does.
func administrator(t *testing.T, c *kafkatest.Cluster) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Connection(kafkatest.Plain).Brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

func write(t *testing.T, c stream.Connection, topic string, partition int32, records ...stream.Record) {
	t.Helper()
	w := stream.NewWriter(c, topic)
	defer w.Close()
	if n, err := w.Write(limit(t), partition, records); err != nil || n != len(records) {
		t.Fatalf("wrote %d of %d: %v", n, len(records), err)
	}
}

// read copies what a range holds.
func read(t *testing.T, r *stream.Reader, topic string, partition int32, from, to int64) ([]stream.Record, error) {
	t.Helper()
	var got []stream.Record
	next, err := r.Read(limit(t), stream.Named(topic), partition, from, to, func(batch []stream.Record) error {
		for _, record := range batch {
			record.Key, record.Value = bytes.Clone(record.Key), bytes.Clone(record.Value)
			got = append(got, record)
		}
		return nil
	})
	if err == nil && next != to {
		t.Fatalf("read to %d, want %d", next, to)
	}
	return got, err
}

// works writes, asks and reads with a connection.
func works(t *testing.T, c stream.Connection, topic string) error {
	t.Helper()
	watcher, err := stream.NewWatcher(c)
	if err != nil {
		return err
	}
	defer watcher.Close()
	before, err := watcher.Stable(limit(t), topic)
	if err != nil {
		return err
	}
	w := stream.NewWriter(c, topic)
	defer w.Close()
	if _, err := w.Write(limit(t), 0, []stream.Record{{UnixMillis: time.Now().UnixMilli(), Value: []byte("v")}}); err != nil {
		return err
	}
	r := stream.NewReader(c)
	defer r.Close()
	at := before[topic][0].Offset
	got, err := read(t, r, topic, 0, at, at+1)
	if err == nil && len(got) != 1 {
		t.Errorf("read %d records, want 1", len(got))
	}
	return err
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	for _, listener := range []kafkatest.Listener{kafkatest.SASL, kafkatest.SASLTLS} {
		for _, mechanism := range []string{stream.MechanismPlain, stream.MechanismScramSHA256, stream.MechanismScramSHA512} {
			t.Run(fmt.Sprintf("%s at %s", mechanism, listener), func(t *testing.T) {
				c := broker.Connection(listener)
				c.Mechanism, c.Username, c.Password = mechanism, kafkatest.User, kafkatest.Password
				if err := works(t, c, topic); err != nil {
					t.Error(err)
				}
				c.Password = "wrong"
				if err := works(t, c, topic); !errors.Is(err, stream.ErrAuthentication) {
					t.Errorf("a wrong password: error %v, want ErrAuthentication", err)
				}
			})
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	c := broker.Connection(kafkatest.TLS)
	if err := works(t, c, topic); err != nil {
		t.Error(err)
	}
	c.CA = nil
	if err := works(t, c, topic); !errors.Is(err, stream.ErrUnreachable) {
		t.Errorf("an authority that is not trusted: error %v, want ErrUnreachable", err)
	}
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	c := broker.Connection(kafkatest.MutualTLS)
	if err := works(t, c, topic); !errors.Is(err, stream.ErrAuthentication) {
		t.Errorf("no certificate: error %v, want ErrAuthentication", err)
	}
	var err error
	if c.Cert, c.CertKey, err = broker.Authority.Sign("client"); err != nil {
		t.Fatal(err)
	}
	if err := works(t, c, topic); err != nil {
		t.Error(err)
	}
	stranger, err := kafkatest.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if c.Cert, c.CertKey, err = stranger.Sign("client"); err != nil {
		t.Fatal(err)
	}
	if err := works(t, c, topic); !errors.Is(err, stream.ErrAuthentication) {
		t.Errorf("a stranger's certificate: error %v, want ErrAuthentication", err)
	}
}

// files writes a connection's credentials to files, as they are mounted in pods.
func files(t *testing.T, c stream.Connection) stream.Settings {
	t.Helper()
	folder := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return stream.Settings{
		Brokers: c.Brokers, SASLMechanism: c.Mechanism, UsernameFile: put("username", c.Username), PasswordFile: put("password", c.Password),
	}
}

func saysOf(f history.Facts, text string) bool { return strings.Contains(f.Source.Message, text) }
