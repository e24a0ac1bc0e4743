package generator_test

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/online/generator"
)

func stream(t *testing.T, name string, o generator.Options) generator.Stream {
	t.Helper()
	s, err := generator.New(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// average is the mean of a function of n rows and what they are, from a row on.
func average(s generator.Stream, from, n uint64, of func(x []float64, y float64) float64) float64 {
	x := make([]float64, len(s.Features()))
	sum := 0.0
	for i := from; i < from+n; i++ {
		y := s.Target(i, x)
		sum += of(x, y)
	}
	return sum / float64(n)
}

func target(_ []float64, y float64) float64 { return y }

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.4f, want %.4f", what, got, want)
	}
}

// What Agrawal's first function and the marginals give follows from the
// definitions in the paper.
func TestAgrawalBalance(t *testing.T) {
	near(t, "function 1", average(stream(t, "Agrawal", generator.Options{Function: 1}), 0, 20_000, target), 20.0/61, 0.012)
	for function := 1; function <= 10; function++ {
		s := stream(t, "Agrawal", generator.Options{Function: function, Balance: true, Perturbation: 0.05})
		near(t, "the balanced share of B", average(s, 0, 1000, target), 0.5, 0)
	}
	s := stream(t, "Agrawal", generator.Options{Function: 1})
	names := s.Features()
	for j, want := range []float64{85_000, 42_500 * 55.0 / 130, 50, -1, -1, -1, 500_000, 15.5, 250_000} {
		if want >= 0 {
			near(t, "the mean of "+names[j], average(s, 0, 20_000, func(x []float64, _ float64) float64 { return x[j] }), want, want*0.02)
		}
	}
}

func TestSTAGGERBalance(t *testing.T) {
	for function, want := range map[int]float64{1: 1.0 / 9, 2: 5.0 / 9, 3: 2.0 / 3} {
		near(t, "the share of true", average(stream(t, "STAGGER", generator.Options{Function: function}), 0, 20_000, target), want, 0.012)
		near(t, "the balanced share", average(stream(t, "STAGGER", generator.Options{Function: function, Balance: true}), 0, 500, target), 0.5, 0)
	}
}

func TestLED(t *testing.T) {
	digits := [][]float64{
		{1, 1, 1, 0, 1, 1, 1},
		{0, 0, 1, 0, 0, 1, 0},
		{1, 0, 1, 1, 1, 0, 1},
		{1, 0, 1, 1, 0, 1, 1},
		{0, 1, 1, 1, 0, 1, 0},
		{1, 1, 0, 1, 0, 1, 1},
		{1, 1, 0, 1, 1, 1, 1},
		{1, 0, 1, 0, 0, 1, 0},
		{1, 1, 1, 1, 1, 1, 1},
		{1, 1, 1, 1, 0, 1, 1},
	}
	wrong := func(x []float64, y float64) float64 {
		n := 0.0
		for j, lit := range digits[int(y)] {
			n += math.Abs(x[j] - lit)
		}
		return n / 7
	}
	near(t, "the share of wrong segments", average(stream(t, "LED", generator.Options{}), 0, 2000, wrong), 0, 0)
	near(t, "the share of wrong segments", average(stream(t, "LED", generator.Options{Noise: 0.1}), 0, 20_000, wrong), 0.1, 0.005)
	drifted := average(stream(t, "LED", generator.Options{Drifting: 7}), 0, 20_000, wrong)
	near(t, "the share of wrong segments that moved", drifted, 0.5, 0.02)
	near(t, "the mean digit", average(stream(t, "LED", generator.Options{}), 0, 20_000, target), 4.5, 0.1)
}

// The hyperplane goes through the middle of the cube wherever it has moved, and
// what it was tells less and less what it is.
func TestHyperplaneRotates(t *testing.T) {
	o := generator.Options{Seed: 3, Drifting: 10, Speed: 0.001}
	moving := stream(t, "Hyperplane", o)
	o.Speed = 0
	still := stream(t, "Hyperplane", o)
	x := make([]float64, 10)
	differ := func(from uint64) float64 {
		return average(moving, from, 2000, func() func([]float64, float64) float64 {
			i := from
			return func(_ []float64, y float64) float64 {
				i++
				return math.Abs(y - still.Target(i-1, x))
			}
		}())
	}
	for _, from := range []uint64{0, 5000, 1 << 40} {
		near(t, "the share of true", average(moving, from, 20_000, target), 0.5, 0.015)
	}
	if near, far := differ(0), differ(800); !(near < far && far > 0.1) {
		t.Errorf("%.3f of the labels differ after 1,000 records, %.3f after 1,800", near, far)
	}
	if got := differ(1 << 40); got > 0.5 {
		t.Error(got)
	}
}

func TestRandomRBF(t *testing.T) {
	still := stream(t, "RandomRBF", generator.Options{Seed: 5})
	moving := stream(t, "RandomRBF", generator.Options{Seed: 5, Drifting: 50, Speed: 0.01})
	for j := range 10 {
		value := func(x []float64, _ float64) float64 { return x[j] }
		a, b := average(still, 0, 5000, value), average(moving, 1<<30, 5000, value)
		near(t, "the mean", a, 0.5, 0.25)
		near(t, "the mean", b, 0.5, 0.25)
	}
	seen := map[float64]bool{}
	average(still, 0, 5000, func(_ []float64, y float64) float64 {
		seen[y] = true
		return 0
	})
	if len(seen) != 5 {
		t.Errorf("there are %d classes", len(seen))
	}
}

// The mean of Friedman's function is 10·E[sin(πab)] + 20/12 + 5 + 5/2.
func TestFriedman(t *testing.T) {
	const sine, variance = 0.5246, 24.84
	s := stream(t, "Friedman", generator.Options{})
	m := average(s, 0, 40_000, target)
	near(t, "the mean target", m, 10*sine+20.0/12+7.5, 0.1)
	near(t, "the variance", average(s, 0, 40_000, func(_ []float64, y float64) float64 { return (y - m) * (y - m) }), variance, 0.8)
	noise := average(s, 0, 20_000, func(x []float64, y float64) float64 {
		d := y - (10*math.Sin(math.Pi*x[0]*x[1]) + 20*(x[2]-0.5)*(x[2]-0.5) + 10*x[3] + 5*x[4])
		return d * d
	})
	near(t, "the variance of the noise", noise, 1, 0.05)
	gra := stream(t, "Friedman", generator.Options{Drift: "gra", DriftEvery: 1000})
	for i := range uint64(3000) {
		x := make([]float64, 10)
		if same := gra.Target(i, x) == s.Target(i, x); same == (i >= 1000 && i < 2000) {
			t.Fatalf("row %d", i)
		}
	}
}

func TestSwitch(t *testing.T) {
	a, b := stream(t, "STAGGER", generator.Options{Function: 1}), stream(t, "STAGGER", generator.Options{Function: 3})
	s, err := generator.Switch{Seed: 1, From: a, To: b, Position: 100_000, Width: 40_000}.Stream()
	if err != nil {
		t.Fatal(err)
	}
	for from, share := range map[uint64]float64{0: 0, 80_000: 0.1863, 95_000: 0.5, 110_000: 0.8137, 190_000: 1} {
		near(t, "the share of true", average(s, from, 10_000, target), 1.0/9+share*5/9, 0.02)
	}
	if _, err := (generator.Switch{From: a, To: stream(t, "SEA", generator.Options{})}).Stream(); err == nil {
		t.Error("unlike streams can be combined")
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]generator.Options{
		"Agrawal": {Function: 11}, "STAGGER": {}, "LED": {Drifting: 8}, "Hyperplane": {Noise: math.NaN()}, "RandomRBF": {Speed: 2},
		"SEA": {Noise: -1}, "Friedman": {Drift: "lea"}, "None": {},
	} {
		if _, err := generator.New(name, o); err == nil {
			t.Errorf("%s accepts %+v", name, o)
		}
	}
}
