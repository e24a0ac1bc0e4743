// Package evaluate measures models by prequential evaluation: every row is
// first predicted, by a model that has never seen it, and then learned.
package evaluate

import (
	"encoding/hex"
	"iter"
	"math"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// Result is what an evaluation found.
type Result struct {
	// Records is the number of rows whose predictions count: those of which it is
	// known what they are, and for which the model had a prediction. The first
	// row has none from learners that know nothing before it.
	Records uint64 `json:"records"`
	// Metrics are the values of the task's measure over all of them.
	Metrics map[string]float64 `json:"metrics"`
	// ModelBytes is the size of the model's state afterwards.
	ModelBytes int64 `json:"modelBytes"`
	// Digest is the SHA-256 of that state in hexadecimal.
	Digest string `json:"digest"`
}

// Prequential predicts and learns all rows in their order. The result is a
// function of the model's state and the rows.
func Prequential(m *online.Model, rows iter.Seq2[[]float64, float64]) Result {
	measure := metric.Must(metric.New(m.Task(), m.Classes()))
	Learn(m, measure, rows)
	return Summary(m, measure)
}

// Learn predicts and learns all rows, which are partition 0 with the number of
// the row as the offset, and counts the predictions in measure. It is the whole
// work of an evaluation, and all that a speed should count.
func Learn(m *online.Model, measure metric.Measure, rows iter.Seq2[[]float64, float64]) {
	offset := int64(0)
	if !m.Batched() {
		for x, y := range rows {
			p := m.PredictLearn(x, y, random.Position(0, offset))
			measure.Update(outcome(y, p))
			offset++
		}
		return
	}
	run := &batches{model: m, measure: measure, learn: m.LearnBatch}
	run.spare = append(run.spare, m.NewBatch())
	if m.Workers() > 1 {
		run.spare = append(run.spare, m.NewBatch())
		run.share(rows)
		return
	}
	run.all(rows)
}

func outcome(y float64, p online.Prediction) metric.Outcome {
	return metric.Outcome{Y: y, Class: p.Class, Value: p.Value, Scores: p.Scores}
}

// Summary is the result after the rows that measure has counted.
func Summary(m *online.Model, measure metric.Measure) Result {
	digest := m.Digest()
	return Result{
		Records:    measure.Records(),
		Metrics:    measure.Values(),
		ModelBytes: m.StateBytes(),
		Digest:     hex.EncodeToString(digest[:]),
	}
}

// Table holds decoded rows in memory, one after the other.
type Table struct {
	width  int
	values []float64
	labels []float64
}

// NewTable returns an empty table of rows of the given width.
func NewTable(width int) *Table { return &Table{width: width} }

// Append adds a copy of the row.
func (t *Table) Append(x []float64, label float64) {
	t.values = append(t.values, x[:t.width]...)
	t.labels = append(t.labels, label)
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.labels) }

// Relabel replaces every label by its entry in order; one that is missing (NaN) stays so.
func (t *Table) Relabel(order []int) {
	for i, label := range t.labels {
		if !math.IsNaN(label) {
			t.labels[i] = float64(order[int(label)])
		}
	}
}

// All yields the rows in their order. A row is part of the table.
func (t *Table) All() iter.Seq2[[]float64, float64] {
	return func(yield func([]float64, float64) bool) {
		rest := t.values
		for _, label := range t.labels {
			if !yield(rest[:t.width:t.width], label) {
				return
			}
			rest = rest[t.width:]
		}
	}
}
