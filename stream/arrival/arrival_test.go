package arrival_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/stream/arrival"
)

// rateOf returns the records a second in n gaps, and checks that none is negative.
func rateOf(t *rapid.T, p arrival.Process, n int) float64 {
	total := 0.0
	for range n {
		gap := p.Next()
		if gap < 0 {
			t.Fatalf("gap %v", gap)
		}
		total += gap.Seconds()
	}
	return float64(n) / total
}

func near(t *rapid.T, got, want, tolerance float64) {
	if math.Abs(got-want) > tolerance*want {
		t.Fatalf("%.4g records a second, want %.4g within %.1f %%", got, want, 100*tolerance)
	}
}

// Tolerances are five standard deviations of the mean of n gaps, so that a fair draw fails once in a million.
func TestMeanRates(t *testing.T) {
	rate := rapid.Float64Range(0.01, 5e6)
	t.Run("constant", rapid.MakeCheck(func(t *rapid.T) {
		want := rate.Draw(t, "rate")
		p, err := arrival.Constant(want)
		if err != nil {
			t.Fatal(err)
		}
		near(t, rateOf(t, p, 1000), want, 1e-5)
	}))
	t.Run("poisson", rapid.MakeCheck(func(t *rapid.T) {
		want := rate.Draw(t, "rate")
		p, err := arrival.Poisson(want, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		const n = 40_000
		near(t, rateOf(t, p, n), want, 5/math.Sqrt(n))
	}))
	t.Run("on and off", rapid.MakeCheck(func(t *rapid.T) {
		want := rapid.Float64Range(100, 1000).Draw(t, "rate")
		on := time.Duration(rapid.Int64Range(int64(10*time.Millisecond), int64(100*time.Millisecond)).Draw(t, "on"))
		off := time.Duration(rapid.Int64Range(int64(10*time.Millisecond), int64(100*time.Millisecond)).Draw(t, "off"))
		p, err := arrival.OnOff(want, on, off, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		const n = 60_000
		share := on.Seconds() / (on + off).Seconds()
		// The pauses spread the mean most: as many as there are on periods.
		periods := n / (want * on.Seconds())
		near(t, rateOf(t, p, n), want*share, 5*math.Sqrt(1/float64(n)+2/periods))
	}))
}

func TestSeedsDecide(t *testing.T) {
	draw := func(seed uint64) (gaps []time.Duration) {
		p, err := arrival.OnOff(50, time.Second, time.Second, seed)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			gaps = append(gaps, p.Next())
		}
		return gaps
	}
	if diff := cmp.Diff(draw(7), draw(7)); diff != "" {
		t.Error("one seed gave two sequences:", diff)
	}
	if cmp.Equal(draw(7), draw(8)) {
		t.Error("two seeds gave one sequence")
	}
}

func TestParametersAreChecked(t *testing.T) {
	for name, open := range map[string]func() (arrival.Process, error){
		"rate": func() (arrival.Process, error) { return arrival.Constant(0) },
		"off":  func() (arrival.Process, error) { return arrival.OnOff(1, time.Second, 0, 1) },
		"on":   func() (arrival.Process, error) { return arrival.OnOff(1, -time.Second, time.Second, 1) },
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	for _, rate := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := arrival.Poisson(rate, 1); err == nil {
			t.Errorf("rate %v was accepted", rate)
		}
	}
}
