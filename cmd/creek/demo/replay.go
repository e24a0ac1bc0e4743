package demo

import (
	"context"
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// replayed is what one undisturbed process makes of the topic.
type replayed struct {
	digest   history.Digest
	accuracy float64
	records  int64
}

// replay reads the topic from its beginning to offset end and learns it in one go, without slices, checkpoints or a dispatcher.
func replay(ctx context.Context, connection stream.Connection, spec history.LearningSpec, end int64) (replayed, error) {
	model, err := online.New(core.ModelConfig(spec))
	if err != nil {
		return replayed{}, err
	}
	decoder, err := decode.New(core.RecordFormat(spec), online.NominalToken)
	if err != nil {
		return replayed{}, err
	}
	measured := metric.Must(metric.New(model.Task(), model.Classes()))
	row := make([]float64, len(spec.Format.Features))
	reader := stream.NewReader(connection)
	defer reader.Close()
	_, err = reader.Read(ctx, stream.Named(topic), 0, 0, end, func(batch []stream.Record) error {
		for _, record := range batch {
			label, err := decoder.Decode(record.Value, row)
			if err != nil {
				return fmt.Errorf("offset %d: %w", record.Offset, err)
			}
			predicted := model.PredictLearn(row, label, random.Position(0, record.Offset))
			measured.Update(metric.Outcome{Y: label, Class: predicted.Class, Value: predicted.Value, Scores: predicted.Scores})
		}
		return nil
	})
	return replayed{digest: model.Digest(), accuracy: measured.Values()["accuracy"], records: int64(measured.Records())}, err
}
