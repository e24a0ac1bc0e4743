// Package metric holds cumulative measures of prediction quality that can be
// merged: counts, from which everything else is computed when asked for.
package metric

import (
	"fmt"

	"creek.dev/creek/trainer/online/numeric"
)

// Classification collects accuracy, Cohen's kappa, logarithmic loss and, for
// two classes, F1 of the last class. The zero value is not usable.
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
}

// Probabilities are kept this far from 0, as River does, so that one wrong
// certainty does not make the loss infinite.
const smallest = 1e-15

const block = 512

// NewClassification returns an empty measure for the given number of classes.
func NewClassification(classes int) *Classification {
	return &Classification{Classes: classes, Counts: make([]uint64, classes*classes), Product: 1}
}

// Update implements Measure. It does not allocate.
func (c *Classification) Update(o Outcome) {
	if !(o.Y >= 0) || o.Class < 0 {
		return
	}
	label := int(o.Y)
	p := o.Scores[label]
	c.Counts[label*c.Classes+o.Class]++
	c.multiply(max(min(p, 1-smallest), smallest))
}

func (c *Classification) multiply(p float64) {
	c.Product = float64(c.Product * p)
	if c.Product < 0x1p-512 {
		c.Product = float64(c.Product * 0x1p512)
		c.Blocks++
	}
}

// Merge implements Measure. It fails when other has another number of classes.
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
	return nil
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

// Values are accuracy, kappa, logLoss (mean, natural logarithm) and, for two
// classes, f1. All are 0 while nothing has been counted.
func (c *Classification) Values() map[string]float64 {
	values := map[string]float64{"accuracy": 0, "kappa": 0, "logLoss": 0}
	if c.Classes == 2 {
		values["f1"] = c.f1()
	}
	if c.Records() == 0 {
		return values
	}
	n := float64(c.Records())
	observed, expected := 0.0, 0.0
	for i := range c.Classes {
		var row, column uint64
		for j := range c.Classes {
			row += c.Counts[i*c.Classes+j]
			column += c.Counts[j*c.Classes+i]
		}
		observed += float64(c.Counts[i*c.Classes+i])
		expected += float64(float64(row) / n * (float64(column) / n))
	}
	values["accuracy"] = observed / n
	if expected < 1 {
		values["kappa"] = (values["accuracy"] - expected) / (1 - expected)
	}
	values["logLoss"] = (float64(float64(c.Blocks*block)*numeric.Log(2)) - numeric.Log(c.Product)) / n
	return values
}

// f1 is the harmonic mean of precision and recall of the last of two classes.
func (c *Classification) f1() float64 {
	wrong := c.Counts[1] + c.Counts[2]
	hits := 2 * c.Counts[3]
	if hits == 0 {
		return 0
	}
	return float64(hits) / float64(hits+wrong)
}
