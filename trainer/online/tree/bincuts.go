package tree

import (
	"cmp"
	"math"
	"slices"
)

// interval is from the least to the greatest value of a bin.
type interval struct{ low, high float64 }

// bestBins is the best split by a leaf's i-th feature, which is a number with
// bins and was gathered; the first of equals.
func (t *Hoeffding) bestBins(h []float64, i int) split {
	s := &t.scratch
	s.judge.prepare(s.classes)
	best := split{merit: math.Inf(-1), at: i, kind: byThreshold}
	if t.config.Observer == Quantizer {
		t.tryCells(h, &best)
		return best
	}
	low, high, most := math.Inf(1), math.Inf(1), 0
	for k := range s.classes {
		bins := t.tableBins(s.classes[k].block, i)
		if len(bins) == 0 {
			continue
		}
		low, high = min(low, bins[binHigh]), min(high, bins[len(bins)-binWidth+binHigh])
		most = max(most, len(bins)/binWidth)
	}
	if !(low < high) {
		return best
	}
	n := min(t.config.Splits, most-1)
	step := (high - low) / float64(n+1)
	for range n {
		low += step
		t.try(h, low, &best)
	}
	return best
}

// tryCells tries the thresholds in the middle between values of neighbouring
// cells, whatever class they are of.
func (t *Hoeffding) tryCells(h []float64, best *split) {
	s := &t.scratch
	s.intervals = s.intervals[:0]
	for k := range s.classes {
		bins := t.tableBins(s.classes[k].block, best.at)
		for ; len(bins) > 0; bins = bins[binWidth:] {
			s.intervals = append(s.intervals, interval{bins[binLow], bins[binHigh]})
		}
	}
	slices.SortFunc(s.intervals, func(a, b interval) int { return cmp.Compare(a.low, b.low) })
	high := 0.0
	for k, v := range s.intervals {
		if k == 0 {
			high = v.high
			continue
		}
		if t.cell(v.low) > t.cell(high) {
			threshold := high + float64(0.5*(v.low-high))
			if threshold >= v.low {
				threshold = high
			}
			t.try(h, threshold, best)
		}
		high = max(high, v.high)
	}
}

// try makes a threshold the best split if it is.
func (t *Hoeffding) try(h []float64, threshold float64, best *split) {
	s := &t.scratch
	n := len(s.classes)
	s.branches = slices.Grow(s.branches[:0], 2*n)[:2*n]
	for k := range s.classes {
		s.branches[k], s.branches[n+k] = t.sides(h, &s.classes[k], best.at, threshold)
	}
	if merit := s.judge.merit(s.branches, n); merit > best.merit {
		best.merit, best.threshold = merit, threshold
	}
}

// sides are the weights of a class on the left and on the right of a threshold.
// Those of a histogram divide all the weight that the class has in the leaf, as
// in River, and a bin as if its values were spread evenly.
func (t *Hoeffding) sides(h []float64, m *moments, i int, threshold float64) (left, right float64) {
	below := 0.0
	bins := t.tableBins(m.block, i)
	for ; len(bins) > 0 && threshold >= bins[binHigh]; bins = bins[binWidth:] {
		below += bins[binWeight]
	}
	if t.config.Observer == Quantizer {
		return below, max(m.count-below, 0)
	}
	if len(bins) > 0 && threshold > bins[binLow] {
		below += float64(bins[binWeight]*(threshold-bins[binLow])) / (bins[binHigh] - bins[binLow])
	}
	share := min(below/m.count, 1)
	total := t.total(h)
	weight := float64(total * float64(h[t.weights+m.slot]/total))
	return float64(weight * share), float64(weight * (1 - share))
}

// kept tells whether a class is one of those that a child begins with: all are
// in River's histograms.
func (t *Hoeffding) kept(weight float64) bool {
	return t.config.Observer == Histogram || weight > 0
}
