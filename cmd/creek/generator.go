package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"creek.dev/creek/trainer/online/generator"
)

// changeOptions say where a generator changes to another concept.
type changeOptions struct {
	at, width uint64
	function  int
	seed      uint64
}

func (o *produceOptions) addGeneratorFlags(flags *pflag.FlagSet) {
	flags.Float64Var(&o.made.Noise, "noise", 0.1, "the share of labels, or of LED's segments, that are inverted")
	flags.Uint64Var(&o.made.DriftEvery, "drift-every", 0, "SEA and Friedman: records between two changes of the concept; 0 for none")
	flags.IntVar(&o.made.Function, "function", 1, "Agrawal and STAGGER: which function decides the class")
	flags.Float64Var(&o.made.Perturbation, "perturbation", 0, "Agrawal: by which share of its range a number is moved at most")
	flags.BoolVar(&o.made.Balance, "balance", false, "Agrawal and STAGGER: as many records of one class as of the other")
	flags.Float64Var(&o.made.Speed, "speed", 0, "Hyperplane and RandomRBF: how far a weight or a centre moves with each record")
	flags.IntVar(&o.made.Drifting, "drifting", 0, "Hyperplane, RandomRBF and LED: how many weights, centres or segments drift")
	flags.StringVar(&o.made.Drift, "drift", "", "Friedman: lea, gra or gsg")
	flags.Uint64Var(&o.change.at, "change-at", 0, "the record at which the generator changes to another concept; 0 for never")
	flags.Uint64Var(&o.change.width, "change-width", 0, "about how many records that change takes; 0 for one at once")
	flags.IntVar(&o.change.function, "change-function", 0, "the function after the change; 0 for the same")
	flags.Uint64Var(&o.change.seed, "change-seed", 0, "the seed after the change; 0 for the same")
}

// generators lists the generators, a line each.
func generators() string {
	var list strings.Builder
	for _, e := range generator.Catalogue {
		fmt.Fprintf(&list, "  %-11s %s\n", e.Name, e.Doc)
	}
	return strings.TrimSuffix(list.String(), "\n")
}

// stream is the generator that the flags describe.
func (o produceOptions) stream() (generator.Stream, error) {
	before := o.made
	before.Seed = o.seed
	from, err := generator.New(o.generator, before)
	if err != nil || o.change.at == 0 {
		return from, err
	}
	after := before
	if o.change.function != 0 {
		after.Function = o.change.function
	}
	if o.change.seed != 0 {
		after.Seed = o.change.seed
	}
	to, err := generator.New(o.generator, after)
	if err != nil {
		return nil, fmt.Errorf("after the change: %w", err)
	}
	return generator.Switch{Seed: o.seed, From: from, To: to, Position: o.change.at, Width: o.change.width}.Stream()
}
