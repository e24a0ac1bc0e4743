package ensemble

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// RegressorMaker makes a member that has learned nothing.
type RegressorMaker func(learner.Input) learner.Regressor

// BaggingRegressor is online bagging (Oza and Russell 2001) of regressors: every
// member learns each row as often as the Poisson distribution of rate λ says, and
// the prediction is the mean of all members'. Unlike in Bagging, and as in River,
// a weight of k is k steps of the base: one step of k times the size, which is
// what a weight means to a model that descends a gradient, would overshoot. What
// missing values mean is for the members to say, and so is any cap on memory.
type BaggingRegressor struct {
	members []baggedRegressor
	poisson *random.Poisson
	votes   []float64
	workers int
}

type baggedRegressor struct {
	regressor learner.Regressor
	weights   random.Key
}

// NewBaggingRegressor returns an ensemble of members that have learned nothing.
func NewBaggingRegressor(in learner.Input, v parameter.Values, base RegressorMaker) *BaggingRegressor {
	from, to := in.Members.Range(v.Int("members"))
	b := &BaggingRegressor{members: make([]baggedRegressor, to-from), poisson: random.NewPoisson(v.Real("lambda"))}
	for i := range b.members {
		key := in.Key.With(uint64(from + i))
		b.members[i] = baggedRegressor{base(learner.Input{Schema: in.Schema, Key: key}), key.For(random.Weights)}
	}
	return b
}

// Predict implements learner.Regressor.
func (b *BaggingRegressor) Predict(x []float64) float64 {
	sum := 0.0
	for i := range b.members {
		sum += b.members[i].regressor.Predict(x)
	}
	return sum / float64(len(b.members))
}

// Learn implements learner.Regressor.
func (b *BaggingRegressor) Learn(x []float64, y, weight float64, at random.At) {
	for i := range b.members {
		b.learn(&b.members[i], x, y, weight, at)
	}
}

func (b *BaggingRegressor) learn(m *baggedRegressor, x []float64, y, weight float64, at random.At) {
	for range b.poisson.Of(m.weights.Uint64(uint64(at))) {
		m.regressor.Learn(x, y, weight, at)
	}
}

// PredictLearn implements learner.Regressor.
func (b *BaggingRegressor) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	sum := 0.0
	for i := range b.members {
		sum += b.predictLearn(&b.members[i], x, y, weight, at)
	}
	return sum / float64(len(b.members))
}

func (b *BaggingRegressor) predictLearn(m *baggedRegressor, x []float64, y, weight float64, at random.At) float64 {
	k := b.poisson.Of(m.weights.Uint64(uint64(at)))
	if k == 0 {
		return m.regressor.Predict(x)
	}
	p := m.regressor.PredictLearn(x, y, weight, at)
	for range k - 1 {
		m.regressor.Learn(x, y, weight, at)
	}
	return p
}

// SetWorkers implements learner.Parallel.
func (b *BaggingRegressor) SetWorkers(n int) { b.workers = n }

// PredictLearnBatch implements learner.BatchRegressor.
func (b *BaggingRegressor) PredictLearnBatch(rows learner.Rows, y, predicted []float64) {
	for from := 0; from < len(y); from += chunk {
		to := min(from+chunk, len(y))
		rows, y, predicted := part(rows, from, to), y[from:to], predicted[from:to]
		n := len(y)
		b.votes = sized(b.votes, n*len(b.members))
		crew.Each(b.workers, len(b.members), func(m int) {
			b.learnRows(&b.members[m], &rows, y, b.votes[m*n:(m+1)*n])
		})
		clear(predicted)
		for votes := b.votes; len(votes) > 0; votes = votes[n:] {
			add(predicted, votes[:n])
		}
		for i := range predicted {
			predicted[i] /= float64(len(b.members))
		}
	}
}

func (b *BaggingRegressor) learnRows(m *baggedRegressor, rows *learner.Rows, y, votes []float64) {
	width := rows.Width
	same := &rows.Predicted[0] == &rows.Learned[0]
	for i, target := range y {
		x := rows.Predicted[i*width : (i+1)*width : (i+1)*width]
		switch {
		case target != target:
			votes[i] = m.regressor.Predict(x)
		case same:
			votes[i] = b.predictLearn(m, x, target, 1, rows.At[i])
		default:
			votes[i] = m.regressor.Predict(x)
			b.learn(m, rows.Learned[i*width:(i+1)*width:(i+1)*width], target, 1, rows.At[i])
		}
	}
}

// Fields implements flat.Stater.
func (b *BaggingRegressor) Fields(c *flat.Codec) {
	for i := range b.members {
		c.Part("member", b.members[i].regressor)
	}
}

// HeapBytes implements learner.State.
func (b *BaggingRegressor) HeapBytes() int {
	n := 24*len(b.members) + 8*cap(b.votes) + poissonBytes
	for i := range b.members {
		n += b.members[i].regressor.HeapBytes()
	}
	return n
}

// LogicalBytes implements learner.State.
func (b *BaggingRegressor) LogicalBytes() int {
	n := 0
	for i := range b.members {
		n += b.members[i].regressor.LogicalBytes()
	}
	return n
}
