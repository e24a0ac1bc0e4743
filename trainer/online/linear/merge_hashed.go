package linear

import "math"

// Merge makes h what it and others have learned since all of them were start.
// Models that have learned nothing do not count. The others stay as they are.
func (h *Hashed) Merge(start *Hashed, others ...*Hashed) error {
	var all []*Hashed
	for _, o := range append([]*Hashed{h}, others...) {
		if o.settings != h.settings || o.bits != h.bits || o.loss != h.loss {
			return ErrMerge
		}
		if !o.table.empty() {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if h.table.empty() {
		h.table.make(h.optimizer, h.bits, h.epsilon)
	}
	if start == nil || start.table.empty() {
		start = &Hashed{}
		start.table.make(h.optimizer, h.bits, h.epsilon)
	}
	for i := range h.table.singles {
		h.table.singles[i] = float32(mean(places(all, i), func(p *[3]float64) *float64 { return &p[0] }))
	}
	for i := range h.table.pairs {
		h.table.pairs[i] = h.mergePair(start.table.place(i), places(all, i))
	}
	for i := range h.table.fours {
		h.table.fours[i] = h.mergeFour(start.table.place(i), places(all, i))
	}
	h.mergePenalties(all)
	h.intercept = mean(all, func(h *Hashed) *float64 { return &h.intercept })
	if h.optimizer == adaptive {
		constant := func(h *Hashed) *slot { return &h.constant }
		h.constant = mergeSlots(h.powerT, constant(start), parts(all, constant))
		sums := func(h *Hashed) *adaptiveSums { return &h.sums }
		h.sums.mergeSums(sums(start), parts(all, sums))
	}
	return nil
}

// place holds the numbers of place i.
func (t *table) place(i int) *[3]float64 {
	switch {
	case t.singles != nil:
		return &[3]float64{float64(t.singles[i])}
	case t.pairs != nil:
		return &[3]float64{float64(t.pairs[i][0]), float64(t.pairs[i][1])}
	}
	return &[3]float64{float64(t.fours[i][0]), float64(t.fours[i][1]), float64(t.fours[i][2])}
}

func places(all []*Hashed, i int) []*[3]float64 {
	return parts(all, func(h *Hashed) *[3]float64 { return h.table.place(i) })
}

func (h *Hashed) mergePair(start *[3]float64, all []*[3]float64) [2]float32 {
	first := func(p *[3]float64) *float64 { return &p[0] }
	second := func(p *[3]float64) *float64 { return &p[1] }
	if h.optimizer == adaGrad {
		return [2]float32{single(weighed(start, all, first, second)), float32(total(start, all, second))}
	}
	u := total(start, all, first)
	for _, p := range append([]*[3]float64{start}, all...) {
		p[1] = float64(p[1] * p[1])
	}
	return [2]float32{float32(u), float32(math.Sqrt(total(start, all, second)))}
}

func (h *Hashed) mergeFour(start *[3]float64, all []*[3]float64) [4]float32 {
	get := func(p *[3]float64) *slot { return &slot{p[0], p[1], p[2]} }
	s := mergeSlots(h.powerT, get(start), parts(all, get))
	return [4]float32{single(s.weight), single(s.squares), single(s.scale)}
}

func (h *Hashed) mergePenalties(all []*Hashed) {
	h.penalty = mean(all, func(h *Hashed) *float64 { return &h.penalty })
	if h.l1 == 0 || h.optimizer == ftrl {
		return
	}
	merged := make([]float32, 1<<h.bits)
	for i := range merged {
		sum := 0.0
		for _, o := range all {
			if o.penalties != nil {
				sum += float64(o.penalties[i])
			}
		}
		merged[i] = float32(sum / float64(len(all)))
	}
	h.penalties = merged
}
