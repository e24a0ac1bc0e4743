package trainer_test

import (
	"bytes"
	"context"
	"encoding"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// described is the file that describes the interface, read once.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("../docs/openapi.yaml")
	if err == nil {
		err = doc.Validate(context.Background())
	}
	return doc, err
})

var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// conform checks an exchange against the file: the response always, the request where the server took it.
func conform(request *http.Request, sent []byte, response *http.Response, body []byte) error {
	router, err := router()
	if err != nil {
		return err
	}
	// The file names no servers: the path alone is looked for.
	seen, err := http.NewRequest(request.Method, request.URL.Path, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	seen.Header = request.Header.Clone()
	seen.Header.Set("Content-Type", "application/json")
	route, parameters, err := router.FindRoute(seen)
	if err != nil {
		return err
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}
	input := &openapi3filter.RequestValidationInput{Request: seen, PathParams: parameters, Route: route, Options: options}
	if response.StatusCode < 400 {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			return err
		}
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Options: options}
	return openapi3filter.ValidateResponse(context.Background(), output.SetBodyBytes(body))
}

// TestEveryStatusIsDescribed has a server answer with each status that the file knows for /v1/train. That its answers are as the file says
// is checked for these and for every exchange of the other tests by the harness.
func TestEveryStatusIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	note := func(status int, _ history.Answer) { seen[http.StatusText(status)] = true }
	raw := func(tr *training, body, authorization string) {
		t.Helper()
		status, answer, err := tr.post(t.Context(), []byte(body), authorization)
		if err != nil {
			t.Fatal(err)
		}
		note(status, answer)
	}
	tr := newTraining(t, 400, 200, 400)
	raw(tr, "{", "Bearer s3cret")
	raw(tr, "{}", "")
	raw(tr, strings.Repeat(" ", 9<<20), "Bearer s3cret")
	note(tr.send(tr.train(position(0, 0), 1)))
	note(tr.send(tr.flush(position(1, 0))))
	note(tr.send(tr.train(history.Position{Entry: 0, Next: 9}, 1)))
	ahead := tr.train(position(1, 0), 2)
	tr.trainer.SetBodyWithin(50 * time.Millisecond)
	slow, writer := io.Pipe()
	defer writer.Close()
	go func() { _, _ = writer.Write([]byte("{")) }()
	status, answer, _, err := tr.stream(t.Context(), slow, "Bearer s3cret")
	if err != nil {
		t.Fatal(err)
	}
	note(status, answer)

	fresh := newTraining(t, 400, 200, 400)
	note(fresh.send(ahead))
	fresh.source.fail = stream.ErrUnreachable
	note(fresh.send(fresh.train(position(0, 0), 1)))
	fresh.source.fail = &stream.OffsetError{Start: 7}
	note(fresh.send(fresh.train(position(0, 0), 1)))

	busy := newTraining(t, 400, 400)
	g := newGate(100)
	busy.source.reached = g.reached
	go func() { _, _ = busy.trainer.Do(context.WithoutCancel(t.Context()), busy.train(position(0, 0), 1)) }()
	<-g.arrived
	note(busy.send(busy.train(position(0, 0), 1)))
	close(g.opened)

	small, _ := newSmallTraining(t, 1<<20)
	note(small.send(small.train(position(0, 0), 1)))

	doc, err := described()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for status := range doc.Paths.Find(history.PathTrain).Post.Responses.Map() {
		code := 0
		if err := json.Unmarshal([]byte(status), &code); err != nil {
			t.Fatal(err)
		}
		want[http.StatusText(code)] = true
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("statuses (-described +seen):\n%s", diff)
	}
}

// TestOtherPathsAreDescribed looks at what is served beside /v1/train, and that nothing is described that is not.
func TestOtherPathsAreDescribed(t *testing.T) {
	tr := newTraining(t, 10, 10)
	baseline := newTraining(t, 10, 10)
	baseline.trainer.ServeFacts(func() history.Facts {
		return history.Facts{
			Lineage: baseline.genesis.Lineage, UID: "u", Phase: history.PhaseRunning, Source: history.Finding{Status: history.True},
			State: history.Finding{Status: history.False}, Trainer: history.Finding{Status: history.Unknown}, Memory: &history.MemoryFacts{Needed: 1},
			Checkpoint: &history.CheckpointFacts{}, Metrics: map[string]float64{"accuracy": 1}, Stopped: &history.Problem{Offset: 4},
		}
	})
	server := httptest.NewServer(baseline.trainer.Handler())
	defer server.Close()
	served := map[string]bool{history.PathTrain: true}
	for _, get := range []struct {
		url, authorization string
		status             int
	}{
		{tr.url + history.PathReady, "", 200},
		{tr.url + history.PathMetrics, "", 200},
		{server.URL + history.PathReady, "", 200},
		{server.URL + history.PathFacts, "Bearer s3cret", 200},
		{server.URL + history.PathFacts, "", 401},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, get.url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", get.authorization)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != get.status {
			t.Errorf("%s: status %d, error %v; want %d", get.url, response.StatusCode, err, get.status)
		}
		if err := conform(request, nil, response, body); err != nil {
			t.Errorf("%s: %v", get.url, err)
		}
		served[request.URL.Path] = true
	}
	doc, err := described()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path := range doc.Paths.Map() {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(served)), paths); diff != "" {
		t.Errorf("paths (-served +described):\n%s", diff)
	}
}

// TestEveryFieldIsDescribed compares the fields of the types with those of the file, both ways.
func TestEveryFieldIsDescribed(t *testing.T) {
	doc, err := described()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, root := range []any{history.Request{}, history.Answer{}, history.Facts{}} {
		compareFields(t, doc, reflect.TypeOf(root), seen)
	}
	for name, schema := range doc.Components.Schemas {
		if len(schema.Value.Properties) > 0 && !seen[name] {
			t.Errorf("the file describes %s, which nothing holds", name)
		}
	}
}

func compareFields(t *testing.T, doc *openapi3.T, of reflect.Type, seen map[string]bool) {
	t.Helper()
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || seen[of.Name()] || of.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return
	}
	seen[of.Name()] = true
	schema := doc.Components.Schemas[of.Name()]
	if schema == nil {
		t.Errorf("the file does not describe %s", of.Name())
		return
	}
	want := map[string]bool{}
	for _, field := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			want[name] = true
			compareFields(t, doc, field.Type, seen)
		}
	}
	got := map[string]bool{}
	for name := range schema.Value.Properties {
		got[name] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-type +file):\n%s", of.Name(), diff)
	}
}
