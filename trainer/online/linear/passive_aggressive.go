package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

var (
	aggressiveness = parameter.Spec{
		Name: "c", Default: 1, Min: 0, Max: 1e6, MinOpen: true, Changeable: true, Doc: "Aggressiveness: the most a step may weigh, in mode 1, or how little mode 2 softens it.",
	}
	aggressiveMode = parameter.Spec{
		Name: "mode", Type: parameter.Integer, Default: 1, Min: 0, Max: 2, Doc: "0 for plain passive-aggressive steps, 1 for PA-I, 2 for PA-II.",
	}
	learnIntercept = parameter.Spec{
		Name: "learnIntercept", Type: parameter.Flag, Default: 1, Doc: "Whether there is an intercept, which moves as far as the step.",
	}
	insensitivity = parameter.Spec{
		Name: "epsilon", Default: 0.1, Min: 0, Max: 1e100, Changeable: true, Doc: "The error up to which a prediction is right enough.",
	}
)

// PAClassifierParameters are the parameters of PAClassifier.
var PAClassifierParameters = []parameter.Spec{aggressiveness, aggressiveMode, learnIntercept}

// PARegressorParameters are the parameters of PARegressor.
var PARegressorParameters = []parameter.Spec{aggressiveness, aggressiveMode, insensitivity, learnIntercept}

// passiveAggressive is what both kinds share (Crammer et al. 2006): a step goes
// just as far as makes the loss of the row 0, within what the mode allows. The
// intercept is no part of the row's norm, as in River.
type passiveAggressive struct {
	weights      []float64
	intercept    float64
	c            float64
	mode         int
	hasIntercept bool
}

func newPassiveAggressive(in learner.Input, v parameter.Values) passiveAggressive {
	return passiveAggressive{
		weights: make([]float64, len(in.Schema)),
		c:       v.Real("c"), mode: v.Int("mode"), hasIntercept: v.Flag("learnIntercept"),
	}
}

// raw is the output, and norm the squared norm of the row.
func (p *passiveAggressive) raw(x []float64) (raw, norm float64) {
	x = x[:len(p.weights)]
	for i, v := range x {
		if v == v {
			raw += float64(p.weights[i] * v)
			norm += float64(v * v)
		}
	}
	return finite(raw + p.intercept), norm
}

// largestStep keeps the plain mode from leaving the range of doubles where a row
// is almost nothing.
const largestStep = 1e100

// step moves the weights in a direction so far that a loss is made up for.
func (p *passiveAggressive) step(x []float64, loss, norm, direction float64) {
	var tau float64
	switch {
	case p.mode == 2:
		tau = loss / (norm + 0.5/p.c)
	case norm == 0:
		return
	case p.mode == 1:
		tau = min(p.c, loss/norm)
	default:
		tau = loss / norm
	}
	tau = float64(min(tau, largestStep) * direction)
	x = x[:len(p.weights)]
	for i, v := range x {
		if v == v {
			p.weights[i] = finite(p.weights[i] + float64(tau*v))
		}
	}
	if p.hasIntercept {
		p.intercept = finite(p.intercept + tau)
	}
}

// Weights are the weights in feature order and the intercept. The slice is the
// model's own.
func (p *passiveAggressive) Weights() (weights []float64, intercept float64) {
	return p.weights, p.intercept
}

// Fields implements flat.Stater.
func (p *passiveAggressive) Fields(c *flat.Codec) {
	c.Float64("intercept", &p.intercept)
	c.Float64sOf("weights", p.weights)
	c.RequireWithin(largest, p.intercept)
	c.RequireWithin(largest, p.weights...)
}

// HeapBytes implements learner.State.
func (p *passiveAggressive) HeapBytes() int { return 8*len(p.weights) + 64 }

// LogicalBytes implements learner.State.
func (p *passiveAggressive) LogicalBytes() int { return 8 * (len(p.weights) + 1) }

// PAClassifier is the passive-aggressive classifier by the hinge loss, as
// River's linear_model.PAClassifier. The weight of a row multiplies the step. It
// is not safe for concurrent use.
type PAClassifier struct{ passiveAggressive }

// NewPAClassifier returns a model with all weights zero.
func NewPAClassifier(in learner.Input, v parameter.Values) *PAClassifier {
	return &PAClassifier{newPassiveAggressive(in, v)}
}

// Predict implements learner.Classifier. The probabilities are the logistic
// function of the raw output.
func (p *PAClassifier) Predict(x, scores []float64) {
	raw, _ := p.raw(x)
	q := sigmoid(raw)
	scores[0], scores[1] = 1-q, q
}

// Learn implements learner.Classifier.
func (p *PAClassifier) Learn(x []float64, class int, weight float64, _ random.At) {
	raw, norm := p.raw(x)
	p.learn(x, raw, norm, class, weight)
}

// PredictLearn implements learner.Classifier.
func (p *PAClassifier) PredictLearn(x, scores []float64, class int, weight float64, _ random.At) {
	raw, norm := p.raw(x)
	q := sigmoid(raw)
	scores[0], scores[1] = 1-q, q
	p.learn(x, raw, norm, class, weight)
}

func (p *PAClassifier) learn(x []float64, raw, norm float64, class int, weight float64) {
	y := sign(class)
	if loss := 1 - float64(y*raw); loss > 0 {
		p.step(x, loss, norm, float64(y*weight))
	}
}

// PARegressor is the passive-aggressive regressor by the ε-insensitive loss, as
// in the paper; River's linear_model.PARegressor, up to 0.26.1, measures the
// loss from 2y−1 instead of y. The weight of a row multiplies the step. It is
// not safe for concurrent use.
type PARegressor struct {
	passiveAggressive
	epsilon float64
}

// NewPARegressor returns a model with all weights zero.
func NewPARegressor(in learner.Input, v parameter.Values) *PARegressor {
	return &PARegressor{newPassiveAggressive(in, v), v.Real("epsilon")}
}

// Predict implements learner.Regressor.
func (p *PARegressor) Predict(x []float64) float64 {
	raw, _ := p.raw(x)
	return raw
}

// Learn implements learner.Regressor.
func (p *PARegressor) Learn(x []float64, y, weight float64, at random.At) {
	p.PredictLearn(x, y, weight, at)
}

// PredictLearn implements learner.Regressor.
func (p *PARegressor) PredictLearn(x []float64, y, weight float64, _ random.At) float64 {
	raw, norm := p.raw(x)
	if loss := math.Abs(y-raw) - p.epsilon; loss > 0 {
		p.step(x, loss, norm, math.Copysign(weight, y-raw))
	}
	return raw
}
