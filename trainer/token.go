package trainer

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// tokenFile is the bearer token in a mounted file, which is read again when it changed.
type tokenFile struct {
	path    string
	mu      sync.Mutex
	token   string
	changed time.Time
	size    int64
}

// read returns the token; an empty one is an error, since it would let everybody in.
func (t *tokenFile) read() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, err := os.Stat(t.path)
	if err != nil {
		return "", fmt.Errorf("look at the token file: %w", err)
	}
	if t.token != "" && info.ModTime().Equal(t.changed) && info.Size() == t.size {
		return t.token, nil
	}
	data, err := os.ReadFile(t.path)
	if err != nil {
		return "", fmt.Errorf("read the token file: %w", err)
	}
	token := string(bytes.TrimSpace(data))
	if token == "" {
		return "", fmt.Errorf("the token file %s is empty", t.path)
	}
	t.token, t.changed, t.size = token, info.ModTime(), info.Size()
	return token, nil
}

// admits tells whether a request bears the token. Sums are compared, so that neither time nor length tells anything about it.
func (t *tokenFile) admits(r *http.Request) (bool, error) {
	want, err := t.read()
	if err != nil {
		return false, err
	}
	scheme, got, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && strings.EqualFold(scheme, "Bearer"), nil
}
