package trainer

import (
	"bytes"
	"encoding/json"
	"testing"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// FuzzRequest feeds bodies to the decoder, and what it accepts to a shard, which must answer or ask the store, and never crash.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"action":"Preflight","namespace":"ns","name":"fraud","lineage":1}`))
	f.Add([]byte(`{"action":"Train","namespace":"ns","name":"n","lineage":1,"incarnation":"c","from":{"entry":0},` +
		`"hash":"` + history.Sum(nil).String() + `","entries":[{"version":1,"number":1,"kind":"Slice","writer":"w","term":1,"epoch":0,` +
		`"start":[{"partition":0,"offset":0}],"end":[{"partition":0,"offset":9}],"previous":"` + history.Sum(nil).String() + `"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		request, err := readRequest(bytes.NewReader(body))
		if err != nil {
			return
		}
		again, err := json.Marshal(request)
		if err != nil {
			t.Fatalf("an accepted request does not encode: %v", err)
		}
		if _, err := readRequest(bytes.NewReader(again)); err != nil {
			t.Errorf("an accepted request is refused after encoding: %v", err)
		}
		shard := core.New()
		if effects := shard.Step(1, core.RequestArrived{ID: 1, Request: request}); len(effects) == 0 {
			t.Error("nothing follows from a request")
		}
	})
}
