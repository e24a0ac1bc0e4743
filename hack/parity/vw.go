package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"creek.dev/creek/trainer/online"
)

// vwSide runs Vowpal Wabbit on its own text format.
type vwSide struct {
	*script
	work string
}

func startVW(ctx context.Context, venv, work string) (*vwSide, error) {
	s, err := startScript(ctx, venv, "vw_side.py")
	return &vwSide{s, work}, err
}

// ask has the expression's options run over the file and takes the figure from the predictions, which are 1 and -1 or numbers.
func (v *vwSide) ask(ctx context.Context, r request) (answer, error) {
	file, truth, err := vwText(r, v.work, 1)
	if err != nil {
		return answer{}, err
	}
	r.Data, r.Output = file, filepath.Join(v.work, fmt.Sprintf("vw-%d", os.Getpid()))
	a, err := v.script.ask(ctx, r)
	if err != nil || a.Error != "" {
		return a, err
	}
	content, err := os.ReadFile(r.Output)
	if err != nil {
		return a, err
	}
	var values []float64
	width := 1
	for scanner := bufio.NewScanner(bytes.NewReader(content)); scanner.Scan(); {
		value, err := strconv.ParseFloat(scanner.Text(), 64)
		if err != nil {
			return a, fmt.Errorf("read a prediction of Vowpal Wabbit: %w", err)
		}
		if r.Task == online.TaskClassification {
			value = max(value, 0)
		}
		values = append(values, value)
	}
	o := measure(r.Task, &table{y: truth}, values, width)
	a.Figures, a.Counted = o.figures, o.counted
	return a, nil
}

// vwText writes the data set of a request as text, the given number of times one after the other, and returns the file and the truth.
func vwText(r request, work string, times int) (string, []float64, error) {
	records, label, err := readRecords(r)
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	var truth []float64
	for _, record := range records[1:] {
		class := slices.Index(r.Classes, record[label])
		switch {
		case len(r.Classes) == 0:
			y, err := strconv.ParseFloat(record[label], 64)
			if err != nil {
				return "", nil, err
			}
			truth = append(truth, y)
			out.WriteString(record[label] + " |")
		default:
			truth = append(truth, float64(class))
			fmt.Fprintf(&out, "%d |", 2*class-1)
		}
		for i, text := range record {
			if i != label && text != "" {
				fmt.Fprintf(&out, " %s:%s", records[0][i], text)
			}
		}
		out.WriteByte('\n')
	}
	path := filepath.Join(work, fmt.Sprintf("%s-%d-%d.vw", r.Digest[:16], r.Rows, times))
	return path, truth, writeWhole(path, bytes.Repeat(out.Bytes(), times))
}

// readRecords reads a request's file and finds its label.
func readRecords(r request) (records [][]string, label int, err error) {
	content, err := os.ReadFile(r.Data)
	if err != nil {
		return nil, 0, err
	}
	records, err = csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, 0, err
	}
	if r.Rows > 0 && len(records) > r.Rows+1 {
		records = records[:r.Rows+1]
	}
	label = slices.Index(records[0], r.Target)
	if label < 0 {
		return nil, 0, fmt.Errorf("%s has no column %q", r.Data, r.Target)
	}
	return records, label, nil
}
