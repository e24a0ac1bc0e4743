package bayes

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// BernoulliParameters are the parameters of BernoulliNB.
var BernoulliParameters = []parameter.Spec{
	{Name: "alpha", Default: 1, Min: 0, Max: 1e6, Doc: "Additive smoothing (Laplace, Lidstone); 0 for none."},
	{Name: "trueThreshold", Default: 0, Min: -learner.Limit, Max: learner.Limit, Doc: "A value above it counts as true, any other as false."},
}

// BernoulliNB is naive Bayes for features that are true or false, by the rules of
// River's naive_bayes.BernoulliNB: true has, in a class, the probability
//
//	p = (rows of the class where it was true + alpha) / (rows of the class + 2·alpha)
//
// and a class's score is its share times 10^-9 + p for each feature that is true
// and 10^-9 + 1 - p for each that is not, over the features that a row had so
// far. A missing value (NaN) is false. Nominal features must be encoded before.
// Of classes with equal scores the one that was seen first wins. It is not safe
// for concurrent use.
type BernoulliNB struct {
	prior            prior
	alpha, threshold float64
	// counts are the weights of the rows with true in class 0, feature by
	// feature, then in class 1, and so on.
	counts []float64
	// seen tells which features a row had.
	seen []uint32
}

// NewBernoulliNB returns a model that has seen nothing.
func NewBernoulliNB(in learner.Input, v parameter.Values) *BernoulliNB {
	return &BernoulliNB{
		prior: newPrior(in.Classes), alpha: v.Real("alpha"), threshold: v.Real("trueThreshold"),
		counts: make([]float64, len(in.Schema)*in.Classes), seen: make([]uint32, len(in.Schema)),
	}
}

// Predict implements learner.Classifier.
func (b *BernoulliNB) Predict(x, scores []float64) {
	clear(scores)
	for _, c := range b.prior.order {
		scores[c], b.prior.blocks[c] = b.likelihood(x, int(c))
	}
	b.prior.normalise(scores)
}

// likelihood is the product of a class's weight and probabilities.
func (b *BernoulliNB) likelihood(x []float64, class int) (score float64, blocks int) {
	score, blocks = inRange(b.prior.weights[class], 0)
	rows := b.prior.weights[class] + float64(2*b.alpha)
	counts := b.counts[class*len(b.seen) : (class+1)*len(b.seen)]
	for i, v := range x[:len(counts)] {
		if b.seen[i] == 0 {
			continue
		}
		p := (counts[i] + b.alpha) / rows
		if !(v > b.threshold) {
			p = 1 - p
		}
		score = float64(score * (floor + p))
		if !(score > least) {
			score, blocks = inRange(score, blocks)
		}
	}
	return score, blocks
}

// Learn implements learner.Classifier. A weight above 10^50 counts as that, and a
// row without weight is not learned.
func (b *BernoulliNB) Learn(x []float64, class int, weight float64, _ random.At) {
	if !(weight > 0) {
		return
	}
	weight = min(weight, maxWeight)
	b.prior.learn(class, weight)
	counts := b.counts[class*len(b.seen) : (class+1)*len(b.seen)]
	for i, v := range x[:len(counts)] {
		if v != v {
			continue
		}
		b.seen[i] = 1
		if v > b.threshold {
			counts[i] += weight
		}
	}
}

// PredictLearn implements learner.Classifier.
func (b *BernoulliNB) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	b.Predict(x, scores)
	b.Learn(x, class, weight, at)
}

// Merge adds what other has learned from other rows. It fails with ErrMerge when
// other has other features, classes or parameters.
func (b *BernoulliNB) Merge(other *BernoulliNB) error {
	if len(b.seen) != len(other.seen) || len(b.counts) != len(other.counts) || b.alpha != other.alpha || b.threshold != other.threshold {
		return ErrMerge
	}
	b.prior.merge(&other.prior)
	addTo(b.counts, other.counts)
	unite(b.seen, other.seen)
	return nil
}

// Fields implements flat.Stater.
func (b *BernoulliNB) Fields(c *flat.Codec) {
	b.prior.Fields(c)
	c.Float64sOf("counts", b.counts)
	c.Uint32sOf("seen", b.seen)
	if !c.Reading() || !requireFlags(c, b.seen) {
		return
	}
	for i, n := range b.counts {
		// Sums of the same weights in another order may differ a little, by far
		// less than floor.
		c.Require(n >= 0 && n <= float64(b.prior.weights[i/len(b.seen)]*(1+1e-10)), "counts of at most the rows of the class")
	}
}

// HeapBytes implements learner.State.
func (b *BernoulliNB) HeapBytes() int {
	return 8*len(b.counts) + 4*len(b.seen) + b.prior.heapBytes() + 192
}

// LogicalBytes implements learner.State.
func (b *BernoulliNB) LogicalBytes() int {
	return 8*len(b.counts) + 4*len(b.seen) + b.prior.logicalBytes()
}
