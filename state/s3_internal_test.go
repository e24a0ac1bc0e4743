package state

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestObjectsHaveTheOrderOfTheirKeys holds that names are in the order of their keys, which listing by pages rests on, and lead back to them.
func TestObjectsHaveTheOrderOfTheirKeys(t *testing.T) {
	s := &S3{prefix: "team/"}
	segment := rapid.StringMatching(`[!"#a-b/.~%-]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := "n/a/"+segment.Draw(t, "a"), "n/a/"+segment.Draw(t, "b")
		if checkKey(a) != nil || checkKey(b) != nil {
			return
		}
		first, errA := s.object(a)
		second, errB := s.object(b)
		if errA != nil || errB != nil || (a < b) != (first < second) || (a == b) != (first == second) {
			t.Fatalf("%q and %q are kept as %q and %q", a, b, first, second)
		}
		if strings.HasPrefix(second, first+"/") {
			t.Fatalf("%q would be a folder for %q", first, second)
		}
		if key, ok := s.keyOfObject(first); !ok || key != a {
			t.Fatalf("%q is kept as %q, which leads to %q", a, first, key)
		}
	})
}

func TestObjectsOfOthersAreNoKeys(t *testing.T) {
	s := &S3{prefix: "team/"}
	for _, name := range []string{"team/a/b/c", "a/b/c!", "team/" + probeName, "team/a/b!", "team/a//c!", `team/a/b/"2!`, "team/a/b/c!!", ""} {
		if key, ok := s.keyOfObject(name); ok {
			t.Errorf("%q leads to key %q", name, key)
		}
	}
	if _, err := s.object("n/a/" + strings.Repeat(strings.Repeat("x", 127)+"/", 7) + strings.Repeat("x", 123)); err == nil {
		t.Error("a name that is too long for S3 was made")
	}
}

// TestWatchedEndsWhatStandsStill tries a server that never answers, one that stops in the midst, and one that is slow all along.
func TestWatchedEndsWhatStandsStill(t *testing.T) {
	const within = 600 * time.Millisecond
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 10 {
			switch r.URL.Path {
			case "/slow":
				time.Sleep(within / 6) // What is tested is an answer that takes its time.
			case "/silent":
				<-over
			}
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			if r.URL.Path == "/stopping" {
				<-over
			}
		}
	}))
	defer server.Close()
	defer close(over)
	client := http.Client{Transport: &watched{base: newTransport(nil), within: within}}
	for path, want := range map[string]error{"/slow": nil, "/silent": errStalled, "/stopping": errStalled} {
		t.Run(path[1:], func(t *testing.T) {
			data, err := fetch(t, &client, server.URL+path)
			if !errors.Is(err, want) || (want == nil && len(data) != 10) {
				t.Errorf("read %q, error %v, want %v", data, err, want)
			}
			if err != nil && !passing(err) {
				t.Errorf("%v would not be tried again", err)
			}
		})
	}
}

func fetch(t *testing.T, client *http.Client, url string) ([]byte, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(response.Body)
}
