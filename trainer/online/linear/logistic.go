// Package linear holds linear models that learn by stochastic gradient descent
// and its relatives: logistic, linear and softmax regression with several
// optimizers, dense or hashed; and the mistake-driven perceptron,
// passive-aggressive and ALMA learners.
//
// A feature that is missing (NaN) takes no part in a row. None of the types is
// safe for concurrent use.
//
// # Merging
//
// Merge makes one model of several that learned different rows of one stream.
// start is the model that all of them were when they began, or nil where they
// began with nothing. The rules, which are approximate but for the sums:
//
//   - SGD, and the mistake-driven learners: the plain average of the weights.
//   - AdaGrad and Adaptive: the average in which each model's weight counts as
//     much as the squared gradients that it has seen since start; these add up
//     (Agarwal et al. 2014, as Vowpal Wabbit does it).
//   - FTRL: what was added to z and n adds up, and the weights are made of them.
//
// Intercepts, but Adaptive's, are averaged. Counts add up exactly.
package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Logistic is binary logistic regression as River's
// linear_model.LogisticRegression, with the optimizers of GLMParameters. FTRL is
// the paper's, where River predicts by weights that lag one step behind and
// never sets one to 0 again; Adaptive follows Vowpal Wabbit.
type Logistic struct{ glm }

// NewLogistic returns a model with all weights zero.
func NewLogistic(in learner.Input, v parameter.Values) *Logistic {
	return &Logistic{newGLMOf(v, len(in.Schema))}
}

// Predict writes the probabilities of the two classes to scores.
func (l *Logistic) Predict(x, scores []float64) {
	p := sigmoid(l.raw(x))
	scores[0], scores[1] = 1-p, p
}

// Learn takes one step on the row x, whose values are missing or at most 1e100
// in magnitude; class 1 is the positive one.
func (l *Logistic) Learn(x []float64, class int, weight float64, _ random.At) {
	if l.adaptive != nil {
		l.adaptive.learn(&l.settings, x, loss{sign(class), true}, weight)
		return
	}
	g := logisticGradient(l.raw(x), sign(class))
	l.descend(x, l.clipped(float64(g*weight)))
}

// PredictLearn implements learner.Classifier.
func (l *Logistic) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	if l.adaptive != nil {
		l.Predict(x, scores)
		l.Learn(x, class, weight, at)
		return
	}
	raw := l.raw(x)
	p := sigmoid(raw)
	scores[0], scores[1] = 1-p, p
	l.descend(x, l.clipped(float64(logisticGradient(raw, sign(class))*weight)))
}

// PredictLearnPair implements learner.PairClassifier: neither of the sums has to
// wait for the other, nor of the exponentials.
func (l *Logistic) PredictLearnPair(predicted, learned, scores []float64, class int, weight float64, at random.At) {
	if l.adaptive != nil {
		l.Predict(predicted, scores)
		l.Learn(learned, class, weight, at)
		return
	}
	raw, sum := l.dots(predicted, learned)
	raw, sum = raw+l.intercept, sum+l.intercept
	y := sign(class)
	z := float64(sum * y)
	var p, g float64
	if math.Abs(raw) <= 30 && math.Abs(z) <= 18 {
		e := [2]float64{-raw, z}
		numeric.ExpAll(e[:])
		p, g = 1/(1+e[0]), -y/(e[1]+1)
	} else {
		p, g = sigmoid(raw), logisticGradient(sum, y)
	}
	scores[0], scores[1] = 1-p, p
	l.descend(learned, l.clipped(float64(g*weight)))
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

// sign is 1 for the positive class and -1 for the other.
func sign(class int) float64 { return float64(2*class - 1) }

// logisticGradient is the derivative of the logarithmic loss by the raw output,
// for a label of 1 or -1.
func logisticGradient(raw, y float64) float64 {
	z := float64(raw * y)
	switch {
	case z > 18:
		return float64(numeric.Exp(-z) * -y)
	case z < -18:
		return -y
	}
	return -y / (numeric.Exp(z) + 1)
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
