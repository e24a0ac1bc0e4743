package boosting

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Classifier are the streaming gradient-boosted trees of Gunasekara and others
// (2024): each stage is a tree of regression that learns, of every row, the
// gradient of the logarithmic loss over its second derivative, both where the
// stages before have brought the prediction. Two classes have one output, the
// logarithm of the odds; more have one for each class, and a tree for each at
// every stage.
//
// It differs from MOA's StreamingGradientBoostedTrees in these: rows weigh by the
// second derivative, as the loss of the paper has it, where MOA gives all the
// same weight; gradients over derivatives are at most 20; with more than two
// classes the outputs go through one softmax, instead of one model of two classes
// for each; the trees are Hoeffding trees with histograms, each of which starts
// anew when an ADWIN window sees its error grow, instead of FIMT-DD trees with
// all values and branches that are replaced; and probabilities are of the outputs
// that were learned. Parameters tells about other defaults.
//
// A missing value is the trees' (see regressiontree.Hoeffding). Memory is bounded
// by maxBytes, of which each tree has the same part: leaves stop observing, the
// deepest first, and at last the tree stops growing. The stages depend on each
// other and cannot be learned apart. It is not safe for concurrent use.
type Classifier struct {
	stages
	share []float64
}

// steepest bounds the gradient over the second derivative.
const steepest = 20

// NewClassifier returns trees that have seen nothing.
func NewClassifier(in learner.Input, v parameter.Values) *Classifier {
	outputs := in.Classes
	if outputs == 2 {
		outputs = 1
	}
	return &Classifier{newStages(in, v, outputs), make([]float64, in.Classes)}
}

// Predict implements learner.Classifier.
func (b *Classifier) Predict(x, scores []float64) { softmax(b.predict(x), scores) }

// softmax turns outputs into probabilities. A single output is that of the second
// of two classes, where that of the first is 0.
func softmax(raw, scores []float64) {
	if len(raw) == 1 {
		p := 1 / (1 + numeric.Exp(-raw[0]))
		scores[0], scores[1] = 1-p, p
		return
	}
	highest := raw[0]
	for _, v := range raw {
		highest = max(highest, v)
	}
	sum := 0.0
	for k, v := range raw {
		scores[k] = numeric.Exp(v - highest)
		sum += scores[k]
	}
	for k := range scores {
		scores[k] /= sum
	}
}

// Learn implements learner.Classifier.
func (b *Classifier) Learn(x []float64, class int, weight float64, _ random.At) {
	clear(b.raw)
	first := len(b.share) - b.outputs
	if b.outputs > 1 {
		first = 0
	}
	for m := range b.count() {
		softmax(b.raw, b.share)
		row := b.sub(m, x)
		for k := range b.outputs {
			p := b.share[first+k]
			off := -p
			if first+k == class {
				off = 1 - p
			}
			// The weight is 1 where the classes are equally probable.
			curvature := max(float64(p*(1-p)), 1e-4)
			b.learn(m, k, row, min(max(off/curvature, -steepest), steepest), float64(weight*float64(4*curvature)), curvature)
		}
		b.add(m, row)
	}
}

// PredictLearn implements learner.Classifier.
func (b *Classifier) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	b.Predict(x, scores)
	b.Learn(x, class, weight, at)
}
