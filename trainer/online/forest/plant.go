package forest

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/tree"
)

// plant is a tree and what it looks at.
type plant struct {
	*tree.Hoeffding
	// number is how many trees the member had before this one.
	number uint64
	// columns are the features that it looks at, or nil where these are all, and
	// view is room for their values.
	columns []int32
	view    []float64
}

// see is what the tree sees of a row.
func (p *plant) see(x []float64) []float64 {
	if p.columns == nil {
		return x
	}
	for i, c := range p.columns {
		p.view[i] = x[c]
	}
	return p.view
}

// sow makes p the member's next tree.
func (m *member) sow(p *plant) {
	m.plant(p, m.made)
	m.made++
}

// plant makes p the member's tree of that number, which has learned nothing.
// Everything random about it follows from the number.
func (m *member) plant(p *plant, number uint64) {
	p.number = number
	in := m.input
	in.Key, in.Members = m.key.With(number), learner.Members{}
	if m.features > 0 {
		p.view = crew.Apart[float64](m.features)
		p.columns = m.first
		if number > 0 {
			p.columns = subset(in.Key.For(random.Subspace), len(m.input.Schema), m.features)
		}
		in.Schema = make(learner.Schema, m.features)
		for i, c := range p.columns {
			in.Schema[i] = m.input.Schema[c]
		}
	} else if p.Hoeffding != nil {
		p.Reset(in.Key)
		return
	}
	p.Hoeffding = tree.New(in, m.shared.tree)
}

// subset are n of so many numbers in ascending order, all as probable.
func subset(key random.Key, of, n int) []int32 {
	chosen := make([]int32, 0, n)
	for i := range of {
		// Of the rest, each is taken with the same probability.
		if key.Below(uint64(i), uint64(of-i)) < uint64(n-len(chosen)) {
			chosen = append(chosen, int32(i))
		}
	}
	return chosen
}

// distinctSubsets are subsets of which none comes again as long as there are others
// that are easily found, which have come less often.
func distinctSubsets(key random.Key, count, of, n int) [][]int32 {
	const tries = 64
	found := make(map[string]bool, count)
	all := choices(of, n, count+1)
	subsets := make([][]int32, count)
	for i := range subsets {
		for try := range uint64(tries) {
			subsets[i] = subset(key.With(uint64(i)).With(try), of, n)
			if name := nameOf(subsets[i]); !found[name] {
				found[name] = true
				break
			}
		}
		if len(found) == all {
			clear(found)
		}
	}
	return subsets
}

// choices is how many subsets of n there are of so many features, or most where
// these are more.
func choices(of, n, most int) int {
	count := 1
	for i := range min(n, of-n) {
		if count = count * (of - i) / (i + 1); count > most {
			return most
		}
	}
	return count
}

// nameOf tells subsets apart.
func nameOf(subset []int32) string {
	b := make([]byte, 0, 4*len(subset))
	for _, v := range subset {
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return string(b)
}
