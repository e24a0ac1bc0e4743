package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"creek.dev/creek/stream"
)

const (
	topic = "elec2"
	// chunk is how many records are written at once.
	chunk = 20_000
	// startWithin is how long Kafka may take to come up.
	startWithin = time.Minute
)

// fill makes the topic and writes the rows of a CSV file to it, again and again, as JSON objects of nine fields. It returns the
// names of the features.
func fill(ctx context.Context, connection stream.Connection, o options) ([]string, error) {
	if err := create(ctx, connection, topic); err != nil {
		return nil, fmt.Errorf("make topic %s: %w", topic, err)
	}
	names, values, err := objects(o.data)
	if err != nil {
		return nil, fmt.Errorf("read the rows to write: %w", err)
	}
	writer := stream.NewWriter(connection, topic)
	writer.Compression = "lz4"
	defer func() { _ = writer.Close() }()
	records := make([]stream.Record, 0, chunk)
	for i := range o.records {
		records = append(records, stream.Record{UnixMillis: time.Now().UnixMilli(), Value: values[i%len(values)]})
		if len(records) < chunk && i < o.records-1 {
			continue
		}
		if _, err := writer.Write(ctx, 0, records); err != nil {
			return nil, fmt.Errorf("write records: %w", err)
		}
		records = records[:0]
	}
	return names, nil
}

// create waits for Kafka, too.
func create(ctx context.Context, connection stream.Connection, name string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		err := stream.CreateTopic(ctx, connection, name, 1, nil)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// rows returns the lines of a CSV file, its header first.
func rows(path string) ([][]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")), nil
}

// objects returns the names of the features, all columns but the last, and a JSON object for each row.
func objects(path string) (features []string, values [][]byte, err error) {
	lines, err := rows(path)
	if err != nil {
		return nil, nil, err
	}
	columns := strings.Split(string(lines[0]), ",")
	for _, line := range lines[1:] {
		var out []byte
		for i, cell := range strings.Split(string(line), ",") {
			if i == len(columns)-1 {
				out = fmt.Appendf(out, ",%q:%q}", columns[i], cell)
				continue
			}
			out = fmt.Appendf(out, "%c%q:%s", "{,"[min(i, 1)], columns[i], cell)
		}
		values = append(values, out)
	}
	return columns[:len(columns)-1], values, nil
}
