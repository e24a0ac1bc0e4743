package replay

import (
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/input"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// learner learns records one by one.
type learner struct {
	decoder decode.Decoder
	model   *online.Model
	metrics metric.Measure
	row     []float64
	records int64
	input   input.Hash
	// letters are the dead letters, earlier how many there were before the replay began.
	letters []Letter
	earlier int64
}

func newLearner(spec history.LearningSpec) (*learner, error) {
	decoder, err := decode.New(recordFormat(spec), online.NominalToken)
	if err != nil {
		return nil, err
	}
	model, err := online.New(modelConfig(spec))
	if err != nil {
		return nil, err
	}
	metrics, err := metric.New(model.Task(), model.Classes())
	if err != nil {
		return nil, err
	}
	return &learner{decoder: decoder, model: model, metrics: metrics, row: make([]float64, len(spec.Format.Features))}, nil
}

// learn takes records of a partition in order. One that cannot be read is a dead letter.
func (l *learner) learn(partition int32, records []stream.Record) {
	for i := range records {
		r := &records[i]
		l.input = l.input.With(partition, r.Offset, r.UnixMillis, r.Key, r.Value)
		y, err := l.decoder.Decode(r.Value, l.row)
		if err != nil {
			l.letters = append(l.letters, Letter{Partition: partition, Offset: r.Offset, Reason: err.Error()})
			continue
		}
		p := l.model.PredictLearn(l.row, y, random.Position(partition, r.Offset))
		l.metrics.Update(metric.Outcome{Y: y, Class: p.Class, Value: p.Value, Scores: p.Scores})
		l.records++
	}
}

func (l *learner) state() State {
	return State{
		Records: l.records, DeadLetters: l.earlier + int64(len(l.letters)), Input: l.input.String(), Model: l.model.Digest(),
		Metrics: history.Sum(flat.Append(nil, l.metrics)),
	}
}

// restore goes on from a checkpoint.
func (l *learner) restore(c history.Checkpoint) error {
	if err := l.model.RestoreState(c.Model); err != nil {
		return fmt.Errorf("restore its model: %w", err)
	}
	consumed, err := input.Parse(c.Header.Input)
	if err != nil {
		return err
	}
	if err := metric.Restore(c.Metrics, l.metrics); err != nil {
		return fmt.Errorf("restore its metrics: %w", err)
	}
	l.input, l.records, l.earlier = consumed, c.Header.Records, c.Header.DeadLetters
	return nil
}

// made tells whether the dead letters that wait in a checkpoint are those of the replay with the same numbers.
func (l *learner) made(waiting history.DeadLetters) bool {
	for _, d := range waiting {
		i := d.Number - 1 - l.earlier
		if i < 0 {
			continue
		}
		if i >= int64(len(l.letters)) || l.letters[i] != (Letter{Partition: d.Partition, Offset: d.Offset, Reason: d.Reason}) {
			return false
		}
	}
	return true
}
