// Package linear holds linear models that learn by stochastic gradient descent.
package linear

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// LogisticParameters are the parameters of Logistic. The bounds keep the
// weights finite for any stream: a step never overshoots, and the penalty never
// grows a weight.
var LogisticParameters = []parameter.Spec{
	{Name: "learningRate", Default: 0.01, Min: 0, Max: 1, MinOpen: true, Doc: "Step size of the weights."},
	{Name: "interceptLearningRate", Default: 0.01, Min: 0, Max: 1, Doc: "Step size of the intercept; 0 keeps it at 0."},
	{Name: "l2", Default: 0, Min: 0, Max: 1, Doc: "Strength of the quadratic penalty on the weights of the features in a row."},
	{Name: "clipGradient", Default: 1e12, Min: 0, Max: 1e12, MinOpen: true, Doc: "Largest magnitude of the loss gradient."},
}

// Logistic is binary logistic regression with the update order of River's
// linear_model.LogisticRegression: the gradient is taken at the current
// weights, the intercept moves first and by its own rate, and the penalty
// touches only the features that the row has. A missing feature (NaN) takes no
// part. It is not safe for concurrent use.
type Logistic struct {
	weights       []float64
	intercept     float64
	rate          float64
	interceptRate float64
	l2            float64
	clip          float64
}

// NewLogistic returns a model with all weights zero.
func NewLogistic(in learner.Input, v parameter.Values) *Logistic {
	return &Logistic{
		weights:       make([]float64, len(in.Schema)),
		rate:          v.Real("learningRate"),
		interceptRate: v.Real("interceptLearningRate"),
		l2:            v.Real("l2"),
		clip:          v.Real("clipGradient"),
	}
}

// Weights are the weights in feature order and the intercept. The slice is the
// model's own.
func (l *Logistic) Weights() (weights []float64, intercept float64) { return l.weights, l.intercept }

// Predict writes the probabilities of the two classes to scores.
func (l *Logistic) Predict(x, scores []float64) {
	p := sigmoid(l.raw(x))
	scores[0], scores[1] = 1-p, p
}

// Learn takes one step on the row x, whose values are missing or at most 1e100
// in magnitude; class 1 is the positive one.
func (l *Logistic) Learn(x []float64, class int, weight float64, _ random.At) {
	g := l.gradient(l.raw(x), class, weight)
	l.intercept -= float64(l.interceptRate * g)
	x = x[:len(l.weights)]
	if l.l2 != 0 {
		l.stepPenalised(x, g)
		return
	}
	for i, v := range x {
		if v == v {
			l.weights[i] -= float64(l.rate * float64(g*v))
		}
	}
}

func (l *Logistic) stepPenalised(x []float64, g float64) {
	for i, v := range x {
		if v == v {
			d := float64(g*v) + float64(l.l2*l.weights[i])
			l.weights[i] -= float64(l.rate * d)
		}
	}
}

// raw is the scalar product of weights and row, summed in feature order, plus
// the intercept.
func (l *Logistic) raw(x []float64) float64 {
	x = x[:len(l.weights)]
	sum := 0.0
	for i, v := range x {
		if v == v {
			sum += float64(l.weights[i] * v)
		}
	}
	return sum + l.intercept
}

// gradient is the derivative of the logarithmic loss by the raw output.
func (l *Logistic) gradient(raw float64, class int, weight float64) float64 {
	y := 1.0
	if class == 0 {
		y = -1
	}
	z := float64(raw * y)
	var g float64
	switch {
	case z > 18:
		g = float64(numeric.Exp(-z) * -y)
	case z < -18:
		g = -y
	default:
		g = -y / (numeric.Exp(z) + 1)
	}
	return max(min(float64(g*weight), l.clip), -l.clip)
}

// sigmoid is 1/(1+e^-x), 0 or 1 beyond ±30, and ½ where x is not a number,
// which can only be when a prediction is asked for a row far outside all that
// was learned.
func sigmoid(x float64) float64 {
	switch {
	case x < -30:
		return 0
	case x > 30:
		return 1
	case x != x:
		return 0.5
	}
	return 1 / (1 + numeric.Exp(-x))
}

// PredictLearn implements learner.Classifier.
func (l *Logistic) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	l.Predict(x, scores)
	l.Learn(x, class, weight, at)
}

// Fields implements flat.Stater.
func (l *Logistic) Fields(c *flat.Codec) {
	c.Float64("intercept", &l.intercept)
	c.Float64sOf("weights", l.weights)
}

// RestoreVersion1 reads the payload of version 1 of the state format.
func (l *Logistic) RestoreVersion1(r *flat.Reader) {
	if width := r.Uint32(); int64(width) != int64(len(l.weights)) {
		r.Fail(flat.ErrShape)
	}
	l.intercept = r.Float64()
	for i := range l.weights {
		l.weights[i] = r.Float64()
	}
}

// HeapBytes implements learner.State.
func (l *Logistic) HeapBytes() int { return 8*len(l.weights) + 64 }

// LogicalBytes implements learner.State.
func (l *Logistic) LogicalBytes() int { return 8 * (len(l.weights) + 1) }
