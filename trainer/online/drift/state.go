package drift

import "creek.dev/creek/trainer/online/flat"

// FieldsOf are the fields of n windows, in few arrays. Each window must have
// been given its settings before it is read.
func FieldsOf(c *flat.Codec, n int, window func(i int) *ADWIN) {
	var p packed
	if !c.Reading() {
		for i := range n {
			p.put(window(i))
		}
	}
	c.Uint64s("heads", &p.heads)
	c.Uint32s("counts", &p.counts)
	c.Float64s("sums", &p.sums)
	if !c.Reading() || !c.Require(len(p.heads) == n, "as many windows as there are") {
		return
	}
	ok := true
	for i := range n {
		ok = ok && p.take(p.heads[i], window(i))
	}
	c.Require(ok && len(p.counts) == 0 && len(p.sums) == 0, "windows as ADWIN makes them")
}

// Fields implements flat.Stater.
func (a *ADWIN) Fields(c *flat.Codec) {
	FieldsOf(c, 1, func(int) *ADWIN { return a })
}

// packed are windows one after the other. A head holds, from its lowest bit on,
// 8 bits each of kind, change, noted and the number of rows, and then the tick.
// In counts are the noted values, if any, then row by row the number of buckets,
// and in a window of bits the buckets. In sums are, of a window
// of numbers, total and variance, then row by row the sums and the variances.
type packed struct {
	heads  []uint64
	counts []uint32
	sums   []float64
}

func (p *packed) put(a *ADWIN) {
	head := uint64(a.kind) | uint64(a.change)<<8 | uint64(a.noted)<<16 | uint64(a.tick)<<32
	if a.noted > 0 {
		p.counts = append(p.counts, a.pending)
	}
	if a.kind == ofNumbers {
		w := a.numbers
		p.heads = append(p.heads, head|uint64(len(w.fills))<<24)
		p.sums = append(p.sums, w.total, w.variance)
		for i, fill := range w.fills {
			sums, variances := w.row(a.settings.MaxBuckets, i)
			p.counts = append(p.counts, uint32(fill))
			p.sums = append(append(p.sums, sums[:fill]...), variances[:fill]...)
		}
		return
	}
	p.heads = append(p.heads, head|uint64(a.rowCount())<<24)
	for i := range a.rowCount() {
		row := a.row(i)
		p.counts = append(p.counts, row[:1+row[0]]...)
	}
}

// take reads the next window, and tells whether it is one.
func (p *packed) take(head uint64, a *ADWIN) bool {
	a.Reset()
	k, ch, noted, rows := head&255, head>>8&255, head>>16&255, int(head>>24&255)
	a.tick = uint32(head >> 32)
	clock := uint64(a.settings.Clock)
	if k > uint64(ofNumbers) || ch > uint64(level) || noted >= maxNoted || uint64(a.tick)+noted >= clock {
		return false
	}
	a.kind, a.change, a.noted = kind(k), change(ch), uint8(noted)
	if a.noted > 0 {
		if len(p.counts) == 0 || a.kind == ofNumbers || a.change != none {
			return false
		}
		a.pending = p.counts[0]
		p.counts = p.counts[1:]
		if a.pending>>a.noted != 0 {
			return false
		}
	}
	if a.kind == ofNumbers {
		return p.takeNumbers(a, rows)
	}
	if a.change == none {
		a.hush()
	} else {
		a.quiet = 0
	}
	return (rows > 0 || a.change == none) && rows <= maxBitRows && p.takeBits(a, rows)
}

func (p *packed) takeBits(a *ADWIN, rows int) bool {
	for i := range rows {
		fill, ok := p.fill(a.settings.MaxBuckets, i == rows-1)
		if !ok || len(p.counts) < fill {
			return false
		}
		a.grow()
		row := a.row(i)
		row[0] = uint32(fill)
		copy(row[1:], p.counts[:fill])
		for _, ones := range p.counts[:fill] {
			if uint64(ones) > 1<<i {
				return false
			}
			a.ones += uint64(ones)
		}
		p.counts = p.counts[fill:]
		a.width += uint64(fill) << i
	}
	return true
}

// maxNumberRows is more rows than any stream fills.
const maxNumberRows = 50

func (p *packed) takeNumbers(a *ADWIN, rows int) bool {
	if rows == 0 || rows > maxNumberRows || len(p.sums) < 2 {
		return false
	}
	a.quiet = 0
	w, most := &numbers{total: p.sums[0], variance: p.sums[1]}, a.settings.MaxBuckets
	a.numbers = w
	ok := bounded(p.sums[:1], 1e120) && bounded(p.sums[1:2], 1e220)
	p.sums = p.sums[2:]
	for i := range rows {
		fill, fits := p.fill(most, i == rows-1)
		if !ok || !fits || len(p.sums) < 2*fill {
			return false
		}
		w.grow(most)
		w.fills[i] = uint8(fill)
		sums, variances := w.row(most, i)
		copy(sums, p.sums[:fill])
		copy(variances, p.sums[fill:2*fill])
		ok = bounded(sums, 1e120) && bounded(variances, 1e220)
		p.sums = p.sums[2*fill:]
		a.width += uint64(fill) << i
	}
	return ok
}

// fill reads the number of a row's buckets. Only the last row can have few.
func (p *packed) fill(most int, last bool) (int, bool) {
	if len(p.counts) == 0 || p.counts[0] > uint32(most) {
		return 0, false
	}
	fill := int(p.counts[0])
	p.counts = p.counts[1:]
	return fill, fill >= most-1 || last && fill > 0
}

func bounded(values []float64, limit float64) bool {
	for _, v := range values {
		if !(v >= -limit && v <= limit) {
			return false
		}
	}
	return true
}

// ADWINBytes is the size of an ADWIN itself, without what it refers to.
const ADWINBytes = 72

// HeapBytes implements learner.State. The window itself is part of it.
func (a *ADWIN) HeapBytes() int {
	n := ADWINBytes + 4*cap(a.rows)
	if a.numbers != nil {
		n += 64 + cap(a.numbers.fills) + 8*cap(a.numbers.cells)
	}
	return n
}

// LogicalBytes implements learner.State.
func (a *ADWIN) LogicalBytes() int {
	if a.kind == ofNumbers {
		return ADWINBytes + 8*len(a.numbers.cells)
	}
	return ADWINBytes + 4*len(a.rows)
}
