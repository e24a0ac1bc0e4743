package forest

import (
	"slices"

	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// Regressor is a forest of regression trees of either kind, of adaptive random
// forest (Gomes and others 2018, with River's normalised errors) and streaming
// random patches (Gomes and others 2020). All its members are independent of
// each other. What missing values mean is for the trees to say. It is not safe
// for concurrent use.
//
// It differs from River in these: the features that a leaf observes are drawn
// when there is the leaf, not when it first learns; splits are chosen by another
// observer; leaves learn a row of weight k as k rows, but observe it once, where
// River's random forest makes one step of k times the size, and its patches learn
// it k times (each of the last two lowers the mean error over ten seeds on every
// data set of the tests); a weighted mean is a mean, which River's random forest
// divides by the number of trees once more; the windows of patches see absolute
// errors, and only growing ones replace a tree, where River's see predictions,
// whatever is asked for; patches' first subspaces are drawn, where River takes the
// first ones of a list.
type Regressor struct {
	members []*regressorMember
	// median tells that the forest predicts the median, and weighs that trees with
	// lower errors count more in the mean.
	median, weighs bool
	// votes and weights are room for what the members say of a row.
	votes, weights []float64
	// batch and batchWeights are the same for the rows of a batch, member by member.
	batch, batchWeights []float64
	workers             int
}

// Predict implements learner.Regressor.
func (f *Regressor) Predict(x []float64) float64 {
	for i, m := range f.members {
		f.votes[i] = m.predict(x)
		f.weights[i] = m.error()
	}
	return f.aggregate()
}

// Learn implements learner.Regressor.
func (f *Regressor) Learn(x []float64, y, weight float64, at random.At) {
	for _, m := range f.members {
		m.predictLearn(x, y, weight, at)
	}
}

// PredictLearn implements learner.Regressor.
func (f *Regressor) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	for i, m := range f.members {
		f.weights[i] = m.error()
		f.votes[i] = m.predictLearn(x, y, weight, at)
	}
	return f.aggregate()
}

// SetWorkers implements learner.Parallel.
func (f *Regressor) SetWorkers(n int) { f.workers = n }

// PredictLearnBatch implements learner.BatchRegressor.
func (f *Regressor) PredictLearnBatch(rows learner.Rows, y, predicted []float64) {
	for from := 0; from < len(y); from += chunk {
		to := min(from+chunk, len(y))
		part := learner.Rows{
			Width:     rows.Width,
			Predicted: rows.Predicted[from*rows.Width : to*rows.Width],
			Learned:   rows.Learned[from*rows.Width : to*rows.Width],
			At:        rows.At[from:to],
		}
		f.chunk(&part, y[from:to], predicted[from:to])
	}
}

func (f *Regressor) chunk(rows *learner.Rows, y, predicted []float64) {
	n := len(y)
	if cap(f.batch) < n*len(f.members) {
		f.batch, f.batchWeights = make([]float64, n*len(f.members)), make([]float64, n*len(f.members))
	}
	f.batch, f.batchWeights = f.batch[:n*len(f.members)], f.batchWeights[:n*len(f.members)]
	crew.Each(f.workers, len(f.members), func(i int) {
		f.members[i].learnRows(rows, y, f.batch[i*n:(i+1)*n], f.batchWeights[i*n:(i+1)*n])
	})
	for r := range predicted {
		for i := range f.members {
			f.votes[i], f.weights[i] = f.batch[i*n+r], f.batchWeights[i*n+r]
		}
		predicted[r] = f.aggregate()
	}
}

// learnRows fills what the member says of the rows, and its errors before them,
// and learns them, one after the other.
func (m *regressorMember) learnRows(rows *learner.Rows, y, votes, errors []float64) {
	width := rows.Width
	same := &rows.Predicted[0] == &rows.Learned[0]
	for i, target := range y {
		x := rows.Predicted[i*width : (i+1)*width : (i+1)*width]
		errors[i] = m.error()
		switch {
		case target != target:
			votes[i] = m.predict(x)
		case same:
			votes[i] = m.predictLearn(x, target, 1, rows.At[i])
		default:
			votes[i] = m.predict(x)
			m.predictLearn(rows.Learned[i*width:(i+1)*width:(i+1)*width], target, 1, rows.At[i])
		}
	}
}

// aggregate is what the forest says where the members say the votes, and have
// had the errors that weights are.
func (f *Regressor) aggregate() float64 {
	votes, n := f.votes, len(f.votes)
	if f.median {
		sort(votes)
		if n%2 == 1 {
			return votes[n/2]
		}
		return (votes[n/2-1] + votes[n/2]) / 2
	}
	sum, total := 0.0, 0.0
	if f.weighs {
		for _, w := range f.weights {
			total += w
		}
		// The higher the error, the less the tree counts.
		rest := 0.0
		for i, w := range f.weights {
			f.weights[i] = total - w
			rest += f.weights[i]
		}
		if rest > 0 {
			for i, v := range votes {
				sum += float64(v * (f.weights[i] / rest))
			}
			return sum
		}
	}
	for _, v := range votes {
		sum += v
	}
	return sum / float64(n)
}

// sort sorts a few numbers.
func sort(v []float64) {
	if len(v) > 32 {
		slices.Sort(v)
		return
	}
	for i := 1; i < len(v); i++ {
		x, j := v[i], i
		for ; j > 0 && v[j-1] > x; j-- {
			v[j] = v[j-1]
		}
		v[j] = x
	}
}

// Fields implements flat.Stater.
func (f *Regressor) Fields(c *flat.Codec) {
	for _, m := range f.members {
		c.Part("member", m)
	}
}

// HeapBytes implements learner.State.
func (f *Regressor) HeapBytes() int {
	n := forestBytes + 8*(cap(f.batch)+cap(f.batchWeights)+2*cap(f.votes))
	for _, m := range f.members {
		n += m.HeapBytes()
	}
	return n
}

// LogicalBytes implements learner.State.
func (f *Regressor) LogicalBytes() int {
	n := 0
	for _, m := range f.members {
		n += m.LogicalBytes()
	}
	return n
}
