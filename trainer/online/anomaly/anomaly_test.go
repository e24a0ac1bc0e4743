package anomaly

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

func TestLimits(t *testing.T) {
	for text, want := range map[string]string{
		"0:1": "0:1", "-1.50: 2, 0:1e3": "-1.5:2,0:1000", "1:1": "", "2:1": "", "": "", "0:1,": "", "0": "", "NaN:1": "", "0:Inf": "", "-1e101:0": "",
	} {
		got, err := checkLimits(text)
		if (err == nil) != (want != "") || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// The shortcut to the leaves gives the scores that walking over counted nodes
// gives, whatever the rows are.
func TestHalfSpaceTreesByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := learner.Input{Schema: make(learner.Schema, 2), Key: random.New(rapid.Uint64().Draw(t, "seed"))}
		h := NewHalfSpaceTrees(in, parameter.MustParse(HalfSpaceParameters, map[string]string{"members": "6", "height": "3", "windowSize": "9"}))
		plain := newPlain(h)
		values := rapid.SampledFrom([]float64{0, 1, -3, 0.5, math.NaN(), 1e100, 0.2, 0.7, math.Copysign(0, -1)})
		for range rapid.IntRange(1, 40).Draw(t, "rows") {
			x := []float64{values.Draw(t, "a"), values.Draw(t, "b")}
			if got, want := h.ScoreLearn(x, 0), plain.scoreLearn(x); got != want {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
}

// plain are half-space trees as they are defined.
type plain struct {
	h         *HalfSpaceTrees
	now, last [][]float64
	count     int
	warm      bool
}

func newPlain(h *HalfSpaceTrees) *plain {
	p := &plain{h: h}
	for range h.trees {
		p.now, p.last = append(p.now, make([]float64, 2<<h.height)), append(p.last, make([]float64, 2<<h.height))
	}
	return p
}

func (p *plain) scoreLearn(x []float64) float64 {
	sum := 0.0
	for t := range p.h.trees {
		node, unit, stopped := 1, 1.0, false
		for {
			if !stopped {
				sum += p.last[t][node] * unit
			}
			stopped = stopped || p.last[t][node] < 0.1*float64(p.h.window)
			unit *= 2
			p.now[t][node]++
			if node >= 1<<p.h.height {
				break
			}
			g := p.h.groups[t/lanes]
			cut := g.nodes[node*len(g.trees)+t%lanes]
			left := x[cut.feature] < cut.threshold
			if math.IsNaN(x[cut.feature]) {
				left = p.now[t][2*node] >= p.now[t][2*node+1]
			}
			node *= 2
			if !left {
				node++
			}
		}
	}
	score := 0.0
	if p.warm {
		score = 1 - sum/p.h.scale
	}
	if p.count++; p.count == p.h.window {
		p.count, p.warm = 0, true
		p.now, p.last = p.last, p.now
		for _, masses := range p.now {
			clear(masses)
		}
	}
	return score
}

// A histogram holds every number in the bin that its range says.
func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histogram{counts: make([]uint32, 8), reference: make([]uint32, 8)}
		spare := make([]uint32, 8)
		values := rapid.OneOf(rapid.Float64Range(-10, 10), rapid.SampledFrom([]float64{0, 1e104, -1e104, 1e-100, -1e-100, 1e9}))
		var all []float64
		for range rapid.IntRange(1, 30).Draw(t, "numbers") {
			v := values.Draw(t, "v")
			if math.Abs(v) < 1e-100 {
				v = 0
			}
			all = append(all, v)
			h.add(v, spare)
		}
		want := make([]uint32, 8)
		for _, v := range all {
			want[int(math.Floor(v*h.now.scale)-h.now.first)]++
		}
		if diff := cmp.Diff(want, h.counts); diff != "" || !h.now.possible() {
			t.Fatal(h.now, diff)
		}
	})
}

// Whatever the bytes are, reading them ends in an error or in a detector that
// works.
func FuzzRestore(f *testing.F) {
	in := learner.Input{Schema: make(learner.Schema, 3), Key: 1}
	build := func() (*HalfSpaceTrees, *LODA) {
		small := map[string]string{"members": "2", "windowSize": "5"}
		return NewHalfSpaceTrees(in, parameter.MustParse(HalfSpaceParameters, small)), NewLODA(in, parameter.MustParse(LODAParameters, small))
	}
	h, l := build()
	for i := range 13 {
		x := []float64{float64(i), 2, -float64(i)}
		h.Learn(x, 0)
		l.Learn(x, 0)
	}
	f.Add(flat.Append(nil, h))
	f.Add(flat.Append(nil, l))
	f.Fuzz(func(t *testing.T, state []byte) {
		h, l := build()
		for _, d := range []learner.Detector{h, l} {
			if flat.Restore(state, d) != nil {
				continue
			}
			for i := range 20 {
				if s := d.ScoreLearn([]float64{0.3, 1e90 * float64(i), math.NaN()}, 0); !(s >= 0 && s <= 1) {
					t.Fatal(s)
				}
			}
		}
	})
}

func BenchmarkHalfSpaceTrees(b *testing.B) {
	in := learner.Input{Schema: make(learner.Schema, 10), Key: 1}
	bench(b, NewHalfSpaceTrees(in, parameter.MustParse(HalfSpaceParameters, nil)))
}

func BenchmarkLODA(b *testing.B) {
	in := learner.Input{Schema: make(learner.Schema, 10), Key: 1}
	bench(b, NewLODA(in, parameter.MustParse(LODAParameters, nil)))
}

func bench(b *testing.B, d learner.Detector) {
	b.Helper()
	x := make([]float64, 10*20_000)
	for i := range x {
		x[i] = random.New(1).Float64(uint64(i))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		d.ScoreLearn(x[i:i+10:i+10], 0)
		if i += 10; i == len(x) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
