package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"
)

// Bounds of one request to produce; topics take batches of 1 MiB by default.
const (
	writeBytes   = 512 << 10
	writeRecords = 10_000
	// recordOverhead is more than what a record takes beside key and value.
	recordOverhead = 32
)

// Writer appends records to one topic by kafka-go. It is safe for concurrent use; records of one partition are written in turn.
type Writer struct {
	// Compression is "", snappy, gzip, lz4 or zstd. Set it before the first Write.
	Compression string

	topic   string
	cluster *cluster
	mu      sync.Mutex
	conns   map[int32]*partitionConn
}

// partitionConn is a connection to a partition's leader.
type partitionConn struct {
	mu   sync.Mutex
	conn *kafka.Conn
}

// NewWriter returns a writer that dials when it is first used.
func NewWriter(c Connection, topic string) *Writer {
	return &Writer{topic: topic, cluster: newCluster(c), conns: map[int32]*partitionConn{}}
}

// Close closes the connections.
func (w *Writer) Close() error {
	w.cluster.close()
	w.mu.Lock()
	defer w.mu.Unlock()
	var failures []error
	for _, p := range w.conns {
		p.mu.Lock()
		if p.conn != nil {
			failures = append(failures, p.conn.Close())
			p.conn = nil
		}
		p.mu.Unlock()
	}
	return errors.Join(failures...)
}

// Write appends the records to the partition with the timestamps they carry; their offsets are Kafka's to give. It returns how many
// were acknowledged by all in-sync replicas. After an error the next few hundred records may have been written all the same: what is
// not acknowledged is never sent again.
func (w *Writer) Write(ctx context.Context, partition int32, records []Record) (written int, err error) {
	var codec kafka.CompressionCodec
	if w.Compression != "" {
		var kind compress.Compression
		if err := kind.UnmarshalText([]byte(w.Compression)); err != nil {
			return 0, fmt.Errorf("write topic %s: compression %q is not snappy, gzip, lz4 or zstd", w.topic, w.Compression)
		}
		codec = kind.Codec()
	}
	messages := make([]kafka.Message, len(records))
	for i, r := range records {
		messages[i] = kafka.Message{Key: r.Key, Value: r.Value, Time: time.UnixMilli(r.UnixMillis)}
	}
	return w.write(ctx, partition, codec, messages)
}

func (w *Writer) write(ctx context.Context, partition int32, codec kafka.CompressionCodec, messages []kafka.Message) (written int, err error) {
	p := w.partition(partition)
	p.mu.Lock()
	defer p.mu.Unlock()
	for written < len(messages) {
		n := portion(messages[written:])
		if err := w.produce(ctx, p, partition, codec, messages[written:written+n]); err != nil {
			return written, fmt.Errorf("write topic %s partition %d: %w", w.topic, partition, err)
		}
		written += n
	}
	return written, nil
}

func (w *Writer) partition(number int32) *partitionConn {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.conns[number]
	if p == nil {
		p = &partitionConn{}
		w.conns[number] = p
	}
	return p
}

// portion returns how many records go into the next request, one at least.
func portion(messages []kafka.Message) int {
	bytes := 0
	for i, m := range messages {
		bytes += len(m.Key) + len(m.Value) + recordOverhead
		for _, h := range m.Headers {
			bytes += len(h.Key) + len(h.Value) + recordOverhead
		}
		if i > 0 && (bytes > writeBytes || i >= writeRecords) {
			return i
		}
	}
	return len(messages)
}

// produce sends one request. A broker that says it is not the leader wrote nothing, so that the next one may be asked.
func (w *Writer) produce(ctx context.Context, p *partitionConn, partition int32, codec kafka.CompressionCodec, messages []kafka.Message) error {
	for attempt := 1; ; attempt++ {
		err := w.send(ctx, p, partition, codec, messages)
		if err == nil || ctx.Err() != nil {
			return over(ctx, err)
		}
		moved := errors.Is(err, kafka.NotLeaderForPartition) || errors.Is(err, kafka.LeaderNotAvailable)
		unsent := errors.Is(err, errNotSent) && errors.Is(err, ErrUnreachable)
		if (!moved && !unsent) || attempt >= readAttempts {
			return err
		}
		w.cluster.forget(w.topic)
		if !wait(ctx, min(firstPause<<(attempt-1), longestPause)) {
			return ctx.Err()
		}
	}
}

// errNotSent marks failures before anything was sent.
var errNotSent = errors.New("nothing was written")

func (w *Writer) send(ctx context.Context, p *partitionConn, partition int32, codec kafka.CompressionCodec, messages []kafka.Message) error {
	if p.conn == nil {
		conn, err := w.connect(ctx, partition)
		if err != nil {
			return fmt.Errorf("%w: %w", errNotSent, err)
		}
		p.conn = conn
	}
	conn := p.conn
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err := conn.SetDeadline(time.Now().Add(requestTimeout))
	if err == nil {
		_, err = conn.WriteCompressedMessages(codec, messages...)
	}
	if !stop() || err != nil {
		_ = conn.Close()
		p.conn = nil
	}
	return err
}

func (w *Writer) connect(ctx context.Context, partition int32) (*kafka.Conn, error) {
	topics, missing, err := w.cluster.describe(ctx, []string{w.topic}, forever)
	if err = errors.Join(err, missing[w.topic]); err != nil {
		return nil, err
	}
	address, err := w.cluster.leader(topics[w.topic], partition)
	if err != nil {
		return nil, err
	}
	conn, _, err := w.cluster.connection.dial(ctx, address, kafka.Partition{Topic: w.topic, ID: int(partition)})
	return conn, err
}
