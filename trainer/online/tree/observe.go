package tree

import (
	"math"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
)

// observe adds a row to the statistics of its class in a leaf, whose weight it
// is already part of, and brings up to date what predictions take from them.
func (t *Hoeffding) observe(h []float64, slot int, values []float64, weight float64) {
	b := t.observed(h, slot)
	for i, v := range values {
		if v != v || t.removes() && h[t.removed+i] != 0 {
			continue
		}
		if b[bCount*t.width+i] == 0 {
			t.meet(h, b, i, v)
		}
		b[bCount*t.width+i] += weight
		if t.nominal && t.schema[t.feature(h, i)] == learner.Level {
			t.count(b, i, int(v), weight)
			continue
		}
		n := b[bCount*t.width+i]
		d := v - b[bMean*t.width+i]
		b[bMean*t.width+i] += float64(weight / n * d)
		b[bSquares*t.width+i] += float64(float64(weight*d) * (v - b[bMean*t.width+i]))
		b[bLow*t.width+i] = min(b[bLow*t.width+i], v)
		b[bHigh*t.width+i] = max(b[bHigh*t.width+i], v)
	}
	if t.config.LeafPrediction != MajorityClass {
		t.refresh(h, slot, b)
	}
}

// meet prepares for the first value that a class has of a leaf's i-th feature.
func (t *Hoeffding) meet(h, b []float64, i int, v float64) {
	before := 0.0
	for _, number := range h[t.blocks : t.blocks+int(h[hSlots])] {
		if number != none && t.statistics(number)[bCount*t.width+i] > 0 {
			before++
		}
	}
	b[bOrder*t.width+i] = before
	b[bLow*t.width+i], b[bHigh*t.width+i] = v, v
}

// count adds to the weight of a level.
func (t *Hoeffding) count(b []float64, i, level int, weight float64) {
	length := int(b[bSquares*t.width+i])
	if level >= length {
		from, longer := t.tables.grow(int(b[bMean*t.width+i]), length, level)
		b[bMean*t.width+i], b[bSquares*t.width+i] = float64(from), float64(longer)
	}
	t.tables.values[int(b[bMean*t.width+i])+level] += weight
}

// refresh computes the inverse variances of a block, and the prior of its slot:
// the logarithm of the weight over the product of the densities' normalisers, as
// one logarithm of a product whose exponent is kept apart.
func (t *Hoeffding) refresh(h []float64, slot int, b []float64) {
	product, exponent, valid := 1.0, 0, 0
	for i := range t.width {
		b[bInverse*t.width+i] = 0
		n := b[bCount*t.width+i]
		if !(n > 1) || t.nominal && t.schema[t.feature(h, i)] == learner.Level {
			continue
		}
		variance := b[bSquares*t.width+i] / (n - 1)
		bits := math.Float64bits(variance)
		if bits>>52 == 0 {
			continue
		}
		b[bInverse*t.width+i] = 0.5 / variance
		exponent += int(bits >> 52)
		product = float64(product * math.Float64frombits(bits&(1<<52-1)|1023<<52))
		if product > 0x1p500 {
			product, exponent = float64(product*0x1p-500), exponent+500
		}
		valid++
	}
	t.setPrior(h, slot, product, exponent-1023*valid, valid)
}

func (t *Hoeffding) setPrior(h []float64, slot int, product float64, exponent, valid int) {
	w := h[t.weights+slot]
	if w == 0 {
		h[t.priors+slot] = 0
		return
	}
	logs := numeric.Log(float64(w*w)/product) - float64(float64(exponent)*math.Ln2)
	h[t.priors+slot] = float64(0.5*logs) - float64(float64(valid)*halfLogTau)
}

// refreshAll computes the priors of a leaf, and the inverse variances.
func (t *Hoeffding) refreshAll(h []float64) {
	if t.config.LeafPrediction == MajorityClass {
		return
	}
	for slot := range int(h[hSlots]) {
		if number := h[t.blocks+slot]; number != none {
			t.refresh(h, slot, t.statistics(number))
		} else {
			t.setPrior(h, slot, 1, 0, 0)
		}
	}
}
