// Package forest holds ensembles of Hoeffding trees that replace a tree when it
// gets worse.
package forest

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// Classifier is a forest of either kind, of adaptive random forest and streaming
// random patches. All its members are independent of each other.
type Classifier struct {
	members []*member
	classes int
	vote    []float64
	votes   []float64
	workers int
}

// Predict implements learner.Classifier.
func (f *Classifier) Predict(x, scores []float64) {
	clear(scores)
	for _, m := range f.members {
		m.predict(x, f.vote)
		add(scores, f.vote)
	}
	share(scores)
}

// Learn implements learner.Classifier.
func (f *Classifier) Learn(x []float64, class int, weight float64, at random.At) {
	for _, m := range f.members {
		m.predictLearn(x, f.vote, class, weight, at)
	}
}

// PredictLearn implements learner.Classifier.
func (f *Classifier) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	clear(scores)
	for _, m := range f.members {
		m.predictLearn(x, f.vote, class, weight, at)
		add(scores, f.vote)
	}
	share(scores)
}

// SetWorkers implements learner.Parallel.
func (f *Classifier) SetWorkers(n int) { f.workers = n }

// chunk is how many rows a member takes before the next one does: few enough to
// stay in the cache, and enough for the member's tree to come into it.
const chunk = 1024

// sharedChunk is how many rows several goroutines take before they wait for each other: to wake one up takes as long as some dozens of rows.
// Their members take turns after every quantum, so that the rows they are at stay in the caches all the same.
const sharedChunk = 4 * chunk

// PredictLearnBatch implements learner.BatchClassifier.
func (f *Classifier) PredictLearnBatch(rows learner.Rows, classes []int, scores []float64) {
	size := chunk
	if f.workers > 1 {
		size = sharedChunk
	}
	for from := 0; from < len(classes); from += size {
		to := min(from+size, len(classes))
		part := learner.Rows{
			Width:     rows.Width,
			Predicted: rows.Predicted[from*rows.Width : to*rows.Width],
			Learned:   rows.Learned[from*rows.Width : to*rows.Width],
			At:        rows.At[from:to],
		}
		f.chunk(&part, classes[from:to], scores[from*f.classes:to*f.classes])
	}
}

func (f *Classifier) chunk(rows *learner.Rows, classes []int, scores []float64) {
	n := len(scores)
	if cap(f.votes) < n*len(f.members) {
		f.votes = make([]float64, n*len(f.members))
	}
	for _, m := range f.members {
		m.next = 0
	}
	crew.Rounds(f.workers, len(f.members), func(i int) bool {
		return f.members[i].learnRows(rows, classes, f.votes[i*n:(i+1)*n])
	})
	clear(scores)
	for i := range f.members {
		add(scores, f.votes[i*n:(i+1)*n])
	}
	for ; len(scores) > 0; scores = scores[f.classes:] {
		share(scores[:f.classes])
	}
}

// quantum is how many rows a member takes before others get their turn on several
// goroutines.
const quantum = chunk / 2

// learnRows fills the member's votes on the next of the rows and learns them, one
// after the other. It tells whether there are more.
func (m *member) learnRows(rows *learner.Rows, classes []int, votes []float64) (more bool) {
	width, k := rows.Width, m.input.Classes
	same := &rows.Predicted[0] == &rows.Learned[0]
	end := min(m.next+quantum, len(classes))
	for i := m.next; i < end; i++ {
		class := classes[i]
		vote := votes[i*k : (i+1)*k : (i+1)*k]
		x := rows.Predicted[i*width : (i+1)*width : (i+1)*width]
		switch {
		case class < 0:
			m.predict(x, vote)
		case same:
			m.predictLearn(x, vote, class, 1, rows.At[i])
		default:
			m.predict(x, vote)
			m.predictLearn(rows.Learned[i*width:(i+1)*width:(i+1)*width], m.apart, class, 1, rows.At[i])
		}
	}
	m.next = end
	return end < len(classes)
}

// add adds votes to scores.
func add(scores, votes []float64) {
	for i, v := range votes[:len(scores)] {
		scores[i] += v
	}
}

// share makes scores sum to 1, or leaves them all 0.
func share(scores []float64) {
	total := 0.0
	for _, s := range scores {
		total += s
	}
	if total <= 0 {
		return
	}
	for i := range scores {
		scores[i] /= total
	}
}

// Fields implements flat.Stater.
func (f *Classifier) Fields(c *flat.Codec) {
	for _, m := range f.members {
		c.Part("member", m)
	}
}

// HeapBytes implements learner.State.
func (f *Classifier) HeapBytes() int {
	n := forestBytes + 8*cap(f.votes)
	for _, m := range f.members {
		n += m.HeapBytes()
	}
	return n
}

// forestBytes is what a forest has beside its members: the table of weights.
const forestBytes = 1800

// LogicalBytes implements learner.State.
func (f *Classifier) LogicalBytes() int {
	n := 0
	for _, m := range f.members {
		n += m.LogicalBytes()
	}
	return n
}
