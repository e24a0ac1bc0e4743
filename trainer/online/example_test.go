package online_test

import (
	"bytes"
	"fmt"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/random"
)

// A model predicts each row before it learns it, as prequential evaluation
// demands.
func ExampleModel_PredictLearn() {
	stream := generator.SEA{Seed: 1}
	model, err := online.New(online.Config{
		Algorithm: "HoeffdingTree",
		Features:  online.NumericFeatures(stream.Features()...),
		Classes:   stream.Classes(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := make([]float64, 3)
	right := 0
	for i := range 20_000 {
		label := stream.Row(uint64(i), x)
		if model.PredictLearn(x, float64(label), random.Position(0, int64(i))).Class == label {
			right++
		}
	}
	fmt.Println(right > 18_000, model.Rows())
	// Output: true 20000
}

// A state tells by itself what it is: it can be loaded without its
// configuration, and inspected without its learner.
func ExampleLoad() {
	model, err := online.New(online.Config{Algorithm: "LogisticRegression", Features: online.NumericFeatures("a", "b")})
	if err != nil {
		fmt.Println(err)
		return
	}
	model.Learn([]float64{1, -1}, 1, random.Position(0, 0))

	var file bytes.Buffer
	if err := model.Write(&file); err != nil {
		fmt.Println(err)
		return
	}
	state := file.Bytes()
	loaded, err := online.Load(bytes.NewReader(state), int64(len(state)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.Config().Algorithm, loaded.Rows(), loaded.Digest() == model.Digest())

	_, _, _, err = online.Inspect(bytes.NewReader(state), int64(len(state)), func(f flat.Field) {
		if f.Path != "config" {
			fmt.Println(f.Path, f.Type, f.Count)
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// LogisticRegression 1 true
	// rows uint64 1
	// model/intercept float64 1
	// model/weights float64s 2
}

// Ensembles are fastest when rows come in batches; the results are the same.
func ExampleModel_PredictLearnBatch() {
	stream := generator.SEA{Seed: 1}
	model, err := online.New(online.Config{
		Algorithm:  "AdaptiveRandomForest",
		Parameters: map[string]string{"members": "5"},
		Features:   online.NumericFeatures(stream.Features()...),
		Classes:    stream.Classes(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	model.SetWorkers(2)
	batch := model.NewBatch()
	right := 0
	for i := range 10_000 {
		label := stream.Row(uint64(i), batch.Next())
		batch.Set(float64(label), random.Position(0, int64(i)))
		if batch.Len() < 250 {
			continue
		}
		model.PredictLearnBatch(batch, func(row int, p online.Prediction) {
			if _, y := batch.Row(row); float64(p.Class) == y {
				right++
			}
		})
		batch.Reset()
	}
	fmt.Println(right > 9_000)
	// Output: true
}

// Every learner is evaluated in the same way.
func ExampleNew() {
	stream := generator.SEA{Seed: 1}
	table := evaluate.NewTable(3)
	x := make([]float64, 3)
	for i := range uint64(5000) {
		label := stream.Row(i, x)
		table.Append(x, float64(label))
	}
	for _, algorithm := range []string{"GaussianNB", "HoeffdingTree", "LogisticRegression"} {
		model, err := online.New(online.Config{
			Algorithm:     algorithm,
			Preprocessing: []online.Transform{{Type: "StandardScaler"}},
			Features:      online.NumericFeatures(stream.Features()...),
			Classes:       stream.Classes(),
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		result := evaluate.Prequential(model, table.All())
		fmt.Println(algorithm, result.Metrics["accuracy"] > 0.9)
	}
	// Output:
	// GaussianNB true
	// HoeffdingTree true
	// LogisticRegression true
}
