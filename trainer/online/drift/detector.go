package drift

import (
	"fmt"
	"math"
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Detector tells when a stream of numbers changes. After a drift, the next value
// is the first of a new stream to it. All detect what River's detectors of the
// same parameters detect, at the same values; KSWIN, which draws samples, as
// often.
type Detector interface {
	learner.State
	// Update takes a value and tells whether it makes a drift.
	Update(x float64) bool
	// Drift is what the last Update returned.
	Drift() bool
	// Warning tells that there may soon be a drift.
	Warning() bool
	// Reset forgets all values.
	Reset()
}

// description tells how to make the detectors of one name.
type description struct {
	parameters []parameter.Spec
	build      func(parameter.Values, random.Key) (Detector, error)
}

func describe(name string) (description, bool) {
	switch name {
	case "ADWIN":
		return description{adwinParameters, newADWIN}, true
	case "DDM":
		return description{ddmParameters, newDDM}, true
	case "EDDM":
		return description{eddmParameters, newEDDM}, true
	case "HDDMA":
		return description{hddmaParameters, newHDDMA}, true
	case "HDDMW":
		return description{hddmwParameters, newHDDMW}, true
	case "KSWIN":
		return description{kswinParameters, newKSWIN}, true
	case "PageHinkley":
		return description{pageHinkleyParameters, newPageHinkley}, true
	}
	return description{}, false
}

// Names are the names that New knows, sorted.
func Names() []string {
	return []string{"ADWIN", "DDM", "EDDM", "HDDMA", "HDDMW", "KSWIN", "PageHinkley"}
}

// Parameters are those of the detector of that name, or nil when there is none.
func Parameters(name string) []parameter.Spec {
	d, _ := describe(name)
	return slices.Clone(d.parameters)
}

// New returns the detector of that name by the values that parameter.Parse made
// of its Parameters. It fails when there is none, or when its values do not go
// together. The key is that of what is random about it.
func New(name string, values parameter.Values, key random.Key) (Detector, error) {
	d, ok := describe(name)
	if !ok {
		return nil, fmt.Errorf("drift detector %q: there are %v", name, Names())
	}
	for _, p := range d.parameters {
		if !values.Has(p.Name) {
			return nil, fmt.Errorf("drift detector %s: there is no value of %s; parameter.Parse makes all of them, defaults too, of its Parameters", name, p.Name)
		}
	}
	return d.build(values, key)
}

var adwinParameters = []parameter.Spec{
	{Name: "delta", Default: 0.002, Max: 1, MinOpen: true, MaxOpen: true, Doc: "Probability of seeing a change where there is none."},
	{Name: "clock", Type: parameter.Integer, Default: 32, Min: 1, Max: 1 << 20, Doc: "Values between two looks for a change."},
	{Name: "maxBuckets", Type: parameter.Integer, Default: 5, Min: 2, Max: maxBuckets, Doc: "Buckets of one size that are kept."},
	{Name: "minWindowLength", Type: parameter.Integer, Default: 5, Min: 1, Max: 1 << 20, Doc: "Least values on either side of a cut."},
	{Name: "gracePeriod", Type: parameter.Integer, Default: 10, Max: 1 << 30, Doc: "Values before the first look."},
}

func newADWIN(v parameter.Values, _ random.Key) (Detector, error) {
	a := NewADWIN(&Settings{
		Delta: v.Real("delta"), Clock: v.Int("clock"), MaxBuckets: v.Int("maxBuckets"),
		MinWindow: v.Int("minWindowLength"), Grace: v.Int("gracePeriod"),
	})
	return &a, nil
}

// signals are what a detector says.
type signals struct{ drift, warning bool }

// Drift implements Detector.
func (s *signals) Drift() bool { return s.drift }

// Warning implements Detector.
func (s *signals) Warning() bool { return s.warning }

func (s *signals) fields(c *flat.Codec) {
	c.Bool("drift", &s.drift)
	c.Bool("warning", &s.warning)
}

// mean is a running mean of n values.
type mean struct{ n, value float64 }

func (m *mean) update(x float64) {
	m.n++
	m.value += float64(1 / m.n * (x - m.value))
}

// numbersOf is a field of several numbers.
func numbersOf(c *flat.Codec, name string, numbers ...*float64) {
	values := make([]float64, len(numbers))
	for i, p := range numbers {
		values[i] = *p
	}
	c.Float64sOf(name, values)
	for i, p := range numbers {
		*p = values[i]
	}
}

// within tells whether all numbers are of at most that magnitude.
func within(limit float64, numbers ...float64) bool {
	for _, v := range numbers {
		if !(math.Abs(v) <= limit) {
			return false
		}
	}
	return true
}

// count tells whether n is a number of values.
func count(n float64) bool { return n >= 0 && n <= 1<<53 && n == math.Trunc(n) }

// unit brings x, which is an error or the rate of some, into [0, 1].
func unit(x float64) float64 { return min(max(x, 0), 1) }

func ratio(name, doc string, initial float64) parameter.Spec {
	return parameter.Spec{Name: name, Default: initial, Max: 1, MinOpen: true, MaxOpen: true, Doc: doc}
}

func values(name, doc string, initial, least float64) parameter.Spec {
	return parameter.Spec{Name: name, Type: parameter.Integer, Default: initial, Min: least, Max: 1 << 30, Doc: doc}
}
