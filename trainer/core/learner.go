package core

import (
	"fmt"
	"runtime/debug"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/input"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
)

// learner is the model with what feeds it and what measures it: the part of a shard that records change.
type learner struct {
	decoder decode.Decoder
	model   *online.Model
	metrics *metric.Classification
	row     []float64
	records int64
	input   input.Hash
}

// newLearner returns one that has seen nothing.
func newLearner(spec history.LearningSpec) (*learner, error) {
	decoder, err := decode.New(RecordFormat(spec.Format))
	if err != nil {
		return nil, err
	}
	model, err := online.New(ModelConfig(spec))
	if err != nil {
		return nil, err
	}
	return &learner{
		decoder: decoder, model: model, metrics: metric.NewClassification(model.Classes()),
		row: make([]float64, len(spec.Format.Features)),
	}, nil
}

// recordError says that the decoder refused a record; the learner stands before it.
type recordError struct{ cause error }

func (e *recordError) Error() string { return e.cause.Error() }

// crashError says that the code crashed on a record; the learner's state is lost.
type crashError struct {
	value any
	stack []byte
}

func (e *crashError) Error() string { return fmt.Sprint(e.value) }

// learn takes records in order, each predicted before it is learned, and returns how many it took. The error, *recordError or
// *crashError, concerns records[n].
func (l *learner) learn(partition int32, records []Record) (n int, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &crashError{value, debug.Stack()}
		}
	}()
	for n = range records {
		r := &records[n]
		label, bad := l.decoder.Decode(r.Value, l.row)
		if bad != nil {
			return n, &recordError{bad}
		}
		l.input = l.input.With(partition, r.Offset, r.UnixMillis, r.Key, r.Value)
		prediction := l.model.PredictLearn(l.row, label)
		l.metrics.Update(label, prediction.Class, prediction.Scores[label])
		l.records++
	}
	return len(records), nil
}
