package metric

import "errors"

// Anomaly measures the scores of a detector: meanScore over all rows, and rocAuc
// over those that are known to be usual or unusual.
type Anomaly struct {
	records uint64
	// weight is the sum of the weights, and scores that of the scores.
	weight, scores float64
	// bins are empty until the first row that is known.
	bins []float64
}

// Update implements Measure. It allocates at most once. An outcome counts even
// if its truth is not known; scores outside [0, 1] count as the nearer end.
func (a *Anomaly) Update(o Outcome) { a.add(o, 1) }

func (a *Anomaly) add(o Outcome, w float64) bool {
	if o.Value != o.Value {
		return false
	}
	score := min(max(o.Value, 0), 1)
	a.records++
	a.weight += w
	a.scores += float64(w * score)
	if o.Y != 0 && o.Y != 1 {
		return true
	}
	if len(a.bins) == 0 {
		a.bins = make([]float64, 2*rocBins)
	}
	a.bins[2*rocBin(score)+int(o.Y)] += w
	return true
}

func (a *Anomaly) scale(f float64) {
	a.weight, a.scores = float64(a.weight*f), float64(a.scores*f)
	scaleAll(a.bins, f)
}

func scaleAll(values []float64, f float64) {
	for i, v := range values {
		values[i] = float64(v * f)
	}
}

// Merge implements Measure. It fails when other is of another kind.
func (a *Anomaly) Merge(measure Measure) error {
	other, ok := measure.(*Anomaly)
	if !ok {
		return errors.New("merging other metrics into those of a detector")
	}
	a.records += other.records
	a.weight += other.weight
	a.scores += other.scores
	a.bins = added(a.bins, other.bins)
	return nil
}

// Records implements Measure.
func (a *Anomaly) Records() uint64 { return a.records }

// Values implements Measure. meanScore is 0 while nothing has been counted;
// rocAuc is absent until usual and unusual rows were.
func (a *Anomaly) Values() map[string]float64 {
	values := map[string]float64{"meanScore": over(a.scores, a.weight)}
	if area, ok := rocArea(a.bins); ok {
		values["rocAuc"] = area
	}
	return values
}
