package bayes

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// levels counts, for each nominal feature, how often a class has each level.
type levels struct {
	classes int
	// columns are the places of the nominal features in a row.
	columns []int
	// counts are, for each nominal feature, the weights of its levels: level 0
	// of every class, then level 1, and so on as far as levels were seen.
	counts [][]float64
	// totals are the sums of counts for each class, feature by feature.
	totals []float64
}

func newLevels(s learner.Schema, classes int) levels {
	l := levels{classes: classes}
	for i, kind := range s {
		if kind == learner.Level {
			l.columns = append(l.columns, i)
		}
	}
	l.counts = make([][]float64, len(l.columns))
	l.totals = make([]float64, len(l.columns)*classes)
	return l
}

// likelihood multiplies score·2^(512·blocks) by the probabilities of x's levels.
func (l *levels) likelihood(x []float64, class int, score float64, blocks int) (float64, int) {
	for i, column := range l.columns {
		v := x[column]
		if v != v {
			continue
		}
		count := 1.0
		if at := int(v)*l.classes + class; at < len(l.counts[i]) {
			count += l.counts[i][at]
		}
		known := float64(max(len(l.counts[i])/l.classes, 1))
		score = float64(score * (count / (l.totals[i*l.classes+class] + known)))
		if !(score > least && score < greatest) {
			score, blocks = inRange(score, blocks)
		}
	}
	return score, blocks
}

func (l *levels) learn(x []float64, class int, weight float64) {
	for i, column := range l.columns {
		v := x[column]
		if v != v {
			continue
		}
		for len(l.counts[i]) <= int(v)*l.classes+class {
			l.grow(i)
		}
		l.counts[i][int(v)*l.classes+class] += weight
		l.totals[i*l.classes+class] += weight
	}
}

// grow adds a level to feature i.
func (l *levels) grow(i int) {
	for range l.classes {
		l.counts[i] = append(l.counts[i], 0)
	}
}

func (l *levels) alike(other *levels) bool {
	if len(l.columns) != len(other.columns) {
		return false
	}
	for i, column := range l.columns {
		if other.columns[i] != column {
			return false
		}
	}
	return true
}

func (l *levels) merge(other *levels) {
	for i, counts := range other.counts {
		for len(l.counts[i]) < len(counts) {
			l.grow(i)
		}
		for j, n := range counts {
			l.counts[i][j] += n
		}
	}
	for i, n := range other.totals {
		l.totals[i] += n
	}
}

// Fields implements flat.Stater. The totals are state, for they may differ in
// their last bits from a sum in another order.
func (l *levels) Fields(c *flat.Codec) {
	if len(l.columns) == 0 {
		return
	}
	c.Float64sOf("levelTotals", l.totals)
	for i := range l.counts {
		c.Float64s("levels", &l.counts[i])
		n := len(l.counts[i])
		c.Require(n%l.classes == 0 && n/l.classes <= learner.MaxLevels, "counts of each class for each level")
		if c.Reading() && c.Require(atLeast0(l.counts[i]), "counts of at least 0") {
			for j, n := range l.counts[i] {
				// Sums of the same weights in another order may differ a little.
				c.Require(n <= float64(l.totals[i*l.classes+j%l.classes]*(1+1e-9)), "counts of at most the rows of the class")
			}
		}
	}
	c.Require(!c.Reading() || atLeast0(l.totals), "totals of at least 0")
	c.RequireWithin(maxTotal, l.totals...)
}

func atLeast0(values []float64) bool {
	for _, v := range values {
		if v < 0 {
			return false
		}
	}
	return true
}

func (l *levels) heapBytes() int {
	bytes := 32*len(l.columns) + 8*len(l.totals)
	for _, counts := range l.counts {
		bytes += 8 * cap(counts)
	}
	return bytes
}

func (l *levels) logicalBytes() int {
	bytes := 8 * len(l.totals)
	for _, counts := range l.counts {
		bytes += 8 * len(counts)
	}
	return bytes
}
