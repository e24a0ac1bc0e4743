package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Bounds of one exchange with a broker.
const (
	dialTimeout    = 5 * time.Second
	openTimeout    = 10 * time.Second
	requestTimeout = 20 * time.Second
	// maxResponse is far above what fetches ask for: a single batch may be larger than asked.
	maxResponse = 256 << 20
	clientID    = "creek"
)

// wire is one authenticated connection to a broker, used by one caller at a time.
type wire struct {
	raw     net.Conn
	address string
	format  *kmsg.RequestFormatter
	last    int32
	out     []byte
	// in holds the newest answer; it is overwritten by the next.
	in []byte
	// used tells that an answer was received before, so that a break may be the broker closing what lay idle.
	used bool
	// byID tells that the broker is new enough for fetches that name topics by their IDs.
	byID bool
	// tiers tells that the broker is new enough to keep old segments in a remote tier, and to tell where its own begin.
	tiers bool
}

// open dials a broker by kafka-go, whose connection then only marks the beginning: what follows is written and read beneath it.
func (c Connection) open(ctx context.Context, address string) (*wire, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	conn, raw, err := c.dial(ctx, address, kafka.Partition{})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	w := &wire{raw: raw, address: address, format: kmsg.NewRequestFormatter(kmsg.FormatterClientID(clientID))}
	err = w.checkVersions(conn)
	if !stop() || err != nil {
		_ = conn.Close()
		return nil, c.explainOpen(address, over(ctx, err))
	}
	return w, nil
}

// dial dials, encrypts and authenticates by kafka-go, and returns its connection, set to the partition, and the socket beneath.
func (c Connection) dial(ctx context.Context, address string, partition kafka.Partition) (*kafka.Conn, net.Conn, error) {
	config, err := c.tlsConfig()
	if err != nil {
		return nil, nil, err
	}
	mechanism, err := c.mechanism()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var raw net.Conn
	stop := func() bool { return true }
	dialer := kafka.Dialer{ClientID: clientID, SASLMechanism: mechanism}
	dialer.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := socket(ctx, config, network, address)
		if err == nil {
			// kafka-go sets no deadline of ours while it authenticates: closing the socket is what ends a wait.
			raw, stop = conn, context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	host, port, _ := net.SplitHostPort(address)
	partition.Leader.Host = host
	if partition.Leader.Port, err = strconv.Atoi(port); err != nil {
		return nil, nil, fmt.Errorf("broker %s: the port is no number: %w", address, err)
	}
	conn, err := dialer.DialPartition(ctx, "tcp", "", partition)
	if !stop() && err == nil {
		err = conn.Close()
	}
	if err = over(ctx, err); err != nil {
		return nil, nil, c.explainOpen(address, err)
	}
	return conn, raw, nil
}

// over replaces the error of a connection that was closed because its time was up.
func over(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return err
}

// needs are the requests that are spoken here, in the versions that are sent.
var needs = []kmsg.Request{fetchVersion, metadataVersion, listOffsetsVersion}

// checkVersions makes an old broker a clear error: it would only close the connection on a request that it does not know. It notes what
// the broker can do beyond that.
func (w *wire) checkVersions(conn *kafka.Conn) error {
	versions, err := conn.ApiVersions()
	if err != nil {
		return err
	}
	offered := map[int16]kafka.ApiVersion{}
	for _, v := range versions {
		offered[v.ApiKey] = v
	}
	for _, need := range needs {
		have, want := offered[need.Key()], need.GetVersion()
		if want < have.MinVersion || want > have.MaxVersion {
			return fmt.Errorf("the broker speaks versions %d to %d of %s, version %d is needed: it must be Kafka 2.8 or newer",
				have.MinVersion, have.MaxVersion, kmsg.NameForKey(need.Key()), want)
		}
	}
	w.tiers = offered[localOffsetsVersion.Key()].MaxVersion >= localOffsetsVersion.Version
	w.byID = offered[fetchByID.Key()].MaxVersion >= fetchByID.Version
	return nil
}

// request sends one request and decodes its answer, which shares memory with the wire.
func (w *wire) request(ctx context.Context, request kmsg.Request) (kmsg.Response, error) {
	if err := w.send(ctx, request); err != nil {
		return nil, err
	}
	response := request.ResponseKind()
	return response, w.receive(ctx, response)
}

// send writes one request. Its answer must be received before the next is sent.
func (w *wire) send(ctx context.Context, request kmsg.Request) error {
	w.last++
	w.out = w.format.AppendRequest(w.out[:0], request, w.last)
	return w.bounded(ctx, func() error {
		_, err := w.raw.Write(w.out)
		return err
	})
}

// receive reads and decodes the answer to the request that was sent last.
func (w *wire) receive(ctx context.Context, response kmsg.Response) error {
	if err := w.bounded(ctx, w.read); err != nil {
		return err
	}
	w.used = true
	if id := int32(binary.BigEndian.Uint32(w.in)); id != w.last {
		return fmt.Errorf("broker %s answered request %d when %d was asked", w.address, id, w.last)
	}
	body := w.in[4:]
	if response.IsFlexible() {
		var err error
		if body, err = skipTags(body); err != nil {
			return fmt.Errorf("decode an answer of broker %s: %w", w.address, err)
		}
	}
	if err := response.ReadFrom(body); err != nil {
		return fmt.Errorf("decode an answer of broker %s: %w", w.address, err)
	}
	return nil
}

func (w *wire) read() error {
	var size [4]byte
	if _, err := io.ReadFull(w.raw, size[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint32(size[:]))
	if n < 4 || n > maxResponse {
		return fmt.Errorf("an answer of %d bytes: this is not Kafka's protocol", n)
	}
	if cap(w.in) < n {
		w.in = make([]byte, n)
	}
	w.in = w.in[:n]
	_, err := io.ReadFull(w.raw, w.in)
	return err
}

// bounded runs one read or write until the context ends or the request's time is up.
func (w *wire) bounded(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	deadline := time.Now().Add(requestTimeout)
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	if err := w.raw.SetDeadline(deadline); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = w.raw.SetDeadline(time.Unix(1, 0)) })
	err := do()
	stop()
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("broker %s did not answer: %w", w.address, over(ctx, err))
	}
	return err
}

func (w *wire) close() { _ = w.raw.Close() }

// skipTags drops the tagged fields of a flexible answer's header.
func skipTags(body []byte) ([]byte, error) {
	count, n := binary.Uvarint(body)
	for body = body[max(n, 0):]; n > 0 && count > 0; count-- {
		_, a := binary.Uvarint(body)
		size, b := binary.Uvarint(body[max(a, 0):])
		n = min(a, b)
		if n <= 0 || size > uint64(len(body)-a-b) {
			return nil, errors.New("tagged fields are cut short")
		}
		body = body[a+b+int(size):]
	}
	if n <= 0 {
		return nil, errors.New("the header is cut short")
	}
	return body, nil
}
