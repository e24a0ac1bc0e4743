package random

import "creek.dev/creek/trainer/online/numeric"

// MaxPoissonRate bounds the rate of a Poisson.
const MaxPoissonRate = 64

// poissonSteps bounds the numbers that a Poisson gives. At the highest rate the
// chance of a greater one is below 1e-8.
const poissonSteps = 128

// Poisson turns a uniform 64-bit number into one of the Poisson distribution by
// the inverse of its distribution function: a table of where each number begins,
// and a guide to it by the highest eight bits, so that there is hardly ever more
// than one comparison.
type Poisson struct {
	// guide is the number that the least value with these highest bits gives.
	guide [256]uint8
	// begins tells, for each number, the least value that gives a greater one.
	begins [poissonSteps]uint64
}

// NewPoisson returns the distribution of a rate in (0, MaxPoissonRate].
func NewPoisson(rate float64) *Poisson {
	p := &Poisson{}
	share := numeric.Exp(-rate)
	sum := share
	for k := range p.begins {
		p.begins[k] = threshold(sum)
		share = float64(share*rate) / float64(k+1)
		sum += share
	}
	p.begins[poissonSteps-1] = 1<<64 - 1
	for i := range p.guide {
		p.guide[i] = uint8(p.step(uint64(i)<<56, 0))
	}
	return p
}

// threshold is the share of all 64-bit numbers.
func threshold(share float64) uint64 {
	if share >= 1-0x1p-53 {
		return 1<<64 - 1
	}
	return uint64(float64(share * 0x1p64))
}

// Of is the number that u stands for.
func (p *Poisson) Of(u uint64) int { return p.step(u, int(p.guide[u>>56])) }

func (p *Poisson) step(u uint64, k int) int {
	for k < poissonSteps-1 && u >= p.begins[k] {
		k++
	}
	return k
}
