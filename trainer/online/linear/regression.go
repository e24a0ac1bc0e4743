package linear

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Linear is linear regression by the squared loss as River's
// linear_model.LinearRegression, with the optimizers of GLMParameters; what is
// said of them at Logistic holds here too. The gradient of the loss is twice
// the error. With Adaptive, predictions stay within the targets seen so far, and
// 0, as Vowpal Wabbit's do; it also counts the target of the row that it is about
// to predict.
type Linear struct{ glm }

// NewLinear returns a model with all weights zero.
func NewLinear(in learner.Input, v parameter.Values) *Linear {
	return &Linear{newGLMOf(v, len(in.Schema))}
}

// Predict implements learner.Regressor.
func (l *Linear) Predict(x []float64) float64 {
	if l.adaptive != nil {
		return l.adaptive.bounded(l.raw(x))
	}
	return finite(l.raw(x))
}

// Learn implements learner.Regressor.
func (l *Linear) Learn(x []float64, y, weight float64, _ random.At) {
	if l.adaptive != nil {
		l.adaptive.cover(y)
		l.adaptive.learn(&l.settings, x, loss{y, false}, weight)
		return
	}
	l.descend(x, l.squaredGradient(l.raw(x), y, weight))
}

// PredictLearn implements learner.Regressor.
func (l *Linear) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	if l.adaptive != nil {
		p := l.Predict(x)
		l.Learn(x, y, weight, at)
		return p
	}
	raw := l.raw(x)
	l.descend(x, l.squaredGradient(raw, y, weight))
	return finite(raw)
}

func (l *Linear) squaredGradient(raw, y, weight float64) float64 {
	return l.clipped(float64(float64(2*(raw-y)) * weight))
}

// largest bounds weights and predictions: a product of a weight and a value stays
// finite, and so does the sum of a million of them.
const largest = 1e150

// finite brings v, which may be infinite, within ±largest.
func finite(v float64) float64 { return max(min(v, largest), -largest) }
