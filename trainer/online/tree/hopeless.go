package tree

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// Most attempts to split end without one. They are recognised without a
// logarithm: the entropy that a split leaves is bounded from below by that of
// chords, for entropy is concave, and from above by the chords plus their largest
// error. The weights on both sides of a threshold are taken roughly for it, too.

// chords is the number of chords of each table over [0, 1].
const chords = 512

// chordError bounds how far a chord is below −p·log2 p, or below the entropy of
// two classes: at the first chord it is 1/chords·log2(e)/e, and the second class
// adds little.
const chordError = 0.6 / chords

// twoClasses is the entropy in bits of two classes by the share of the rarer
// one; oneClass is −p·log2 p.
var (
	twoClasses = chordTable(func(p float64) float64 { return surprise(p) + surprise(1-p) })
	oneClass   = chordTable(surprise)
)

func surprise(p float64) float64 {
	if p <= 0 {
		return 0
	}
	return float64(-p * float64(numeric.Log(p)*(1/math.Ln2)))
}

// chordTable holds a function's values at the ends of the chords, and one more.
func chordTable(f func(float64) float64) (table [chords + 2]float64) {
	for i := range chords + 1 {
		table[i] = f(float64(i) / chords)
	}
	return table
}

// below is a lower bound of a table's function at p in [0, 1].
func below(table *[chords + 2]float64, p float64) float64 {
	scaled := float64(p * chords)
	i := int(scaled)
	if uint(i) > chords {
		return 0
	}
	return table[i] + float64((scaled-float64(i))*(table[i+1]-table[i]))
}

// slack is by how much estimates of so many classes may be too small, and more
// than rounding may do. For rough weights it is more by twice as much as these
// change an entropy: that is made of −p·log2 p for each class on each side, and for
// each side, which change by at most −r·log2 r, below 2e-5, where the share p of
// all the weight changes by at most r, roughness.
func (*scratch) slack(classes int) float64 {
	const rough = 2 * 2e-5
	return float64(chordError*float64(classes)) + float64(rough*float64(2*classes+2)) + 1e-9
}

// hopeless tells that the merits of the best two splits of a leaf, of which the
// entropies were estimated, differ by no more than the bound, for certain; false
// says nothing.
func (s *scratch) hopeless(bound float64) bool {
	// The smallest entropy is at least least, the second at most second and the
	// error of the chords.
	return s.second-s.least+s.slack(s.most) <= bound
}

// certain tells that the merits of the best two splits of a leaf, of which the
// entropies were estimated, differ by more than the bound, for certain.
func (s *scratch) certain(bound float64) bool {
	return s.second-s.least-s.slack(s.most) > bound
}

// estimates tells whether splits are estimated before they are computed.
func (t *Hoeffding) estimates() bool {
	return t.config.Criterion == InfoGain && !t.tabled && !t.removes() && !t.plain
}

// estimate bounds the entropies that the splits of a leaf leave.
func (t *Hoeffding) estimate(h []float64) {
	s := &t.scratch
	s.least, s.second, s.most = math.Inf(1), math.Inf(1), 0
	for i := range t.width {
		t.gatherRoughly(h, i)
		s.most = max(s.most, len(s.classes))
		e := t.estimateCuts(h, i, s.tried())
		s.leasts[i] = e
		if e < s.least {
			s.least, s.second = e, s.least
		} else if e < s.second {
			s.second = e
		}
	}
}

// estimateCuts bounds the entropies that splits by the i-th feature leave from
// below, +Inf where one is not valid, and returns the least.
func (t *Hoeffding) estimateCuts(h []float64, i int, thresholds []float64) (least float64) {
	s, minFraction := &t.scratch, t.config.MinBranchFraction
	estimates := s.estimatesOf(i)[:len(thresholds)]
	sure := true
	for j := range s.classes {
		sure = s.classes[j].roughly(s.left[j*s.splits:][:len(thresholds)], thresholds) && sure
	}
	if sure && len(s.classes) == 2 {
		least, sure = s.twoEntropies(estimates, minFraction)
	} else if sure {
		least, sure = s.manyEntropies(estimates, minFraction, 2*roughness)
	}
	if sure {
		return least
	}
	t.gather(h, i)
	for j := range s.classes {
		left := s.left[j*s.splits:][:len(thresholds)]
		for k, threshold := range thresholds {
			left[k] = s.classes[j].atMost(threshold)
		}
	}
	least, _ = s.manyEntropies(estimates, minFraction, 0)
	return least
}

// twoEntropies bounds the entropies of two classes by the weights on the left,
// which are rough. It is not sure if it cannot tell whether a split is valid.
func (s *scratch) twoEntropies(estimates []float64, minFraction float64) (least float64, sure bool) {
	least = math.Inf(1)
	first, second := s.left[:len(estimates)], s.left[s.splits:][:len(estimates)]
	n, m := s.classes[0].count, s.classes[1].count
	whole := n + m
	perWhole := 1 / whole
	for k, a := range first {
		b := second[k]
		left := a + b
		right := whole - left
		share := float64(min(left, right) * perWhole)
		if math.Abs(share-minFraction) <= 2*roughness {
			return 0, false
		}
		e := math.Inf(1)
		if share > minFraction {
			e = float64(left*below(&twoClasses, min(a, b)/left)) + float64(right*below(&twoClasses, min(n-a, m-b)/right))
			e = float64(e * perWhole)
		}
		estimates[k] = e
		if e < least {
			least = e
		}
	}
	return least, true
}

// manyEntropies is the same of any number of classes. The weights may be exact:
// then there is no doubt.
func (s *scratch) manyEntropies(estimates []float64, minFraction, doubt float64) (least float64, sure bool) {
	least = math.Inf(1)
	for k := range estimates {
		e, sure := s.manyEntropy(s.left[k:], minFraction, doubt)
		if !sure {
			return 0, false
		}
		estimates[k] = e
		least = min(least, e)
	}
	return least, true
}

// manyEntropy is the same of one threshold, by the weights on the left, of each
// class one among those of the other thresholds.
func (s *scratch) manyEntropy(weights []float64, minFraction, doubt float64) (e float64, sure bool) {
	left, right := 0.0, 0.0
	for j := range s.classes {
		a := weights[j*s.splits]
		left += a
		right += s.classes[j].count - a
	}
	total := left + right
	share := min(left, right) / total
	if doubt > 0 && math.Abs(share-minFraction) <= doubt {
		return 0, false
	}
	if !(share > minFraction) {
		return math.Inf(1), true
	}
	for j := range s.classes {
		a := weights[j*s.splits]
		e += float64(left*below(&oneClass, a/left)) + float64(right*below(&oneClass, (s.classes[j].count-a)/right))
	}
	return e / total, true
}

// worthless tells that the best split of a leaf, whose entropy is at least below,
// is better than none by no more than the bound, for certain.
func (s *scratch) worthless(below, bound float64) bool {
	return !math.IsInf(s.least, 1) && below+s.slack(s.most)-s.least <= bound
}

// settled tells that neither another split nor none is better than the one by
// feature i by more than the bound, for certain.
func (t *ExtremelyFast) settled(h []float64, i int, bound float64) bool {
	s := &t.scratch
	if math.IsInf(s.least, 1) || s.least+s.slack(s.most)-t.entropyBelow(h) > bound {
		return false
	}
	now := s.leasts[i]
	return math.IsInf(now, 1) || now+s.slack(s.most)-s.least <= bound
}

// entropyBelow is a lower bound of the entropy of a head's classes.
func (t *Hoeffding) entropyBelow(h []float64) float64 {
	weights := h[t.weights : t.weights+int(h[hSlots])]
	perTotal := 1 / sum(weights)
	e := 0.0
	for _, w := range weights {
		e += below(&oneClass, float64(w*perTotal))
	}
	return e
}
