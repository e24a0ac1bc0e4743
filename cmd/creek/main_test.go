package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/generator"
)

// creek runs one command line.
func creek(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

var sea = generator.SEA{Seed: 3, Noise: 0.1, DriftEvery: 500}

// seaFile writes n rows of SEA as CSV with a header, or as JSON lines.
func seaFile(t *testing.T, name string, n uint64) string {
	t.Helper()
	var data []byte
	if strings.HasSuffix(name, ".csv") {
		data = append(generator.AppendHeader(data, sea), '\n')
	}
	for i := range n {
		if strings.HasSuffix(name, ".csv") {
			data = sea.AppendCSV(data, i)
		} else {
			data = sea.AppendJSON(data, i)
		}
		data = append(data, '\n')
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// seaModel learns n rows of SEA without a file.
func seaModel(t *testing.T, n uint64) (*online.Model, evaluate.Result) {
	t.Helper()
	model, err := online.New(online.Config{
		Algorithm: "LogisticRegression", Features: online.NumericFeatures(sea.Features()...), Preprocessing: []online.Transform{{Type: "StandardScaler"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	table := evaluate.NewTable(3)
	row := make([]float64, 3)
	for i := range n {
		label := sea.Row(i, row)
		table.Append(row, float64(label))
	}
	return model, evaluate.Prequential(model, table.All())
}

func TestEvalSaysWhatTheLibraryFinds(t *testing.T) {
	const n = 2000
	_, want := seaModel(t, n)
	for _, name := range []string{"sea.csv", "sea.jsonl"} {
		code, out, errs := creek(t, "eval", "--data", seaFile(t, name, n), "--label", "class", "--model", "LogisticRegression",
			"--preprocess", "StandardScaler", "-o", "json")
		var got evaluation
		if err := json.Unmarshal([]byte(out), &got); code != 0 || err != nil {
			t.Fatalf("%s: exit code %d, %v\n%s%s", name, code, err, out, errs)
		}
		if got.Digest != want.Digest || got.Records != n || got.Metrics["accuracy"] != want.Metrics["accuracy"] {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestPredictUsesAStoredModel(t *testing.T) {
	const n = 1000
	model, _ := seaModel(t, n)
	file := filepath.Join(t.TempDir(), "sea.model")
	if err := os.WriteFile(file, model.AppendState(nil), 0o600); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, data := range []string{seaFile(t, "sea.csv", 20), seaFile(t, "sea.jsonl", 20)} {
		code, out, errs := creek(t, "predict", "--model", file, "--data", data)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if code != 0 || len(lines) != 20 {
			t.Fatalf("exit code %d, %d lines\n%s", code, len(lines), errs)
		}
		row := make([]float64, 3)
		sea.Row(0, row)
		if want := fmt.Sprintf(`{"class":"%d"`, model.Predict(row).Class); !strings.HasPrefix(lines[0], want) {
			t.Errorf("first line %s, want it to begin with %s", lines[0], want)
		}
		if first == "" {
			first = out
		} else if first != out {
			t.Error("CSV and JSON are predicted differently")
		}
	}
}

func TestProduceWritesToATopic(t *testing.T) {
	broker, err := embedded.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	brokers := strings.Join(broker.Addrs(), ",")
	for _, args := range [][]string{
		{"--generator", "SEA", "--seed", "3", "--drift-every", "500", "--count", "300", "--arrival", "constant", "--rate", "3000"},
		{"--data", seaFile(t, "sea.jsonl", 300)},
	} {
		topic := "t" + strings.Trim(args[0], "-")
		code, out, errs := creek(t, append([]string{"produce", "--kafka-brokers", brokers, "--topic", topic}, args...)...)
		if code != 0 || !strings.Contains(out, "wrote 300 records") {
			t.Fatalf("exit code %d: %s%s", code, out, errs)
		}
		reader := stream.NewReader(stream.Connection{Brokers: broker.Addrs()})
		i := uint64(0)
		_, err := reader.Read(t.Context(), stream.Named(topic), 0, 0, 300, func(batch []stream.Record) error {
			for _, record := range batch {
				if want := sea.AppendJSON(nil, i); !bytes.Equal(record.Value, want) {
					return fmt.Errorf("record %d is %s, want %s", i, record.Value, want)
				}
				i++
			}
			return nil
		})
		if err != nil || i != 300 {
			t.Errorf("%s: read %d records: %v", topic, i, err)
		}
		reader.Close()
	}
}

func TestWrongCallsAndFailures(t *testing.T) {
	data := seaFile(t, "sea.csv", 5)
	broken := filepath.Join(t.TempDir(), "broken.csv")
	if err := os.WriteFile(broken, []byte("x1,class\n1,true\n4,false,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	eval := func(args ...string) []string {
		return append([]string{"eval", "--data", data, "--label", "class", "--model", "LogisticRegression"}, args...)
	}
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"an unknown command":         {[]string{"train"}, exitUsage, `"train"`},
		"an unknown flag":            {[]string{"eval", "--speed"}, exitUsage, "--speed"},
		"no data":                    {[]string{"eval", "--label", "class", "--model", "LogisticRegression"}, exitUsage, "--data"},
		"an unknown model":           {[]string{"eval", "--data", data, "--label", "class", "--model", "Magic"}, exitUsage, "LogisticRegression"},
		"a parameter out of range":   {eval("--param", "learningRate=7"), exitUsage, "learningRate"},
		"a parameter without value":  {eval("--param", "learningRate"), exitUsage, "name=value"},
		"an unknown output":          {eval("-o", "xml"), exitUsage, "xml"},
		"a missing file":             {[]string{"eval", "--data", "none.csv", "--label", "class", "--model", "LogisticRegression"}, exitFailure, "none.csv"},
		"a missing column":           {[]string{"eval", "--data", data, "--label", "verdict", "--model", "LogisticRegression"}, exitFailure, "verdict"},
		"a type nobody knows":        {[]string{"eval", "--data", "rows.parquet", "--label", "class", "--model", "LogisticRegression"}, exitFailure, ".csv"},
		"an unreadable record":       {[]string{"eval", "--data", broken, "--label", "class", "--model", "LogisticRegression"}, exitFailure, "record 2"},
		"a class that is not listed": {eval("--classes", "yes,no"), exitFailure, "class"},
		"produce without a source":   {[]string{"produce", "--kafka-brokers", "127.0.0.1:1", "--topic", "t"}, exitUsage, "--generator"},
		"produce without brokers":    {[]string{"produce", "--topic", "t", "--data", data}, exitUsage, "kafka-brokers"},
		"pull without a name":        {[]string{"model", "pull", "-o", "x"}, exitUsage, "NAMESPACE/NAME"},
		"replay without a name":      {[]string{"replay"}, exitUsage, "NAMESPACE/NAME"},
		"replay without brokers":     {[]string{"replay", "shop/fraud", "--state-type", "Memory"}, exitUsage, "kafka-brokers"},
		"replay without a store":     {[]string{"replay", "shop/fraud", "--kafka-brokers", "127.0.0.1:1"}, exitUsage, "state-type"},
		"replay of two trainings":    {[]string{"replay", "a/b", "c/d"}, exitUsage, "a/b c/d"},
		"replay from memory":         {[]string{"replay", "a/b", "--state-type", "Memory", "--kafka-brokers", "127.0.0.1:1"}, exitUsage, "Memory"},
		"replay from nowhere": {
			[]string{"replay", "a/b", "--state-type", "File", "--state-directory", filepath.Join(data, "no"), "--kafka-brokers", "127.0.0.1:1"},
			exitFailure, filepath.Join(data, "no"),
		},
		"a rate without arrivals": {[]string{"produce", "--kafka-brokers", "127.0.0.1:1", "--topic", "t", "--data", data, "--rate", "5"}, exitUsage, "--arrival"},
		"no partitions":           {[]string{"produce", "--kafka-brokers", "127.0.0.1:1", "--topic", "t", "--data", data, "--partitions", "0"}, exitUsage, "--partitions"},
		"predict without a model": {[]string{"predict", "--data", data}, exitUsage, "--model"},
		"a model that is none":    {[]string{"predict", "--model", data, "--data", data}, exitFailure, "model"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			code, _, errs := creek(t, test.args...)
			if code != test.code || !strings.Contains(errs, test.says) {
				t.Errorf("exit code %d, want %d, and stderr should name %q:\n%s", code, test.code, test.says, errs)
			}
		})
	}
}

// Where there is no kubeconfig, the error says how one is named.
func TestPullWithoutAKubeconfig(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBECONFIG", "")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	code, _, errs := creek(t, "model", "pull", "shop/fraud", "-o", filepath.Join(t.TempDir(), "x"))
	if code != exitFailure || !strings.Contains(errs, "--kubeconfig") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
