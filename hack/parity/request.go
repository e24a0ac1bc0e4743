package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// protocol is raised when the peers' scripts come to other results for the same request.
const protocol = 1

// request asks a peer for what it makes of a file; its JSON form is what the scripts read. All but the last three fields decide the answer.
type request struct {
	Peer       string            `json:"peer"`
	Kind       string            `json:"kind"`
	Expression string            `json:"expression"`
	Measures   map[string]string `json:"measures,omitempty"`
	Task       string            `json:"task"`
	Target     string            `json:"target"`
	Classes    []string          `json:"classes,omitempty"`
	Nominal    []string          `json:"nominal,omitempty"`
	Gaps       bool              `json:"gaps,omitempty"`
	Rows       int               `json:"rows"`
	Seed       uint64            `json:"seed"`
	Digest     string            `json:"digest"`

	ID     int    `json:"id"`
	Data   string `json:"data"`
	Output string `json:"output,omitempty"`
}

// answer is what a peer came to.
type answer struct {
	ID      int                `json:"id"`
	Figures map[string]float64 `json:"figures"`
	Counted int                `json:"counted"`
	Seconds float64            `json:"seconds"`
	Version string             `json:"version"`
	Error   string             `json:"error,omitempty"`
	// Taken is the day.
	Taken  string    `json:"taken"`
	values []float64 `json:"-"`
}

// cache keeps answers in a folder, a file for each request and version.
type cache struct{ folder string }

func cacheFolder() string {
	if folder := os.Getenv("CREEK_CACHE"); folder != "" {
		return filepath.Join(folder, "parity")
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		folder = os.TempDir()
	}
	return filepath.Join(folder, "creek", "parity")
}

func (c cache) path(r request) string {
	r.ID, r.Data, r.Output = 0, "", ""
	text, err := json.Marshal(struct {
		Protocol int
		Version  string
		Request  request
	}{protocol, versions[r.Peer], r})
	if err != nil {
		panic("parity: a request has no JSON form: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return filepath.Join(c.folder, hex.EncodeToString(sum[:16]))
}

// get finds the answer to a request, with its values if it has any.
func (c cache) get(r request, withValues bool) (answer, bool) {
	var a answer
	text, err := os.ReadFile(c.path(r) + ".json")
	if err != nil || json.Unmarshal(text, &a) != nil {
		return a, false
	}
	if !withValues {
		return a, true
	}
	a.values, err = readValues(c.path(r) + ".bin")
	return a, err == nil
}

func (c cache) hasAll(requests []request) bool {
	return !slices.ContainsFunc(requests, func(r request) bool {
		_, ok := c.get(r, false)
		return !ok
	})
}

// forget takes answers out, so that the peer is asked again.
func (c cache) forget(requests []request) error {
	for _, r := range requests {
		if err := os.Remove(c.path(r) + ".json"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// put keeps an answer, whose values the peer wrote to output.
func (c cache) put(r request, a answer) error {
	a.Taken = time.Now().UTC().Format(time.DateOnly)
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if r.Output != "" {
		if err := os.Rename(r.Output, c.path(r)+".bin"); err != nil {
			return err
		}
	}
	return writeWhole(c.path(r)+".json", text)
}

// writeWhole never leaves half a file, whoever else writes the same.
func writeWhole(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "part-")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
