//go:build e2e

package e2e

import (
	"encoding/hex"
	"testing"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/random"
)

// reference is the undisturbed single process that every training is compared with.
type reference struct {
	model   *online.Model
	row     []float64
	correct int
	records int
}

func newReference(t *testing.T, ckt *v1alpha1.CreekTraining) *reference {
	t.Helper()
	config := online.Config{
		Algorithm: string(ckt.Spec.Model.Algorithm), Task: string(ckt.Spec.Model.Task), Seed: uint64(ckt.Spec.Model.Seed),
		Parameters: map[string]string{}, Classes: ckt.Spec.Source.Format.Classes,
	}
	for name, value := range ckt.Spec.Model.Parameters {
		config.Parameters[name] = string(value)
	}
	for _, step := range ckt.Spec.Model.Preprocessing {
		config.Preprocessing = append(config.Preprocessing, online.Transform{Type: string(step.Type), Parameters: step.Parameters})
	}
	for _, feature := range ckt.Spec.Source.Format.Features {
		config.Features = append(config.Features, online.Feature{Name: feature.Name, Type: string(feature.Type)})
	}
	model, err := online.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &reference{model: model, row: make([]float64, len(config.Features))}
}

// learn takes record i of a stream.
func (r *reference) learn(from generator.Stream, i uint64) {
	label := from.Row(i, r.row)
	if r.model.PredictLearn(r.row, float64(label), random.Position(0, int64(i))).Class == label {
		r.correct++
	}
	r.records++
}

// learnRange takes records first to first+count-1 in order.
func (r *reference) learnRange(from generator.Stream, first, count uint64) *reference {
	for i := first; i < first+count; i++ {
		r.learn(from, i)
	}
	return r
}

// tune gives the model other parameters for what it learns from here on.
func (r *reference) tune(t *testing.T, parameters map[string]string) *reference {
	t.Helper()
	if err := r.model.SetParameters(parameters); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reference) digest() string {
	sum := r.model.Digest()
	return hex.EncodeToString(sum[:])
}

func (r *reference) accuracy() float64 { return float64(r.correct) / float64(r.records) }

// store opens the cluster's Redis.
func store(t *testing.T) state.Store {
	t.Helper()
	settings := state.Settings{Type: "Redis", RedisAddress: *redisAddress, RedisPasswordFile: *secrets + "/redis.password"}
	config, err := settings.Load()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := state.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// entries reads the whole history of a training, oldest entry first.
func entries(t *testing.T, ckt *v1alpha1.CreekTraining) []history.Entry {
	t.Helper()
	keys := history.Keys{
		Lineage:     history.Lineage{Namespace: ckt.Namespace, Name: ckt.Name, Number: ckt.Status.Model.Lineage},
		Incarnation: ckt.Status.Model.Incarnation,
	}
	from := store(t)
	newest, err := from.List(t.Context(), keys.HistoryPrefix(), "", 1)
	if err != nil || len(newest) == 0 {
		t.Fatalf("list the history of %s: %v (%d entries)", ckt.Name, err, len(newest))
	}
	head, err := keys.ParseEntryKey(newest[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []history.Entry
	for n := int64(1); n <= head; n++ {
		data, err := from.Get(t.Context(), keys.Entry(n))
		if err != nil {
			t.Fatalf("read entry %d: %v", n, err)
		}
		entry, err := history.DecodeEntry(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry)
	}
	return all
}

// replay learns a stream of so many partitions, whose record i went to partition i modulo partitions, in the order of the history.
func (r *reference) replay(from generator.Stream, partitions uint64, past []history.Entry) *reference {
	for _, entry := range past {
		for _, span := range entry.Ranges() {
			for offset := span.From; offset < span.To; offset++ {
				r.learn(from, uint64(offset)*partitions+uint64(span.Partition))
			}
		}
	}
	return r
}
