package boosting

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Regressor are streaming gradient-boosted trees for regression by the squared
// loss (Gunasekara and others 2025): each stage learns what is left of the target
// by the stages before it, the first what is left by the mean. All else is as in
// Classifier. It is not safe for concurrent use.
type Regressor struct {
	stages
	weight, mean float64
}

// NewRegressor returns trees that have seen nothing.
func NewRegressor(in learner.Input, v parameter.Values) *Regressor {
	return &Regressor{stages: newStages(in, v, 1)}
}

// Predict implements learner.Regressor.
func (b *Regressor) Predict(x []float64) float64 { return b.mean + b.predict(x)[0] }

// Learn implements learner.Regressor.
func (b *Regressor) Learn(x []float64, y, weight float64, _ random.At) {
	b.weight += weight
	b.mean += float64((y - b.mean) * (weight / b.weight))
	b.raw[0] = 0
	for m := range b.count() {
		row := b.sub(m, x)
		left := y - b.mean - b.raw[0]
		b.learn(m, 0, row, min(max(left, -learner.Limit), learner.Limit), weight, 1)
		b.add(m, row)
	}
}

// PredictLearn implements learner.Regressor.
func (b *Regressor) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	p := b.Predict(x)
	b.Learn(x, y, weight, at)
	return p
}

// Fields implements flat.Stater.
func (b *Regressor) Fields(c *flat.Codec) {
	c.Float64("weight", &b.weight)
	c.Float64("mean", &b.mean)
	ok := b.weight >= 0 && b.mean >= -learner.Limit && b.mean <= learner.Limit
	if c.Require(ok, "a weight of at least 0, and a mean within the limit") {
		b.stages.Fields(c)
	}
}
