package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// textFile writes a file, and returns its path.
func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// evaluated runs creek eval with a logistic regression.
func evaluated(t *testing.T, args ...string) evaluation {
	t.Helper()
	code, out, errs := creek(t, append([]string{"eval", "--model", "LogisticRegression", "-o", "json"}, args...)...)
	var got evaluation
	if err := json.Unmarshal([]byte(out), &got); code != 0 || err != nil {
		t.Fatalf("%q: exit code %d, %v\n%s%s", args, code, err, out, errs)
	}
	return got
}

// The same rows make the same model, however the file holds them.
func TestEvalReadsEveryShapeOfFile(t *testing.T) {
	shapes := map[string]struct {
		name string
		args []string
		// line writes a record of the features a and b and the label, header stands before them.
		header string
		line   func(a, b, label int) string
	}{
		"comma":      {"x.csv", []string{"--label", "y"}, "a,b,y\n", func(a, b, y int) string { return fmt.Sprintf("%d,%d,%d\n", a, b, y) }},
		"Windows":    {"x.csv", []string{"--label", "y"}, "\ufeffa,b,y\r\n", func(a, b, y int) string { return fmt.Sprintf("%d,%d,%d\r\n", a, b, y) }},
		"tabs":       {"x.tsv", []string{"--label", "y"}, "a\tb\ty\n", func(a, b, y int) string { return fmt.Sprintf("%d\t%d\t%d\n", a, b, y) }},
		"named tabs": {"x.csv", []string{"--label", "y", "--delimiter", "tab"}, "a\tb\ty\n", func(a, b, y int) string { return fmt.Sprintf("%d\t%d\t%d\n", a, b, y) }},
		"semicolons": {"x.csv", []string{"--label", "y", "--delimiter", ";"}, "a;b;y\n", func(a, b, y int) string { return fmt.Sprintf("%d;%d;%d\n", a, b, y) }},
		"no header": {"x.csv", []string{"--label", "y", "--columns", "y,a,b"}, "", func(a, b, y int) string {
			return fmt.Sprintf("%d,%d,%d\n", y, a, b)
		}},
		"another order": {"x.csv", []string{"--label", "y", "--features", "a,b=beta"}, "id,beta,y,a\n", func(a, b, y int) string {
			return fmt.Sprintf("7,%d,%d,%d\n", b, y, a)
		}},
		"JSON": {"x.jsonl", []string{"--label", "y"}, "\ufeff", func(a, b, y int) string { return fmt.Sprintf("{\"a\":%d,\"b\":%d,\"y\":%d}\n", a, b, y) }},
		"nested JSON": {"x.jsonl", []string{"--label", "meta.y", "--features", "a=in.a,b=in.b"}, "", func(a, b, y int) string {
			return fmt.Sprintf("{\"meta\":{\"y\":%d},\"in\":{\"b\":%d,\"a\":%d},\"tags\":[1]}\n", y, b, a)
		}},
	}
	var digest string
	for name, shape := range shapes {
		text := shape.header
		for i := range 300 {
			text += shape.line(i%7, i*i%11, i%2)
		}
		path := textFile(t, shape.name, text)
		got := evaluated(t, append([]string{"--data", path}, shape.args...)...)
		if digest == "" {
			digest = got.Digest
		}
		if got.Digest != digest || got.Learned != 300 || len(got.Nominal) > 0 {
			t.Errorf("%s: got %+v, want the digest %s", name, got, digest)
		}
	}
}

// A large file is read twice instead of kept while its classes are sought: the model is the one of the same records from a pipe.
func TestEvalReadsLargeFilesTwice(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b,y\n")
	for i := range 10_000 {
		// The padding is what makes it large.
		fmt.Fprintf(&text, "%d,%d%2000s,%s\n", i%7, i*i%11, "", []string{"up", "down"}[i%3%2])
	}
	path := textFile(t, "large.csv", text.String())
	large := evaluated(t, "--label", "y", "--data", path)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = writer.WriteString(text.String())
		_ = writer.Close()
	}()
	piped := evaluated(t, "--label", "y", "--data", fmt.Sprintf("/dev/fd/%d", reader.Fd()))
	_ = reader.Close()
	if large.Digest != piped.Digest || large.Learned != 10_000 || len(large.Nominal) > 0 {
		t.Errorf("%+v, want as from a pipe %+v", large, piped)
	}
	if got := evaluated(t, "--label", "y", "--data", path, "--limit", "2"); got.Learned != 2 {
		t.Errorf("%d records learned, want 2", got.Learned)
	}
}

// Two texts of one number are one class, in files that are kept in memory and in those that are read twice.
func TestEvalTakesOneNumberForOneClass(t *testing.T) {
	var digests []string
	for _, padding := range []int{0, 2000} {
		var text strings.Builder
		text.WriteString("a,y\n")
		for i := range 9_000 {
			fmt.Fprintf(&text, "%d%*s,%s\n", i%7, padding, "", []string{"1", "1.0", "0"}[i%3])
		}
		got := evaluated(t, "--model", "GaussianNB", "--label", "y", "--data", textFile(t, "labels.csv", text.String()))
		if diff := cmp.Diff([]string{"0", "1"}, got.Classes); diff != "" || got.Learned != 9_000 {
			t.Errorf("%d records learned, classes (-want +got):\n%s", got.Learned, diff)
		}
		digests = append(digests, got.Digest)
	}
	if digests[0] != digests[1] {
		t.Errorf("the models differ: %v", digests)
	}
}

// Where labels are only measured, some records may have none.
func TestEvalMeasuresTheLabelsThatThereAre(t *testing.T) {
	for _, padding := range []int{0, 2000} {
		var text strings.Builder
		text.WriteString("a,y\n")
		for i := range 9_000 {
			fmt.Fprintf(&text, "%d%*s,%s\n", i%7, padding, "", []string{"usual", "", "odd"}[i%3])
		}
		data := textFile(t, "labels.csv", text.String())
		code, out, errs := creek(t, "eval", "--model", "HalfSpaceTrees", "--label", "y", "--data", data)
		for _, want := range []string{"records               9000", "rocAuc ", "classes               odd,usual\n"} {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("exit code %d, stdout should say %q:\n%s%s", code, want, out, errs)
			}
		}
	}
}

// A part of the rows may have no area under a curve although all have one, and a third class would go unmeasured.
func TestEvalOfDetectorsByTwoClasses(t *testing.T) {
	args := []string{"eval", "--model", "HalfSpaceTrees", "--label", "y", "--every", "2", "--data"}
	code, out, errs := creek(t, append(args, textFile(t, "x.csv", "a,y\n1,0\n2,1\n3,1\n4,1\n"))...)
	if code != 0 || !strings.Contains(out, "after 4             meanScore 0.000000 (of these 0.000000)  rocAuc 0.500000 (of these -)\n") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	data := textFile(t, "x.csv", "a,y\n1,p\n2,q\n3,r\n")
	if code, _, errs := creek(t, append(args, data)...); code != exitUsage || !strings.Contains(errs, "--label y has 3 different values") || !strings.Contains(errs, "--drop y instead") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// What is piped in is known by how it begins.
func TestEvalReadsPipes(t *testing.T) {
	want := evaluated(t, "--label", "class", "--data", seaFile(t, "sea.csv", 200)).Digest
	zipped := func(text []byte) []byte {
		var buffer bytes.Buffer
		w := gzip.NewWriter(&buffer)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return buffer.Bytes()
	}
	for _, name := range []string{"sea.csv", "sea.jsonl"} {
		text, err := os.ReadFile(seaFile(t, name, 200))
		if err != nil {
			t.Fatal(err)
		}
		for _, content := range [][]byte{text, zipped(text)} {
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				_, _ = writer.Write(content)
				_ = writer.Close()
			}()
			got := evaluated(t, "--label", "class", "--data", fmt.Sprintf("/dev/fd/%d", reader.Fd()))
			_ = reader.Close()
			if got.Digest != want {
				t.Errorf("%s of %d bytes through a pipe: digest %s, want %s", name, len(content), got.Digest, want)
			}
		}
	}
}

// What is wrong with a file is told with its place and a way out.
func TestEvalExplainsFiles(t *testing.T) {
	tests := map[string]struct {
		name, text string
		args       []string
		code       int
		says       []string
	}{
		"semicolons":   {"x.csv", "a;y\n1;0\n2;1\n", nil, exitFailure, []string{"x.csv", "a;y", "--delimiter"}},
		"no header":    {"x.csv", "1,0\n2,1\n", nil, exitFailure, []string{`there is no "y"`, "--columns"}},
		"another case": {"x.csv", "a, Y\n1,0\n2,1\n", nil, exitFailure, []string{`perhaps " Y" is meant`}},
		"twice":        {"x.csv", "a,b,a,y\n1,2,3,0\n", nil, exitFailure, []string{"x.csv", `columns 1 and 3 are both called "a"`}},
		"an index":     {"x.csv", ",a,y\n0,1,0\n", nil, exitFailure, []string{"x.csv", "column 1 has no name"}},
		"Latin-1":      {"x.csv", "n\xe9,y\n1,0\n", nil, exitFailure, []string{"x.csv", "column 1", "UTF-8"}},
		"a stray text": {"x.csv", "a,y\n1,0\n2,1\nnone,1\n", nil, exitUsage, []string{"a is nominal", `record 3: a number is needed, not "none"`, "--missing"}},
		"stray infinity": {"x.csv", "a,y\n1,0\ninf,1\n", []string{"--preprocess", "StandardScaler"}, exitUsage, []string{
			"StandardScaler: it is for none of the features, which are all nominal; a is nominal", `record 2: a number is needed, not "inf"`, "--missing",
		}},
		"infinity of a step": {"x.csv", "a,b,y\n1,2,0\ninf,3,1\n", []string{"--preprocess", "StandardScaler features=a"}, exitUsage, []string{
			"StandardScaler is not for a, which is nominal; a is nominal because of record 2", "--missing",
		}},
		"no label":        {"x.csv", "a,y\n1,0\n2,\n", nil, exitFailure, []string{"record 2: field y", "leave such records out"}},
		"a listed object": {"x.json", `{"a":{"b":1},"y":0}`, []string{"--features", "a"}, exitFailure, []string{"--features, such as amount=payment.amount"}},
		"an array":        {"x.json", `[{"a":1,"y":0}]`, nil, exitFailure, []string{"record 1", "jq -c '.[]'"}},
		"several lines":   {"x.json", "{\"a\":1,\n\"y\":0}\n", nil, exitFailure, []string{"record 1", "jq -c ."}},
		"NaN":             {"x.json", "{\"a\":1,\"y\":0}\n{\"a\":NaN,\"y\":0}\n", nil, exitFailure, []string{"record 2", "null"}},
		"no object":       {"x.json", "{\"a\":1,\"y\":0}\nhello\n", nil, exitFailure, []string{"record 2", `"hello"`}},
		"inside":          {"x.json", `{"a":{"b":1},"y":0}`, nil, exitFailure, []string{"to be dropped: a", "--features"}},
		"label inside":    {"x.json", `{"a":1,"m":{"y":0}}`, []string{"--label", "m.y"}, exitFailure, []string{`no "m.y"`, "--features"}},
		"no such column":  {"x.csv", "a,y\n1,0\n", []string{"--features", "b=c"}, exitFailure, []string{"x.csv", `no column "c"`}},
		"dropped twice":   {"x.csv", "a,y\n1,0\n", []string{"--features", "a", "--drop", "a"}, exitFailure, []string{"drop", "--features"}},
		"no such nominal": {"x.csv", "a,y\n1,0\n", []string{"--features", "a", "--nominal", "b"}, exitFailure, []string{`no feature "b"`}},
		"nothing there":   {"x.json", "{\"a\":1,\"y\":0}\n{\"y\":1}\n", []string{"--features", "a,b=c.d"}, 0, []string{"none of the first records has a value of b=c.d\n"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"eval", "--data", textFile(t, tc.name, tc.text), "--label", "y", "--model", "LogisticRegression"}, tc.args...)
			code, _, errs := creek(t, args...)
			if code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			for _, want := range tc.says {
				if !strings.Contains(errs, want) {
					t.Errorf("stderr should say %q:\n%s", want, errs)
				}
			}
		})
	}
}

// All records are counted, those without a prediction too, and which features are nominal is told; what was found is told even where the
// model cannot be saved.
func TestEvalCountsRecords(t *testing.T) {
	data := textFile(t, "x.jsonl", strings.Repeat(`{"a":"1","b":2,"y":0}`+"\n"+`{"a":"2","b":3,"y":1}`+"\n", 5))
	code, out, errs := creek(t, "eval", "--data", data, "--label", "y", "--model", "GaussianNB", "--save", filepath.Join(data, "x"))
	for _, want := range []string{"records               10 (9 measured;", "nominal               a\n", "digest "} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout should say %q:\n%s", want, out)
		}
	}
	if code != exitFailure || !strings.Contains(errs, "save the model") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// Names are listed as flags take them, and figures are told with the digits that they have.
func TestEvalPrintsNamesAndFigures(t *testing.T) {
	data := textFile(t, "x.csv", "a,y\n1,\"a, b\"\n2, c\n3,\"a, b\"\n4, c\n")
	_, found, errs := creek(t, "eval", "--data", data, "--label", "y", "--model", "GaussianNB")
	at := strings.Index(found, "classes               ")
	if at < 0 || !strings.HasPrefix(found[at:], "classes               \" c\",\"a, b\"\n") {
		t.Fatalf("the classes are not told:\n%s%s", found, errs)
	}
	_, digest, _ := strings.Cut(found, "digest ")
	code, told, errs := creek(t, "eval", "--data", data, "--label", "y", "--model", "GaussianNB", "--classes", "\" c\",\"a, b\"")
	if code != 0 || !strings.HasSuffix(told, "digest "+digest) {
		t.Errorf("exit code %d: %s%s", code, told, errs)
	}
	for value, want := range map[float64]string{0: "0.000000", 0.25: "0.250000", -1.5e-7: "-1.5e-07", 4.9e80: "4.9e+80", 123456789.25: "123456789.250000"} {
		if got := figure(value); got != want {
			t.Errorf("figure(%v) = %s, want %s", value, got, want)
		}
	}
	if _, out, errs := creek(t, "eval", "--data", data, "--label", "y", "--model", "GaussianNB", "--delay", "9"); strings.Contains(out, "accuracy") || !strings.Contains(out, "4 (0 measured") {
		t.Errorf("accuracy of nothing:\n%s%s", out, errs)
	}
}

// The records are not overwritten by what was learned from them, by whatever path.
func TestEvalKeepsItsRecords(t *testing.T) {
	const text = "a,y\n1,0\n2,1\n"
	data := textFile(t, "x.csv", text)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(data, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{data, link} {
		code, _, errs := creek(t, "eval", "--data", data, "--label", "y", "--model", "GaussianNB", "--save", path)
		if kept, err := os.ReadFile(data); code != exitUsage || !strings.Contains(errs, "--save "+path) || err != nil || string(kept) != text {
			t.Errorf("exit code %d, error %v, the file is %q: %s", code, err, kept, errs)
		}
	}
}

// A model finds its features where the file has them.
func TestPredictFromAnotherPlace(t *testing.T) {
	data, saved := textFile(t, "x.csv", "a,b,y\n1,2,0\n2,3,1\n"), filepath.Join(t.TempDir(), "saved")
	evaluated(t, "--data", data, "--label", "y", "--save", saved)
	_, want, _ := creek(t, "predict", "--model", saved, "--data", data)
	for name, args := range map[string][]string{
		"nested":    {"--data", textFile(t, "x.jsonl", "{\"b\":2,\"in\":{\"a\":1}}\n{\"b\":3,\"in\":{\"a\":2}}\n"), "--features", "a=in.a"},
		"no header": {"--data", textFile(t, "x.csv", "2;1\n3;2\n"), "--columns", "b,alpha", "--delimiter", ";", "--features", "a=alpha"},
	} {
		if code, out, errs := creek(t, append([]string{"predict", "--model", saved}, args...)...); code != 0 || out != want {
			t.Errorf("%s: exit code %d\n%s%s, want\n%s", name, code, out, errs, want)
		}
	}
	code, _, errs := creek(t, "predict", "--model", saved, "--data", data, "--features", "c=a")
	if code == 0 || !strings.Contains(errs, `"c=a"`) || !strings.Contains(errs, `["a" "b"]`) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// What may be a mistake in the first records is said, though it is no error: texts among numbers, and features that no record has.
func TestRemarks(t *testing.T) {
	text := "a,b,y\n"
	for i := range 100 {
		text += fmt.Sprintf("%d,%d,%d\n", i%7, i*i%11, i%2)
	}
	mixed := textFile(t, "mixed.csv", text+"1,N/A,0\n")
	code, _, errs := creek(t, "eval", "--model", "GaussianNB", "--label", "y", "--data", mixed)
	if code != 0 || !strings.Contains(errs, "b is taken for nominal") || !strings.Contains(errs, "record 101") || !strings.Contains(errs, "--missing") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	if code, _, errs := creek(t, "eval", "--model", "GaussianNB", "--label", "y", "--data", mixed, "--nominal", "b"); code != 0 || errs != "" {
		t.Errorf("exit code %d with --nominal, %s", code, errs)
	}
	folder := t.TempDir()
	if code, _, errs := creek(t, "eval", "--model", "GaussianNB", "--label", "y", "--data", mixed, "--save", folder+"/none/m"); code != 2 || !strings.Contains(errs, "there is no folder") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	model := filepath.Join(folder, "m")
	creek(t, "eval", "--model", "GaussianNB", "--label", "y", "--data", textFile(t, "x.csv", text), "--save", model)
	code, _, errs = creek(t, "predict", "--model", model, "--data", textFile(t, "other.jsonl", "{\"c\":1}\n"))
	if code != 1 || !strings.Contains(errs, "no record has a value of any of the model's features a, b") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	code, out, errs := creek(t, "predict", "--model", model, "--data", textFile(t, "renamed.jsonl", "{\"a\":1,\"beta\":2}\n"))
	if code != 0 || out == "" || !strings.Contains(errs, "no record has a value of b") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}
