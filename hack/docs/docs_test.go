package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	got := newTable("a", "b")
	got.row("one | two", "a comment\nof two lines")
	want := "| a | b |\n|---|---|\n| one \\| two | a comment of two lines |\n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestPages makes every page from the work tree and looks for rows that each of them must have.
func TestPages(t *testing.T) {
	rows := map[string][]string{
		"api.md": {
			"| `source.batch.maxBytes` | quantity | `4Mi` |",
			"| `source.batch.window` | duration | `500ms` |",
			"| `source.kafka.topic` * | string |",
			"| `memory.mode` | `Off`, `Advise`, `Auto` | `Auto` |",
			"| `workers[].memory.limit` | quantity |",
			"| `spec.source.kafka.topic` | topic is fixed within a lineage;",
		},
		"conditions.md": {
			"| `Ready` | Sums up:",
			"| `Suspended` | spec.suspend is true. |",
			"| `MemoryExhausted` | A worker needs more memory",
		},
		"metrics.md": {
			"| `creek_training_ready` | gauge | `namespace`, `name` |",
			"| `creek_dispatcher_lag` | gauge | `namespace`, `name` |",
			"| `creek_trainer_requests_total` | counter | `action`, `code` |",
		},
		"openapi.yaml": {"  /v1/train:", "    Answer:", `      enum: ["Train", "Flush", "Preflight"]`},
		"models.md":    {"| `learningRate` | `0.01` | `(0, 1]` |", "### StandardScaler"},
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			text, err := page("../..")
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows[name] {
				if !strings.Contains(text, row) {
					t.Errorf("it lacks %q", row)
				}
			}
			if len(rows[name]) == 0 {
				t.Error("nothing is expected of it")
			}
		})
	}
}
