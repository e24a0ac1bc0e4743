package online

import (
	"slices"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// Batch collects rows that are predicted and learned one after the other, but
// handed over together, which some learners turn into speed.
type Batch struct {
	width int
	x     []float64
	y     []float64
	at    []random.At
	// scores are what was predicted, so many of each row, or of a regression the
	// numbers themselves.
	scores []float64
	each   int
}

// NewBatch returns an empty batch of rows for m.
func (m *Model) NewBatch() *Batch {
	return &Batch{width: len(m.plan.config.Features), each: max(m.plan.classes, 1)}
}

// Next adds a row and returns its values to be filled in, before Set is called.
func (b *Batch) Next() []float64 {
	n := len(b.x)
	b.x = slices.Grow(b.x, b.width)[:n+b.width]
	return b.x[n : n+b.width : n+b.width]
}

// Set says what the row is that Next added last, as Model.Learn takes it.
func (b *Batch) Set(y float64, at random.At) {
	b.y = append(b.y, y)
	b.at = append(b.at, at)
	b.x = b.x[:len(b.y)*b.width]
}

// Drop takes away the row that Next added last.
func (b *Batch) Drop() { b.x = b.x[:len(b.y)*b.width] }

// Len is the number of rows that are set.
func (b *Batch) Len() int { return len(b.y) }

// Row is row i: its values and what it is.
func (b *Batch) Row(i int) (x []float64, y float64) {
	return b.x[i*b.width : (i+1)*b.width : (i+1)*b.width], b.y[i]
}

// prediction is what was predicted of row i.
func (b *Batch) prediction(i int, classifies bool) Prediction {
	scores := b.scores[i*b.each : (i+1)*b.each : (i+1)*b.each]
	if classifies {
		return Prediction{Class: best(scores), Scores: scores}
	}
	return Prediction{Class: -1, Value: scores[0]}
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() { b.x, b.y, b.at = b.x[:0], b.y[:0], b.at[:0] }

// batchBuffers are a model's room for batches.
type batchBuffers struct {
	predicted, learned []float64
	classes            []int
	targets            []float64
}

// Batched tells whether rows are learned faster together than one by one.
func (m *Model) Batched() bool {
	_, classifier := m.classifier.(learner.BatchClassifier)
	_, regressor := m.regressor.(learner.BatchRegressor)
	return classifier || regressor
}

// SetWorkers lets an ensemble's members learn on so many goroutines. What is
// learned does not depend on it.
func (m *Model) SetWorkers(n int) {
	m.workers = n
	if c, ok := m.classifier.(learner.Parallel); ok {
		c.SetWorkers(n)
	}
	if r, ok := m.regressor.(learner.Parallel); ok {
		r.SetWorkers(n)
	}
}

// Workers is what SetWorkers set, or 1.
func (m *Model) Workers() int { return max(m.workers, 1) }

// PredictLearnBatch does what PredictLearn on each row does, to the bit, and
// calls each with every row's prediction, in order, when all are done or as they
// are.
func (m *Model) PredictLearnBatch(b *Batch, each func(i int, p Prediction)) {
	if !m.Batched() {
		for i := range b.Len() {
			x, y := b.Row(i)
			each(i, m.PredictLearn(x, y, b.at[i]))
		}
		return
	}
	m.LearnBatch(b)
	for i := range b.Len() {
		each(i, m.Prediction(b, i))
	}
}

// LearnBatch is PredictLearnBatch of a model that is Batched, which leaves the
// predictions in the batch, for Prediction.
func (m *Model) LearnBatch(b *Batch) {
	classifier, _ := m.classifier.(learner.BatchClassifier)
	regressor, _ := m.regressor.(learner.BatchRegressor)
	switch {
	case b.Len() == 0:
	case classifier != nil:
		m.classifyBatch(classifier, b)
	case regressor != nil:
		m.regressBatch(regressor, b)
	default:
		panic("online: " + m.plan.config.Algorithm + " learns no batches")
	}
}

// Prediction is what LearnBatch predicted of row i of the batch. Its scores hold
// until the batch is learned again. It may be called while the model learns
// another batch.
func (m *Model) Prediction(b *Batch, i int) Prediction { return b.prediction(i, m.classifier != nil) }

func (m *Model) classifyBatch(c learner.BatchClassifier, b *Batch) {
	rows := m.transformBatch(b)
	m.batch.classes = m.batch.classes[:0]
	for _, y := range b.y {
		class := -1
		if _, ok := m.target(y); ok {
			class = int(y)
		}
		m.batch.classes = append(m.batch.classes, class)
	}
	b.scores = resized(b.scores, b.Len()*b.each)
	c.PredictLearnBatch(rows, m.batch.classes, b.scores)
}

func (m *Model) regressBatch(r learner.BatchRegressor, b *Batch) {
	rows := m.transformBatch(b)
	m.batch.targets = m.batch.targets[:0]
	for _, y := range b.y {
		y, _ = m.target(y)
		m.batch.targets = append(m.batch.targets, y)
	}
	b.scores = resized(b.scores, b.Len())
	r.PredictLearnBatch(rows, m.batch.targets, b.scores)
}

// transformBatch passes every row through the preprocessing, once as it is to be
// predicted and once as it is to be learned.
func (m *Model) transformBatch(b *Batch) learner.Rows {
	width := len(m.plan.schema)
	buffers := &m.batch
	buffers.predicted = resized(buffers.predicted, b.Len()*width)
	if !m.stateless {
		buffers.learned = resized(buffers.learned, b.Len()*width)
	}
	for i := range b.Len() {
		x, y := b.Row(i)
		x = m.bound(x)
		_, learns := m.target(y)
		if learns {
			m.rows++
		}
		if learns && m.pair != nil {
			m.pair.TransformPair(buffers.predicted[i*width:(i+1)*width], buffers.learned[i*width:(i+1)*width], x)
			continue
		}
		copy(buffers.predicted[i*width:], m.transform(x))
		if learns && !m.stateless {
			copy(buffers.learned[i*width:], m.learnTransform(x))
		}
	}
	rows := learner.Rows{Width: width, Predicted: buffers.predicted, Learned: buffers.predicted, At: b.at}
	if !m.stateless {
		rows.Learned = buffers.learned
	}
	return rows
}

// resized returns s with n values, which are not defined.
func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
