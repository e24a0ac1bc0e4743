// Package dataset reads CSV and JSON-lines files, plain or gzipped, as streams of records in the order of the file: the same bytes
// that a producer would send, decoded by the same decoders that trainers use.
package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"creek.dev/creek/stream/decode"
)

// maxRecordBytes bounds one record of a file.
const maxRecordBytes = 64 << 20

// Lines yields the records of a file one by one.
type Lines struct {
	// Type is decode.TypeCSV or decode.TypeJSON.
	Type string
	// Header is a CSV file's first record.
	Header []byte

	path    string
	file    *os.File
	scanner *bufio.Scanner
	records int
	// sampled are records that Sample read and Next is still to return, failed what ended the sample early.
	sampled [][]byte
	failed  error
}

// OpenLines opens a file whose name ends in .csv, .json, .jsonl or .ndjson, perhaps followed by .gz, and reads a CSV file's header.
func OpenLines(path string) (*Lines, error) {
	kind, err := typeOf(path)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the data file: %w", err)
	}
	l := &Lines{Type: kind, path: path, file: file}
	if err := l.begin(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

func (l *Lines) begin() error {
	var reader io.Reader = l.file
	if strings.HasSuffix(l.path, ".gz") {
		unzipped, err := gzip.NewReader(bufio.NewReaderSize(l.file, 1<<20))
		if err != nil {
			return fmt.Errorf("unzip %s: %w", l.path, err)
		}
		reader = unzipped
	}
	source := &failing{Reader: reader}
	l.scanner = bufio.NewScanner(source)
	l.scanner.Buffer(make([]byte, 1<<20), maxRecordBytes)
	if l.Type != decode.TypeCSV {
		l.scanner.Split(source.whole(bufio.ScanLines))
		return nil
	}
	l.scanner.Split(source.whole(decode.SplitCSV))
	header, err := l.Next()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: a CSV file begins with a line of column names", l.path)
	}
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", l.path, err)
	}
	l.Header, l.records = bytes.Clone(header), 0
	return nil
}

// failing remembers that reading failed, other than by the end of the file.
type failing struct {
	io.Reader
	failed bool
}

func (f *failing) Read(buffer []byte) (int, error) {
	n, err := f.Reader.Read(buffer)
	f.failed = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// whole lets split take what is left without a line end for a record only where the file ends, not where reading it failed: half a
// record of a damaged archive is never handed out.
func (f *failing) whole(split bufio.SplitFunc) bufio.SplitFunc {
	return func(data []byte, atEOF bool) (int, []byte, error) { return split(data, atEOF && !f.failed) }
}

// Close closes the file.
func (l *Lines) Close() error { return l.file.Close() }

// Place names the record that Next returned last, for error messages.
func (l *Lines) Place() string { return fmt.Sprintf("%s, record %d", l.path, l.records) }

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
		return nil, fmt.Errorf("read %s after record %d: %w", l.path, l.records+len(l.sampled), err)
	}
	return nil, io.EOF
}

func typeOf(path string) (string, error) {
	switch name := strings.TrimSuffix(path, ".gz"); strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return decode.TypeCSV, nil
	case ".json", ".jsonl", ".ndjson":
		return decode.TypeJSON, nil
	}
	return "", fmt.Errorf("%s: the name must end in .csv, .json, .jsonl or .ndjson, perhaps followed by .gz", path)
}
