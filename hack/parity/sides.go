package main

import (
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// detect is Creek's side of a detector of changes, which sees the first column: 1 for a drift, and 1 for a warning.
func detect(name, text string) creekSide {
	return func(c testCase, t *table, seed uint64) (outcome, error) {
		values, err := parameter.Parse(name, drift.Parameters(name), parameters(text))
		if err != nil {
			return outcome{}, err
		}
		d, err := drift.New(name, values, random.New(seed))
		if err != nil {
			return outcome{}, err
		}
		o := outcome{width: 2, figures: map[string]float64{}}
		for _, x := range t.x[:t.limit(c.rows)] {
			drifts := number(d.Update(x[0]))
			o.figures["drifts"] += drifts
			o.values = append(o.values, drifts, number(d.Warning()))
		}
		return o, nil
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// transform is Creek's side of a transformer: every row as it is right after it was learned.
func transform(build func(learner.Schema) learner.Transformer) creekSide {
	return func(c testCase, t *table, _ uint64) (outcome, error) {
		schema := make(learner.Schema, len(t.names))
		for i, f := range t.features() {
			if f.Type != "" {
				schema[i] = learner.Token
			}
		}
		transformer := build(schema)
		o := outcome{width: len(transformer.Schema())}
		row := make([]float64, o.width)
		for _, x := range t.x[:t.limit(c.rows)] {
			transformer.LearnTransform(row, x)
			o.values = append(o.values, row...)
		}
		return o, nil
	}
}

// gauge is Creek's side of metrics: of what a model predicts.
func gauge(c testCase, t *table, seed uint64) (outcome, error) {
	m, err := newModel(c, t, seed)
	if err != nil {
		return outcome{}, err
	}
	measured := metric.Must(metric.New(m.Task(), m.Classes()))
	i := 0
	passBatches(m, t, t.limit(c.rows), func(p online.Prediction) {
		measured.Update(metric.Outcome{Y: t.y[i], Class: p.Class, Value: p.Value, Scores: p.Scores})
		i++
	})
	return outcome{figures: measured.Values(), width: 1}, nil
}
