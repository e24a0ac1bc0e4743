// Command smoke is the Kafka client of the cluster's self test.
//
//	smoke --broker ADDRESS --topic NAME [--ca FILE --user NAME --password-file FILE] [--create] [--write VALUE]
//
// It creates the topic with one partition, writes one record, and prints every record that the topic holds, each as asked.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl/scram"
)

type options struct {
	broker, topic, ca, user, passwordFile, write string
	create                                       bool
}

func main() {
	var o options
	flag.StringVar(&o.broker, "broker", "", "`address` of the broker")
	flag.StringVar(&o.topic, "topic", "smoke", "`name` of the topic")
	flag.StringVar(&o.ca, "ca", "", "`file` of the authority that signed the broker's certificate; with it the client uses TLS and SCRAM-SHA-512")
	flag.StringVar(&o.user, "user", "", "`name` to log in with")
	flag.StringVar(&o.passwordFile, "password-file", "", "`file` of the password")
	flag.BoolVar(&o.create, "create", false, "create the topic")
	flag.StringVar(&o.write, "write", "", "`value` of a record to write first")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	err := run(ctx, o, os.Stdout)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	dialer, err := o.dialer()
	if err != nil {
		return err
	}
	if err := probe(ctx, dialer, o.broker); err != nil {
		return fmt.Errorf("connecting to %s: %w", o.broker, err)
	}
	if o.create {
		if err := create(ctx, dialer, o); err != nil {
			return fmt.Errorf("creating topic %s: %w", o.topic, err)
		}
	}
	conn, err := dialer.DialLeader(ctx, "tcp", o.broker, o.topic, 0)
	if err != nil {
		return fmt.Errorf("connecting to the leader of %s at %s: %w", o.topic, o.broker, err)
	}
	defer func() { _ = conn.Close() }()
	if o.write != "" {
		if _, err := conn.Write([]byte(o.write)); err != nil {
			return fmt.Errorf("writing to %s: %w", o.topic, err)
		}
	}
	if err := printAll(conn, out); err != nil {
		return fmt.Errorf("reading %s: %w", o.topic, err)
	}
	return nil
}

func (o options) dialer() (*kafka.Dialer, error) {
	dialer := &kafka.Dialer{Timeout: 10 * time.Second}
	if o.ca == "" {
		return dialer, nil
	}
	authority, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	password, err := os.ReadFile(o.passwordFile)
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("authority %s: no certificate in it", o.ca)
	}
	dialer.TLS = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	dialer.SASLMechanism, err = scram.Mechanism(scram.SHA512, o.user, strings.TrimSpace(string(password)))
	return dialer, err
}

// probe connects once, since looking for a leader would try a refused login again and again.
func probe(ctx context.Context, dialer *kafka.Dialer, broker string) error {
	conn, err := dialer.DialContext(ctx, "tcp", broker)
	if err != nil {
		return err
	}
	return conn.Close()
}

func create(ctx context.Context, dialer *kafka.Dialer, o options) error {
	conn, err := dialer.DialContext(ctx, "tcp", o.broker)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	err = conn.CreateTopics(kafka.TopicConfig{Topic: o.topic, NumPartitions: 1, ReplicationFactor: 1})
	if errors.Is(err, kafka.TopicAlreadyExists) {
		return nil
	}
	return err
}

func printAll(conn *kafka.Conn, out io.Writer) error {
	first, last, err := conn.ReadOffsets()
	if err != nil {
		return err
	}
	if _, err := conn.Seek(first, kafka.SeekAbsolute); err != nil {
		return err
	}
	for next := first; next < last; {
		message, err := conn.ReadMessage(1 << 20)
		if err != nil {
			return fmt.Errorf("record at offset %d: %w", next, err)
		}
		fmt.Fprintln(out, string(message.Value))
		next = message.Offset + 1
	}
	return nil
}
