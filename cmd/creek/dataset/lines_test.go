package dataset

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedFiles cuts an archive in the middle and leaves files empty: whole records and a plain reason, never half a record.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	var plain, zipped bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&plain, "%d,%d,end\n", i, random.Uint64())
	}
	writer := gzip.NewWriter(&zipped)
	if _, err := writer.Write(plain.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	half := zipped.Bytes()[:zipped.Len()/2]
	tests := map[string]struct {
		content []byte
		want    string
	}{
		"cut.csv.gz":         {half, "unexpected EOF"},
		"cut.jsonl.gz":       {half, "unexpected EOF"},
		"empty.csv":          {nil, "is empty: a CSV file begins with a line of column names"},
		"empty.jsonl":        {nil, io.EOF.Error()},
		"no line end.ndjson": {[]byte("1,2,end\n3,4,end"), io.EOF.Error()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := drain(path); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got the error %v, want %q", err, test.want)
			}
		})
	}
}

// drain reads a file whose every record ends in ",end", and returns why it stopped.
func drain(path string) error {
	lines, err := OpenLines(Source{Path: path})
	if err != nil {
		return err
	}
	defer func() { _ = lines.Close() }()
	for {
		record, err := lines.Next()
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(record, []byte(",end")) {
			return errors.New("half a record: " + string(record))
		}
	}
}
