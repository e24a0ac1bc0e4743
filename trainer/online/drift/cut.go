package drift

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// cut is what the cuts of one window have in common.
type cut struct {
	// least is how many values either side must have.
	least float64
	// variance is that of the values, spread the logarithm of how often the window
	// could have been cut by the settings' delta.
	variance, spread float64
	// Most cuts are so far from the bound that they need no division: with the
	// values n0 and n1 and the sums u0 and u1 of both sides, the bound is at least
	// the root of k·n0·n1 + l, divided by n0·n1; and the difference of the means
	// is u0·n1 − u1·n0, divided by the same.
	k, l float64
}

func newCut(s *Settings, width, variance float64) cut {
	spread := numeric.Log(float64(2*numeric.Log(width)) / s.Delta)
	v := variance / width
	l := float64(float64(2.0/3*spread) * width)
	return cut{
		least: float64(s.MinWindow), variance: v, spread: spread,
		k: float64(float64((2-slack)*v) * float64(spread*width)), l: float64(float64((1-slack)*l) * l),
	}
}

// slack is far more than the relative error of all that is computed of a cut,
// and so much less is asked of it before it is looked at closely.
const slack = 1e-6

// differs tells whether the means of n0 older and n1 newer values with the sums
// u0 and u1 differ by more than chance explains.
func (c *cut) differs(n0, n1, u0, u1 float64) bool {
	if n0 < c.least || n1 < c.least {
		return false
	}
	m := 1/(n0-c.least+1) + 1/(n1-c.least+1)
	bound := math.Sqrt(float64(float64(float64(2*m)*c.variance)*c.spread)) + float64(float64(2.0/3*c.spread)*m)
	return math.Abs(u0/n0-u1/n1) > bound
}

// look drops the oldest buckets of a window of bits for as long as any cut
// differs. newest is the value that was taken last.
func (a *ADWIN) look(newest uint64) {
	before := float64(a.ones-newest) / float64(a.width-1)
	dropped := false
	for a.anyCut() {
		a.drop()
		dropped = true
	}
	if dropped {
		a.detected(before)
	}
}

// anyCut goes through the cuts from the oldest bucket on.
func (a *ADWIN) anyCut() bool {
	width, ones := float64(a.width), float64(a.ones)
	c := newCut(a.settings, width, float64(ones*(width-ones))/width)
	n0, u0 := 0.0, 0.0
	for i := a.rowCount() - 1; i >= 0; i-- {
		size := float64(uint64(1) << i)
		row := a.row(i)
		buckets := row[1 : 1+row[0]]
		if i == 0 && len(buckets) > 0 {
			// Behind the newest value is nothing to compare with.
			buckets = buckets[:len(buckets)-1]
		}
		for _, u := range buckets {
			n0 += size
			u0 += float64(u)
			// It is an exact integer for windows that are not enormous.
			d := float64(u0*width) - float64(n0*ones)
			if float64(d*d) < float64(float64(c.k*n0)*(width-n0))+c.l {
				continue
			}
			if c.differs(n0, width-n0, u0, ones-u0) {
				return true
			}
		}
	}
	return false
}
