package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// ALMAParameters are the parameters of ALMA.
var ALMAParameters = []parameter.Spec{
	{Name: "alpha", Default: 0.9, Min: 0, Max: 1, MinOpen: true, Doc: "How near the margin comes to the largest one: 1-alpha of it is waived."},
	{Name: "b", Default: 1 / 0.9, Min: 0, Max: 1e6, MinOpen: true, Doc: "Factor of the margin that is asked for."},
	{Name: "c", Default: math.Sqrt2, Min: 0, Max: 1e6, MinOpen: true, Changeable: true, Doc: "Factor of the step size."},
}

// ALMA is the approximate large margin algorithm (Gentile 2001) for p = 2, as
// River's linear_model.ALMAClassifier with its default p: after a step, the
// weights of the row's features are divided by the norm of all weights where
// that is above 1. There is no intercept. The weight of a row multiplies the
// step. It is not safe for concurrent use.
type ALMA struct {
	weights     []float64
	steps       float64
	alpha, b, c float64
}

// NewALMA returns a model with all weights zero.
func NewALMA(in learner.Input, v parameter.Values) *ALMA {
	return &ALMA{weights: make([]float64, len(in.Schema)), alpha: v.Real("alpha"), b: v.Real("b"), c: v.Real("c")}
}

func (a *ALMA) raw(x []float64) float64 {
	x = x[:len(a.weights)]
	sum := 0.0
	for i, v := range x {
		if v == v {
			sum += float64(a.weights[i] * v)
		}
	}
	return sum
}

// Predict implements learner.Classifier. The probabilities are the logistic
// function of the raw output.
func (a *ALMA) Predict(x, scores []float64) {
	q := sigmoid(a.raw(x))
	scores[0], scores[1] = 1-q, q
}

// Learn implements learner.Classifier.
func (a *ALMA) Learn(x []float64, class int, weight float64, _ random.At) {
	a.learn(x, a.raw(x), class, weight)
}

// PredictLearn implements learner.Classifier.
func (a *ALMA) PredictLearn(x, scores []float64, class int, weight float64, _ random.At) {
	raw := a.raw(x)
	q := sigmoid(raw)
	scores[0], scores[1] = 1-q, q
	a.learn(x, raw, class, weight)
}

func (a *ALMA) learn(x []float64, raw float64, class int, weight float64) {
	root := math.Sqrt(a.steps + 1)
	y := sign(class)
	if float64(y*raw) >= float64((1-a.alpha)*(a.b/root)) {
		return
	}
	rate := float64(float64(a.c/root*y) * weight)
	x = x[:len(a.weights)]
	for i, v := range x {
		if v == v {
			a.weights[i] += float64(rate * v)
		}
	}
	norm := 0.0
	for _, w := range a.weights {
		norm += float64(w * w)
	}
	if norm = math.Sqrt(norm); norm > 1 {
		for i, v := range x {
			if v == v {
				a.weights[i] /= norm
			}
		}
	}
	a.steps++
}

// Fields implements flat.Stater.
func (a *ALMA) Fields(c *flat.Codec) {
	c.Float64("steps", &a.steps)
	c.Float64sOf("weights", a.weights)
	c.Require(a.steps >= 0, "a count of steps")
	c.RequireWithin(learner.Limit, a.weights...)
}

// HeapBytes implements learner.State.
func (a *ALMA) HeapBytes() int { return 8*len(a.weights) + 64 }

// LogicalBytes implements learner.State.
func (a *ALMA) LogicalBytes() int { return 8 * (len(a.weights) + 1) }
