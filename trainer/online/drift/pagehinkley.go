package drift

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// PageHinkley adds up how far values are from their mean so far, with a factor
// by which the sum fades, and sees a drift when the sum is far from its lowest,
// or another far from its highest (Page, "Continuous Inspection Schemes", 1954).
type PageHinkley struct {
	signals
	least, delta, threshold, alpha float64
	up, down                       bool
	values                         mean
	rising, lowest                 float64
	falling, highest               float64
}

var pageHinkleyParameters = []parameter.Spec{
	values("minInstances", "Values before the first detection.", 30, 1),
	{Name: "delta", Default: 0.005, Max: learner.Limit, Doc: "Distance from the mean that is no change."},
	{Name: "threshold", Default: 50, Max: learner.Limit, Doc: "Sum of distances that is a change."},
	{Name: "alpha", Default: 1 - 0.0001, Max: 1, Doc: "Factor by which the sum fades with every value."},
	{Name: "mode", Type: parameter.Choice, Word: "both", Choices: []string{"up", "down", "both"}, Doc: "Direction of the changes that are seen."},
}

func newPageHinkley(v parameter.Values, _ random.Key) (Detector, error) {
	p := &PageHinkley{
		least: v.Real("minInstances"), delta: v.Real("delta"), threshold: v.Real("threshold"), alpha: v.Real("alpha"),
		up: v.Word("mode") != "down", down: v.Word("mode") != "up",
	}
	p.Reset()
	return p, nil
}

// Reset implements Detector.
func (p *PageHinkley) Reset() {
	p.signals, p.values, p.rising, p.falling, p.lowest, p.highest = signals{}, mean{}, 0, 0, 0, -1
}

// Update implements Detector. Magnitudes above learner.Limit count as
// learner.Limit.
func (p *PageHinkley) Update(x float64) bool {
	if p.drift {
		p.Reset()
	}
	if x != x {
		return false
	}
	x = min(max(x, -learner.Limit), learner.Limit)
	p.values.update(x)
	distance := x - p.values.value
	p.rising = float64(p.alpha*p.rising) + distance - p.delta
	p.falling = float64(p.alpha*p.falling) + distance + p.delta
	if p.rising < p.lowest || p.values.n == 1 {
		p.lowest = p.rising
	}
	p.highest = max(p.highest, p.falling)
	if p.values.n >= p.least {
		p.drift = p.up && p.rising-p.lowest > p.threshold || p.down && p.highest-p.falling > p.threshold
	}
	return p.drift
}

// Fields implements flat.Stater.
func (p *PageHinkley) Fields(c *flat.Codec) {
	p.fields(c)
	numbersOf(c, "values", &p.values.n, &p.values.value, &p.rising, &p.lowest, &p.falling, &p.highest)
	c.Require(count(p.values.n) && within(1e130, p.values.value, p.rising, p.lowest, p.falling, p.highest), "sums of distances")
}

// HeapBytes implements learner.State.
func (p *PageHinkley) HeapBytes() int { return 96 }

// LogicalBytes implements learner.State.
func (p *PageHinkley) LogicalBytes() int { return 96 }
