package ensemble

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// BaggingParameters are the parameters of Bagging.
var BaggingParameters = []parameter.Spec{
	{Name: "members", Type: parameter.Integer, Default: 10, Min: 1, Max: 10000, Doc: "Number of base learners."},
	{
		Name: "lambda", Default: 1, Min: 0, Max: random.MaxPoissonRate, MinOpen: true,
		Doc: "Mean of the Poisson distribution from which each member's weight of a row is drawn.",
	},
	memoryCap,
}

// OneVsRestParameters are the parameters of OneVsRest.
var OneVsRestParameters = []parameter.Spec{memoryCap}

// memoryCap is heeded by who makes the bases.
var memoryCap = parameter.Spec{
	Name: "maxBytes", Type: parameter.Integer, Default: 0, Min: 0, Max: 1 << 40,
	Doc: "Memory of all members together, of which each has the same part as its maxBytes, unless its own is lower; 0 leaves each its own. Windows over errors are not in it. Only for bases that have maxBytes.",
}

// Bagging is online bagging (Oza and Russell, "Online Bagging and Boosting",
// 2001): every member learns each row with a weight from the Poisson
// distribution of rate λ, or does not where that is 0, and all members' scores
// are added. A weight of k is one step of the base with that weight, where River
// makes k steps: the same for learners that count, such as trees and Bayes, and
// k times as fast. What missing values mean is for the members to say, and so is
// the cap on memory, of which maxBytes gives each member the same part.
type Bagging struct {
	members []bagged
	poisson *random.Poisson
	vote    []float64
	votes   []float64
	workers int
}

type bagged struct {
	classifier learner.Classifier
	weights    random.Key
}

// NewBagging returns an ensemble of members that have learned nothing.
func NewBagging(in learner.Input, v parameter.Values, base Maker) *Bagging {
	from, to := in.Members.Range(v.Int("members"))
	b := &Bagging{
		members: make([]bagged, to-from),
		poisson: random.NewPoisson(v.Real("lambda")),
		vote:    make([]float64, in.Classes),
	}
	for i := range b.members {
		key := in.Key.With(uint64(from + i))
		b.members[i] = bagged{base(learner.Input{Schema: in.Schema, Classes: in.Classes, Key: key}), key.For(random.Weights)}
	}
	return b
}

// Predict implements learner.Classifier.
func (b *Bagging) Predict(x, scores []float64) {
	clear(scores)
	for i := range b.members {
		b.members[i].classifier.Predict(x, b.vote)
		add(scores, b.vote)
	}
	share(scores)
}

// Learn implements learner.Classifier.
func (b *Bagging) Learn(x []float64, class int, weight float64, at random.At) {
	for i := range b.members {
		m := &b.members[i]
		if k := b.poisson.Of(m.weights.Uint64(uint64(at))); k > 0 {
			m.classifier.Learn(x, class, float64(float64(k)*weight), at)
		}
	}
}

// PredictLearn implements learner.Classifier.
func (b *Bagging) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	clear(scores)
	for i := range b.members {
		m := &b.members[i]
		if k := b.poisson.Of(m.weights.Uint64(uint64(at))); k > 0 {
			m.classifier.PredictLearn(x, b.vote, class, float64(float64(k)*weight), at)
		} else {
			m.classifier.Predict(x, b.vote)
		}
		add(scores, b.vote)
	}
	share(scores)
}

// SetWorkers implements learner.Parallel.
func (b *Bagging) SetWorkers(n int) { b.workers = n }

// PredictLearnBatch implements learner.BatchClassifier.
func (b *Bagging) PredictLearnBatch(rows learner.Rows, classes []int, scores []float64) {
	k := len(b.vote)
	for from := 0; from < len(classes); from += chunk {
		to := min(from+chunk, len(classes))
		rows, classes := part(rows, from, to), classes[from:to]
		n := len(classes) * k
		b.votes = sized(b.votes, n*len(b.members))
		crew.Each(b.workers, len(b.members), func(m int) {
			b.learnRows(&b.members[m], &rows, classes, b.votes[m*n:(m+1)*n])
		})
		tally(b.votes, scores[from*k:to*k], k)
	}
}

func (b *Bagging) learnRows(m *bagged, rows *learner.Rows, classes []int, votes []float64) {
	k := len(b.vote)
	for i, class := range classes {
		weight := b.poisson.Of(m.weights.Uint64(uint64(rows.At[i])))
		step(m.classifier, rows, i, votes[i*k:(i+1)*k:(i+1)*k], class, float64(weight))
	}
}

// Fields implements flat.Stater.
func (b *Bagging) Fields(c *flat.Codec) {
	for i := range b.members {
		c.Part("member", b.members[i].classifier)
	}
}

// HeapBytes implements learner.State.
func (b *Bagging) HeapBytes() int {
	n := 24*len(b.members) + 8*cap(b.votes) + poissonBytes
	for i := range b.members {
		n += b.members[i].classifier.HeapBytes()
	}
	return n
}

// poissonBytes is what an ensemble has beside its members.
const poissonBytes = 1500

// LogicalBytes implements learner.State.
func (b *Bagging) LogicalBytes() int {
	n := 0
	for i := range b.members {
		n += b.members[i].classifier.LogicalBytes()
	}
	return n
}
