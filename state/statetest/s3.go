package statetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"creek.dev/creek/state"
)

// Keys of the S3 servers that tests start.
const (
	S3AccessKeyID     = "creek-test"
	S3SecretAccessKey = "creek-test-secret"
)

// S3 is a server of its own for one test, versitygw before a folder, on loopback.
type S3 struct {
	// Address is host:port, and Endpoint the URL of it.
	Address, Endpoint string
	// CA is the authority of its certificate, for a server that was given one.
	CA []byte

	server
	args []string
}

// versitygw returns the program's runner. The first call builds the program, from the Go module proxy at the version that hack/tools
// pins, unless an earlier test did: it is kept.
var versitygw = sync.OnceValues(func() (string, error) {
	root, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module's folder: %w", err)
	}
	runner := filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "hack", "tools", "run.sh")
	if output, err := exec.Command(runner, "versitygw", "--version").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build versitygw: %w\n%s", err, output)
	}
	return runner, nil
})

// StartS3 starts versitygw with the arguments before a new folder, and stops it at the end of the test.
func StartS3(t *testing.T, args ...string) *S3 {
	t.Helper()
	return StartS3In(t, t.TempDir(), args...)
}

// StartS3In starts versitygw before the folder.
func StartS3In(t *testing.T, folder string, args ...string) *S3 {
	t.Helper()
	address := freeAddress(t)
	scheme := "http://"
	if slices.Contains(args, "--cert") {
		scheme = "https://"
	}
	s := &S3{Address: address, Endpoint: scheme + address, server: server{t: t, dir: folder}, args: args}
	t.Cleanup(s.end)
	s.Start()
	return s
}

// freeAddress returns an address of loopback on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// Start starts the server, again after Kill, and returns when it answers.
func (s *S3) Start() {
	s.t.Helper()
	runner, err := versitygw()
	if err != nil {
		s.t.Fatal(err)
	}
	objects := filepath.Join(s.dir, "objects")
	if err := os.MkdirAll(objects, 0o700); err != nil {
		s.t.Fatal(err)
	}
	args := append([]string{"versitygw", "--port", s.Address, "--access", S3AccessKeyID, "--secret", S3SecretAccessKey}, s.args...)
	s.launch(exec.Command(runner, append(args, "posix", objects)...))
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	for {
		conn, err := net.DialTimeout("tcp", s.Address, time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			s.silent("versitygw", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Config returns the settings of a store in a bucket, which is made when it does not exist.
func (s *S3) Config(bucket string) state.Config {
	s.t.Helper()
	options := minio.Options{Creds: credentials.NewStaticV4(S3AccessKeyID, S3SecretAccessKey, ""), Region: "us-east-1"}
	if s.CA != nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(s.CA)
		options.Secure, options.Transport = true, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	}
	client, err := minio.New(s.Address, &options)
	if err != nil {
		s.t.Fatal(err)
	}
	err = client.MakeBucket(s.t.Context(), bucket, minio.MakeBucketOptions{})
	if answer, ok := errors.AsType[minio.ErrorResponse](err); err != nil && (!ok || answer.StatusCode != http.StatusConflict) {
		s.t.Fatalf("make bucket %s: %v", bucket, err)
	}
	return state.Config{Type: state.TypeS3, CA: s.CA, S3: state.S3Config{
		Endpoint: s.Endpoint, Bucket: bucket, AccessKeyID: S3AccessKeyID, SecretAccessKey: S3SecretAccessKey,
	}}
}

// Settings returns those of a store in a bucket, which is made when it does not exist, with the keys in files.
func (s *S3) Settings(bucket string) state.Settings {
	s.t.Helper()
	c, folder := s.Config(bucket).S3, s.t.TempDir()
	settings := state.S3Settings{
		Endpoint: c.Endpoint, Bucket: c.Bucket,
		AccessKeyFile: filepath.Join(folder, "accessKeyID"), SecretKeyFile: filepath.Join(folder, "secretAccessKey"),
	}
	for path, text := range map[string]string{settings.AccessKeyFile: c.AccessKeyID, settings.SecretKeyFile: c.SecretAccessKey} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return state.Settings{Type: state.TypeS3, S3: settings}
}
