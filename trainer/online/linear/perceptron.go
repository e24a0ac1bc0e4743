package linear

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// PerceptronParameters are the parameters of Perceptron.
var PerceptronParameters = []parameter.Spec{
	{Name: "l2", Default: 0, Min: 0, Max: 1, Changeable: true, Doc: "Strength of the quadratic penalty on the weights of the features in a row."},
	clip,
}

// Perceptron is Rosenblatt's perceptron as River's linear_model.Perceptron: the
// row is added to the weights, or taken from them, when it lies on the wrong
// side or on the border.
type Perceptron struct{ glm }

// NewPerceptron returns a model with all weights zero.
func NewPerceptron(in learner.Input, v parameter.Values) *Perceptron {
	return &Perceptron{newGLM(perceptronSettings(v), len(in.Schema))}
}

func perceptronSettings(v parameter.Values) settings {
	return settings{rate: 1, interceptRate: 1, l2: v.Real("l2"), clip: v.Real("clipGradient")}
}

// Predict implements learner.Classifier. The probabilities are the logistic
// function of the raw output, and tell only which side is meant.
func (p *Perceptron) Predict(x, scores []float64) {
	q := sigmoid(p.raw(x))
	scores[0], scores[1] = 1-q, q
}

// Learn implements learner.Classifier.
func (p *Perceptron) Learn(x []float64, class int, weight float64, _ random.At) {
	p.learn(x, p.raw(x), class, weight)
}

// PredictLearn implements learner.Classifier.
func (p *Perceptron) PredictLearn(x, scores []float64, class int, weight float64, _ random.At) {
	raw := p.raw(x)
	q := sigmoid(raw)
	scores[0], scores[1] = 1-q, q
	p.learn(x, raw, class, weight)
}

func (p *Perceptron) learn(x []float64, raw float64, class int, weight float64) {
	y := sign(class)
	switch {
	case float64(raw*y) <= 0:
		p.descend(x, p.clipped(float64(-y*weight)))
	case p.l2 != 0:
		p.descend(x, 0)
	}
}
