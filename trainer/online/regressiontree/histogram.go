package regressiontree

// observeBin shows a value to o as a histogram whose bins follow the values: a
// value of its own becomes a bin, and when there are too many bins, the closest
// two become one (Ben-Haim and Tom-Tov 2010, with the targets' moments in each
// bin). As long as there are no more different values than bins, it tries every
// threshold that an exhaustive search would.
func (t *tree) observeBin(o *observer, v, y, w float64) {
	slots := t.slots(o)
	p := bisect(slots, v)
	if p >= 0 && slots[p].key == v {
		slots[p].add(v, y, w)
		return
	}
	if len(slots) >= t.set.maxSlots {
		q, gap := closest(slots)
		if near := nearest(slots, p, v); near >= 0 && distance(slots[near].key, v) <= gap {
			s := slot{}
			s.add(v, y, w)
			slots[near].join(s)
			slots[near].key = slots[near].x
			return
		}
		slots[q].join(slots[q+1])
		slots[q].key = slots[q].x
		copy(slots[q+1:], slots[q+2:])
		o.n--
		t.slotCount--
		if p > q {
			p--
		}
	}
	t.insert(o, p+1, slot{key: v}).add(v, y, w)
}

// bisect is the place of the last slot whose key is not above v, or -1.
func bisect(slots []slot, v float64) int {
	low, high := 0, len(slots)
	for low < high {
		middle := int(uint(low+high) / 2)
		if slots[middle].key <= v {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low - 1
}

// closest is the first of the two bins that are closest, and their distance.
func closest(slots []slot) (at int, gap float64) {
	gap = distance(slots[0].key, slots[1].key)
	for i := 1; i+1 < len(slots); i++ {
		if d := slots[i+1].key - slots[i].key; d < gap {
			at, gap = i, d
		}
	}
	return at, gap
}

// nearest is p or the place after it, whichever is closer to v.
func nearest(slots []slot, p int, v float64) int {
	switch {
	case p < 0:
		return 0
	case p+1 == len(slots) || v-slots[p].key <= slots[p+1].key-v:
		return p
	}
	return p + 1
}

func distance(a, b float64) float64 { return max(a, b) - min(a, b) }
