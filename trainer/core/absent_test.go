package core

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

// TestFeaturesThatNoRecordHasAreNamed tells a wrong path from values that are missing now and then.
func TestFeaturesThatNoRecordHasAreNamed(t *testing.T) {
	l, err := newLearner(Arithmetic{New: online.New}, history.LearningSpec{
		Format: history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "often"}, {Name: "seldom"}, {Name: "never"}}},
		Model:  history.Model{Algorithm: "LogisticRegression"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range lookedEnough {
		if got := l.missing(); got != nil {
			t.Fatalf("after %d records %v are called missing", i, got)
		}
		value := fmt.Sprintf(`{"often":%d,"y":1}`, i)
		if i == 70 {
			value = `{"seldom":1,"y":0}`
		}
		if _, err := l.learn(0, []Record{{Offset: int64(i), Value: []byte(value)}}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"never"}, l.missing()); diff != "" {
		t.Errorf("missing features (-want +got):\n%s", diff)
	}
}
