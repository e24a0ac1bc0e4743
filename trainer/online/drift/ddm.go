package drift

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// DDM watches the rate of errors, of which each is 1 and each success 0 (Gama,
// Medas, Castillo and Rodrigues, "Learning with Drift Detection", 2004): the
// learner is expected to get better, and a rate some deviations above the lowest
// so far is a warning, then a drift.
type DDM struct {
	signals
	warmStart, warnAt, driftAt float64
	errors                     mean
	// rate and deviation are those whose sum is lowest, once the start is over.
	rate, deviation float64
}

var ddmParameters = []parameter.Spec{
	values("warmStart", "Values before the first detection.", 30, 1),
	{Name: "warningThreshold", Default: 2, Max: 100, Doc: "Deviations above the lowest rate that are a warning."},
	{Name: "driftThreshold", Default: 3, Max: 100, Doc: "Deviations above the lowest rate that are a drift."},
}

func newDDM(v parameter.Values, _ random.Key) (Detector, error) {
	return &DDM{warmStart: v.Real("warmStart"), warnAt: v.Real("warningThreshold"), driftAt: v.Real("driftThreshold")}, nil
}

// Reset implements Detector.
func (d *DDM) Reset() { *d = DDM{warmStart: d.warmStart, warnAt: d.warnAt, driftAt: d.driftAt} }

// Update implements Detector. Values outside [0, 1] count as the nearer end.
func (d *DDM) Update(x float64) bool {
	if d.drift {
		d.Reset()
	}
	if x != x {
		return false
	}
	d.errors.update(unit(x))
	p := d.errors.value
	deviation := math.Sqrt(max(float64(p*(1-p))/d.errors.n, 0))
	if d.errors.n <= d.warmStart {
		return false
	}
	sum := p + deviation
	if d.errors.n == d.warmStart+1 || sum <= d.rate+d.deviation {
		d.rate, d.deviation = p, deviation
	}
	d.drift = sum > d.rate+float64(d.driftAt*d.deviation)
	d.warning = !d.drift && sum > d.rate+float64(d.warnAt*d.deviation)
	return d.drift
}

// Fields implements flat.Stater.
func (d *DDM) Fields(c *flat.Codec) {
	d.fields(c)
	numbersOf(c, "values", &d.errors.n, &d.errors.value, &d.rate, &d.deviation)
	c.Require(count(d.errors.n) && within(2, d.errors.value, d.rate, d.deviation), "rates of errors")
}

// HeapBytes implements learner.State.
func (d *DDM) HeapBytes() int { return 64 }

// LogicalBytes implements learner.State.
func (d *DDM) LogicalBytes() int { return 64 }

// EDDM watches the distance between errors, of which each is 1 and everything
// else a success (Baena-García and others, "Early Drift Detection Method",
// 2006): it is for slow changes.
type EDDM struct {
	signals
	warmStart, warnAt, driftAt float64
	n, last, errors            float64
	distance                   mean
	// squares is the sum of the squared distances from the mean distance, most the
	// highest mean plus two deviations so far, or -1.
	squares, most float64
}

var eddmParameters = []parameter.Spec{
	values("warmStart", "Values, and then errors, before the first detection.", 30, 1),
	ratio("alpha", "Share of the longest distance below which there is a warning.", 0.95),
	ratio("beta", "Share of the longest distance below which there is a drift; at most alpha.", 0.9),
}

func newEDDM(v parameter.Values, _ random.Key) (Detector, error) {
	if beta := v.Real("beta"); beta > v.Real("alpha") {
		return nil, &parameter.Error{Owner: "EDDM", Parameter: "beta", Value: v.Texts()["beta"], Range: "(0, alpha]"}
	}
	d := &EDDM{warmStart: v.Real("warmStart"), warnAt: v.Real("alpha"), driftAt: v.Real("beta")}
	d.Reset()
	return d, nil
}

// Reset implements Detector.
func (d *EDDM) Reset() {
	*d = EDDM{warmStart: d.warmStart, warnAt: d.warnAt, driftAt: d.driftAt, most: -1}
}

// Update implements Detector.
func (d *EDDM) Update(x float64) bool {
	if d.drift {
		d.Reset()
	}
	if x != x {
		return false
	}
	d.n++
	if x != 1 {
		return false
	}
	d.errors++
	distance, old := d.n-d.last, d.distance.value
	d.distance.update(distance)
	d.squares += float64((distance - old) * (distance - d.distance.value))
	d.last = d.n
	if d.n > d.warmStart {
		d.judge()
	}
	return d.drift
}

func (d *EDDM) judge() {
	variance := 0.0
	if d.errors > 1 {
		variance = d.squares / (d.errors - 1)
	}
	length := d.distance.value + float64(2*math.Sqrt(variance))
	if length > d.most {
		d.most = length
		return
	}
	if d.errors <= d.warmStart {
		return
	}
	share := length / d.most
	if share < d.driftAt {
		d.drift = true
		return
	}
	d.warning = share < d.warnAt
}

// Fields implements flat.Stater.
func (d *EDDM) Fields(c *flat.Codec) {
	d.fields(c)
	numbersOf(c, "values", &d.n, &d.last, &d.errors, &d.distance.value, &d.squares, &d.most)
	c.Require(count(d.n) && count(d.last) && count(d.errors) && d.last <= d.n && d.squares >= 0 &&
		within(1e60, d.distance.value, d.squares, d.most) && (d.most > 0 || d.most == -1), "distances between errors")
	d.distance.n = d.errors
}

// HeapBytes implements learner.State.
func (d *EDDM) HeapBytes() int { return 96 }

// LogicalBytes implements learner.State.
func (d *EDDM) LogicalBytes() int { return 96 }
