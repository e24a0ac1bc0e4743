package linear

// Merge makes l what it and others have learned since all of them were start.
// The others stay as they are.
func (l *Logistic) Merge(start *Logistic, others ...*Logistic) error {
	get := func(l *Logistic) *glm { return &l.glm }
	return l.merge(part(start, get), parts(others, get))
}

// Merge makes l what it and others have learned since all of them were start.
// The others stay as they are.
func (l *Linear) Merge(start *Linear, others ...*Linear) error {
	get := func(l *Linear) *glm { return &l.glm }
	return l.merge(part(start, get), parts(others, get))
}

// Merge makes p the average of itself and others.
func (p *Perceptron) Merge(others ...*Perceptron) error {
	return p.merge(nil, parts(others, func(p *Perceptron) *glm { return &p.glm }))
}

// Merge makes p the average of itself and others.
func (p *PAClassifier) Merge(others ...*PAClassifier) error {
	return p.merge(parts(others, func(p *PAClassifier) *passiveAggressive { return &p.passiveAggressive }))
}

// Merge makes p the average of itself and others.
func (p *PARegressor) Merge(others ...*PARegressor) error {
	return p.merge(parts(others, func(p *PARegressor) *passiveAggressive { return &p.passiveAggressive }))
}

func (p *passiveAggressive) merge(others []*passiveAggressive) error {
	all := append([]*passiveAggressive{p}, others...)
	for _, o := range all {
		if len(o.weights) != len(p.weights) {
			return ErrMerge
		}
	}
	averaged(all, func(p *passiveAggressive) []float64 { return p.weights })
	p.intercept = mean(all, func(p *passiveAggressive) *float64 { return &p.intercept })
	return nil
}

// Merge makes a the average of itself and others; the steps that they have taken
// since all of them were start add up.
func (a *ALMA) Merge(start *ALMA, others ...*ALMA) error {
	all := append([]*ALMA{a}, others...)
	for _, o := range all {
		if len(o.weights) != len(a.weights) {
			return ErrMerge
		}
	}
	averaged(all, func(a *ALMA) []float64 { return a.weights })
	a.steps = total(start, all, func(a *ALMA) *float64 { return &a.steps })
	return nil
}

// Merge makes s what it and others have learned since all of them were start.
// A class is merged of those models that have seen
// it. The others stay as they are.
func (s *Softmax) Merge(start *Softmax, others ...*Softmax) error {
	all := append([]*Softmax{s}, others...)
	for _, o := range all {
		if o.settings != s.settings || len(o.classes) != len(s.classes) || len(o.classes[0].weights) != len(s.classes[0].weights) {
			return ErrMerge
		}
	}
	for i := range s.classes {
		var seen []*vector
		for _, o := range all {
			if o.seen[i] != 0 {
				seen = append(seen, &o.classes[i])
			}
		}
		if len(seen) == 0 {
			continue
		}
		if s.seen[i] == 0 {
			s.seen[i] = 1
			copyVector(&s.classes[i], seen[0])
			seen[0] = &s.classes[i]
		}
		s.merge(part(start, func(s *Softmax) *vector { return &s.classes[i] }), seen)
	}
	return nil
}

func copyVector(to, from *vector) {
	copy(to.weights, from.weights)
	copy(to.squares, from.squares)
	copy(to.duals, from.duals)
	copy(to.penalties, from.penalties)
	to.penalty = from.penalty
}
