package linear

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// SoftmaxParameters are the parameters of Softmax.
var SoftmaxParameters = []parameter.Spec{
	optimizerParameter(SGD, AdaGrad, FTRL),
	learningRate, ridge, lasso, clip, adaGradEpsilon, ftrlBeta,
}

// Softmax is multinomial logistic regression as River's
// linear_model.SoftmaxRegression: a row of weights for each class and no
// intercept. A class counts from the first row of it on; before, its
// probability is 0. It is not safe for concurrent use.
type Softmax struct {
	settings
	classes []vector
	seen    []uint32
	scores  []float64
}

// NewSoftmax returns a model with all weights zero.
func NewSoftmax(in learner.Input, v parameter.Values) *Softmax {
	s := &Softmax{
		settings: softmaxSettings(v),
		classes:  make([]vector, in.Classes),
		seen:     make([]uint32, in.Classes),
		scores:   make([]float64, in.Classes),
	}
	for i := range s.classes {
		s.classes[i] = newVector(&s.settings, len(in.Schema))
	}
	return s
}

func softmaxSettings(v parameter.Values) settings {
	s := settings{
		optimizer: map[string]optimizer{SGD: sgd, AdaGrad: adaGrad, FTRL: ftrl}[v.Word("optimizer")],
		rate:      v.Real("learningRate"), l1: v.Real("l1"), l2: v.Real("l2"), clip: v.Real("clipGradient"),
		epsilon: v.Real("epsilon"), beta: v.Real("beta"),
	}
	s.bound()
	return s
}

// Predict implements learner.Classifier.
func (s *Softmax) Predict(x, scores []float64) {
	highest := -largest
	for i := range s.classes {
		if s.seen[i] != 0 {
			scores[i] = finite(s.classes[i].dot(x))
			highest = max(highest, scores[i])
		}
	}
	total := 0.0
	for i := range s.classes {
		if s.seen[i] == 0 {
			scores[i] = 0
			continue
		}
		scores[i] = numeric.Exp(scores[i] - highest)
		total += scores[i]
	}
	if total == 0 {
		return
	}
	for i := range s.classes {
		scores[i] /= total
	}
}

// Learn implements learner.Classifier.
func (s *Softmax) Learn(x []float64, class int, weight float64, _ random.At) {
	s.Predict(x, s.scores)
	s.learn(x, s.scores, class, weight)
}

// PredictLearn implements learner.Classifier.
func (s *Softmax) PredictLearn(x, scores []float64, class int, weight float64, _ random.At) {
	s.Predict(x, scores)
	s.learn(x, scores, class, weight)
}

func (s *Softmax) learn(x, scores []float64, class int, weight float64) {
	s.seen[class] = 1
	for i := range s.classes {
		if s.seen[i] == 0 {
			continue
		}
		g := max(min(scores[i], 1-1e-15), 1e-15)
		if i == class {
			g--
		}
		s.classes[i].step(&s.settings, x, s.clipped(float64(g*weight)))
	}
}

// Weights are the weights of a class in feature order. The slice is the model's
// own.
func (s *Softmax) Weights(class int) []float64 { return s.classes[class].weights }

// Fields implements flat.Stater.
func (s *Softmax) Fields(c *flat.Codec) {
	c.Uint32sOf("seen", s.seen)
	for i := range s.classes {
		c.Require(s.seen[i] <= 1, "marks of 0 or 1")
		c.Group("class", func(c *flat.Codec) { s.classes[i].fields(c, &s.settings) })
	}
}

// HeapBytes implements learner.State.
func (s *Softmax) HeapBytes() int {
	bytes := 256
	for i := range s.classes {
		held, _ := s.classes[i].numbers()
		bytes += 8*held + 104 + 12
	}
	return bytes
}

// LogicalBytes implements learner.State.
func (s *Softmax) LogicalBytes() int {
	bytes := 0
	for i := range s.classes {
		_, state := s.classes[i].numbers()
		bytes += 8*state + 12
	}
	return bytes
}
