package online

import "creek.dev/creek/trainer/online/flat"

// learnedPart is what a model has learned, without the configuration.
type learnedPart struct{ m *Model }

func (l learnedPart) Fields(c *flat.Codec) { l.m.learned(c) }

// Learned are the bytes of what the model has learned.
func (m *Model) Learned() []byte { return flat.Append(nil, learnedPart{m}) }

// Adopt gives the model what another one has learned.
func (m *Model) Adopt(learned []byte) error { return flat.Restore(learned, learnedPart{m}) }

// Tunes tells whether the model's learner can be given other parameters.
func (m *Model) Tunes() bool {
	_, ok := m.part().(tunable)
	return ok
}
