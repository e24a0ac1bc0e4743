package controllers

import (
	"testing"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// A dispatcher that was started anew on a stopped training has read nothing of it: what the status says of the model stands.
func TestAStoppedTrainingKeepsWhatIsKnownOfIt(t *testing.T) {
	before := func(s *scope) {
		s.before.Status.Records, s.before.Status.LeftOut.TooOld = 500, 7
		s.before.Status.Position = &trainingv1alpha1.PositionStatus{Slice: 12}
		s.before.Status.Model = &trainingv1alpha1.ModelStatus{Lineage: s.training.Spec.Lineage}
	}
	tests := map[string]struct {
		facts func(*history.Facts)
		want  int64
	}{
		"nothing read": {func(f *history.Facts) {
			f.Phase, f.Position, f.Records, f.LeftOut = history.PhaseStopped, history.Position{}, 0, history.LeftOut{}
		}, 500},
		"stopped as it ran": {func(f *history.Facts) { f.Phase, f.Records = history.PhaseStopped, 600 }, 600},
		"running":           {func(f *history.Facts) { f.Phase, f.Records = history.PhaseRunning, 600 }, 600},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := aScope(before)
			s.view.Facts.Number = s.training.Spec.Lineage
			test.facts(&s.view.Facts)
			if got := buildStatus(s, nil); got.Records != test.want || test.want == 500 && (got.LeftOut.TooOld != 7 || got.Position.Slice != 12) {
				t.Errorf("%d records, left out %+v, position %+v", got.Records, got.LeftOut, got.Position)
			}
		})
	}
}
