//go:build e2e

package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// transactor writes transactions to partition 0.
func transactor(t *testing.T, topic string) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Connection(kafkatest.Plain).Brokers...), kgo.TransactionalID(topic),
		kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// write begins a transaction and writes the records in it.
func begin(t *testing.T, client *kgo.Client, records []stream.Record) {
	t.Helper()
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	var batch []*kgo.Record
	for _, r := range records {
		batch = append(batch, &kgo.Record{Value: r.Value, Timestamp: time.UnixMilli(r.UnixMillis)})
	}
	if err := client.ProduceSync(limit(t), batch...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func end(t *testing.T, client *kgo.Client, commit kgo.TransactionEndTry) {
	t.Helper()
	if err := client.EndTransaction(limit(t), commit); err != nil {
		t.Fatal(err)
	}
}

// Markers take offsets and are no records: a slice that ends with one is done, and nothing lags behind it.
func TestTransactionMarkers(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	client := transactor(t, topic)
	tr := train(t, topic, nil)
	const transactions, size = 5, 100
	for n := range transactions {
		begin(t, client, made(size, uint64(n)))
		end(t, client, kgo.TryCommit)
		tr.learned(int64(n+1)*size, 0)
		if facts := tr.await("no lag", func(f history.Facts) bool { return f.Lag == 0 && f.Position == f.Checkpoint.Position }); facts.Records != int64(n+1)*size {
			t.Errorf("%d records after %d transactions", facts.Records, n+1)
		}
	}
	tr.replayed()
}

func TestAbortedTransactionsAreNotLearned(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	client := transactor(t, topic)
	tr := train(t, topic, nil)
	for n := range 6 {
		begin(t, client, made(100, uint64(n)))
		end(t, client, kgo.TransactionEndTry(n%2 == 0))
	}
	tr.learned(300, 0)
	tr.await("no lag", func(f history.Facts) bool { return f.Lag == 0 })
	tr.replayed()
}

// What lies behind an open transaction, committed or of none, is neither learned nor lag until it ends.
func TestOpenTransactionHoldsBackWhatFollows(t *testing.T) {
	t.Parallel()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 1, nil)
	write(t, plain, topic, 0, made(100, 0)...)
	tr := train(t, topic, nil)
	tr.learned(100, 0)
	client := transactor(t, topic)
	begin(t, client, made(50, 1))
	write(t, plain, topic, 0, made(70, 2)...)
	watcher, err := stream.NewWatcher(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	// Three readings later the dispatcher has seen what there is.
	for range 3 {
		stable, err := watcher.Stable(limit(t), topic)
		if err != nil || stable[topic][0].Offset != 100 {
			t.Fatalf("the last stable offset is %v, error %v, want 100", stable, err)
		}
		time.Sleep(600 * time.Millisecond) // That nothing happens has no condition to wait for.
	}
	if facts := tr.driver.Facts(); facts.Records != 100 || facts.Lag != 0 {
		t.Errorf("%d records were learned and the lag is %d while the transaction is open", facts.Records, facts.Lag)
	}
	end(t, client, kgo.TryCommit)
	tr.learned(220, 0)
	tr.replayed()
}
