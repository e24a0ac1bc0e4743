package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online"
)

// dataset is a CSV file with a header and what its columns mean.
type dataset struct {
	name string
	// file is below CREEK_DATA; make writes one that is not there.
	file string
	make func() []byte
	// target is the column of the label; without classes it is a number.
	target  string
	classes []string
	// nominal are the columns whose values are names.
	nominal []string
}

var segmentClasses = []string{"brickface", "cement", "foliage", "grass", "path", "sky", "window"}

// datasets are all that cases can name. Of two classes the last is the positive one.
var datasets = slices.Concat([]dataset{
	{name: "elec2", file: "elec2.csv", target: "class", classes: []string{"DOWN", "UP"}},
	{name: "elec2-nominal", file: "elec2.csv", target: "class", classes: []string{"DOWN", "UP"}, nominal: []string{"day"}},
	{name: "phishing", file: "phishing.csv", target: "is_phishing", classes: []string{"0", "1"}},
	{name: "bananas", file: "bananas.csv", target: "class", classes: []string{"false", "true"}},
	{name: "segments", file: "image_segments.csv", target: "category", classes: segmentClasses},
	{name: "trump", file: "trump_approval.csv", target: "five_thirty_eight"},
	{name: "chick", file: "chick-weights.csv", target: "weight"},
	{name: "chick-names", file: "chick-weights.csv", target: "weight", nominal: []string{"time", "chick", "diet"}},
	{name: "chick-nominal", file: "chick-weights.csv", target: "weight", nominal: []string{"chick", "diet"}},
}, generated)

func findDataset(name string) (dataset, error) {
	i := slices.IndexFunc(datasets, func(d dataset) bool { return d.name == name })
	if i < 0 {
		return dataset{}, fmt.Errorf("no data set is called %q", name)
	}
	return datasets[i], nil
}

// table is a data set in memory.
type table struct {
	dataset
	path   string
	digest string
	names  []string
	x      [][]float64
	y      []float64
}

// tables holds what was loaded already.
type tables struct {
	folder string
	loaded map[string]*table
}

func newTables(folder string) *tables { return &tables{folder, map[string]*table{}} }

// get loads a data set, of which the file is made first if it is one that is made.
func (t *tables) get(name string) (*table, error) {
	if loaded := t.loaded[name]; loaded != nil {
		return loaded, nil
	}
	d, err := findDataset(name)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(os.Getenv("CREEK_DATA"), d.file)
	if d.make != nil {
		path = filepath.Join(t.folder, d.file)
		if err := os.WriteFile(path, d.make(), 0o600); err != nil {
			return nil, fmt.Errorf("write data set %s: %w", name, err)
		}
	}
	loaded, err := load(d, path)
	if err != nil {
		return nil, fmt.Errorf("load data set %s (CREEK_DATA names the folder of the real ones): %w", name, err)
	}
	t.loaded[name] = loaded
	return loaded, nil
}

func load(d dataset, path string) (*table, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	t := &table{dataset: d, path: path, digest: hex.EncodeToString(sum[:])}
	label := slices.Index(records[0], d.target)
	if label < 0 {
		return nil, fmt.Errorf("there is no column %q", d.target)
	}
	t.names = slices.Delete(slices.Clone(records[0]), label, label+1)
	for i, record := range records[1:] {
		if err := t.append(record, label); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return t, nil
}

func (t *table) append(record []string, label int) error {
	y, err := t.label(record[label])
	if err != nil {
		return err
	}
	row := make([]float64, 0, len(t.names))
	for i, text := range slices.Delete(record, label, label+1) {
		v, err := t.value(t.names[i], text)
		if err != nil {
			return err
		}
		row = append(row, v)
	}
	t.x, t.y = append(t.x, row), append(t.y, y)
	return nil
}

func (t *table) label(text string) (float64, error) {
	if len(t.classes) == 0 {
		return strconv.ParseFloat(text, 64)
	}
	i := slices.Index(t.classes, text)
	if i < 0 {
		return 0, fmt.Errorf("no class is called %q", text)
	}
	return float64(i), nil
}

func (t *table) value(name, text string) (float64, error) {
	switch {
	case text == "":
		return math.NaN(), nil
	case slices.Contains(t.nominal, name):
		return online.NominalToken([]byte(text)), nil
	}
	return strconv.ParseFloat(text, 64)
}

// limit is the number of rows that a case looks at; 0 stands for all.
func (t *table) limit(rows int) int {
	if rows == 0 {
		return len(t.x)
	}
	return min(rows, len(t.x))
}

// features describes the columns to a model.
func (t *table) features() []online.Feature {
	features := online.NumericFeatures(t.names...)
	for i := range features {
		if slices.Contains(t.nominal, features[i].Name) {
			features[i].Type = online.Nominal
		}
	}
	return features
}
