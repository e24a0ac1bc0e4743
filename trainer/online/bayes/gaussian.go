package bayes

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/random"
)

const (
	// floor is added to every density, as River does, so that no value rules a
	// class out.
	floor = 1e-9
	// rootTau is 1/√(2π).
	rootTau = 0.3989422804014327
	// farthest bounds the exponent of a density: e^-700 is nothing beside floor,
	// whatever the deviation.
	farthest = -700
)

// GaussianNB is naive Bayes with a normal distribution for each class and
// numeric feature, by the rules of River's naive_bayes.GaussianNB: running mean
// and population variance (Welford's method), and a class's score
//
//	share of the class · Π (10^-9 + density of the value)
//
// divided by the sum of all classes' scores. River adds logarithms where this
// multiplies, which is the same but for rounding.
//
// A feature that is missing (NaN) in a row has no part in learning or predicting
// it. A feature that was constant in a class so far, or seen once, has the
// density 0 there. A nominal feature (learner.Level) has the probability
//
//	(rows of the class with the level + 1) / (rows of the class + levels so far)
//
// in place of the density and what is added to it (Laplace's rule); River knows
// no nominal features here. A level that no row had is missing. Of classes with equal scores the one that was seen
// first wins. Its size is bounded by the features, classes and levels.
//
// It is not safe for concurrent use.
type GaussianNB struct {
	prior    prior
	features int
	// gaussians are those of class 0's features, then class 1's, and so on.
	gaussians []gaussian
	levels    levels
	// numeric are the places of the numeric features, or nil for all.
	numeric []int
	values  []float64
	powers  []float64
}

// gaussian is a normal distribution as it is learned: weight, mean and the sum of
// squared differences; and as it is asked: the inverse deviation and the density
// at the mean, both 0 without a variance.
type gaussian struct {
	mean, inverse, height float64
	weight, squares       float64
}

// NewGaussianNB returns a model that has seen nothing.
func NewGaussianNB(in learner.Input) *GaussianNB {
	g := &GaussianNB{prior: newPrior(in.Classes), levels: newLevels(in.Schema, in.Classes)}
	g.features = len(in.Schema) - len(g.levels.columns)
	if len(g.levels.columns) > 0 {
		for i, kind := range in.Schema {
			if kind != learner.Level {
				g.numeric = append(g.numeric, i)
			}
		}
		g.values = make([]float64, g.features)
	}
	g.gaussians = make([]gaussian, g.features*in.Classes)
	g.powers = make([]float64, g.features)
	return g
}

// Predict implements learner.Classifier.
func (g *GaussianNB) Predict(x, scores []float64) {
	clear(scores)
	values := g.numbers(x)
	for _, c := range g.prior.order {
		score, blocks := inRange(g.prior.weights[c], 0)
		score, blocks = g.density(values, int(c), score, blocks)
		scores[c], g.prior.blocks[c] = g.levels.likelihood(x, int(c), score, blocks)
	}
	g.prior.normalise(scores)
}

// numbers are the numeric values of x.
func (g *GaussianNB) numbers(x []float64) []float64 {
	if len(g.levels.columns) == 0 {
		return x[:g.features]
	}
	for i, column := range g.numeric {
		g.values[i] = x[column]
	}
	return g.values
}

// density multiplies score·2^(512·blocks) by the densities of a class.
func (g *GaussianNB) density(x []float64, class int, score float64, blocks int) (float64, int) {
	gaussians := g.gaussians[class*g.features : (class+1)*g.features]
	x, powers := x[:len(gaussians)], g.powers[:len(gaussians)]
	for i := range gaussians {
		d := &gaussians[i]
		z := float64((x[i] - d.mean) * d.inverse)
		power := float64(float64(z*z) * -0.5)
		if !(power > farthest) {
			power = farthest
		}
		powers[i] = power
	}
	numeric.ExpAll(powers)
	for i, e := range powers {
		if v := x[i]; v != v {
			continue
		}
		score = float64(score * (floor + float64(gaussians[i].height*e)))
		if !(score > least && score < greatest) {
			score, blocks = inRange(score, blocks)
		}
	}
	return score, blocks
}

// Learn implements learner.Classifier. A weight above 10^50 counts as that, and a
// row without weight is not learned.
func (g *GaussianNB) Learn(x []float64, class int, weight float64, _ random.At) {
	if !(weight > 0) {
		return
	}
	weight = min(weight, maxWeight)
	g.prior.learn(class, weight)
	values := g.numbers(x)
	gaussians := g.gaussians[class*g.features : (class+1)*g.features]
	total, share := 0.0, 0.0
	for i := range gaussians {
		v := values[i]
		if v != v {
			continue
		}
		d := &gaussians[i]
		d.weight += weight
		if d.weight != total {
			total = d.weight
			share = weight / total
		}
		from := v - d.mean
		d.mean += float64(share * from)
		d.squares += float64(float64(weight*from) * (v - d.mean))
		d.derive()
	}
	g.levels.learn(x, class, weight)
}

// PredictLearn implements learner.Classifier.
func (g *GaussianNB) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	g.Predict(x, scores)
	g.Learn(x, class, weight, at)
}

// derive computes what predictions are made of.
func (d *gaussian) derive() {
	if d.squares > 1e-200 {
		d.inverse = math.Sqrt(d.weight / d.squares)
		d.height = float64(d.inverse * rootTau)
		return
	}
	// So small a sum may make the quotient above overflow.
	d.inverse, d.height = 0, 0
	if variance := d.squares / d.weight; variance > 0 {
		d.inverse = 1 / math.Sqrt(variance)
		d.height = float64(d.inverse * rootTau)
	}
}

// Merge adds what other has learned from other rows. The levels of nominal
// features must have the same numbers in both. It fails with ErrMerge when other
// has other features or classes.
func (g *GaussianNB) Merge(other *GaussianNB) error {
	if len(g.gaussians) != len(other.gaussians) || len(g.prior.weights) != len(other.prior.weights) || !g.levels.alike(&other.levels) {
		return ErrMerge
	}
	g.prior.merge(&other.prior)
	for i := range g.gaussians {
		g.gaussians[i].merge(&other.gaussians[i])
	}
	g.levels.merge(&other.levels)
	return nil
}

// merge is by the formulas of Chan, Golub and LeVeque (1979).
func (d *gaussian) merge(other *gaussian) {
	if other.weight == 0 {
		return
	}
	weight := d.weight + other.weight
	share := other.weight / weight
	apart := other.mean - d.mean
	d.squares += other.squares + float64(float64(apart*apart)*float64(d.weight*share))
	d.mean += float64(apart * share)
	d.weight = weight
	d.derive()
}

// Fields implements flat.Stater.
func (g *GaussianNB) Fields(c *flat.Codec) {
	g.prior.Fields(c)
	n := len(g.gaussians)
	weights, means, squares := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, d := range g.gaussians {
		weights[i], means[i], squares[i] = d.weight, d.mean, d.squares
	}
	c.Float64sOf("counts", weights)
	c.Float64sOf("means", means)
	c.Float64sOf("squares", squares)
	c.RequireWithin(maxTotal, weights...)
	c.RequireWithin(2*learner.Limit, means...)
	c.RequireWithin(maxSum, squares...)
	if c.Reading() && c.Err() == nil {
		for i := range g.gaussians {
			g.gaussians[i] = gaussian{weight: weights[i], mean: means[i], squares: squares[i]}
			if c.Require(weights[i] > 0 || weights[i] == 0 && squares[i] == 0, "counts of at least 0") && weights[i] > 0 {
				g.gaussians[i].derive()
			}
		}
	}
	g.levels.Fields(c)
}

// HeapBytes implements learner.State.
func (g *GaussianNB) HeapBytes() int {
	return 40*len(g.gaussians) + 8*(len(g.numeric)+len(g.values)+len(g.powers)) + g.prior.heapBytes() + g.levels.heapBytes() + 256
}

// LogicalBytes implements learner.State.
func (g *GaussianNB) LogicalBytes() int {
	return 24*len(g.gaussians) + g.prior.logicalBytes() + g.levels.logicalBytes()
}
