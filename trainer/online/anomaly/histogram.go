package anomaly

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// histogram counts numbers in bins of one width, which doubles, and the bins
// with it, when a number does not fit into the bins that there are. All widths
// are powers of two, and all bins begin at multiples of them, so that nothing
// is rounded that does not underflow. There is one of the current window and one of the last.
type histogram struct {
	counts, reference []uint32
	now, last         frame
}

// frame is where the bins lie: the number of the first one, counted from zero,
// and one over the width, which is 0 while there is no number.
type frame struct{ first, scale float64 }

const (
	// finest is the largest scale, and 2^40 the largest number of a bin.
	finest  = 0x1p900
	highest = 0x1p40
)

// add counts v. spare is room for as many counts as there are bins.
func (h *histogram) add(v float64, spare []uint32) {
	f := &h.now
	if f.scale == 0 {
		h.begin(v)
	}
	at := math.Floor(float64(v*f.scale)) - f.first
	if !(at >= 0 && at < float64(len(h.counts))) {
		h.cover(v, spare)
		at = math.Floor(float64(v*f.scale)) - f.first
	}
	h.counts[int(at)]++
}

// begin lays the bins around the first number of a window: finer than the last
// window needed, for they only become wider.
func (h *histogram) begin(v float64) {
	f := &h.now
	f.scale = finest
	if h.last.scale > 0 {
		f.scale = min(float64(h.last.scale*8), finest)
	}
	for math.Abs(float64(v*f.scale)) > highest {
		f.scale /= 2
	}
	f.first = math.Floor(float64(v*f.scale)) - float64(len(h.counts)/2)
}

// cover moves and widens the bins so that v has one.
func (h *histogram) cover(v float64, spare []uint32) {
	f := &h.now
	low, high := h.used()
	scale, doublings := f.scale, 0
	for math.Abs(float64(v*scale)) > highest {
		scale /= 2
		doublings++
	}
	from, to := (int64(f.first)+low)>>doublings, (int64(f.first)+high)>>doublings
	at := int64(math.Floor(float64(v * scale)))
	for max(to, at)-min(from, at) >= int64(len(h.counts)) {
		from, to, at = from>>1, to>>1, at>>1
		scale /= 2
		doublings++
	}
	first := min(from, at) - (int64(len(h.counts))-1-(max(to, at)-min(from, at)))/2
	clear(spare)
	for i := low; i <= high; i++ {
		spare[(int64(f.first)+i)>>doublings-first] += h.counts[i]
	}
	copy(h.counts, spare)
	f.first, f.scale = float64(first), scale
}

// used are the first and the last bin that anything is in.
func (h *histogram) used() (low, high int64) {
	low, high = 0, int64(len(h.counts)-1)
	for low < high && h.counts[low] == 0 {
		low++
	}
	for high > low && h.counts[high] == 0 {
		high--
	}
	return low, high
}

// turn ends the window.
func (h *histogram) turn() {
	h.counts, h.reference = h.reference, h.counts
	clear(h.counts)
	h.last, h.now = h.now, frame{}
}

func (h *histogram) fields(c *flat.Codec) {
	c.Uint32sOf("counts", h.counts)
	c.Uint32sOf("reference", h.reference)
	frames := []float64{h.now.first, h.now.scale, h.last.first, h.last.scale}
	c.Float64sOf("frames", frames)
	if !c.Reading() || c.Err() != nil {
		return
	}
	h.now, h.last = frame{frames[0], frames[1]}, frame{frames[2], frames[3]}
	ok := h.now.possible() && h.last.possible() && (h.now.scale > 0 || total(h.counts) == 0)
	c.Require(ok, "bins whose width is a power of two")
}

func (f frame) possible() bool {
	bits := math.Float64bits(f.scale)
	power := bits<<12 == 0 && (f.scale >= 1/finest && f.scale <= finest || bits == 0)
	return power && f.first == math.Trunc(f.first) && math.Abs(f.first) <= 2*highest
}
