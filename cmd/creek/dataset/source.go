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

// Source says where records are and how a CSV file is cut.
type Source struct {
	// Path is the file; - is the standard input.
	Path string
	// Columns are the names of a CSV file's columns, where no header names them.
	Columns []string
	// Delimiter stands between the columns of a CSV file; empty means a comma.
	Delimiter string
}

// Piped tells whether the records come from the standard input or another pipe, whose name tells nothing and which may go on for long.
func (s Source) Piped() bool { return s.Path == "-" || strings.HasPrefix(s.Path, "/dev/") }

// bufferBytes is how much of a file is read at once.
const bufferBytes = 1 << 20

// byteOrderMark may begin a file in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// open returns the bytes of the file, unzipped and without a byte order mark, and the type of its records. Names tell what files are; the
// standard input and other pipes, whose names tell nothing, are known by how they begin.
func (s Source) open() (file *os.File, reader *bufio.Reader, kind string, err error) {
	nameless := s.Piped()
	if !nameless {
		if kind, err = typeOf(s.Path); err != nil {
			return nil, nil, "", err
		}
	}
	file = os.Stdin
	if s.Path != "-" {
		if file, err = os.Open(s.Path); err != nil {
			return nil, nil, "", fmt.Errorf("open the data file: %w", err)
		}
	}
	reader = bufio.NewReaderSize(file, bufferBytes)
	if strings.HasSuffix(s.Path, ".gz") || begins(reader, "\x1f\x8b") {
		unzipped, err := gzip.NewReader(reader)
		if err != nil {
			return file, nil, "", fmt.Errorf("unzip %s: %w", s.Path, err)
		}
		reader = bufio.NewReaderSize(unzipped, bufferBytes)
	}
	if begins(reader, byteOrderMark) {
		_, _ = reader.Discard(len(byteOrderMark))
	}
	if nameless {
		kind = typeBy(reader)
	}
	return file, reader, kind, nil
}

// begins tells whether these are the first bytes.
func begins(reader *bufio.Reader, with string) bool {
	start, _ := reader.Peek(len(with))
	return string(start) == with
}

// typeBy is JSON where the first character is a bracket, else CSV.
func typeBy(reader *bufio.Reader) string {
	for n := 1; ; n++ {
		start, err := reader.Peek(n)
		if text := bytes.TrimLeft(start, " \t\r\n"); len(text) > 0 {
			if text[0] == '{' || text[0] == '[' {
				return decode.TypeJSON
			}
			return decode.TypeCSV
		}
		if err != nil {
			return decode.TypeCSV
		}
	}
}

func typeOf(path string) (string, error) {
	switch name := strings.TrimSuffix(path, ".gz"); strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv":
		return decode.TypeCSV, nil
	case ".json", ".jsonl", ".ndjson":
		return decode.TypeJSON, nil
	}
	return "", fmt.Errorf("%s: the name must end in .csv, .tsv, .json, .jsonl or .ndjson, perhaps followed by .gz; - is the standard input", path)
}

// delimiter is a tab where the name or the flag says so in one of the usual ways, and a comma where nothing is said.
func (s Source) delimiter() string {
	switch s.Delimiter {
	case "tab", `\t`:
		return "\t"
	case "":
		if strings.EqualFold(filepath.Ext(strings.TrimSuffix(s.Path, ".gz")), ".tsv") {
			return "\t"
		}
	}
	return s.Delimiter
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
