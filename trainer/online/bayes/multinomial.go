package bayes

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// MultinomialParameters are the parameters of MultinomialNB. River takes 0 too,
// but then fails on the first feature that a class did not have.
var MultinomialParameters = []parameter.Spec{
	{Name: "alpha", Default: 1, Min: 0, Max: 1e6, MinOpen: true, Doc: "Additive smoothing (Laplace, Lidstone)."},
}

// MultinomialNB is naive Bayes for counts, such as those of words in a text, by
// the rules of River's naive_bayes.MultinomialNB: the values of a row are how
// often each feature occurred, and an occurrence of a feature in a class has the
// probability
//
//	(occurrences in the class + alpha) / (all occurrences in the class + alpha·features)
//
// where only features count that a row had so far, be it as 0. A missing value
// (NaN) has no part in learning or predicting; a negative one counts as 0.
// Nominal features must be encoded before. Of classes with equal scores the one
// that was seen first wins. It is not safe for concurrent use.
type MultinomialNB struct {
	prior prior
	alpha float64
	// counts are the occurrences in class 0, feature by feature, then in class 1,
	// and so on; totals are those of each class.
	counts, totals []float64
	// seen tells which features a row had.
	seen []uint32

	// What follows is derived: the logarithms of counts + alpha and of what they
	// are divided by, and the number of features seen.
	logs, divisors []float64
	features       int
}

// NewMultinomialNB returns a model that has seen nothing.
func NewMultinomialNB(in learner.Input, v parameter.Values) *MultinomialNB {
	m := &MultinomialNB{
		prior: newPrior(in.Classes), alpha: v.Real("alpha"),
		counts: make([]float64, len(in.Schema)*in.Classes), totals: make([]float64, in.Classes),
		seen: make([]uint32, len(in.Schema)),
		logs: make([]float64, len(in.Schema)*in.Classes), divisors: make([]float64, in.Classes),
	}
	m.derive()
	return m
}

// derive computes all that predictions are made of.
func (m *MultinomialNB) derive() {
	m.features = 0
	for _, seen := range m.seen {
		m.features += int(seen)
	}
	for i, count := range m.counts {
		m.logs[i] = numeric.Log(count + m.alpha)
	}
	for class := range m.divisors {
		m.divide(class)
	}
}

// divide computes the divisor of a class; before any feature was seen it has no
// use, and must only be finite.
func (m *MultinomialNB) divide(class int) {
	m.divisors[class] = numeric.Log(m.totals[class] + float64(m.alpha*float64(max(m.features, 1))))
}

// Predict implements learner.Classifier.
func (m *MultinomialNB) Predict(x, scores []float64) {
	clear(scores)
	highest := 0.0
	for n, c := range m.prior.order {
		scores[c] = m.log(x, int(c))
		if n == 0 || scores[c] > highest {
			highest = scores[c]
		}
	}
	for _, c := range m.prior.order {
		scores[c] = numeric.Exp(scores[c] - highest)
		m.prior.blocks[c] = 0
	}
	m.prior.normalise(scores)
}

// log is the logarithm of a class's weight and likelihood.
func (m *MultinomialNB) log(x []float64, class int) float64 {
	logs := m.logs[class*len(m.seen) : (class+1)*len(m.seen)]
	divisor, sum := m.divisors[class], 0.0
	for i, v := range x[:len(logs)] {
		if v > 0 {
			sum += float64(v * (logs[i] - divisor))
		}
	}
	return numeric.Log(m.prior.weights[class]) + sum
}

// Learn implements learner.Classifier. A weight above 10^50 counts as that, and a
// row without weight is not learned.
func (m *MultinomialNB) Learn(x []float64, class int, weight float64, _ random.At) {
	if !(weight > 0) {
		return
	}
	weight = min(weight, maxWeight)
	m.prior.learn(class, weight)
	before := m.features
	at := class * len(m.seen)
	for i, v := range x[:len(m.seen)] {
		if v != v {
			continue
		}
		if m.seen[i] == 0 {
			m.seen[i] = 1
			m.features++
		}
		if v > 0 {
			times := float64(weight * v)
			m.counts[at+i] += times
			m.totals[class] += times
			m.logs[at+i] = numeric.Log(m.counts[at+i] + m.alpha)
		}
	}
	if m.features == before {
		m.divide(class)
		return
	}
	for c := range m.divisors {
		m.divide(c)
	}
}

// PredictLearn implements learner.Classifier.
func (m *MultinomialNB) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	m.Predict(x, scores)
	m.Learn(x, class, weight, at)
}

// Merge adds what other has learned from other rows. It fails with ErrMerge when
// other has other features, classes or parameters.
func (m *MultinomialNB) Merge(other *MultinomialNB) error {
	if len(m.seen) != len(other.seen) || len(m.totals) != len(other.totals) || m.alpha != other.alpha {
		return ErrMerge
	}
	m.prior.merge(&other.prior)
	addTo(m.counts, other.counts)
	addTo(m.totals, other.totals)
	unite(m.seen, other.seen)
	m.derive()
	return nil
}

func addTo(sums, values []float64) {
	for i, v := range values {
		sums[i] += v
	}
}

func unite(seen, other []uint32) {
	for i, v := range other {
		seen[i] |= v
	}
}

// Fields implements flat.Stater.
func (m *MultinomialNB) Fields(c *flat.Codec) {
	m.prior.Fields(c)
	c.Float64sOf("counts", m.counts)
	c.Float64sOf("totals", m.totals)
	c.Uint32sOf("seen", m.seen)
	if c.Reading() && c.Require(atLeast0(m.counts) && atLeast0(m.totals), "counts of at least 0") && requireFlags(c, m.seen) {
		m.derive()
	}
}

func requireFlags(c *flat.Codec, flags []uint32) bool {
	for _, v := range flags {
		c.Require(v <= 1, "flags of 0 and 1")
	}
	return c.Err() == nil
}

// HeapBytes implements learner.State.
func (m *MultinomialNB) HeapBytes() int {
	return 16*len(m.counts) + 16*len(m.totals) + 4*len(m.seen) + m.prior.heapBytes() + 256
}

// LogicalBytes implements learner.State.
func (m *MultinomialNB) LogicalBytes() int {
	return 8*len(m.counts) + 8*len(m.totals) + 4*len(m.seen) + m.prior.logicalBytes()
}
