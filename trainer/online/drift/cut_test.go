package drift

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/online/flat"
)

// The probabilities are those of scipy.stats.ks_2samp for two samples of 30.
func TestCritical(t *testing.T) {
	for h, p := range map[int]float64{9: 0.13500350250095441, 13: 0.006548396368058784, 14: 0.0025300622362698397, 26: 8.246509538996e-12} {
		if at, below := critical(30, p*(1+1e-9)), critical(30, p*(1-1e-9)); at != h || below != h+1 {
			t.Errorf("at %g the difference is %d, just below %d, want %d", p, at, below, h)
		}
	}
	if n := critical(30, 1); n != 4 {
		t.Errorf("the least difference is %d, want 4", n)
	}
}

// What is passed over without a division is what the bound itself would pass.
func TestCutsPassedOver(t *testing.T) {
	s := DefaultSettings(0.05)
	for width := 20; width < 400; width += 13 {
		for ones := 0; ones <= width; ones += 7 {
			c := newCut(s, float64(width), float64(ones*(width-ones))/float64(width))
			for n := 5; n <= width-5; n++ {
				for u := max(0, ones-width+n); u <= min(n, ones); u++ {
					n0, n1, u0, u1 := float64(n), float64(width-n), float64(u), float64(ones-u)
					d := u0*n1 - u1*n0
					if d*d < c.k*n0*n1+c.l && c.differs(n0, n1, u0, u1) {
						t.Fatalf("the cut of %d ones in %d of %d in %d would be passed over", u, n, ones, width)
					}
				}
			}
		}
	}
}

// A window of more values than counts of bits are made for goes on as numbers.
func TestHugeWindow(t *testing.T) {
	s := DefaultSettings(0.002)
	a := NewADWIN(s)
	for i := range maxBitRows {
		a.grow()
		row := a.row(i)
		row[0] = 5
		for k := range 5 {
			row[1+k] = 1 << i / 2
		}
		a.width += 5 << i
		a.ones += 5 * uint64(row[1])
	}
	width := a.Width()
	for i := range 1000 {
		if a.Update(float64(i % 2)) {
			t.Fatal("a change was detected")
		}
	}
	if a.kind != ofNumbers || a.Width() != width+1000 || math.Abs(a.Estimate()-0.5) > 1e-6 {
		t.Errorf("kind %d, width %d, estimate %v", a.kind, a.Width(), a.Estimate())
	}
	b := NewADWIN(s)
	if err := flat.Restore(flat.Append(nil, &a), &b); err != nil || b.Width() != a.Width() {
		t.Error(err)
	}
}
