package ensemble

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// OneVsRest has one learner of two classes for each class, which tells the class
// from all others, as River's multiclass.OneVsRestClassifier: a class that has
// not been seen yet has no learner, so that the first row of a class is the
// first that its learner sees, and its score is 0. The scores are the learners'
// probabilities divided by their sum, or all the same where that is 0. What
// missing values mean is for the learners to say, and so is any cap on memory.
type OneVsRest struct {
	members []rest
	pair    []float64
	votes   []float64
	workers int
}

// rest tells one class from the others.
type rest struct {
	seen       bool
	classifier learner.Classifier
}

// NewOneVsRest returns learners that have learned nothing.
func NewOneVsRest(in learner.Input, base Maker) *OneVsRest {
	o := &OneVsRest{members: make([]rest, in.Classes), pair: make([]float64, 2)}
	for i := range o.members {
		o.members[i].classifier = base(learner.Input{Schema: in.Schema, Classes: 2, Key: in.Key.With(uint64(i))})
	}
	return o
}

// Predict implements learner.Classifier.
func (o *OneVsRest) Predict(x, scores []float64) {
	for i := range o.members {
		scores[i] = unseen
		if r := &o.members[i]; r.seen {
			r.classifier.Predict(x, o.pair)
			scores[i] = o.pair[1]
		}
	}
	settle(scores)
}

// Learn implements learner.Classifier.
func (o *OneVsRest) Learn(x []float64, class int, weight float64, at random.At) {
	o.members[class].seen = true
	for i := range o.members {
		if r := &o.members[i]; r.seen {
			r.classifier.Learn(x, r.side(i, class), weight, at)
		}
	}
}

// PredictLearn implements learner.Classifier.
func (o *OneVsRest) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	for i := range o.members {
		r := &o.members[i]
		switch {
		case r.seen:
			r.classifier.PredictLearn(x, o.pair, r.side(i, class), weight, at)
			scores[i] = o.pair[1]
		case i == class:
			r.seen = true
			r.classifier.Learn(x, 1, weight, at)
			scores[i] = unseen
		default:
			scores[i] = unseen
		}
	}
	settle(scores)
}

// side is what a row of a class is for the learner of class i.
func (r *rest) side(i, class int) int {
	if i == class {
		return 1
	}
	return 0
}

// unseen stands for the vote of a class without a learner.
const unseen = -1

// settle turns the learners' probabilities into scores.
func settle(scores []float64) {
	total, seen := 0.0, 0.0
	for _, s := range scores {
		if s != unseen {
			total += s
			seen++
		}
	}
	for i, s := range scores {
		switch {
		case s == unseen:
			scores[i] = 0
		case total > 0:
			scores[i] = s / total
		default:
			scores[i] = 1 / seen
		}
	}
}

// SetWorkers implements learner.Parallel.
func (o *OneVsRest) SetWorkers(n int) { o.workers = n }

// PredictLearnBatch implements learner.BatchClassifier.
func (o *OneVsRest) PredictLearnBatch(rows learner.Rows, classes []int, scores []float64) {
	for from := 0; from < len(classes); from += chunk {
		to := min(from+chunk, len(classes))
		o.learnPart(part(rows, from, to), classes[from:to], scores[from*len(o.members):to*len(o.members)])
	}
}

func (o *OneVsRest) learnPart(rows learner.Rows, classes []int, scores []float64) {
	n, k := len(classes), len(o.members)
	o.votes = sized(o.votes, n*k*2)
	crew.Each(o.workers, k, func(m int) {
		o.members[m].learnRows(m, &rows, classes, o.votes[m*n*2:(m+1)*n*2])
	})
	for i := range n {
		row := scores[i*k : (i+1)*k]
		for m := range row {
			row[m] = o.votes[(m*n+i)*2+1]
		}
		settle(row)
	}
}

// learnRows fills two votes for each row, of which the second is the class's.
func (r *rest) learnRows(own int, rows *learner.Rows, classes []int, votes []float64) {
	for i, class := range classes {
		vote := votes[2*i : 2*i+2]
		side := -1
		if class >= 0 {
			side = r.side(own, class)
		}
		if r.seen {
			step(r.classifier, rows, i, vote, side, 1)
			continue
		}
		if side == 1 {
			r.seen = true
			r.classifier.Learn(rows.Learned[i*rows.Width:(i+1)*rows.Width:(i+1)*rows.Width], 1, 1, rows.At[i])
		}
		vote[1] = unseen
	}
}

// Fields implements flat.Stater.
func (o *OneVsRest) Fields(c *flat.Codec) {
	for i := range o.members {
		c.Part("member", &o.members[i])
	}
}

// Fields implements flat.Stater.
func (r *rest) Fields(c *flat.Codec) {
	c.Bool("seen", &r.seen)
	c.Part("base", r.classifier)
}

// HeapBytes implements learner.State.
func (o *OneVsRest) HeapBytes() int {
	n := 32*len(o.members) + 8*cap(o.votes) + 128
	for i := range o.members {
		n += o.members[i].classifier.HeapBytes()
	}
	return n
}

// LogicalBytes implements learner.State.
func (o *OneVsRest) LogicalBytes() int {
	n := 0
	for i := range o.members {
		n += 1 + o.members[i].classifier.LogicalBytes()
	}
	return n
}
