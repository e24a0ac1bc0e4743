package core

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/input"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// learner is the model with what feeds it and what measures it: the part of a shard that records change.
type learner struct {
	decoder decode.Decoder
	model   *online.Model
	metrics metric.Measure
	row     []float64
	records int64
	input   input.Hash
	// batch collects rows for a model that learns them faster together. Nothing is collected while the learner is careful, so that a
	// record on which it crashes is known by its offset.
	batch   *online.Batch
	careful bool
	// absent are the features that none of the records had which this learner looked at since it was made.
	absent []int
	looked int64
}

// lookedEnough is how many records must lack a feature before that is worth telling: single ones may.
const lookedEnough = 100

// newLearner returns one that has seen nothing.
func newLearner(arithmetic Arithmetic, spec history.LearningSpec) (*learner, error) {
	decoder, err := decode.New(RecordFormat(spec), online.NominalToken)
	if err != nil {
		return nil, err
	}
	model, err := arithmetic.New(ModelConfig(spec))
	if err != nil {
		return nil, err
	}
	l := &learner{
		decoder: decoder, model: model, metrics: metric.Must(metric.New(model.Task(), model.Classes())),
		row: make([]float64, len(spec.Format.Features)), absent: make([]int, len(spec.Format.Features)), batch: model.NewBatch(),
	}
	for i := range l.absent {
		l.absent[i] = i
	}
	return l, nil
}

// look notes which features the present row has.
func (l *learner) look() {
	l.looked++
	l.absent = slices.DeleteFunc(l.absent, func(feature int) bool { return !math.IsNaN(l.row[feature]) })
}

// missing names the features that no record had, once enough were looked at.
func (l *learner) missing() []string {
	if l.looked < lookedEnough {
		return nil
	}
	var names []string
	for _, feature := range l.absent {
		names = append(names, l.model.Config().Features[feature].Name)
	}
	return names
}

// recordError says that the decoder refused a record; the learner stands before it.
type recordError struct{ cause error }

func (e *recordError) Error() string { return e.cause.Error() }

// crashError says that the code crashed on a record, or on one of those up to it; the learner's state is lost.
type crashError struct {
	value any
	stack []byte
}

// batchRecords bounds the rows that are learned together.
const batchRecords = 1024

func (e *crashError) Error() string { return fmt.Sprint(e.value) }

// together tells whether records are learned many at a time.
func (l *learner) together() bool { return l.model.Batched() && !l.careful }

// learn takes records in order, each predicted before it is learned, and returns how many it took. The error, *recordError or
// *crashError, concerns records[n].
func (l *learner) learn(partition int32, records []Record) (n int, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = crashed(value)
		}
	}()
	together := l.together()
	for n = range records {
		r := &records[n]
		y, bad := l.decoder.Decode(r.Value, l.row)
		if bad != nil {
			l.learnBatch()
			return n, &recordError{bad}
		}
		if len(l.absent) > 0 {
			l.look()
		}
		l.input = l.input.With(partition, r.Offset, r.UnixMillis, r.Key, r.Value)
		l.records++
		at := random.Position(partition, r.Offset)
		if !together {
			l.count(y, l.model.PredictLearn(l.row, y, at))
			continue
		}
		copy(l.batch.Next(), l.row)
		l.batch.Set(y, at)
		if l.batch.Len() == batchRecords {
			l.learnBatch()
		}
	}
	l.learnBatch()
	return len(records), nil
}

// crashed is what a panic of that value means, which may come from a goroutine that has its own stack.
func crashed(value any) *crashError {
	if p, ok := value.(*crew.PanicError); ok {
		return &crashError{p.Value, p.Stack}
	}
	return &crashError{value, debug.Stack()}
}

// learnBatch learns what was collected.
func (l *learner) learnBatch() {
	l.model.PredictLearnBatch(l.batch, func(i int, p online.Prediction) {
		_, y := l.batch.Row(i)
		l.count(y, p)
	})
	l.batch.Reset()
}

// count measures a prediction.
func (l *learner) count(y float64, p online.Prediction) {
	l.metrics.Update(metric.Outcome{Y: y, Class: p.Class, Value: p.Value, Scores: p.Scores})
}
