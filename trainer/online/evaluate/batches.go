package evaluate

import (
	"iter"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// batchRows is how many rows are handed over together.
const batchRows = 4096

// batches is one evaluation of a model that learns rows together.
type batches struct {
	model   *online.Model
	measure metric.Measure
	// learn hands a batch over to be learned.
	learn func(b *online.Batch)
	// spare are the batches that nobody has, handed those that were handed over and are not counted, the first first.
	spare, handed []*online.Batch
	// learned tells of the first of handed that it is learned: nil where all of them are at once.
	learned <-chan *online.Batch
}

// all goes through the rows, or returns early where the other goroutine failed, of which crew.Each tells.
func (s *batches) all(rows iter.Seq2[[]float64, float64]) {
	offset, b := int64(0), s.next()
	for x, y := range rows {
		copy(b.Next(), x)
		b.Set(y, random.Position(0, offset))
		offset++
		if b.Len() < batchRows {
			continue
		}
		s.hand(b)
		if b = s.next(); b == nil {
			return
		}
	}
	s.hand(b)
	for len(s.handed) > 0 && s.count() {
	}
}

func (s *batches) hand(b *online.Batch) {
	s.learn(b)
	s.handed = append(s.handed, b)
}

// next is an empty batch, or nil where none will be.
func (s *batches) next() *online.Batch {
	if len(s.spare) == 0 && !s.count() {
		return nil
	}
	last := len(s.spare) - 1
	b := s.spare[last]
	s.spare = s.spare[:last]
	return b
}

// count measures the predictions of the first batch that was handed over. It returns false where that will not be learned.
func (s *batches) count() bool {
	b := s.handed[0]
	s.handed = s.handed[1:]
	if s.learned != nil {
		if _, ok := <-s.learned; !ok {
			return false
		}
	}
	for i := range b.Len() {
		_, y := b.Row(i)
		s.measure.Update(outcome(y, s.model.Prediction(b, i)))
	}
	b.Reset()
	s.spare = append(s.spare, b)
	return true
}

// share is all with another goroutine that learns one batch while the rows of the next are read and the predictions of the one before are
// counted: several goroutines that learn then wait less for the one that does everything else.
func (s *batches) share(rows iter.Seq2[[]float64, float64]) {
	filled, learned := make(chan *online.Batch, len(s.spare)), make(chan *online.Batch, len(s.spare))
	s.learn, s.learned = func(b *online.Batch) { filled <- b }, learned
	crew.Each(2, 2, func(side int) {
		if side == 0 {
			defer close(filled)
			s.all(rows)
			return
		}
		defer close(learned)
		for b := range filled {
			s.model.LearnBatch(b)
			learned <- b
		}
	})
}
