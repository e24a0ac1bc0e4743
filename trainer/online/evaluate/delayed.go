package evaluate

import (
	"container/heap"
	"iter"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// Delay tells how many rows after a row it becomes known what the row is; below
// 0 counts as 0.
type Delay func(x []float64, y float64) int64

// After is the same delay for all rows.
func After(rows int64) Delay { return func([]float64, float64) int64 { return rows } }

// FromColumn is the delay that a feature holds, cut to a whole number; a row
// without it has none.
func FromColumn(feature int) Delay {
	return func(x []float64, _ float64) int64 {
		if v := x[feature]; v > 0 {
			return int64(min(v, 1<<50))
		}
		return 0
	}
}

// LearnDelayed predicts every row when it comes, and learns it when it becomes
// known what it is: before the first row that comes no earlier than the delay
// says, or after the last one. Rows that become known together are learned in the
// order in which they came. The measure counts the prediction that was made when
// the row came, as River's progressive validation does.
func LearnDelayed(m *online.Model, measure metric.Measure, rows iter.Seq2[[]float64, float64], delay Delay) {
	var q queue
	now := int64(0)
	for x, y := range rows {
		q.answer(m, measure, now)
		w := q.next()
		w.due, w.row = now+max(delay(x, y), 0), now
		w.x, w.y = append(w.x[:0], x...), y
		p := m.Predict(w.x)
		w.scores = append(w.scores[:0], p.Scores...)
		w.outcome = outcome(y, p)
		w.outcome.Scores = w.scores
		heap.Push(&q, w)
		now++
	}
	for q.Len() > 0 {
		q.answer(m, measure, q.waiting[0].due)
	}
}

// waiting is a row that was predicted, but is not known yet.
type waiting struct {
	due, row int64
	x        []float64
	y        float64
	scores   []float64
	outcome  metric.Outcome
}

// queue holds the rows that wait, the one that becomes known first at the top,
// and others of which the memory can be used again.
type queue struct {
	waiting []*waiting
	free    []*waiting
}

// answer learns all rows that are due.
func (q *queue) answer(m *online.Model, measure metric.Measure, now int64) {
	for q.Len() > 0 && q.waiting[0].due <= now {
		w, _ := heap.Pop(q).(*waiting)
		measure.Update(w.outcome)
		m.Learn(w.x, w.y, random.Position(0, w.row))
		q.free = append(q.free, w)
	}
}

func (q *queue) next() *waiting {
	n := len(q.free)
	if n == 0 {
		return &waiting{}
	}
	w := q.free[n-1]
	q.free = q.free[:n-1]
	return w
}

// Len implements heap.Interface.
func (q *queue) Len() int { return len(q.waiting) }

// Less implements heap.Interface.
func (q *queue) Less(i, j int) bool {
	a, b := q.waiting[i], q.waiting[j]
	return a.due < b.due || a.due == b.due && a.row < b.row
}

// Swap implements heap.Interface.
func (q *queue) Swap(i, j int) { q.waiting[i], q.waiting[j] = q.waiting[j], q.waiting[i] }

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	w, _ := x.(*waiting)
	q.waiting = append(q.waiting, w)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(q.waiting) - 1
	w := q.waiting[last]
	q.waiting = q.waiting[:last]
	return w
}
