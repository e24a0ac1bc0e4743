package main

import (
	"errors"
	"fmt"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// creekSide is Creek's side of a case.
type creekSide func(c testCase, t *table, seed uint64) (outcome, error)

// errNotBuilt says that Creek has no learner, or parameter of it, of that name.
var errNotBuilt = errors.New("not built")

// creek runs Creek's side.
func creek(c testCase, t *table, seed uint64) (outcome, error) {
	if c.other != nil {
		return c.other(c, t, seed)
	}
	return learn(c, t, seed)
}

// learn predicts and learns all rows with a model.
func learn(c testCase, t *table, seed uint64) (outcome, error) {
	m, err := newModel(c, t, seed)
	if err != nil {
		return outcome{}, err
	}
	width := 1
	if m.Task() == online.TaskClassification {
		width += len(t.classes)
	}
	values := make([]float64, 0, width*t.limit(c.rows))
	passBatches(m, t, t.limit(c.rows), func(p online.Prediction) {
		if width == 1 {
			values = append(values, p.Value)
			return
		}
		values = append(append(values, float64(p.Class)), p.Scores...)
	})
	return measure(m.Task(), t, values, width), nil
}

func newModel(c testCase, t *table, seed uint64) (*online.Model, error) {
	m, err := online.New(c.config(t, seed))
	var unknown *online.NameError
	var parameter *online.ParameterError
	if errors.As(err, &unknown) || errors.As(err, &parameter) && parameter.Range == "" {
		return nil, fmt.Errorf("%w: %w", errNotBuilt, err)
	}
	return m, err
}

// passBatches hands the rows over as evaluations do, many at once.
func passBatches(m *online.Model, t *table, rows int, each func(online.Prediction)) {
	const size = 256
	batch := m.NewBatch()
	for i := range rows {
		copy(batch.Next(), t.x[i])
		batch.Set(t.y[i], random.Position(0, int64(i)))
		if batch.Len() == size || i == rows-1 {
			m.PredictLearnBatch(batch, func(_ int, p online.Prediction) { each(p) })
			batch.Reset()
		}
	}
}
