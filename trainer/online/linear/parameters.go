package linear

import (
	"slices"

	"creek.dev/creek/trainer/online/parameter"
)

// The optimizers.
const (
	// SGD is plain stochastic gradient descent.
	SGD = "SGD"
	// AdaGrad divides each weight's rate by the root of its squared gradients
	// (Duchi, Hazan, Singer 2011).
	AdaGrad = "AdaGrad"
	// FTRL is FTRL-Proximal (McMahan et al. 2013, algorithm 1).
	FTRL = "FTRL"
	// Adaptive is what Vowpal Wabbit does by default: AdaGrad, with features that
	// are normalized as they are learned, and steps that never pass their target
	// (Karampatziakis, Langford 2011; Ross, Mineiro, Langford 2013).
	Adaptive = "Adaptive"
)

// maxClip is the largest gradient; it keeps everything that is made of
// gradients and values finite.
const maxClip = 1e12

func optimizerParameter(names ...string) parameter.Spec {
	return parameter.Spec{
		Name: "optimizer", Type: parameter.Choice, Word: SGD, Choices: names,
		Doc: "How weights follow the gradient; Adaptive is Vowpal Wabbit's way.",
	}
}

var (
	learningRate = parameter.Spec{
		Name: "learningRate", Default: 0.01, Min: 0, Max: 1, MinOpen: true, Changeable: true,
		By: "optimizer", Defaults: map[string]float64{AdaGrad: 0.1, FTRL: 0.05, Adaptive: 0.5},
		Doc: "Step size of the weights, FTRL's alpha; 0.01 for SGD, 0.1 for AdaGrad, 0.05 for FTRL and 0.5 for Adaptive unless given.",
	}
	interceptRate = parameter.Spec{
		Name: "interceptLearningRate", Default: 0.01, Min: 0, Max: 1, Changeable: true,
		Doc: "Step size of the intercept, by plain gradient descent; 0 keeps it at 0. With Adaptive the intercept learns as the weights do, or, with 0, not at all.",
	}
	ridge = parameter.Spec{
		Name: "l2", Default: 0, Min: 0, Max: 1000, By: "optimizer", Defaults: map[string]float64{FTRL: 1}, Changeable: true,
		Doc: "Strength of the quadratic penalty on the weights of the features in a row, of which SGD heeds at most 1/learningRate; 1 for FTRL unless given.",
	}
	lasso = parameter.Spec{
		Name: "l1", Default: 0, Min: 0, Max: 1000,
		Doc: "Strength of the absolute penalty on the weights, FTRL's own, or else the cumulative one of Tsuruoka et al. (2009).",
	}
	clip = parameter.Spec{
		Name: "clipGradient", Default: maxClip, Min: 0, Max: maxClip, MinOpen: true, Changeable: true, Doc: "Largest magnitude of the loss gradient.",
	}
	adaGradEpsilon = parameter.Spec{
		Name: "epsilon", Default: 1e-8, Min: 1e-30, Max: 1, Doc: "What AdaGrad adds to the sum of squared gradients.",
	}
	ftrlBeta = parameter.Spec{
		Name: "beta", Default: 1, Min: 0, Max: 1e6, Doc: "FTRL's beta, which makes the first steps smaller.",
	}
	powerT = parameter.Spec{
		Name: "powerT", Default: 0.5, Min: 0, Max: 1, Doc: "The power of the squared gradients that divides Adaptive's steps.",
	}
)

// GLMParameters are those of Logistic and Linear, and of their hashed forms. The
// bounds keep the weights finite for any stream: a step never overshoots, and
// the penalty never grows a weight.
var GLMParameters = slices.Concat([]parameter.Spec{
	optimizerParameter(SGD, AdaGrad, FTRL, Adaptive), learningRate, interceptRate, ridge, lasso, clip, adaGradEpsilon, ftrlBeta, powerT,
}, hashParameters)

type optimizer uint8

const (
	sgd optimizer = iota
	adaGrad
	ftrl
	adaptive
)

// settings are the parameters of gradient descent.
type settings struct {
	optimizer     optimizer
	rate          float64
	interceptRate float64
	l1, l2        float64
	clip          float64
	epsilon       float64
	beta          float64
	powerT        float64
}

// smallestAlpha bounds FTRL's learning rate from below: its states are gradients
// divided by it.
const smallestAlpha = 1e-6

func glmSettings(v parameter.Values) settings {
	s := settings{
		optimizer:     optimizer(slices.Index([]string{SGD, AdaGrad, FTRL, Adaptive}, v.Word("optimizer"))),
		rate:          v.Real("learningRate"),
		interceptRate: v.Real("interceptLearningRate"),
		l1:            v.Real("l1"),
		l2:            v.Real("l2"),
		clip:          v.Real("clipGradient"),
		epsilon:       v.Real("epsilon"),
		beta:          v.Real("beta"),
		powerT:        v.Real("powerT"),
	}
	s.bound()
	return s
}

// bound brings the settings into the bounds within which no step overshoots.
func (s *settings) bound() {
	switch s.optimizer {
	case ftrl:
		s.rate = max(s.rate, smallestAlpha)
	case sgd, adaGrad, adaptive:
		s.l2 = min(s.l2, 1/s.rate)
	}
}

// clipped brings a gradient within the bounds, by branches that are foreseen,
// since the step waits for it.
func (s *settings) clipped(g float64) float64 {
	if g > s.clip {
		return s.clip
	}
	if g < -s.clip {
		return -s.clip
	}
	return g
}
