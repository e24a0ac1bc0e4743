// Package metric holds measures of prediction quality that can be merged: sums,
// from which everything else is computed when asked for.
package metric

import "fmt"

// Classification measures a classifier: accuracy, balancedAccuracy, kappa
// (Cohen's), kappaM and kappaT (over always predicting the most frequent class,
// and the class of the row before), logLoss (mean, natural logarithm), brier
// (mean squared distance of the probabilities from the truth: of the true class
// for two classes, else the sum over the classes, as Brier defined it). For two
// classes precision, recall and f1 are those of the last class, and rocAuc is the
// area under its curve; for more they are precisionMacro and so on, the means
// over the classes, and precisionMicro and so on. Measures that River has are
// River's, but that River's CrossEntropy counts a row as 0 whose class the model
// has not met, and logLoss as a probability of 0, which is a loss of 34.5. The
// zero value is not usable.
type Classification struct {
	// Classes is the number of classes.
	Classes int `json:"classes"`
	// Counts is the confusion matrix, a row for each true class.
	Counts []uint64 `json:"counts"`
	// Product and Blocks are the product Product·2^(-512·Blocks) of all
	// probabilities that were given to the true classes. The logarithm, which
	// costs more than learning a row, is so taken once and not for every row.
	Product float64 `json:"product"`
	Blocks  uint64  `json:"blocks"`
	// squares is the sum of the squared distances.
	squares float64
	// repeats is how many rows are of the class of the row before, which was last;
	// before the first row that is class 0, as MOA has it.
	repeats uint64
	last    int
	// bins are empty until the first row.
	bins []uint64
}

// Probabilities are kept this far from 0, as River does, so that one wrong
// certainty does not make the loss infinite.
const smallest = 1e-15

// least is the probability that a true class has at least. Of two classes River bounds that of the last one alone, so that the first
// one keeps what then is left, in doubles.
func least(label, classes int) float64 {
	if classes == 2 && label == 0 {
		const bound float64 = 1 - smallest
		return 1 - bound
	}
	return smallest
}

const block = 512

// NewClassification returns an empty measure for the given number of classes.
func NewClassification(classes int) *Classification {
	return &Classification{Classes: classes, Counts: make([]uint64, classes*classes), Product: 1}
}

// Update implements Measure. It allocates at most once.
func (c *Classification) Update(o Outcome) {
	label, ok := whole(o.Y, c.Classes)
	if !ok || uint(o.Class) >= uint(c.Classes) || len(o.Scores) != c.Classes {
		return
	}
	p := o.Scores[label]
	if c.Classes == 2 {
		other := o.Scores[1-label]
		if !(p >= 0 && p <= 2 && other >= 0 && other <= 2) {
			return
		}
		if len(c.bins) == 0 {
			c.bins = make([]uint64, 2*rocBins)
		}
		c.bins[2*rocBin(o.Scores[1])+label]++
		c.squares += float64((1 - p) * (1 - p))
	} else {
		if !probable(o.Scores) {
			return
		}
		c.squares += distance(o.Scores, label)
	}
	c.Counts[label*c.Classes+o.Class]++
	// The highest bit tells that the classes differ: a branch would be guessed
	// wrong at every change.
	differ := uint64(label ^ c.last)
	c.repeats += 1 - (differ|-differ)>>63
	c.last = label
	if p > 1-smallest {
		p = 1 - smallest
	}
	if p < smallest {
		p = least(label, c.Classes)
	}
	c.Product = float64(c.Product * p)
	if c.Product < 0x1p-512 {
		c.Product = float64(c.Product * 0x1p512)
		c.Blocks++
	}
}

// whole tells whether y is a number in [0, n), and which.
func whole(y float64, n int) (int, bool) {
	i := int(y)
	return i, float64(i) == y && uint(i) < uint(n)
}

// probable tells whether all scores can be probabilities, apart from rounding.
func probable(scores []float64) bool {
	for _, p := range scores {
		if !(p >= 0 && p <= 2) {
			return false
		}
	}
	return true
}

// counted tells whether an outcome counts, and the true class.
func counted(o Outcome, classes int) (label int, ok bool) {
	label, ok = whole(o.Y, classes)
	return label, ok && uint(o.Class) < uint(classes) && len(o.Scores) == classes && probable(o.Scores)
}

// distance is the squared distance of the probabilities from the truth: that of
// the true class for two classes, else the sum over all.
func distance(scores []float64, label int) float64 {
	rest := 1 - scores[label]
	sum := float64(rest * rest)
	if len(scores) == 2 {
		return sum
	}
	for i, p := range scores {
		if i != label {
			sum += float64(p * p)
		}
	}
	return sum
}

// Merge implements Measure. It fails when other has another number of classes.
// Counts and bins are added exactly. What follows counts as following other.
func (c *Classification) Merge(measure Measure) error {
	other, ok := measure.(*Classification)
	if !ok || other.Classes != c.Classes {
		return fmt.Errorf("merging other metrics into those of %d classes", c.Classes)
	}
	for i, n := range other.Counts {
		c.Counts[i] += n
	}
	c.Blocks += other.Blocks
	c.Product = c.multiplyAll(c.Product, other.Product)
	c.squares += other.squares
	c.repeats += other.repeats
	if other.Records() > 0 {
		c.last = other.last
	}
	c.bins = added(c.bins, other.bins)
	return nil
}

// added is a+b, of which either may be empty.
func added[T uint64 | float64](a, b []T) []T {
	if len(a) == 0 {
		return append([]T(nil), b...)
	}
	for i, v := range b {
		a[i] += v
	}
	return a
}

// multiplyAll is p·q, both in [2^-512, 1], without passing through a number that
// has lost bits for being too small.
func (c *Classification) multiplyAll(p, q float64) float64 {
	halves := 0
	for _, v := range []*float64{&p, &q} {
		if *v < 0x1p-256 {
			*v = float64(*v * 0x1p256)
			halves++
		}
	}
	product := float64(p * q)
	switch {
	case halves == 2:
		c.Blocks++
	case halves == 1 && product < 0x1p-256:
		c.Blocks++
		product = float64(product * 0x1p256)
	case halves == 1:
		product = float64(product * 0x1p-256)
	}
	return product
}

// Records is the number of predictions counted.
func (c *Classification) Records() uint64 {
	var n uint64
	for _, v := range c.Counts {
		n += v
	}
	return n
}

// Values implements Measure. All are 0 while nothing has been counted, but for
// rocAuc, which is absent until rows of both classes were.
func (c *Classification) Values() map[string]float64 {
	t := tally{
		classes: c.Classes, counts: make([]float64, len(c.Counts)),
		loss: logOfBlocks(c.Product, c.Blocks), squares: c.squares, repeats: float64(c.repeats),
	}
	for i, n := range c.Counts {
		t.counts[i] = float64(n)
	}
	t.area, t.ranked = rocArea(c.bins)
	// Version 1 of the state kept the counts, and not what is behind the others.
	for _, n := range c.bins {
		t.kept += float64(n)
	}
	return t.values()
}
