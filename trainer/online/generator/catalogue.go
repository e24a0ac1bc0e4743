package generator

import (
	"fmt"
	"strings"
)

// Options are what the generators of the catalogue can be told; each looks at
// those that it has.
type Options struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Noise is the probability that a label, or a segment of LED, is inverted.
	Noise float64
	// DriftEvery is the number of records between two changes of SEA, and of
	// Friedman's first three.
	DriftEvery uint64
	// Function is that of Agrawal (1 to 10) or of STAGGER (1 to 3).
	Function int
	// Perturbation is Agrawal's.
	Perturbation float64
	// Balance makes the classes of Agrawal and STAGGER equally frequent.
	Balance bool
	// Speed is how far Hyperplane and RandomRBF move with each record.
	Speed float64
	// Drifting is how many weights, centres or segments drift.
	Drifting int
	// Drift is Friedman's.
	Drift string
}

// Entry is a generator of the catalogue.
type Entry struct {
	// Name is what New knows it by.
	Name string
	// Doc is what it makes, and what of the options it looks at.
	Doc string

	build func(o Options) (Stream, error)
}

// Catalogue are all generators, by name.
var Catalogue = []Entry{
	{"Agrawal", "loan applications, 2 classes, 6 numbers and 3 nominal features (function 1 to 10, perturbation, balance)", func(o Options) (Stream, error) {
		return Agrawal{Seed: o.Seed, Function: o.Function, Perturbation: o.Perturbation, Balance: o.Balance}.Stream()
	}},
	{"Elec2", "shaped like the electricity data, 2 classes, 8 numbers", func(o Options) (Stream, error) {
		return Elec2Shaped{Seed: o.Seed}, nil
	}},
	{"Friedman", "a regression on 10 numbers (drift lea, gra or gsg, with drift-every)", friedmanOf},
	{"Hyperplane", "a rotating plane, 2 classes, 10 numbers (noise, drifting, speed)", func(o Options) (Stream, error) {
		return Hyperplane{Seed: o.Seed, Width: 10, Drifting: o.Drifting, Speed: o.Speed, Noise: o.Noise}.Stream()
	}},
	{"LED", "a display of 10 digits, 24 numbers that are 0 or 1 (noise, drifting)", func(o Options) (Stream, error) {
		return LED{Seed: o.Seed, Noise: o.Noise, Irrelevant: true, Drifting: o.Drifting}.Stream()
	}},
	{"RandomRBF", "50 clouds of points, 5 classes, 10 numbers (drifting, speed)", func(o Options) (Stream, error) {
		return RandomRBF{Seed: o.Seed, Width: 10, Classes: 5, Centres: 50, Drifting: o.Drifting, Speed: o.Speed}.Stream()
	}},
	{"SEA", "2 classes, 3 numbers (noise, drift-every)", func(o Options) (Stream, error) {
		if err := within("noise", o.Noise, 0, 1); err != nil {
			return nil, err
		}
		return SEA{Seed: o.Seed, Noise: o.Noise, DriftEvery: o.DriftEvery}, nil
	}},
	{"STAGGER", "things of 3 nominal features, 2 classes (function 1 to 3, balance)", func(o Options) (Stream, error) {
		return STAGGER{Seed: o.Seed, Function: o.Function, Balance: o.Balance}.Stream()
	}},
}

func friedmanOf(o Options) (Stream, error) {
	f := Friedman{Seed: o.Seed, Drift: o.Drift, Window: o.DriftEvery / 2}
	if o.Drift != "" {
		f.Positions = []uint64{o.DriftEvery, 2 * o.DriftEvery, 3 * o.DriftEvery}
	}
	if o.Drift == "gra" || o.Drift == "gsg" {
		f.Positions = f.Positions[:2]
	}
	return f.Stream()
}

// New returns the generator of the catalogue of that name.
func New(name string, o Options) (Stream, error) {
	for _, e := range Catalogue {
		if e.Name == name {
			s, err := e.build(o)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return s, nil
		}
	}
	return nil, fmt.Errorf("%q is none of the generators %s", name, Names())
}

// Names are the names of the catalogue, with commas between them.
func Names() string {
	names := make([]string, 0, len(Catalogue))
	for _, e := range Catalogue {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}
