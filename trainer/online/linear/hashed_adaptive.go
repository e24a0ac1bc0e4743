package linear

import "math"

// learnAdaptive is adaptiveVector's learning on the places of a row. It computes
// in doubles, which single-precision states cannot make overflow.
func (h *Hashed) learnAdaptive(index []uint32, value []float32, raw, y, weight float64) {
	l := loss{y, false}
	if h.loss == LogisticLoss {
		l = loss{float64(2*y) - 1, true}
	} else {
		h.sums.cover(y)
	}
	p := h.sums.predict(raw, l.logistic)
	squared := l.squared(&h.settings, p, weight)
	if squared == 0 {
		return
	}
	for len(h.factors) <= len(index) {
		h.factors = append(h.factors, 0)
	}
	perUpdate, norm := 0.0, 0.0
	mask := uint32(len(h.table.fours) - 1)
	for i, j := range index {
		h.factors[i] = 0
		if value[i] == 0 {
			continue
		}
		t := &h.table.fours[j&mask]
		s := slot{float64(t[0]), float64(t[1]), float64(t[2])}
		factor, step, share := h.sums.visit(&s, float64(value[i]), squared)
		t[0], t[1], t[2] = single(s.weight), single(s.squares), single(s.scale)
		h.factors[i] = factor
		perUpdate += step
		norm += share
	}
	constant := 0.0
	if h.interceptRate > 0 {
		factor, step, share := h.sums.visit(&h.constant, 1, squared)
		constant = factor
		perUpdate += step
		norm += share
	}
	multiplier, update := h.sums.update(&h.settings, l, p, perUpdate, norm, weight)
	if update == 0 {
		return
	}
	for i, j := range index {
		t := &h.table.fours[j&mask]
		t[0] = single(float64(t[0]) + float64(float64(float64(value[i])*h.factors[i])*float64(update*multiplier)))
	}
	h.constant.weight = finite(h.constant.weight + float64(constant*float64(update*multiplier)))
	h.penaliseAdaptive(index, math.Abs(update/l.gradient(p)))
}

func (h *Hashed) penaliseAdaptive(index []uint32, rate float64) {
	if h.l2 != 0 {
		keep := 1 - min(1, float64(h.l2*rate))
		for _, j := range index {
			w := h.table.weight(j & uint32(1<<h.bits-1))
			*w = float32(float64(*w) * keep)
		}
	}
	if h.l1 != 0 {
		h.truncate(index, min(rate, 1))
	}
}

// single rounds v to single precision, within ±1e25: a product with a value, and
// a sum of a million of them, stay finite.
func single(v float64) float32 { return float32(max(min(v, maxSingle), -maxSingle)) }

// maxSingle bounds what is kept in single precision.
const maxSingle = 1e25
