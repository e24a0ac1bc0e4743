package regressiontree

import (
	"math"

	"creek.dev/creek/trainer/online/learner"
)

// observer keeps, for one feature in one leaf, slots in the order of their keys:
// n of them from at on, in a block of the class.
type observer struct {
	at, n int32
	// doublings is how often the quantizer's intervals were doubled.
	doublings int16
	class     uint8
}

// observerBytes is the logical size of an observer.
const observerBytes = 12

// slots are those of o.
func (t *tree) slots(o *observer) []slot { return t.pool.all[o.at : o.at+o.n] }

// drop gives back the memory of o.
func (t *tree) drop(o *observer) {
	if o.class > 0 {
		t.pool.give(o.at, o.class)
	}
	*o = observer{}
}

// observeAll shows a row to the observers of leaf l. Missing values are not seen.
func (t *tree) observeAll(l int32, x []float64, y, w float64) {
	before := t.slotCount
	observers := t.watching(l)
	if t.subsets == nil {
		x = x[:len(observers)]
		for j := range observers {
			if v := x[j]; v == v {
				t.observe(&observers[j], j, v, y, w)
			}
		}
	} else {
		for i, j := range t.subset(l) {
			if v := x[j]; v == v {
				t.observe(&observers[i], int(j), v, y, w)
			}
		}
	}
	t.metas[l].slots += int32(t.slotCount - before)
}

// observe shows a value of feature j to o.
func (t *tree) observe(o *observer, j int, v, y, w float64) {
	set := t.set
	key := v
	switch {
	case set.nominal[j]:
	case set.histogram:
		t.observeBin(o, v, y, w)
		return
	default:
		key = set.interval(v, o.doublings)
	}
	slots := t.slots(o)
	p := locate(slots, key)
	if p >= 0 && slots[p].key == key {
		slots[p].add(v, y, w)
		return
	}
	limit := learner.MaxLevels
	if !set.nominal[j] {
		limit = set.maxSlots
	}
	if len(slots) >= limit {
		t.double(o)
		t.observe(o, j, v, y, w)
		return
	}
	t.insert(o, p+1, slot{key: key}).add(v, y, w)
}

// interval is the number of v's interval, after so many doublings.
func (s *Settings) interval(v float64, doublings int16) float64 {
	var key float64
	if s.exact {
		key = math.Floor(float64(v * s.inverse))
	} else {
		key = math.Floor(v / s.radius)
	}
	if doublings > 0 {
		key = math.Floor(float64(key * math.Float64frombits(uint64(1023-int(doublings))<<52)))
	}
	return key
}

// locate is the place of the last slot whose key is not above key, or -1. The
// keys of a quantizer are integers, mostly without gaps, so that the place is
// mostly the distance from the first.
func locate(slots []slot, key float64) int {
	p := len(slots) - 1
	if p < 0 || key < slots[0].key {
		return -1
	}
	if d := key - slots[0].key; d < float64(p) {
		p = int(d)
	}
	for range 4 {
		if slots[p].key <= key {
			return p
		}
		p--
	}
	low := 0
	for low < p {
		middle := int(uint(low+p+1) / 2)
		if slots[middle].key <= key {
			low = middle
		} else {
			p = middle - 1
		}
	}
	return low
}

// insert puts s at place p of o, and returns it.
func (t *tree) insert(o *observer, p int, s slot) *slot {
	n := int(o.n)
	if o.class == 0 || n == 1<<o.class {
		grown := observer{at: 0, n: o.n, doublings: o.doublings, class: class(n + 1)}
		grown.at = t.pool.take(grown.class)
		copy(t.slots(&grown), t.slots(o))
		if o.class > 0 {
			t.pool.give(o.at, o.class)
		}
		*o = grown
	}
	o.n++
	t.slotCount++
	slots := t.slots(o)
	copy(slots[p+1:], slots[p:])
	slots[p] = s
	return &slots[p]
}

// double makes the intervals of o twice as wide until some became one.
func (t *tree) double(o *observer) {
	slots := t.slots(o)
	for before := o.n; o.n == before; {
		o.doublings++
		kept := 0
		for i := range slots {
			s := slots[i]
			s.key = math.Floor(float64(s.key * 0.5))
			if kept > 0 && slots[kept-1].key == s.key {
				slots[kept-1].join(s)
			} else {
				slots[kept] = s
				kept++
			}
		}
		slots = slots[:kept]
		o.n = int32(kept)
		t.slotCount -= int(before) - kept
	}
}

// add takes in a row.
func (s *slot) add(v, y, w float64) {
	s.n += w
	share := w / s.n
	s.x += float64(share * (v - s.x))
	old := s.mean
	s.mean += float64(share * (y - old))
	s.s += float64(float64(w*(y-old)) * (y - s.mean))
}

// join takes in what o has seen.
func (s *slot) join(o slot) {
	x := (float64(s.n*s.x) + float64(o.n*o.x)) / (s.n + o.n)
	s.x = min(max(x, min(s.x, o.x)), max(s.x, o.x))
	s.merge(o.moments)
}
