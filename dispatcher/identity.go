package dispatcher

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Files of the directory that holds the facts server's identity; the operator makes their Secret.
const (
	fileCertificate = "tls.crt"
	fileKey         = "tls.key"
	fileToken       = "token"
)

// identityAge is how long files that were read are believed.
const identityAge = 10 * time.Second

// identity is the certificate and the token of the facts server. The files may come late and change.
type identity struct {
	directory string

	mu          sync.Mutex
	readAt      time.Time
	certificate *tls.Certificate
	token       [sha256.Size]byte
	err         error
}

// load reads the files if what is known is old, and keeps what was good when they are not.
func (i *identity) load() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.readAt.IsZero() && time.Since(i.readAt) < identityAge && i.err == nil {
		return nil
	}
	i.readAt = time.Now()
	pair, err := tls.LoadX509KeyPair(filepath.Join(i.directory, fileCertificate), filepath.Join(i.directory, fileKey))
	var token []byte
	if err == nil {
		token, err = os.ReadFile(filepath.Join(i.directory, fileToken))
	}
	if err == nil && strings.TrimSpace(string(token)) == "" {
		err = fmt.Errorf("%s is empty", fileToken)
	}
	if err != nil {
		i.err = fmt.Errorf("identity of the facts server in %s: %w", i.directory, err)
		if i.certificate != nil {
			return nil
		}
		return i.err
	}
	i.certificate, i.token, i.err = &pair, sha256.Sum256([]byte(strings.TrimSpace(string(token)))), nil
	return nil
}

// tlsConfig makes each handshake use the present certificate.
func (i *identity) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if err := i.load(); err != nil {
				return nil, err
			}
			i.mu.Lock()
			defer i.mu.Unlock()
			return i.certificate, nil
		},
	}
}

// allows tells whether a request carries the token.
func (i *identity) allows(r *http.Request) bool {
	if i.load() != nil {
		return false
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sum := sha256.Sum256([]byte(token))
	i.mu.Lock()
	defer i.mu.Unlock()
	return ok && subtle.ConstantTimeCompare(sum[:], i.token[:]) == 1
}
