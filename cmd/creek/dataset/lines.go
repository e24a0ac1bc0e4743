// Package dataset reads CSV and JSON-lines files, plain or gzipped, as streams of records in the order of the file: the same bytes
// that a producer would send, decoded by the same decoders that trainers use.
package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"creek.dev/creek/stream/decode"
)

// maxRecordBytes bounds one record of a file.
const maxRecordBytes = 64 << 20

// Lines yields the records of a file one by one.
type Lines struct {
	// Type is decode.TypeCSV or decode.TypeJSON.
	Type string
	// Header names a CSV file's columns: its first record, or what stands in for it.
	Header []byte

	source  Source
	file    *os.File
	scanner *bufio.Scanner
	records int
	// sampled are records that Sample read and Next is still to return, failed what ended the sample early.
	sampled [][]byte
	failed  error
}

// OpenLines opens a file whose name ends in .csv, .tsv, .json, .jsonl or .ndjson, perhaps followed by .gz, or the standard input, and reads
// a CSV file's header where its columns are not given.
func OpenLines(source Source) (*Lines, error) {
	file, reader, kind, err := source.open()
	if err == nil {
		l := &Lines{Type: kind, source: source, file: file}
		if err = l.begin(reader); err == nil {
			return l, nil
		}
	}
	if file != nil {
		err = errors.Join(err, file.Close())
	}
	return nil, err
}

func (l *Lines) begin(reader io.Reader) error {
	watched := &failing{Reader: reader}
	l.scanner = bufio.NewScanner(watched)
	l.scanner.Buffer(make([]byte, bufferBytes), maxRecordBytes)
	if l.Type != decode.TypeCSV {
		l.scanner.Split(watched.whole(bufio.ScanLines))
		return nil
	}
	l.scanner.Split(watched.whole(decode.SplitCSV))
	if len(l.source.Columns) > 0 {
		l.Header = headerOf(l.source.Columns, l.source.delimiter())
		return nil
	}
	header, err := l.Next()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: a CSV file begins with a line of column names, unless --columns gives them", l.source.Path)
	}
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", l.source.Path, err)
	}
	l.Header, l.records = bytes.Clone(header), 0
	return nil
}

// headerOf is a header of these columns.
func headerOf(columns []string, delimiter string) []byte {
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	if delimiter == "" {
		delimiter = ","
	}
	return []byte(strings.Join(quoted, delimiter))
}

// Close closes the file.
func (l *Lines) Close() error { return l.file.Close() }

// Count is how many records Next has returned.
func (l *Lines) Count() int { return l.records }

// large tells whether this is a file that can be read once more and that is better read twice than kept.
func (l *Lines) large() bool {
	info, err := l.file.Stat()
	return err == nil && info.Mode().IsRegular() && l.source.Path != "-" && info.Size() > tableMost
}

// Place names the record that Next returned last, for error messages.
func (l *Lines) Place() string { return fmt.Sprintf("%s, record %d", l.source.Path, l.records) }

// Next returns the next record, or io.EOF. Empty lines are left out. The bytes are valid until the next call.
func (l *Lines) Next() ([]byte, error) {
	if len(l.sampled) > 0 {
		record := l.sampled[0]
		l.sampled = l.sampled[1:]
		l.records++
		return record, nil
	}
	if l.failed != nil {
		return nil, l.failed
	}
	record, err := l.scan()
	if err == nil {
		l.records++
	}
	return record, err
}

// maxSampleBytes bounds the records of a sample together, but for the last one.
const maxSampleBytes = 16 << 20

// Sample reads up to n of the next records, which Next returns all the same. An unreadable one ends the sample, and Next says so when it
// comes to it.
func (l *Lines) Sample(n int) ([][]byte, error) {
	size := 0
	for len(l.sampled) < n && size < maxSampleBytes && l.failed == nil {
		record, err := l.scan()
		if err != nil {
			l.failed = err
			break
		}
		l.sampled = append(l.sampled, bytes.Clone(record))
		size += len(record)
	}
	if len(l.sampled) == 0 && l.failed != nil && !errors.Is(l.failed, io.EOF) {
		return nil, l.failed
	}
	return l.sampled, nil
}

// scan reads a record.
func (l *Lines) scan() ([]byte, error) {
	for l.scanner.Scan() {
		record := l.scanner.Bytes()
		for n := len(record); n > 0 && (record[n-1] == '\n' || record[n-1] == '\r'); n-- {
			record = record[:n-1]
		}
		if len(record) > 0 {
			return record, nil
		}
	}
	if err := l.scanner.Err(); err != nil {
		return nil, fmt.Errorf("read %s after record %d: %w", l.source.Path, l.records+len(l.sampled), err)
	}
	return nil, io.EOF
}
