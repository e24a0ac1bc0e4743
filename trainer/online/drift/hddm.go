package drift

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// HDDMA compares the mean of all errors, of which each is in [0, 1], with the
// mean up to the point where it was lowest, by Hoeffding's inequality
// (Frías-Blanco and others, "Online and Non-Parametric Drift Detection Methods
// Based on Hoeffding's Bounds", 2015). It sees a rise, and a fall when twoSided.
type HDDMA struct {
	signals
	twoSided bool
	// These are logarithms of 1, 2 and 2 divided by a confidence: the drift's, the
	// drift's and the warning's.
	bound, driftAt, warnAt float64
	all, low, high         mean
}

var hddmaParameters = []parameter.Spec{
	ratio("driftConfidence", "Probability of seeing a drift where there is none.", 0.001),
	ratio("warningConfidence", "Probability of giving a warning where there is nothing.", 0.005),
	{Name: "twoSided", Type: parameter.Flag, Doc: "Sees falling means too."},
}

func newHDDMA(v parameter.Values, _ random.Key) (Detector, error) {
	drift, warning := v.Real("driftConfidence"), v.Real("warningConfidence")
	return &HDDMA{
		twoSided: v.Flag("twoSided"), bound: numeric.Log(1 / drift),
		driftAt: numeric.Log(2 / drift), warnAt: numeric.Log(2 / warning),
	}, nil
}

// Reset implements Detector.
func (h *HDDMA) Reset() { h.signals, h.all, h.low, h.high = signals{}, mean{}, mean{}, mean{} }

func (h *HDDMA) distance(n float64) float64 { return math.Sqrt(float64(1 / float64(2*n) * h.bound)) }

// Update implements Detector. Values outside [0, 1] count as the nearer end.
func (h *HDDMA) Update(x float64) bool {
	if h.drift {
		h.Reset()
	}
	if x != x {
		return false
	}
	h.all.update(unit(x))
	if h.low.n == 0 {
		h.low, h.high = h.all, h.all
	}
	distance := h.distance(h.all.n)
	if h.low.value+h.distance(h.low.n) >= h.all.value+distance {
		h.low = h.all
	}
	if h.high.value-h.distance(h.high.n) <= h.all.value-distance {
		h.high = h.all
	}
	rise := h.all.value - h.low.value
	h.drift = h.differs(h.low.n, rise, h.driftAt)
	h.warning = !h.drift && h.differs(h.low.n, rise, h.warnAt)
	if !h.twoSided {
		return h.drift
	}
	fall := h.high.value - h.all.value
	if h.differs(h.high.n, fall, h.driftAt) {
		h.drift = true
	} else if h.differs(h.high.n, fall, h.warnAt) {
		h.warning = true
	}
	return h.drift
}

// differs tells whether the mean of all values differs from that of the first n.
func (h *HDDMA) differs(n, difference, confidence float64) bool {
	if n == h.all.n {
		return false
	}
	m := float64((h.all.n - n) / n * (1 / h.all.n))
	return difference >= math.Sqrt(float64(m/2*confidence))
}

// Fields implements flat.Stater.
func (h *HDDMA) Fields(c *flat.Codec) {
	h.fields(c)
	numbersOf(c, "values", &h.all.n, &h.all.value, &h.low.n, &h.low.value, &h.high.n, &h.high.value)
	for _, m := range []mean{h.all, h.low, h.high} {
		c.Require(count(m.n) && m.n <= h.all.n && (m.n > 0) == (h.all.n > 0) && within(2, m.value), "means of errors")
	}
}

// HeapBytes implements learner.State.
func (h *HDDMA) HeapBytes() int { return 80 }

// LogicalBytes implements learner.State.
func (h *HDDMA) LogicalBytes() int { return 80 }

// HDDMW is HDDMA with weights that fade by a factor, and McDiarmid's inequality:
// it reacts to sudden changes, too, after many values.
type HDDMW struct {
	signals
	twoSided bool
	// lambda is the weight of a new value; driftAt and warnAt are the logarithms
	// of the reciprocals of the confidences.
	lambda, driftAt, warnAt float64
	all                     faded
	rising, falling         split
}

// faded is an exponentially weighted mean of some values or none; independence is
// the sum of the squares of the weights.
type faded struct {
	some                bool
	value, independence float64
}

// split are the values up to the point of the best mean, and those after it.
type split struct {
	before, after faded
	// best is the bound of the mean before, counted with the sign that makes
	// lower better.
	best float64
}

var hddmwParameters = []parameter.Spec{
	ratio("driftConfidence", "Probability of seeing a drift where there is none.", 0.001),
	ratio("warningConfidence", "Probability of giving a warning where there is nothing.", 0.005),
	ratio("lambda", "Weight of the newest value in a mean.", 0.05),
	{Name: "twoSided", Type: parameter.Flag, Doc: "Sees falling means too."},
}

func newHDDMW(v parameter.Values, _ random.Key) (Detector, error) {
	h := &HDDMW{
		twoSided: v.Flag("twoSided"), lambda: v.Real("lambda"),
		driftAt: numeric.Log(1 / v.Real("driftConfidence")), warnAt: numeric.Log(1 / v.Real("warningConfidence")),
	}
	h.Reset()
	return h, nil
}

// Reset implements Detector.
func (h *HDDMW) Reset() {
	nothing := faded{independence: 1}
	h.signals, h.all = signals{}, nothing
	h.rising, h.falling = split{before: nothing, after: nothing}, split{before: nothing, after: nothing}
}

func (h *HDDMW) take(f *faded, x float64) {
	rest := 1 - h.lambda
	if f.some {
		f.value = float64(h.lambda*x) + float64(rest*f.value)
	} else {
		f.some, f.value = true, x
	}
	f.independence = float64(h.lambda*h.lambda) + float64(float64(rest*rest)*f.independence)
}

// Update implements Detector. Values outside [0, 1] count as the nearer end.
func (h *HDDMW) Update(x float64) bool {
	if h.drift {
		h.Reset()
	}
	if x != x {
		return false
	}
	x = unit(x)
	h.take(&h.all, x)
	bound := math.Sqrt(h.all.independence * h.driftAt / 2)
	h.place(&h.rising, x, h.all.value+bound)
	rise := h.rising.after.value - h.rising.before.value
	h.drift = h.rising.differs(rise, h.driftAt)
	h.warning = !h.drift && h.rising.differs(rise, h.warnAt)
	h.place(&h.falling, x, -(h.all.value - bound))
	if !h.twoSided {
		return h.drift
	}
	fall := h.falling.before.value - h.falling.after.value
	if h.falling.differs(fall, h.driftAt) {
		h.drift = true
	} else if h.falling.differs(fall, h.warnAt) {
		h.warning = true
	}
	return h.drift
}

// place starts a new part at x when it makes the best mean, else adds x to what
// came after the best.
func (h *HDDMW) place(s *split, x, bound float64) {
	if s.before.some && bound >= s.best {
		h.take(&s.after, x)
		return
	}
	s.best, s.before, s.after = bound, h.all, faded{independence: 1}
}

func (s *split) differs(difference, confidence float64) bool {
	if !s.before.some || !s.after.some {
		return false
	}
	return difference > math.Sqrt((s.before.independence+s.after.independence)*confidence/2)
}

// Fields implements flat.Stater.
func (h *HDDMW) Fields(c *flat.Codec) {
	h.fields(c)
	parts := []*faded{&h.all, &h.rising.before, &h.rising.after, &h.falling.before, &h.falling.after}
	for _, f := range parts {
		c.Bool("some", &f.some)
		numbersOf(c, "values", &f.value, &f.independence)
		c.Require(within(2, f.value, f.independence) && f.independence > 0, "means of errors")
	}
	numbersOf(c, "best", &h.rising.best, &h.falling.best)
	c.Require(within(1e10, h.rising.best, h.falling.best), "bounds of means")
}

// HeapBytes implements learner.State.
func (h *HDDMW) HeapBytes() int { return 192 }

// LogicalBytes implements learner.State.
func (h *HDDMW) LogicalBytes() int { return 192 }
