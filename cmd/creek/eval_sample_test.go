package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online"
)

// sampled writes a file of n records, of which line writes each.
func sampled(t *testing.T, name string, n int, line func(i int) string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var text strings.Builder
	if strings.HasSuffix(name, ".csv") {
		text.WriteString("a,b,class\n")
	}
	for i := range n {
		text.WriteString(line(i) + "\n")
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the features are is taken from more records than the first, and what comes too late is told.
func TestEvalLooksAtASample(t *testing.T) {
	from := func(at int, then, before string) func(int) string {
		return func(i int) string {
			text := before
			if i >= at {
				text = then
			}
			return strings.NewReplacer("#", fmt.Sprint(i%7), "@", []string{"false", "true"}[i%2]).Replace(text)
		}
	}
	numeric := []online.Feature{{Name: "a"}, {Name: "b"}}
	tests := map[string]struct {
		file     string
		line     func(int) string
		args     []string
		features []online.Feature
		says     string
	}{
		"a text later": {
			file: "x.csv", line: from(500, "#,text,@", "#,1,@"), features: []online.Feature{{Name: "a"}, {Name: "b", Type: online.Nominal}},
		},
		"markers first": {file: "x.csv", line: from(3, "#,#,@", "NA,?,@"), features: numeric},
		"markers later": {file: "x.csv", line: from(1500, "NaN, ? ,@", "#,#,@"), features: numeric},
		"another marker": {
			file: "x.csv", line: from(1, "#,#,@", "#,none,@"), args: []string{"--missing", "none"}, features: numeric,
		},
		"a text too late": {
			file: "x.csv", line: from(1000, "#,text,@", "#,#,@"),
			says: `record 1001: field b, byte 2: a number is needed, not "text"; name the field in --nominal`,
		},
		"a field later": {file: "x.jsonl", line: from(500, `{"a":#,"b":1,"class":@}`, `{"a":#,"class":@}`), features: numeric},
		"a field too late": {
			file: "x.jsonl", line: from(1000, `{"a":#,"b":1,"class":@}`, `{"a":#,"class":@}`),
			says: "record 1001: field b, byte 7: none of the records that tell what the features are has this field; the first 1000 tell that",
		},
		"strings for nothing": {file: "x.jsonl", line: from(2, `{"a":#,"b":1,"class":@}`, `{"a":"NA","b":"NaN","class":@}`), features: numeric},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			data, saved := sampled(t, tc.file, 2000, tc.line), filepath.Join(t.TempDir(), "saved")
			args := []string{"eval", "--data", data, "--label", "class", "--model", "HoeffdingTree", "--save", saved}
			code, _, errs := creek(t, append(args, tc.args...)...)
			if tc.says != "" {
				if code != exitFailure || !strings.Contains(errs, tc.says) {
					t.Errorf("exit code %d, and stderr should say %q:\n%s", code, tc.says, errs)
				}
				return
			}
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			state, err := os.ReadFile(saved)
			if err != nil {
				t.Fatal(err)
			}
			model, err := online.LoadState(state)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.features, model.Config().Features); diff != "" {
				t.Error(diff)
			}
			args = append([]string{"predict", "--model", saved, "--data", data, "--classes", "false,true"}, tc.args...)
			code, out, errs := creek(t, args...)
			if code != 0 || strings.Count(out, "\n") != 2000 {
				t.Fatalf("predicting ends with %d: %s", code, errs)
			}
			var last struct{ Class string }
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Class != "true" && last.Class != "false" {
				t.Errorf("class %q, error %v", last.Class, err)
			}
		})
	}
}

// The labels are told even where a model need not name them.
func TestEvalNamesImpliedClasses(t *testing.T) {
	data := seaFile(t, "sea.csv", 50)
	saved := filepath.Join(t.TempDir(), "saved")
	code, out, errs := creek(t, "eval", "--data", data, "--label", "class", "--model", "GaussianNB", "--save", saved)
	if code != 0 || !strings.Contains(out, "classes               false,true\n") || !strings.Contains(errs, "--classes=false,true\n") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	_, named, _ := creek(t, "predict", "--model", saved, "--data", data)
	if _, told, _ := creek(t, "predict", "--model", saved, "--data", data, "--classes", "false,true"); named != told || strings.Count(named, `{"class":"`) != 50 {
		t.Errorf("without --classes the predictions are\n%s", named)
	}
	if err := os.WriteFile(classNamesFile(saved), []byte(`["a"]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := creek(t, "predict", "--model", saved, "--data", data); code != exitFailure || !strings.Contains(errs, "names 1 classes") {
		t.Errorf("names of another model: %d, %s", code, errs)
	}
	// A model that has no need of names takes away those of the one before.
	if code, _, errs := creek(t, "eval", "--data", data, "--label", "x1", "--model", "HoeffdingTree", "--task", "Regression", "--save", saved); code != 0 {
		t.Error(errs)
	}
	if _, err := os.Stat(classNamesFile(saved)); err == nil {
		t.Error("the names of another model's classes are still there")
	}
	creek(t, "eval", "--data", data, "--label", "class", "--model", "GaussianNB", "--save", saved)
	for classes, says := range map[string]string{"a": "--classes has 1 names, the model 2 classes", "no,yes": `{"class":"`} {
		_, out, errs := creek(t, "predict", "--model", saved, "--data", data, "--classes", classes)
		if !strings.Contains(out+errs, says) || strings.Contains(out, `"0"`) {
			t.Errorf("--classes %s: %s%s", classes, out, errs)
		}
	}
}
