package controllers

import (
	"context"
	"errors"
	"slices"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/trainer/online"
)

// validate checks what the API server could not: that the learner takes the model as it is described.
func (r *Reconciler) validate(_ context.Context, s *scope) error {
	s.refused = checkSpec(s.training)
	return nil
}

// checkSpec returns why a spec can never work, nil when it can.
func checkSpec(t *trainingv1alpha1.CreekTraining) *verdict {
	err := learnerConfig(t).Validate()
	var parameter *online.ParameterError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &parameter) && parameter.Owner == string(t.Spec.Model.Algorithm) &&
		slices.Contains(online.Changeable(parameter.Owner, string(t.Spec.Model.Task)), parameter.Parameter):
		return verdictf(trainingv1alpha1.ReasonInvalidParameter, "The learner refuses spec.model: %v. Give it another value.", err)
	default:
		return verdictf(trainingv1alpha1.ReasonInvalidParameter, "The learner refuses spec.model: %v. Change it together with spec.lineage.", err)
	}
}

// learnerConfig is what the learner will be made from.
func learnerConfig(t *trainingv1alpha1.CreekTraining) online.Config {
	model, format := t.Spec.Model, t.Spec.Source.Format
	config := online.Config{
		Algorithm: string(model.Algorithm), Task: string(model.Task), Seed: uint64(model.Seed),
		Parameters: model.Texts(), Classes: format.Classes,
	}
	if model.Base != nil {
		config.Base = &online.Base{Algorithm: string(model.Base.Algorithm), Parameters: model.Base.Parameters}
	}
	for _, step := range model.Preprocessing {
		config.Preprocessing = append(config.Preprocessing, online.Transform{
			Type: string(step.Type), Parameters: step.Parameters, Features: step.Features,
		})
	}
	for _, feature := range format.Features {
		config.Features = append(config.Features, online.Feature{Name: feature.Name, Type: string(feature.Type)})
	}
	return config
}
