package core_test

import (
	"encoding/json"
	"strings"
	"testing"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// rate are terms with a learning rate.
func rate(text string) history.Terms {
	return history.Terms{Parameters: map[string]string{"learningRate": text}, NumericsVersion: 1}
}

// plain learns records one by one with models that are made by hand, and shares nothing else with the trainer.
type plain struct {
	w     *world
	model *online.Model
}

func (w *world) plainWith(rate string) *plain {
	model, err := online.New(online.Config{
		Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": rate}, Features: online.NumericFeatures("a", "b"),
		Preprocessing: []online.Transform{{Type: "StandardScaler"}},
	})
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	return &plain{w, model}
}

// change goes on with another learning rate.
func (p *plain) change(rate string) {
	if err := p.model.SetParameters(map[string]string{"learningRate": rate}); err != nil {
		p.w.t.Fatalf("%v", err)
	}
}

func (p *plain) learn(partition int32, from, to int64) {
	for _, r := range p.w.records[partition] {
		var value struct{ A, B, Y float64 }
		if r.Offset < from || r.Offset >= to || json.Unmarshal(r.Value, &value) != nil {
			continue
		}
		p.model.PredictLearn([]float64{value.A, value.B}, value.Y, random.Position(partition, r.Offset))
	}
}

func (w *world) modelDigest() history.Digest {
	model, _, _ := w.shard.State()
	return history.Sum(model)
}

// Rule 1: what an Epoch says is in force from the first record of the next slice on, and not for one before, however the entries come.
func TestRule1EpochBetweenSlices(t *testing.T) {
	story := func(t *testing.T) *world {
		t.Helper()
		w := newWorld(t)
		w.cut(20, 10)
		w.change(rate("0.3"))
		w.cut(30, 20)
		w.change(rate("0.001"))
		return w
	}
	w := story(t)
	p := w.plainWith("0.05")
	p.learn(0, 2, 20)
	p.learn(1, 0, 10)
	p.change("0.3")
	p.learn(0, 20, 30)
	p.learn(1, 10, 20)
	p.change("0.001")
	want := history.Sum(p.model.AppendState(nil))
	for name, requests := range map[string][]int{"one request": {4}, "an entry each": {1, 2, 3, 4}, "an Epoch with what precedes it": {2, 4}, "with what follows it": {1, 3, 4}} {
		for _, crash := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := story(t)
				at := history.Position{}
				for _, last := range requests {
					reply := mustReply(t, w, w.train(at, last))
					if at = reply.Answer.Position; reply.Status != core.StatusDone || at.Entry != int64(last) {
						t.Fatalf("status %d at %s: %v", reply.Status, at, reply.Answer.Problem)
					}
					if crash {
						mustReply(t, w, w.flush(at))
						w.crash()
					}
				}
				if crash {
					mustReply(t, w, w.flush(at))
				}
				if got := w.modelDigest(); got != want {
					t.Errorf("the model is %s, that of records learned by hand %s", got, want)
				}
			})
		}
	}
}

// A checkpoint says by what terms it goes on: whoever restores it needs no entry before it.
func TestRule1CheckpointKnowsItsEpoch(t *testing.T) {
	w := newWorld(t)
	w.cut(20, 10)
	w.change(rate("0.3"))
	mustReply(t, w, w.train(at(0), 2))
	mustReply(t, w, w.flush(at(2)))
	c, err := history.DecodeCheckpoint(w.store[w.keys.Checkpoint(0, at(2))])
	if err != nil || c.Header.Epoch != 2 || c.Header.Terms == nil || !c.Header.Terms.Equal(rate("0.3")) {
		t.Fatalf("the checkpoint is of epoch %d with %v: %v", c.Header.Epoch, c.Header.Terms, err)
	}
	w.cut(40, 30)
	whole := newWorld(t)
	whole.entries = w.entries
	mustReply(t, whole, whole.train(at(0), 3))
	w.crash()
	if reply := mustReply(t, w, w.train(at(2), 3)); reply.Status != core.StatusDone || reply.Answer.Position != at(3) {
		t.Fatalf("status %d at %s: %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
	}
	if got, want := w.modelDigest(), whole.modelDigest(); got != want {
		t.Errorf("restored it becomes %s, undisturbed %s", got, want)
	}
	wrong := w.train(at(3), 3)
	wrong.Action, wrong.Entries, wrong.Epoch = history.ActionFlush, nil, 0
	if reply := mustReply(t, w, wrong); reply.Status != core.StatusStopped || reply.Answer.Problem.Reason != history.ReasonHistoryForked {
		t.Errorf("a request of another epoch: status %d, %v", reply.Status, reply.Answer.Problem)
	}
}

// slow is another arithmetic: it has one learning rate, a small one.
func slow() core.Arithmetic {
	parameters := map[string]string{"learningRate": "0.0001"}
	return core.Arithmetic{
		New: func(c online.Config) (*online.Model, error) {
			c.Parameters = parameters
			return online.New(c)
		},
		Adopt: func(m *online.Model, _ map[string]string) error { return m.SetParameters(parameters) },
	}
}

// Rule 1: an image that does not know the numerics version of an Epoch learns and saves what precedes it, names the version and the way
// out; one that does goes on from there.
func TestRule1EpochOfAnotherNumericsVersion(t *testing.T) {
	w := newWorld(t)
	w.cut(20, 10)
	terms := rate("0.05")
	terms.NumericsVersion = 2
	w.change(terms)
	w.cut(40, 30)
	reply := mustReply(t, w, w.train(at(0), 3))
	p := reply.Answer.Problem
	if reply.Status != core.StatusStopped || p == nil || p.Reason != history.ReasonImageIncompatible || !strings.Contains(p.Message, "Run an image that has version 2") {
		t.Fatalf("status %d: %v", reply.Status, p)
	}
	if reply.Answer.Position != at(1) || reply.Answer.Checkpoint == nil || reply.Answer.Checkpoint.Position != at(1) {
		t.Errorf("it stands at %s with checkpoint %+v; what precedes the Epoch is to be learned and saved", reply.Answer.Position, reply.Answer.Checkpoint)
	}
	w.crash()
	numerics := core.OwnNumerics()
	numerics[2] = slow()
	w.shard.SetNumerics(numerics)
	if reply := mustReply(t, w, w.train(at(1), 3)); reply.Status != core.StatusDone || reply.Answer.Position != at(3) {
		t.Fatalf("the newer image: status %d at %s: %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
	}
	plain := w.plainWith("0.05")
	plain.learn(0, 2, 20)
	plain.learn(1, 0, 10)
	plain.change("0.0001")
	plain.learn(0, 20, 40)
	plain.learn(1, 10, 30)
	if got, want := w.modelDigest(), history.Sum(plain.model.AppendState(nil)); got != want {
		t.Errorf("the model is %s, by hand %s", got, want)
	}
	mustReply(t, w, w.flush(at(3)))
	w.crash()
	back := mustReply(t, w, w.flush(at(3)))
	if p := back.Answer.Problem; back.Status != core.StatusStopped || p == nil || p.Reason != history.ReasonImageIncompatible {
		t.Errorf("the older image with the newer checkpoint: status %d, %v", back.Status, p)
	}
}

// An Epoch that changes what this image's learner cannot change loses nothing either.
func TestRule1EpochOfAFixedParameter(t *testing.T) {
	w := newWorld(t)
	w.cut(20, 10)
	w.change(history.Terms{Parameters: map[string]string{"optimizer": "FTRL"}, NumericsVersion: 1})
	reply := mustReply(t, w, w.train(at(0), 2))
	if p := reply.Answer.Problem; reply.Status != core.StatusStopped || p == nil || p.Reason != history.ReasonImageIncompatible || reply.Answer.Position != at(1) {
		t.Errorf("status %d at %s: %v", reply.Status, reply.Answer.Position, p)
	}
}

// Rules 1 and 9: behind a Rebase the epoch of its checkpoint is in force, whatever Epochs it voids.
func TestRule1EpochsAcrossARebase(t *testing.T) {
	for name, onto := range map[string]int64{"onto genesis": 0, "before the first Epoch": 1, "behind it": 2, "behind a slice of it": 3} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cut(20, 10)
			w.change(rate("0.3"))
			w.cut(25, 15)
			for last := range 3 {
				mustReply(t, w, w.train(at(int64(last)), last+1))
				mustReply(t, w, w.flush(at(int64(last)+1)))
			}
			w.change(rate("0.9"))
			mustReply(t, w, w.train(at(3), 4))
			w.rebase(at(onto), 27, 25)
			w.cut(40, 30)
			if reply := mustReply(t, w, w.train(at(4), 6)); reply.Status != core.StatusDone || reply.Answer.Position != at(6) {
				t.Fatalf("status %d at %s: %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
			}
			p := w.plainWith("0.05")
			if onto > 0 {
				p.learn(0, 2, 20)
				p.learn(1, 0, 10)
			}
			if onto > 1 {
				p.change("0.3")
			}
			if onto > 2 {
				p.learn(0, 20, 25)
				p.learn(1, 10, 15)
			}
			p.learn(0, 27, 40)
			p.learn(1, 25, 30)
			if got, want := w.modelDigest(), history.Sum(p.model.AppendState(nil)); got != want {
				t.Errorf("the model is %s, by hand %s", got, want)
			}
		})
	}
}
