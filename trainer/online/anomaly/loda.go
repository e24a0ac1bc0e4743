package anomaly

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// LODAParameters are the parameters of LODA.
var LODAParameters = []parameter.Spec{
	{Name: "members", Type: parameter.Integer, Default: 100, Min: 1, Max: 10_000, Doc: "Number of random projections, each with a histogram."},
	{Name: "bins", Type: parameter.Integer, Default: 64, Min: 4, Max: 4096, Doc: "Most bins of a histogram; between half of them and all are in use."},
	{Name: "windowSize", Type: parameter.Integer, Default: 1000, Min: 1, Max: 1 << 24, Doc: "Number of rows after which the histograms of the last window are what rows are compared with."},
}

// LODA is the lightweight on-line detector of anomalies of Pevný (2016): it
// projects rows onto random directions, each of √d features with normal weights,
// and keeps a histogram of each projection, in two alternating windows. A row is
// unusual where its projections fell into bins that few rows of the last window
// fell into.
//
// The paper's score is the mean over the projections of -ln p. Here p is the
// share (n+½)/(N+B/2) of the bin that holds n of the window's N rows, B being
// the number of bins, and the mean is divided by the most it can be, ln(2N+B),
// which brings it into [0, 1]. It is 0 until the first window ends.
//
// A projection that meets a missing value is left out, of scores and of
// histograms, as the paper has it; a row of which nothing is left scores 0. The
// features should be of a like scale. It is not safe for concurrent use.
type LODA struct {
	projections []projection
	// terms and weights are those of all projections one after the other.
	terms      []int
	weights    []float64
	histograms []histogram
	each       int
	bins       int
	window     int
	counter    int
	warm       bool
	// surprises are -ln p over its maximum, of every bin in the last window.
	surprises []float64
	values    []float64
	spare     []uint32
}

// projection is where the last window's histogram lies.
type projection struct {
	first float64
	scale float64
}

// NewLODA returns a detector that has seen nothing.
func NewLODA(in learner.Input, v parameter.Values) *LODA {
	members := v.Int("members")
	features := len(in.Schema)
	each := max(1, int(math.RoundToEven(math.Sqrt(float64(features)))))
	l := &LODA{each: each, bins: v.Int("bins"), window: v.Int("windowSize")}
	l.projections = make([]projection, members)
	l.histograms = make([]histogram, members)
	l.terms = make([]int, 0, members*each)
	l.weights = make([]float64, 0, members*each)
	l.surprises = make([]float64, members*l.bins)
	l.spare = make([]uint32, l.bins)
	l.values = make([]float64, members)
	places := make([]int, features)
	for m := range members {
		l.histograms[m].counts, l.histograms[m].reference = make([]uint32, l.bins), make([]uint32, l.bins)
		l.direct(in.Key.For(random.Projections).With(uint64(m)), places)
	}
	return l
}

// direct draws one direction: some of the features, each with a weight from the
// normal distribution (by Marsaglia's polar method).
func (l *LODA) direct(key random.Key, places []int) {
	for i := range places {
		places[i] = i
	}
	draw := uint64(0)
	for i := range l.each {
		j := i + int(key.Below(draw, uint64(len(places)-i)))
		draw++
		places[i], places[j] = places[j], places[i]
		l.terms = append(l.terms, places[i])
		for {
			u := float64(2*key.Float64(draw)) - 1
			v := float64(2*key.Float64(draw+1)) - 1
			draw += 2
			s := float64(u*u) + float64(v*v)
			if s > 0 && s < 1 {
				l.weights = append(l.weights, float64(u*math.Sqrt(-2*numeric.Log(s)/s)))
				break
			}
		}
	}
}

// project writes the projections of x to l.values, NaN where a value is missing.
func (l *LODA) project(x []float64) {
	terms, weights := l.terms, l.weights[:len(l.terms)]
	for m := range l.values {
		sum := 0.0
		for i, t := range terms[:l.each] {
			sum += float64(weights[i] * x[t])
		}
		l.values[m] = sum
		terms, weights = terms[l.each:], weights[l.each:]
	}
}

// Score implements learner.Detector.
func (l *LODA) Score(x []float64) float64 {
	if !l.warm {
		return 0
	}
	l.project(x)
	return l.score()
}

func (l *LODA) score() float64 {
	if !l.warm {
		return 0
	}
	sum, n := 0.0, 0
	for m, v := range l.values {
		if v != v {
			continue
		}
		n++
		p := &l.projections[m]
		at := math.Floor(float64(v*p.scale)) - p.first
		if at >= 0 && at < float64(l.bins) {
			sum += l.surprises[m*l.bins+int(at)]
		} else {
			sum++
		}
	}
	if n == 0 {
		return 0
	}
	return min(sum/float64(n), 1)
}

// Learn implements learner.Detector.
func (l *LODA) Learn(x []float64, _ random.At) {
	l.project(x)
	l.learn()
}

// ScoreLearn implements learner.Detector.
func (l *LODA) ScoreLearn(x []float64, _ random.At) float64 {
	l.project(x)
	score := l.score()
	l.learn()
	return score
}

func (l *LODA) learn() {
	for m, v := range l.values {
		if v == v {
			l.histograms[m].add(v, l.spare)
		}
	}
	l.counter++
	if l.counter < l.window {
		return
	}
	l.counter, l.warm = 0, true
	for m := range l.histograms {
		h := &l.histograms[m]
		h.turn()
		l.weigh(m)
	}
}

// weigh computes what the bins of a projection's last window say.
func (l *LODA) weigh(m int) {
	h := &l.histograms[m]
	most := numeric.Log(float64(2*total(h.reference) + l.bins))
	l.projections[m] = projection{h.last.first, h.last.scale}
	for i, c := range h.reference {
		l.surprises[m*l.bins+i] = 1 - numeric.Log(float64(2*c)+1)/most
	}
}

// Fields implements flat.Stater. The directions follow from the seed.
func (l *LODA) Fields(c *flat.Codec) {
	c.Int("counter", &l.counter, l.window-1)
	c.Bool("warm", &l.warm)
	for m := range l.histograms {
		h := &l.histograms[m]
		c.Group("member", func(c *flat.Codec) { h.fields(c) })
		if !c.Reading() || c.Err() != nil {
			continue
		}
		ok := total(h.counts) <= l.counter && total(h.reference) <= l.window
		if c.Require(ok, "no more rows in bins than were learned") && l.warm {
			l.weigh(m)
		}
	}
}

// HeapBytes implements learner.State.
func (l *LODA) HeapBytes() int {
	return len(l.histograms)*(16*l.bins+16*l.each+120) + 4*l.bins + 256
}

// LogicalBytes implements learner.State.
func (l *LODA) LogicalBytes() int { return 8 * l.bins * len(l.histograms) }
