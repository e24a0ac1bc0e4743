// Package arrival holds the processes by which records arrive at a stream: at a constant rate, as a Poisson process, or in bursts.
// A process is a pure function of its parameters and its seed.
package arrival

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// Process yields the gaps between one record and the next. It is not safe for concurrent use.
type Process interface {
	// Next returns how long after the previous record the next one arrives; never negative.
	Next() time.Duration
}

// streamNumber separates the random numbers of this package from others drawn with the same seed.
const streamNumber = 0x617272697661

func source(seed uint64) rand.Source { return rand.NewPCG(seed, streamNumber) }

// rounder turns seconds into whole nanoseconds and carries the rest over, so that rounding never shifts a rate.
type rounder struct{ rest float64 }

func (r *rounder) round(seconds float64) time.Duration {
	nanos := seconds*float64(time.Second) + r.rest
	if nanos >= math.MaxInt64 {
		r.rest = 0
		return math.MaxInt64
	}
	whole := math.Floor(nanos)
	r.rest = nanos - whole
	return time.Duration(whole)
}

type constant struct {
	rounder
	gap float64
}

func (c *constant) Next() time.Duration { return c.round(c.gap) }

// Constant spaces records evenly, rate of them a second.
func Constant(rate float64) (Process, error) {
	if err := positive("rate", rate); err != nil {
		return nil, err
	}
	return &constant{gap: 1 / rate}, nil
}

type poisson struct {
	rounder
	gap distuv.Exponential
}

func (p *poisson) Next() time.Duration { return p.round(p.gap.Rand()) }

// Poisson draws independent, exponentially distributed gaps whose mean is 1/rate seconds.
func Poisson(rate float64, seed uint64) (Process, error) {
	if err := positive("rate", rate); err != nil {
		return nil, err
	}
	return &poisson{gap: distuv.Exponential{Rate: rate, Src: source(seed)}}, nil
}

type onOff struct {
	rounder
	gap, on, off distuv.Exponential
	// left is what remains of the current on period, in seconds.
	left float64
}

// OnOff alternates between on periods, in which records arrive as a Poisson process of rate a second, and off periods in which none
// do. Both kinds last exponentially distributed times of the given means: an interrupted Poisson process, whose long-run rate is
// rate·on/(on+off). It begins with an on period.
func OnOff(rate float64, on, off time.Duration, seed uint64) (Process, error) {
	for name, value := range map[string]float64{"rate": rate, "on": on.Seconds(), "off": off.Seconds()} {
		if err := positive(name, value); err != nil {
			return nil, err
		}
	}
	src := source(seed)
	p := &onOff{
		gap: distuv.Exponential{Rate: rate, Src: src},
		on:  distuv.Exponential{Rate: 1 / on.Seconds(), Src: src},
		off: distuv.Exponential{Rate: 1 / off.Seconds(), Src: src},
	}
	p.left = p.on.Rand()
	return p, nil
}

// Next crosses as many off periods as fall before the next record. Cutting a gap at the end of an on period and going on after the
// pause with what remains of it keeps the process Poisson in on time, since exponential gaps have no memory.
func (p *onOff) Next() time.Duration {
	gap, pause := p.gap.Rand(), 0.0
	for rest := gap; ; {
		if rest <= p.left {
			p.left -= rest
			return p.round(gap + pause)
		}
		rest -= p.left
		pause += p.off.Rand()
		p.left = p.on.Rand()
	}
}

func positive(name string, value float64) error {
	if value > 0 && !math.IsInf(value, 1) {
		return nil
	}
	return fmt.Errorf("arrival %s is %v, want a positive number", name, value)
}
