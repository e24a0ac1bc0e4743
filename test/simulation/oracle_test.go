package simulation

import (
	"encoding/json"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// plain is a learner that takes records one by one as they stand in the topic. It shares nothing with the trainer but the library of
// learners: no history, no slices, no checkpoints, no decoder.
type plain struct {
	w       *world
	model   *online.Model
	row     []float64
	records int64
}

func (w *world) newPlain() *plain {
	model, err := online.New(online.Config{
		Algorithm: "LogisticRegression", Parameters: w.first.parameters(),
		Features: []online.Feature{{Name: "a"}, {Name: "b"}}, Preprocessing: []online.Transform{{Type: "StandardScaler"}},
	})
	if err != nil {
		w.fatalf("%v", err)
	}
	return &plain{w: w, model: model, row: make([]float64, 2)}
}

// learn takes the records of a partition from one offset up to another. What is no JSON is passed over.
func (p *plain) learn(partition int32, from, to int64) {
	for _, r := range p.w.records[partition] {
		var value struct{ A, B, Y float64 }
		if r.offset < from || r.offset >= to || json.Unmarshal(r.value, &value) != nil {
			continue
		}
		p.row[0], p.row[1] = value.A, value.B
		p.model.PredictLearn(p.row, value.Y, random.Position(partition, r.offset))
		p.records++
	}
}

// take learns a range, or goes on by other terms.
func (p *plain) take(r learnedRange) {
	if r.terms != nil {
		p.under(*r.terms)
	}
	p.learn(r.Partition, r.From, r.To)
}

func (p *plain) under(terms history.Terms) {
	if err := p.model.SetParameters(versions[terms.NumericsVersion](terms.Parameters)); err != nil {
		p.w.fatalf("%v", err)
	}
}

// checkPlain compares the newest checkpoint with what a plain learner makes of the topic: of one partition in its order, whatever slices
// were cut; of several, and between changes of what it learns by, in the order that the stored entries say.
func (w *world) checkPlain() {
	w.t.Helper()
	p := w.newPlain()
	if epochs, _ := w.epochs(); len(w.records) == 1 && w.age == 0 && epochs == 0 {
		p.learn(0, 0, w.stable[0])
	} else {
		for _, r := range w.effective() {
			p.take(r)
		}
	}
	c := w.saved()
	if got, want := history.Sum(c.Model), history.Sum(p.model.AppendState(nil)); got != want || c.Header.Records != p.records {
		w.fatalf("%d records gave the model %s; a plain learner of the topic, which took %d, has %s", c.Header.Records, got, p.records, want)
	}
}
