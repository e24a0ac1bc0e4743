package metric

import (
	"errors"
	"fmt"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/numeric"
)

// Fading measures all outcomes with weights: each counts factor times as much as
// the one after it.
type Fading struct {
	growth  float64
	measure weighted
	// weight is that of the next outcome. It grows, which is the same as that of
	// all others fading, until all are scaled down together.
	weight float64
}

// weighted are sums of weighted outcomes.
type weighted interface {
	Measure
	add(o Outcome, w float64) bool
	scale(f float64)
}

// NewFading returns an empty measure of a task, as New has it, that fades by a
// factor in (0, 1]; another factor is an error.
func NewFading(task string, classes int, factor float64) (*Fading, error) {
	if err := check(task, classes); err != nil {
		return nil, err
	}
	if !(factor > 0 && factor <= 1) {
		return nil, fmt.Errorf("metric: the factor %g is outside (0, 1]", factor)
	}
	f := &Fading{growth: 1 / factor, weight: 1}
	switch task {
	case regression:
		f.measure = &Regression{}
	case anomaly:
		f.measure = &Anomaly{}
	default:
		f.measure = &faded{classes: classes, counts: make([]float64, classes*classes)}
	}
	return f, nil
}

// heaviest is the weight at which all are scaled down.
const heaviest = 1e9

// Update implements Measure.
func (f *Fading) Update(o Outcome) {
	if !f.measure.add(o, f.weight) {
		return
	}
	f.weight = float64(f.weight * f.growth)
	if f.weight > heaviest {
		f.measure.scale(1 / f.weight)
		f.weight = 1
	}
}

// Records implements Measure: outcomes count in full.
func (f *Fading) Records() uint64 { return f.measure.Records() }

// Values implements Measure.
func (f *Fading) Values() map[string]float64 { return f.measure.Values() }

// Merge implements Measure: the newest outcomes of both count the same. It fails
// when other is of another kind or factor.
func (f *Fading) Merge(measure Measure) error {
	other, ok := measure.(*Fading)
	if !ok || other.growth != f.growth {
		return errors.New("merging other metrics into those that fade")
	}
	f.measure.scale(other.weight / f.weight)
	f.weight = other.weight
	return f.measure.Merge(other.measure)
}

// Fields implements flat.Stater.
func (f *Fading) Fields(c *flat.Codec) {
	c.Float64("weight", &f.weight)
	c.Require(f.weight > 0 && f.weight <= heaviest, "a weight as it can become")
	c.Part("measure", f.measure)
}

// faded is Classification with weights.
type faded struct {
	classes                int
	records                uint64
	counts                 []float64
	loss, squares, repeats float64
	last                   int
	bins                   []float64
}

func (f *faded) add(o Outcome, w float64) bool {
	label, ok := counted(o, f.classes)
	if !ok {
		return false
	}
	f.records++
	f.counts[label*f.classes+o.Class] += w
	f.loss -= float64(w * numeric.Log(max(min(o.Scores[label], 1-smallest), least(label, f.classes))))
	f.squares += float64(w * distance(o.Scores, label))
	if label == f.last {
		f.repeats += w
	}
	f.last = label
	if f.classes == 2 {
		if len(f.bins) == 0 {
			f.bins = make([]float64, 2*rocBins)
		}
		f.bins[2*rocBin(o.Scores[1])+label] += w
	}
	return true
}

func (f *faded) scale(by float64) {
	scaleAll(f.counts, by)
	scaleAll(f.bins, by)
	f.loss, f.squares, f.repeats = float64(f.loss*by), float64(f.squares*by), float64(f.repeats*by)
}

// Update implements Measure.
func (f *faded) Update(o Outcome) { f.add(o, 1) }

// Records implements Measure.
func (f *faded) Records() uint64 { return f.records }

// Values implements Measure.
func (f *faded) Values() map[string]float64 {
	t := tally{
		classes: f.classes, counts: f.counts,
		loss: f.loss, squares: f.squares, repeats: f.repeats,
	}
	t.area, t.ranked = rocArea(f.bins)
	return t.values()
}

// Merge implements Measure.
func (f *faded) Merge(measure Measure) error {
	other, ok := measure.(*faded)
	if !ok || other.classes != f.classes {
		return errors.New("merging other metrics into those that fade")
	}
	for i, n := range other.counts {
		f.counts[i] += n
	}
	f.records += other.records
	f.loss += other.loss
	f.squares += other.squares
	f.repeats += other.repeats
	if other.records > 0 {
		f.last = other.last
	}
	f.bins = added(f.bins, other.bins)
	return nil
}

// Fields implements flat.Stater.
func (f *faded) Fields(c *flat.Codec) {
	c.Uint64("records", &f.records)
	c.Float64sOf("counts", f.counts)
	sums := []float64{f.loss, f.squares, f.repeats}
	c.Float64sOf("sums", sums)
	f.loss, f.squares, f.repeats = sums[0], sums[1], sums[2]
	c.Int("last", &f.last, max(f.classes-1, 0))
	c.Float64s("bins", &f.bins)
	c.Require(sumsFit(sums...) && sumsFit(f.counts...) && sumsFit(f.bins...) && binsFit(len(f.bins)), "sums as they can become")
}
