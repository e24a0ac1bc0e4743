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
	if !t.tabled && t.config.LeafPrediction != MajorityClass {
		t.observeNumbers(h, slot, b, values, weight)
		return
	}
	t.accumulate(h, b, values, weight)
	if t.config.LeafPrediction != MajorityClass {
		t.refresh(h, slot, b)
	}
	if t.tabled && t.LogicalBytes() > t.config.MaxBytes {
		t.enforce()
	}
}

// accumulate adds a row to the statistics of its class in a block of h, and
// leaves what predictions take from them as it is.
func (t *Hoeffding) accumulate(h, b, values []float64, weight float64) {
	for i, v := range values {
		if v != v || t.removes() && h[t.removed+i] != 0 {
			continue
		}
		if b[bCount*t.width+i] == 0 {
			t.meet(h, b, i, v)
		}
		b[bCount*t.width+i] += weight
		if t.tabled && t.tally(h, b, i, v, weight) {
			continue
		}
		n := b[bCount*t.width+i]
		d := v - b[bMean*t.width+i]
		b[bMean*t.width+i] += float64(weight / n * d)
		b[bSquares*t.width+i] += float64(float64(weight*d) * (v - b[bMean*t.width+i]))
		b[bLow*t.width+i] = min(b[bLow*t.width+i], v)
		b[bHigh*t.width+i] = max(b[bHigh*t.width+i], v)
	}
}

// observeNumbers is observe and refresh in one pass, where all values are numbers
// and predictions need the inverse variances.
func (t *Hoeffding) observeNumbers(h []float64, slot int, b, values []float64, weight float64) {
	w := len(values)
	means, inverses, counts := b[:w], b[w : 2*w][:w], b[2*w : 3*w][:w]
	squares, lows, highs := b[3*w : 4*w][:w], b[4*w : 5*w][:w], b[5*w : 6*w][:w]
	// Mostly no value is missing, and all counts are equal.
	last, share, freedom := -1.0, 0.0, 0.0
	for i, v := range values {
		n := counts[i]
		if v == v {
			if n == 0 {
				t.meet(h, b, i, v)
			}
			n += weight
			counts[i] = n
		}
		if n != last {
			last, share, freedom = n, weight/n, 1/(n-1)
		}
		if v == v {
			d := v - means[i]
			means[i] += float64(share * d)
			squares[i] += float64(float64(weight*d) * (v - means[i]))
			if v < lows[i] {
				lows[i] = v
			}
			if v > highs[i] {
				highs[i] = v
			}
		}
		variance := 0.0
		if n > 1 {
			variance = float64(squares[i] * freedom)
		}
		inverses[i] = variance
	}
	d := invert(inverses)
	if t.config.ZeroDensity && d.valid < w {
		t.point(h, b)
	}
	t.setPrior(h, slot, d)
}

// pointed is 1/(2σ²) of a class all of whose values are equal, where its density
// elsewhere is to be 0: so great that nothing is left of any other value's, and so
// small that few distances have no finite square times it.
const pointed = 0x1p500

// point makes the inverses of a block pointed where there is no variance of the
// values that were met.
func (t *Hoeffding) point(h, b []float64) {
	for i := range t.width {
		if b[bInverse*t.width+i] == 0 && b[bCount*t.width+i] > 0 && !t.hasTable(t.schema, t.feature(h, i)) {
			b[bInverse*t.width+i] = pointed
		}
	}
}

// invert makes each variance 1/(2σ²), or 0 when it is none: 0 or below the normal
// numbers; it returns their product. It has a loop of its own, so that the product
// stays in a register.
func invert(variances []float64) normaliser {
	product, exponents, valid := 1.0, 0, 0
	for i, variance := range variances {
		bits := math.Float64bits(variance)
		exponent := int(bits >> 52)
		if exponent == 0 {
			variances[i] = 0
			continue
		}
		variances[i] = 0.5 / variance
		valid++
		exponents += exponent - 1023
		product = float64(product * math.Float64frombits(bits&(1<<52-1)|1023<<52))
		if product > 0x1p500 {
			product, exponents = float64(product*0x1p-500), exponents+500
		}
	}
	return normaliser{product: product, exponent: exponents, valid: valid}
}

// normaliser collects the product of variances, whose exponent it keeps apart.
type normaliser struct {
	product         float64
	exponent, valid int
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

// tally adds to a feature's table, if there is one.
func (t *Hoeffding) tally(h, b []float64, i int, v, weight float64) bool {
	switch {
	case t.schema[t.feature(h, i)] == learner.Level:
		t.count(b, i, int(v), weight)
	case t.binned:
		t.bin(b, i, v, weight)
	default:
		return false
	}
	return true
}

// count adds to the weight of a level, or, where even without active leaves there
// is no room for the level, not.
func (t *Hoeffding) count(b []float64, i, level int, weight float64) {
	length := int(b[bSquares*t.width+i])
	if level >= length {
		if !t.fits(16 * max(2, level)) {
			return
		}
		from, longer := t.tables.grow(int(b[bMean*t.width+i]), length, level)
		b[bMean*t.width+i], b[bSquares*t.width+i] = float64(from), float64(longer)
	}
	t.tables.values[int(b[bMean*t.width+i])+level] += weight
}

// refresh computes the inverse variances of a block, and the prior of its slot.
func (t *Hoeffding) refresh(h []float64, slot int, b []float64) {
	for i := range t.width {
		variance := 0.0
		n := b[bCount*t.width+i]
		if n > 1 && !t.hasTable(t.schema, t.feature(h, i)) {
			variance = float64(b[bSquares*t.width+i] * (1 / (n - 1)))
		}
		b[bInverse*t.width+i] = variance
	}
	d := invert(b[bInverse*t.width : (bInverse+1)*t.width])
	if t.config.ZeroDensity && d.valid < t.width {
		t.point(h, b)
	}
	t.setPrior(h, slot, d)
}

// setPrior sets the logarithm of a class's weight over the product of the
// densities' normalisers √(2πσ²), as one logarithm.
func (t *Hoeffding) setPrior(h []float64, slot int, d normaliser) {
	w := h[t.weights+slot]
	if w == 0 {
		h[t.priors+slot] = 0
		return
	}
	logs := numeric.Log(float64(w*w)/d.product) - float64(float64(d.exponent)*math.Ln2)
	h[t.priors+slot] = float64(0.5*logs) - float64(float64(d.valid)*halfLogTau)
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
			t.setPrior(h, slot, normaliser{product: 1})
		}
	}
}
