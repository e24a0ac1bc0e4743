package linear

import "errors"

// ErrMerge says that models have other parameters or shapes than the one that
// they are to be merged into.
var ErrMerge = errors.New("models with other parameters cannot be merged")

// mean is the average of one number of each model.
func mean[M any](models []*M, number func(*M) *float64) float64 {
	sum := 0.0
	for _, m := range models {
		sum += *number(m) / float64(len(models))
	}
	return sum
}

// total is what start has of a number and all models have added to it.
func total[M any](start *M, models []*M, number func(*M) *float64) float64 {
	before, sum := 0.0, 0.0
	if start != nil {
		before = *number(start)
	}
	for _, m := range models {
		sum += *number(m) - before
	}
	return before + sum
}

// weighed is the average of weights, by what was added to sums since start; the
// plain average where nothing was.
func weighed[M any](start *M, models []*M, weight, sum func(*M) *float64) float64 {
	before := 0.0
	if start != nil {
		before = *sum(start)
	}
	all, w := 0.0, 0.0
	for _, m := range models {
		all += max(*sum(m)-before, 0)
	}
	if all == 0 {
		return mean(models, weight)
	}
	for _, m := range models {
		w += float64(*weight(m) * (max(*sum(m)-before, 0) / all))
	}
	return w
}

// averaged sets numbers of the first model to the averages of all.
func averaged[M any](models []*M, numbers func(*M) []float64) {
	to := numbers(models[0])
	for i := range to {
		to[i] = mean(models, func(m *M) *float64 { return &numbers(m)[i] })
	}
}

// merge makes the first of the vectors all of them.
func (s *settings) merge(start *vector, all []*vector) {
	v := all[0]
	for i := range v.weights {
		weight := func(v *vector) *float64 { return &v.weights[i] }
		square := func(v *vector) *float64 { return &v.squares[i] }
		if v.squares == nil {
			v.weights[i] = mean(all, weight)
			continue
		}
		squares := total(start, all, square)
		if v.duals != nil {
			v.duals[i] = total(start, all, func(v *vector) *float64 { return &v.duals[i] })
			v.weights[i] = s.ftrlWeight(v.duals[i], squares)
		} else {
			v.weights[i] = weighed(start, all, weight, square)
		}
		v.squares[i] = squares
	}
	averaged(all, func(v *vector) []float64 { return v.penalties })
	v.penalty = mean(all, func(v *vector) *float64 { return &v.penalty })
}

// merge makes m what it and the others learned.
func (m *glm) merge(start *glm, others []*glm) error {
	all := append([]*glm{m}, others...)
	for _, o := range all {
		if o.settings != m.settings || len(o.weights) != len(m.weights) || m.adaptive != nil && len(o.adaptive.slots) != len(m.adaptive.slots) {
			return ErrMerge
		}
	}
	if m.adaptive != nil {
		m.adaptive.merge(part(start, func(m *glm) *adaptiveVector { return m.adaptive }), parts(all, func(m *glm) *adaptiveVector { return m.adaptive }))
		return nil
	}
	m.intercept = mean(all, func(m *glm) *float64 { return &m.intercept })
	m.settings.merge(part(start, func(m *glm) *vector { return &m.vector }), parts(all, func(m *glm) *vector { return &m.vector }))
	return nil
}

// merge makes the first of the vectors all of them. Weights are first brought to
// the greatest scale, as if all models had seen the greatest value.
func (a *adaptiveVector) merge(start *adaptiveVector, all []*adaptiveVector) {
	for i := range a.slots {
		a.slots[i] = mergeSlots(a.power, part(start, func(a *adaptiveVector) *slot { return &a.slots[i] }),
			parts(all, func(a *adaptiveVector) *slot { return &a.slots[i] }))
	}
	averaged(all, func(a *adaptiveVector) []float64 { return a.penalties })
	a.penalty = mean(all, func(a *adaptiveVector) *float64 { return &a.penalty })
	a.mergeSums(part(start, func(a *adaptiveVector) *adaptiveSums { return &a.adaptiveSums }),
		parts(all, func(a *adaptiveVector) *adaptiveSums { return &a.adaptiveSums }))
}

func (a *adaptiveSums) mergeSums(start *adaptiveSums, all []*adaptiveSums) {
	a.rows = total(start, all, func(a *adaptiveSums) *float64 { return &a.rows })
	a.norms = total(start, all, func(a *adaptiveSums) *float64 { return &a.norms })
	for _, o := range all {
		a.low, a.high = min(a.low, o.low), max(a.high, o.high)
	}
}

func mergeSlots(power float64, start *slot, all []*slot) slot {
	merged := slot{}
	for _, s := range all {
		merged.scale = max(merged.scale, s.scale)
	}
	scaled := make([]*slot, 0, len(all))
	sums := adaptiveSums{power: power}
	for _, s := range all {
		if t := *s; t.scale > 0 {
			t.rescale(&sums, merged.scale)
			scaled = append(scaled, &t)
		}
	}
	if len(scaled) == 0 {
		return *all[0]
	}
	square := func(s *slot) *float64 { return &s.squares }
	merged.weight = weighed(start, scaled, func(s *slot) *float64 { return &s.weight }, square)
	merged.squares = total(start, scaled, square)
	return merged
}

// part is a part of a model, or nil where there is none.
func part[M, P any](model *M, get func(*M) *P) *P {
	if model == nil {
		return nil
	}
	return get(model)
}

func parts[M, P any](models []*M, get func(*M) *P) []*P {
	all := make([]*P, 0, len(models))
	for _, m := range models {
		all = append(all, get(m))
	}
	return all
}
