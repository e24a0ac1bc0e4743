package drift

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// cut is what the cuts of one window have in common.
type cut struct {
	least float64 // values on either side
	// wide is twice the variance times spread, spread the logarithm of how many
	// comparisons the window stands for, as the bound needs them.
	wide, spread float64
	// A difference of the sums, each times the other side's values, whose square
	// is below k·n0·n1 + l is below the bound.
	k, l float64
}

func newCut(s *Settings, width, variance float64) cut {
	spread := numeric.Log(float64(2*numeric.Log(width)) / s.Delta)
	v := variance / width
	l := float64(float64(2.0/3*spread) * width)
	return cut{
		least: float64(s.MinWindow), wide: v, spread: spread,
		k: float64(float64(2*v) * float64(spread*width)), l: float64(l * l),
	}
}

// slack is more than the relative error of all that is computed of a cut.
const slack = 1e-13

// differs tells whether the means of n0 older and n1 newer values with the sums
// u0 and u1 differ by more than chance explains. Most cuts are far from that and
// need no division: with m ≥ 1/n0 + 1/n1, the bound is at least the root of
// (k·n0·n1 + l)/(n0·n1)².
func (c *cut) differs(n0, n1, u0, u1 float64) bool {
	left, right := float64(u0*n1), float64(u1*n0)
	d := math.Abs(left-right) + float64(slack*(math.Abs(left)+math.Abs(right)))
	if float64(d*d) < float64(c.k*float64(n0*n1))+c.l {
		return false
	}
	return c.decide(n0, n1, u0, u1)
}

func (c *cut) decide(n0, n1, u0, u1 float64) bool {
	if n0 < c.least || n1 < c.least {
		return false
	}
	m := 1/(n0-c.least+1) + 1/(n1-c.least+1)
	bound := math.Sqrt(float64(float64(float64(2*m)*c.wide)*c.spread)) + float64(float64(2.0/3*c.spread)*m)
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
	n1, u1 := width, ones
	for i := a.rowCount() - 1; i >= 0; i-- {
		size := float64(uint64(1) << i)
		row := a.row(i)
		buckets := row[1 : 1+row[0]]
		if i == 0 && len(buckets) > 0 {
			// Behind the newest value is nothing to compare with.
			buckets = buckets[:len(buckets)-1]
		}
		for _, u := range buckets {
			n0, n1 = n0+size, n1-size
			u0, u1 = u0+float64(u), u1-float64(u)
			if c.differs(n0, n1, u0, u1) {
				return true
			}
		}
	}
	return false
}
