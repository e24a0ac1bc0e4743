package drift

import (
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// KSWIN compares the newest values of a window with a random sample of the
// others by the test of Kolmogorov and Smirnov, of which it takes the exact
// probabilities (Raab, Heusinger and Schleif, "Reactive Soft Prototype Computing
// for Concept Drift Streams", 2020).
type KSWIN struct {
	signals
	size, part int
	// critical is the least difference of the distributions, times part, that is
	// a drift.
	critical int
	key      random.Key
	// updates counts all values ever, the number of the next sample.
	updates uint64
	// values are the window, the oldest at first once it is full.
	values []float64
	first  int
	// order are the places of the values, sorted by them.
	order []int32
	// drawn tells, by age, what is in the sample.
	drawn []bool
}

var kswinParameters = []parameter.Spec{
	{Name: "alpha", Default: 0.005, Max: 1, MinOpen: true, Doc: "Probability of the test below which there is a drift."},
	{Name: "windowSize", Type: parameter.Integer, Default: 100, Min: 2, Max: 1 << 14, Doc: "Values in the window."},
	{Name: "statSize", Type: parameter.Integer, Default: 30, Min: 1, Max: 1 << 10, Doc: "Values of the sample, and newest values; at most half the window."},
}

func newKSWIN(v parameter.Values, key random.Key) (Detector, error) {
	k := &KSWIN{size: v.Int("windowSize"), part: v.Int("statSize"), key: key.For(random.Sample)}
	if 2*k.part > k.size {
		return nil, &parameter.Error{Owner: "KSWIN", Parameter: "statSize", Value: v.Texts()["statSize"], Range: "[1, windowSize/2]"}
	}
	k.critical = critical(k.part, v.Real("alpha"))
	k.values, k.order = make([]float64, 0, k.size), make([]int32, 0, k.size)
	k.drawn = make([]bool, k.size-k.part)
	return k, nil
}

// critical is the least h so that the distributions of two samples of n values
// differ somewhere by h/n or more with a probability of at most alpha, but not
// below a tenth. By the reflection principle that probability is twice the
// alternating sum of the binomial coefficients of 2n over n−kh, over that of 2n
// over n.
func critical(n int, alpha float64) int {
	for h := n/10 + 1; h <= n; h++ {
		p, sign := 0.0, 2.0
		for k := 1; k*h <= n; k++ {
			term := sign
			for i := range k * h {
				term = float64(term*float64(n-i)) / float64(n+i+1)
			}
			p += term
			sign = -sign
		}
		if p <= alpha {
			return h
		}
	}
	return n + 1
}

// Reset implements Detector.
func (k *KSWIN) Reset() {
	k.signals, k.first = signals{}, 0
	k.values, k.order = k.values[:0], k.order[:0]
}

// Update implements Detector. Magnitudes above learner.Limit count as
// learner.Limit.
func (k *KSWIN) Update(x float64) bool {
	if k.drift {
		k.Reset()
	}
	if x != x {
		return false
	}
	k.updates++
	k.put(min(max(x, -learner.Limit), learner.Limit))
	if len(k.values) < k.size {
		return false
	}
	k.draw()
	k.drift = k.differs()
	return k.drift
}

// put replaces the oldest value, or appends while there is room.
func (k *KSWIN) put(x float64) {
	at := len(k.values)
	if at < k.size {
		k.values = append(k.values, x)
	} else {
		at = k.first
		k.order = slices.Delete(k.order, k.rank(at), k.rank(at)+1)
		k.values[at] = x
		k.first = (at + 1) % k.size
	}
	k.order = append(k.order, 0)
	i := len(k.order) - 1
	for ; i > 0 && k.values[k.order[i-1]] > x; i-- {
		k.order[i] = k.order[i-1]
	}
	k.order[i] = int32(at)
}

func (k *KSWIN) rank(at int) int { return slices.Index(k.order, int32(at)) }

// draw marks a random sample of the older values, each sample as probable as any
// other (Floyd's method).
func (k *KSWIN) draw() {
	clear(k.drawn)
	key := k.key.With(k.updates)
	for i := len(k.drawn) - k.part; i < len(k.drawn); i++ {
		age := int(key.Below(uint64(i), uint64(i+1)))
		if k.drawn[age] {
			age = i
		}
		k.drawn[age] = true
	}
}

// differs goes through the values in order, and counts how many more of them
// are of one side than of the other. Equal values count together.
func (k *KSWIN) differs() bool {
	ahead := 0
	for i, at := range k.order {
		switch age := k.age(int(at)); {
		case age >= len(k.drawn):
			ahead++
		case k.drawn[age]:
			ahead--
		}
		last := i+1 == len(k.order) || k.values[at] != k.values[k.order[i+1]]
		if last && max(ahead, -ahead) >= k.critical {
			return true
		}
	}
	return false
}

// age is the place of a value in the order of their coming, the oldest 0.
func (k *KSWIN) age(at int) int {
	if at < k.first {
		return at - k.first + k.size
	}
	return at - k.first
}

// Fields implements flat.Stater.
func (k *KSWIN) Fields(c *flat.Codec) {
	k.fields(c)
	c.Uint64("updates", &k.updates)
	values := slices.Concat(k.values[k.first:], k.values[:k.first])
	c.Float64s("values", &values)
	if !c.Reading() || !c.Require(len(values) <= k.size && within(learner.Limit, values...), "values of a window") {
		return
	}
	drifted := k.signals
	k.Reset()
	for _, x := range values {
		k.put(x)
	}
	k.signals = drifted
}

// HeapBytes implements learner.State.
func (k *KSWIN) HeapBytes() int { return 176 + 8*cap(k.values) + 4*cap(k.order) + cap(k.drawn) }

// LogicalBytes implements learner.State.
func (k *KSWIN) LogicalBytes() int { return 176 + 12*len(k.values) + k.size - k.part }
