package preprocess

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// markers is how many values the estimate of a quantile keeps.
const markers = 5

// quantile estimates a quantile of a stream with five markers: the P² algorithm
// of Jain and Chlamtac (1985), with River's arithmetic and its rule for fewer
// than six values, which are then kept in order.
type quantile struct {
	count uint64
	// heights are the markers' values, positions the ranks of these so far, and
	// desired the ranks that the markers should have.
	heights, positions, desired [markers]float64
}

// learn takes one value; q is the quantile, in (0, 1).
func (e *quantile) learn(v, q float64) {
	if e.count < markers {
		e.insert(v)
		if e.count++; e.count == markers {
			e.positions = [markers]float64{1, 2, 3, 4, 5}
			e.desired = [markers]float64{1, 1 + float64(2*q), 1 + float64(4*q), 3 + float64(2*q), 5}
		}
		return
	}
	e.count++
	for i := e.cell(v); i < markers; i++ {
		e.positions[i]++
	}
	steps := [markers]float64{0, q / 2, q, (1 + q) / 2, 1}
	for i, step := range steps {
		e.desired[i] += step
	}
	for i := 1; i < markers-1; i++ {
		e.adjust(i)
	}
}

// insert puts one of the first values in its place.
func (e *quantile) insert(v float64) {
	i := int(e.count)
	for ; i > 0 && e.heights[i-1] > v; i-- {
		e.heights[i] = e.heights[i-1]
	}
	e.heights[i] = v
}

// cell is the first marker that is above v, which becomes an end where it is
// beyond the others.
func (e *quantile) cell(v float64) int {
	if v < e.heights[0] {
		e.heights[0] = v
		return 1
	}
	for i := 1; i < markers; i++ {
		if v < e.heights[i] {
			return i
		}
	}
	e.heights[markers-1] = v
	return markers - 1
}

// adjust moves marker i by one rank if it is that far from where it should be.
func (e *quantile) adjust(i int) {
	n := e.positions[i]
	before, after := n-e.positions[i-1], e.positions[i+1]-n
	d := 1
	switch off := e.desired[i] - n; {
	case off >= 1 && after > 1:
	case off <= -1 && before > 1:
		d = -1
	default:
		return
	}
	h, step := e.heights[i], float64(d)
	left := float64((before+step)*(e.heights[i+1]-h)) / after
	right := float64((after-step)*(h-e.heights[i-1])) / before
	next := h + float64(step/(before+after)*(left+right))
	if !(e.heights[i-1] < next && next < e.heights[i+1]) {
		next = h + float64(step*(e.heights[i+d]-h))/(e.positions[i+d]-n)
	}
	e.heights[i] = next
	e.positions[i] = n + step
}

// value is the estimate; there must have been a value.
func (e *quantile) value(q float64) float64 {
	if e.count > markers {
		return e.heights[markers/2]
	}
	last := float64(e.count - 1)
	return e.heights[int(min(last, float64(float64(e.count)*q)))]
}

// quantileFields passes estimates of several features as a group.
func quantileFields(c *flat.Codec, name string, all []quantile) {
	n := len(all)
	counts := make([]uint64, n)
	heights, positions, desired := make([]float64, markers*n), make([]float64, markers*n), make([]float64, markers*n)
	for i := range all {
		counts[i] = all[i].count
		copy(heights[markers*i:], all[i].heights[:])
		copy(positions[markers*i:], all[i].positions[:])
		copy(desired[markers*i:], all[i].desired[:])
	}
	c.Group(name, func(c *flat.Codec) {
		c.Uint64sOf("counts", counts)
		c.Float64sOf("heights", heights)
		c.Float64sOf("positions", positions)
		c.Float64sOf("desired", desired)
	})
	if !c.Reading() || c.Err() != nil {
		return
	}
	for i := range all {
		e := quantile{count: counts[i]}
		copy(e.heights[:], heights[markers*i:])
		copy(e.positions[:], positions[markers*i:])
		copy(e.desired[:], desired[markers*i:])
		if !c.Require(e.valid(), "markers in order") {
			return
		}
		all[i] = e
	}
}

// valid tells whether learning can lead to e.
func (e *quantile) valid() bool {
	known := int(min(e.count, markers))
	for i := 1; i < known; i++ {
		if e.heights[i-1] > e.heights[i] {
			return false
		}
	}
	if e.count < markers {
		return true
	}
	for i, p := range e.positions {
		if p != math.Trunc(p) || i > 0 && p <= e.positions[i-1] {
			return false
		}
	}
	return e.positions[0] == 1 && e.positions[markers-1] == float64(e.count)
}
