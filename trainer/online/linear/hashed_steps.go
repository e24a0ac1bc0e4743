package linear

import "math"

// The loops of Hashed. Each is written for one optimizer, two to eight features
// at a time, so that neither a choice nor a function call stands inside it. The
// features of a row are independent of each other, and so their divisions,
// roots and cache misses overlap.

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func dotSingles(t []float32, index []uint32, value []float32) float32 {
	mask := uint32(len(t) - 1)
	var a, b, c, d float32
	for len(index) >= 8 && len(value) >= 8 {
		a += float32(t[index[0]&mask] * value[0])
		b += float32(t[index[1]&mask] * value[1])
		c += float32(t[index[2]&mask] * value[2])
		d += float32(t[index[3]&mask] * value[3])
		a += float32(t[index[4]&mask] * value[4])
		b += float32(t[index[5]&mask] * value[5])
		c += float32(t[index[6]&mask] * value[6])
		d += float32(t[index[7]&mask] * value[7])
		index, value = index[8:], value[8:]
	}
	value = value[:len(index)]
	for i, j := range index {
		a += float32(t[j&mask] * value[i])
	}
	return (a + b) + (c + d)
}

func dotPairs(t [][2]float32, index []uint32, value []float32) float32 {
	mask := uint32(len(t) - 1)
	var a, b, c, d float32
	for len(index) >= 4 && len(value) >= 4 {
		a += float32(t[index[0]&mask][0] * value[0])
		b += float32(t[index[1]&mask][0] * value[1])
		c += float32(t[index[2]&mask][0] * value[2])
		d += float32(t[index[3]&mask][0] * value[3])
		index, value = index[4:], value[4:]
	}
	value = value[:len(index)]
	for i, j := range index {
		a += float32(t[j&mask][0] * value[i])
	}
	return (a + b) + (c + d)
}

func dotFours(t [][4]float32, index []uint32, value []float32) float32 {
	mask := uint32(len(t) - 1)
	value = value[:len(index)]
	var a float32
	for i, j := range index {
		a += float32(t[j&mask][0] * value[i])
	}
	return a
}

// stepSGD takes step times the values from the weights; step is the gradient
// times the rate.
func stepSGD(t []float32, index []uint32, value []float32, step float32) {
	mask := uint32(len(t) - 1)
	for len(index) >= 8 && len(value) >= 8 {
		t[index[0]&mask] -= float32(step * value[0])
		t[index[1]&mask] -= float32(step * value[1])
		t[index[2]&mask] -= float32(step * value[2])
		t[index[3]&mask] -= float32(step * value[3])
		t[index[4]&mask] -= float32(step * value[4])
		t[index[5]&mask] -= float32(step * value[5])
		t[index[6]&mask] -= float32(step * value[6])
		t[index[7]&mask] -= float32(step * value[7])
		index, value = index[8:], value[8:]
	}
	value = value[:len(index)]
	for i, j := range index {
		t[j&mask] -= float32(step * value[i])
	}
}

func stepSGDL2(t []float32, index []uint32, value []float32, step, decay float32) {
	mask := uint32(len(t) - 1)
	value = value[:len(index)]
	for i, j := range index {
		w := &t[j&mask]
		*w -= float32(step*value[i]) + float32(decay*(*w))
	}
}

func stepAdaGrad(t [][2]float32, index []uint32, value []float32, g, step float32) {
	mask := uint32(len(t) - 1)
	for len(index) >= 2 && len(value) >= 2 {
		d := float32(g * value[0])
		s := &t[index[0]&mask]
		sum := s[1] + float32(d*d)
		s[1] = sum
		s[0] -= float32(step*value[0]) / root(sum)
		d = float32(g * value[1])
		s = &t[index[1]&mask]
		sum = s[1] + float32(d*d)
		s[1] = sum
		s[0] -= float32(step*value[1]) / root(sum)
		index, value = index[2:], value[2:]
	}
	value = value[:len(index)]
	for i, j := range index {
		d := float32(g * value[i])
		s := &t[j&mask]
		sum := s[1] + float32(d*d)
		s[1] = sum
		s[0] -= float32(step*value[i]) / root(sum)
	}
}

func stepAdaGradL2(t [][2]float32, index []uint32, value []float32, g, rate, l2 float32) {
	mask := uint32(len(t) - 1)
	value = value[:len(index)]
	for i, j := range index {
		s := &t[j&mask]
		d := float32(g*value[i]) + float32(l2*s[0])
		s[1] += float32(d * d)
		s[0] -= float32(rate*d) / root(s[1])
	}
}

// dotFTRL makes the weights of the row's features of −αz and √n, and keeps them.
func (h *Hashed) dotFTRL(index []uint32, value []float32) float32 {
	held := h.held
	if h.l1 != 0 {
		return h.dotFTRLSparse(index, value)
	}
	t, base := h.table.pairs, h.ftrlBase()
	mask := uint32(len(t) - 1)
	var a, b float32
	for len(index) >= 2 && len(value) >= 2 && len(held) >= 2 {
		s := &t[index[0]&mask]
		w := s[0] / (base + s[1])
		held[0] = w
		a += float32(w * value[0])
		s = &t[index[1]&mask]
		w = s[0] / (base + s[1])
		held[1] = w
		b += float32(w * value[1])
		index, value, held = index[2:], value[2:], held[2:]
	}
	value = value[:len(index)]
	for i, j := range index {
		s := &t[j&mask]
		w := s[0] / (base + s[1])
		held[i] = w
		a += float32(w * value[i])
	}
	return a + b
}

// dotFTRLSparse is dotFTRL where l1 keeps weights at 0.
func (h *Hashed) dotFTRLSparse(index []uint32, value []float32) float32 {
	t, base, l1 := h.table.pairs, h.ftrlBase(), float32(h.l1*h.rate)
	mask := uint32(len(t) - 1)
	value, held := value[:len(index)], h.held[:len(index)]
	var a float32
	for i, j := range index {
		s := &t[j&mask]
		bits := math.Float32bits(s[0])
		excess := math.Float32bits(math.Float32frombits(bits&^(1<<31)) - l1)
		// A negative excess becomes 0, and any other gets the sign of -z.
		excess &^= uint32(int32(excess) >> 31)
		w := math.Float32frombits(excess|bits&(1<<31)) / (base + s[1])
		held[i] = w
		a += float32(w * value[i])
	}
	return a
}

// ftrlBase is β + α·l2, to which √n is added.
func (h *Hashed) ftrlBase() float32 {
	return float32(max(h.beta+float64(h.rate*h.l2), smallestDivisor))
}

// stepFTRL follows the paper with both sides multiplied by −α; step is α times
// the gradient.
func stepFTRL(t [][2]float32, held []float32, index []uint32, value []float32, g, step float32) {
	mask := uint32(len(t) - 1)
	for len(index) >= 2 && len(value) >= 2 && len(held) >= 2 {
		d := float32(g * value[0])
		s := &t[index[0]&mask]
		old := s[1]
		next := root(float32(old*old) + float32(d*d))
		s[1] = next
		s[0] += float32((next-old)*held[0]) - float32(step*value[0])
		d = float32(g * value[1])
		s = &t[index[1]&mask]
		old = s[1]
		next = root(float32(old*old) + float32(d*d))
		s[1] = next
		s[0] += float32((next-old)*held[1]) - float32(step*value[1])
		index, value, held = index[2:], value[2:], held[2:]
	}
	value, held = value[:len(index)], held[:len(index)]
	for i, j := range index {
		d := float32(g * value[i])
		s := &t[j&mask]
		old := s[1]
		next := root(float32(old*old) + float32(d*d))
		s[1] = next
		s[0] += float32((next-old)*held[i]) - float32(step*value[i])
	}
}
