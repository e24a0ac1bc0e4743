package state_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
)

// bucket is a server that does as little as a test wants of it: it answers PUT, in turn, with the statuses, and the last one for ever,
// and keeps what it answered 200 to.
type bucket struct {
	statuses []int

	mu    sync.Mutex
	tries map[string]int
	marks map[string]string
}

// ServeHTTP implements http.Handler. Where a test gives several statuses they are meant for its value, and the probe passes.
func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch r.Method {
	case http.MethodPut:
		_, _ = io.Copy(io.Discard, r.Body) // Its bytes do not matter here.
		status := b.statuses[min(b.tries[r.URL.Path], len(b.statuses)-1)]
		b.tries[r.URL.Path]++
		if strings.HasSuffix(r.URL.Path, "creek-probe") && len(b.statuses) > 1 {
			status = http.StatusPreconditionFailed
		}
		if status == http.StatusOK || status == lost {
			b.marks[r.URL.Path] = r.Header.Get("X-Amz-Meta-Creek-Write")
		}
		if status == lost {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	case http.MethodHead:
		mark, ok := b.marks[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("X-Amz-Meta-Creek-Write", mark)
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
	}
}

// lost is the status of a write that takes effect and is not answered.
const lost = -1

func openBucket(t *testing.T, statuses ...int) (*bucket, *state.S3) {
	t.Helper()
	b := &bucket{statuses: statuses, tries: map[string]int{}, marks: map[string]string{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return b, openS3(t, state.Config{Type: state.TypeS3, S3: state.S3Config{
		Endpoint: server.URL, Bucket: "models", Prefix: "team", AccessKeyID: "id", SecretAccessKey: "key",
	}})
}

// TestS3RefusesServersThatIgnoreTheCondition: nothing is written there but the probe, and the error names the bucket and a way out.
func TestS3RefusesServersThatIgnoreTheCondition(t *testing.T) {
	for name, status := range map[string]int{"ignored": http.StatusOK, "not implemented": http.StatusNotImplemented} {
		t.Run(name, func(t *testing.T) {
			b, store := openBucket(t, status)
			_, _, durability := store.Durability(soon(t))
			for what, err := range map[string]error{"durability": durability, "put": store.PutIfAbsent(soon(t), "a/b/c", nil)} {
				if !errors.Is(err, state.ErrUnconditional) || errors.Is(err, state.ErrExists) {
					t.Fatalf("%s: error %v, want ErrUnconditional", what, err)
				}
				for _, want := range []string{"bucket models", "If-None-Match", "another type of state"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: %q lacks %q", what, err, want)
					}
				}
			}
			if b.tries["/models/team/a/b/c!"] > 0 {
				t.Error("a value was written there")
			}
		})
	}
}

// TestS3ResolvesAnswers tries what a server may answer to a write, and how often the write is sent.
func TestS3ResolvesAnswers(t *testing.T) {
	t.Parallel()
	const ok, conflict, failed, busy, there = 200, 409, 500, 503, 412
	tests := map[string]struct {
		statuses []int
		// stranger: another writer's object is there from the start.
		stranger bool
		want     error
		tries    int
	}{
		"created":                            {[]int{ok, failed}, false, nil, 1},
		"a conflict, then created":           {[]int{conflict, ok, failed}, false, nil, 2},
		"busy and broken, then created":      {[]int{busy, failed, ok, failed}, false, nil, 3},
		"lost, then found to be its own":     {[]int{lost, there}, false, nil, 2},
		"lost twice, then found its own":     {[]int{lost, lost, there}, false, nil, 3},
		"a stranger's":                       {[]int{there, there}, true, state.ErrExists, 1},
		"a conflict, then a stranger's":      {[]int{conflict, there}, true, state.ErrExists, 2},
		"broken, then a stranger's":          {[]int{failed, there}, true, state.ErrExists, 2},
		"a stranger's that is gone at once":  {[]int{there, ok, failed}, false, nil, 2},
		"conflicts for ever":                 {[]int{conflict, conflict}, false, errAny, 6},
		"broken for ever":                    {[]int{failed, failed}, false, errAny, 6},
		"refused":                            {[]int{403, ok}, false, state.ErrAuthentication, 1},
		"a request that cannot be made well": {[]int{400, ok}, false, errAny, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, store := openBucket(t, test.statuses...)
			const path = "/models/team/a/b/c!"
			if test.stranger {
				b.marks[path] = "of another"
			}
			err := store.PutIfAbsent(soon(t), "a/b/c", []byte("value"))
			unknown := err != nil && !errors.Is(err, state.ErrExists) && !errors.Is(err, state.ErrAuthentication)
			if !errors.Is(err, test.want) && (!errors.Is(test.want, errAny) || !unknown) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if b.tries[path] != test.tries {
				t.Errorf("it was sent %d times, want %d", b.tries[path], test.tries)
			}
		})
	}
}

// errAny stands for any error but the named ones: the outcome is unknown.
var errAny = errors.New("any")

func TestS3SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	server := statetest.StartS3(t)
	good := server.Config("models")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-north-1")
		w.WriteHeader(http.StatusBadRequest)
	}))
	t.Cleanup(elsewhere.Close)
	ingress := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(ingress.Close)
	tests := map[string]struct {
		change  func(*state.S3Config)
		refused bool
		want    string
	}{
		"good":            {func(*state.S3Config) {}, false, ""},
		"another key":     {func(c *state.S3Config) { c.SecretAccessKey = "wrong" }, true, "check the keys"},
		"unknown key":     {func(c *state.S3Config) { c.AccessKeyID = "nobody" }, true, "check the keys"},
		"no bucket":       {func(c *state.S3Config) { c.Bucket = "absent" }, false, "create it or correct its name"},
		"nobody there":    {func(c *state.S3Config) { c.Endpoint = "http://127.0.0.1:1" }, false, "not reached"},
		"TLS to no TLS":   {func(c *state.S3Config) { c.Endpoint = "https://" + server.Address }, false, "whether TLS is spoken"},
		"another region":  {func(c *state.S3Config) { c.Endpoint = elsewhere.URL }, false, "region eu-north-1"},
		"no S3 there":     {func(c *state.S3Config) { c.Endpoint = ingress.URL }, false, "check the endpoint"},
		"region mistyped": {func(c *state.S3Config) { c.Region = "mars-1" }, false, "mars-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := good
			test.change(&config.S3)
			store := openS3(t, config)
			_, getErr := store.Get(soon(t), "a/b/c")
			if name == "good" && errors.Is(getErr, state.ErrNotFound) {
				getErr = nil
			}
			_, listErr := store.List(soon(t), "a/b/", "", 1)
			for what, err := range map[string]error{
				"get": getErr, "list": listErr, "put": store.PutIfAbsent(soon(t), "a/b/d", nil), "delete": store.Delete(soon(t), "a/b/e"),
			} {
				if errors.Is(err, state.ErrAuthentication) != test.refused || (err == nil) != (test.want == "") ||
					errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrExists) {
					t.Errorf("%s: error %v", what, err)
				}
				if err != nil && (!strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), config.S3.Bucket)) {
					t.Errorf("%s: %q lacks %q or the bucket", what, err, test.want)
				}
			}
		})
	}
}

// TestS3ByThePodsOwnIdentity fetches keys as EKS Pod Identity gives them: from a server near the pod, with a token that was mounted.
func TestS3ByThePodsOwnIdentity(t *testing.T) {
	server := statetest.StartS3(t)
	config := server.Config("models")
	config.S3.AccessKeyID, config.S3.SecretAccessKey = "", ""
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "the-pods-token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = fmt.Fprintf(w, `{"AccessKeyId": %q, "SecretAccessKey": %q, "Token": "", "Expiration": %q}`,
			statetest.S3AccessKeyID, statetest.S3SecretAccessKey, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer agent.Close()
	token := filepath.Join(t.TempDir(), "token")
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.URL)
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token)
	store := openS3(t, config)
	for _, text := range []string{"a stranger's", "the-pods-token"} {
		var want error
		if text != "the-pods-token" {
			want = state.ErrAuthentication
		}
		if err := os.WriteFile(token, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.PutIfAbsent(soon(t), "a/b/"+fmt.Sprint(len(text)), nil); !errors.Is(err, want) {
			t.Errorf("with %s token: error %v, want %v", text, err, want)
		} else if err != nil && !strings.Contains(err.Error(), "name a Secret") {
			t.Errorf("%q does not say what to do", err)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", statetest.S3AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", statetest.S3SecretAccessKey)
	if err := openS3(t, config).PutIfAbsent(soon(t), "a/b/env", nil); err != nil {
		t.Errorf("with keys of the environment: %v", err)
	}
}

func TestS3TLS(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cert, key := certificate(t)
	certFile, keyFile := filepath.Join(folder, "cert"), filepath.Join(folder, "key")
	for path, data := range map[string][]byte{certFile: cert, keyFile: key} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := statetest.StartS3(t, "--cert", certFile, "--key", keyFile)
	server.CA = cert
	config := server.Config("models")
	if err := openS3(t, config).PutIfAbsent(soon(t), "a/b/c", nil); err != nil {
		t.Fatal(err)
	}
	config.CA, _ = certificate(t)
	if _, err := openS3(t, config).Get(soon(t), "a/b/c"); err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("error %v does not say that the certificate is not trusted", err)
	}
}

// TestS3SharesABucket holds that stores with other prefixes, and files of others, are out of sight.
func TestS3SharesABucket(t *testing.T) {
	t.Parallel()
	config := statetest.StartS3(t).Config("models")
	for _, prefix := range []string{"", "team", "team/b"} {
		config.S3.Prefix = prefix
		store := openS3(t, config)
		if err := store.PutIfAbsent(soon(t), "a/b/c", []byte(prefix)); err != nil {
			t.Fatalf("prefix %q: %v", prefix, err)
		}
	}
	for _, prefix := range []string{"", "team", "team/b"} {
		config.S3.Prefix = prefix
		store := openS3(t, config)
		keys, err := store.List(soon(t), "a/b/", "", 10)
		if err != nil || !slices.Equal(keys, []string{"a/b/c"}) {
			t.Errorf("prefix %q lists %q, error %v", prefix, keys, err)
		}
		if value, err := store.Get(soon(t), "a/b/c"); err != nil || string(value) != prefix {
			t.Errorf("prefix %q holds %q, error %v", prefix, value, err)
		}
	}
}

// TestS3EndsWithItsContext tries a server that accepts and says nothing.
func TestS3EndsWithItsContext(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	store := openS3(t, state.Config{Type: state.TypeS3, S3: state.S3Config{
		Endpoint: "http://" + listener.Addr().String(), Bucket: "models", AccessKeyID: "id", SecretAccessKey: "key",
	}})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, listErr := store.List(ctx, "a/b/", "", 1)
	for what, err := range map[string]error{"put": store.PutIfAbsent(ctx, "a/b/c", nil), "list": listErr, "delete": store.Delete(ctx, "a/b/c")} {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v, want DeadlineExceeded", what, err)
		}
	}
}

// TestS3ListsOnlyInOrder tries servers that do not start behind the name they were told, and that list in an order of their own.
func TestS3ListsOnlyInOrder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		names []string
		want  []string
		err   string
	}{
		"from the start":  {[]string{"a/b/1!", "a/b/2!", "a/b/3!"}, []string{"a/b/2", "a/b/3"}, ""},
		"files of others": {[]string{"a/b/1!", "a/b/2", "a/b/3!", "a/b/c/d.txt"}, []string{"a/b/3"}, ""},
		"out of order":    {[]string{"a/b/3!", "a/b/2!"}, nil, "ascending order"},
		"twice the same":  {[]string{"a/b/2!", "a/b/2!"}, nil, "ascending order"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				_, _ = io.WriteString(w, `<ListBucketResult>`)
				for _, name := range test.names {
					_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key></Contents>", name)
				}
				_, _ = io.WriteString(w, "</ListBucketResult>")
			}))
			defer server.Close()
			store := openS3(t, state.Config{Type: state.TypeS3, S3: state.S3Config{Endpoint: server.URL, Bucket: "models", AccessKeyID: "id", SecretAccessKey: "key"}})
			got, err := store.List(soon(t), "a/b/", "a/b/1", 10)
			if !slices.Equal(got, test.want) || (err == nil) != (test.err == "") || (err != nil && !strings.Contains(err.Error(), test.err)) {
				t.Errorf("listed %q, error %v, want %q and %q", got, err, test.want, test.err)
			}
		})
	}
}
