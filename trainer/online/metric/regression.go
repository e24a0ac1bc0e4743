package metric

import (
	"errors"
	"math"
)

// Regression measures predicted numbers: mae and rmse, the mean absolute error
// and the root of the mean squared error, and r2, the share of the targets'
// variance that the predictions explain. They are River's. Targets and errors
// beyond 1e100 and 1e140 count as these.
type Regression struct {
	records uint64
	// weight is the sum of the weights, absolute and squared those of the errors.
	weight, absolute, squared float64
	// mean and deviations are the targets' mean and the sum of their squared
	// distances from it.
	mean, deviations float64
}

// Update implements Measure. It does not allocate.
func (r *Regression) Update(o Outcome) { r.add(o, 1) }

func (r *Regression) add(o Outcome, w float64) bool {
	d := o.Y - o.Value
	if d != d {
		return false
	}
	y, e := min(max(o.Y, -1e100), 1e100), min(math.Abs(d), 1e140)
	r.records++
	r.weight += w
	r.absolute += float64(w * e)
	r.squared += float64(float64(w*e) * e)
	old := r.mean
	r.mean += float64(w / r.weight * (y - old))
	r.deviations += float64(float64(w*(y-old)) * (y - r.mean))
	return true
}

func (r *Regression) scale(f float64) {
	for _, v := range []*float64{&r.weight, &r.absolute, &r.squared, &r.deviations} {
		*v = float64(*v * f)
	}
}

// Merge implements Measure. It fails when other is of another kind.
func (r *Regression) Merge(measure Measure) error {
	other, ok := measure.(*Regression)
	if !ok {
		return errors.New("merging other metrics into those of a regression")
	}
	if other.weight == 0 {
		return nil
	}
	weight, d := r.weight+other.weight, other.mean-r.mean
	r.deviations += other.deviations + float64(float64(d*d)*float64(r.weight/weight*other.weight))
	r.mean += float64(d * (other.weight / weight))
	r.weight = weight
	r.records += other.records
	r.absolute += other.absolute
	r.squared += other.squared
	return nil
}

// Records implements Measure.
func (r *Regression) Records() uint64 { return r.records }

// Values implements Measure. All are 0 while nothing has been counted, and r2
// while the targets do not differ.
func (r *Regression) Values() map[string]float64 {
	values := map[string]float64{"mae": over(r.absolute, r.weight), "rmse": math.Sqrt(over(r.squared, r.weight)), "r2": 0}
	if share := over(r.squared, r.deviations); r.records > 1 && r.deviations > 0 {
		values["r2"] = 1 - min(share, 1e300)
	}
	return values
}
