package tree

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// judge computes the merits of splits of one leaf.
type judge struct {
	criterion   Criterion
	minFraction float64
	// before is the entropy of the leaf.
	before float64
	// positive and negative are the places of the first two classes, for the
	// Hellinger distance, or none.
	places [2]int
}

func (j *judge) begin(c *Config, weights []float64) {
	j.criterion, j.minFraction = c.Criterion, c.MinBranchFraction
	if j.criterion == InfoGain {
		j.before = entropy(weights)
	}
}

// prepare tells the judge the classes whose weights come next.
func (j *judge) prepare(classes []moments) {
	j.places = [2]int{none, none}
	for i := range classes {
		if c := classes[i].class; c < 2 {
			j.places[c] = i
		}
	}
}

// merit is the merit of a split into branches, which has the weights of each of
// the classes in each; −∞ when not at least two branches exceed the smallest
// share.
func (j *judge) merit(branches []float64, classes int) float64 {
	total := 0.0
	for from := 0; from < len(branches); from += classes {
		total += sum(branches[from : from+classes])
	}
	if !j.valid(branches, classes, total) {
		return math.Inf(-1)
	}
	switch j.criterion {
	case Gini:
		return 1 - impurity(branches, classes, total)
	case Hellinger:
		return j.distance(branches, classes)
	case InfoGain:
	}
	after := 0.0
	for from := 0; from < len(branches); from += classes {
		weights := branches[from : from+classes]
		after += float64(sum(weights) * entropy(weights))
	}
	return j.before - after/total
}

func (j *judge) valid(branches []float64, classes int, total float64) bool {
	if !(total > 0) {
		return false
	}
	large := 0
	for from := 0; from < len(branches); from += classes {
		if sum(branches[from:from+classes])/total > j.minFraction {
			large++
		}
	}
	return large >= 2
}

func sum(weights []float64) float64 {
	s := 0.0
	for _, w := range weights {
		s += w
	}
	return s
}

// entropy is the entropy of the classes in bits.
func entropy(weights []float64) float64 {
	total, logs := 0.0, 0.0
	for _, w := range weights {
		if w > 0 {
			logs -= float64(w * numeric.Log(w))
			total += w
		}
	}
	if total == 0 {
		return 0
	}
	return (logs + float64(total*numeric.Log(total))) / total / math.Ln2
}

// impurity is the mean of the branches' Gini impurities.
func impurity(branches []float64, classes int, total float64) float64 {
	mean := 0.0
	for from := 0; from < len(branches); from += classes {
		weights := branches[from : from+classes]
		s, gini := sum(weights), 1.0
		for _, w := range weights {
			if s != 0 {
				gini -= float64(w / s * (w / s))
			}
		}
		mean += float64(s / total * gini)
	}
	return mean
}

// distance is the Hellinger distance between how the first two classes are spread
// over the first two branches, 0 where one of them is not in both branches.
func (j *judge) distance(branches []float64, classes int) float64 {
	if j.places[0] == none || j.places[1] == none {
		return 0
	}
	squares := 0.0
	var n, p [2]float64
	for side := range n {
		n[side], p[side] = branches[side*classes+j.places[0]], branches[side*classes+j.places[1]]
		if n[side] == 0 || p[side] == 0 {
			return 0
		}
	}
	for side := range n {
		d := math.Sqrt(n[side]/(n[0]+n[1])) - math.Sqrt(p[side]/(p[0]+p[1]))
		squares += float64(d * d)
	}
	return math.Sqrt(squares)
}
