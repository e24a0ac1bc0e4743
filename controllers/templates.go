package controllers

import (
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/controllers/resources"
)

// keepsTemplate tells whether an object, nil where there is none, keeps its template although this operator would make another one: the
// training keeps its image, and neither its spec nor its Secrets have changed since. An operator that left no mark has left the template as
// the spec asked for that it had seen.
func (s *scope) keepsTemplate(have, want client.Object) bool {
	if !s.turn.keeps {
		return false
	}
	if resources.Marked(have) {
		return resources.SameSpec(have, want)
	}
	return s.before.Status.ObservedGeneration == s.training.Generation
}

// restrict takes those flags from a template that is made for an image which another operator chose, and which does not know them.
func (s *scope) restrict(want client.Object, containers []corev1.Container, known []string) {
	if !s.turn.keeps {
		return
	}
	// Which flags the image has is for the operator to say that chose it.
	delete(want.GetAnnotations(), resources.AnnotationFlags)
	for _, name := range resources.Restrict(containers, known) {
		if s.turn.withheld == nil {
			s.turn.withheld = map[string]bool{}
		}
		s.turn.withheld[name] = true
	}
}

// flagsOfService returns the flags that the worker's image is known to have, and flagsOfBaseline those of the baseline's; nil where none are.
func (s *scope) flagsOfService() []string {
	switch {
	case s.service != nil:
		return resources.FlagsKnownTo(s.service, s.service.Spec.Template.Spec.Containers)
	case s.deployment != nil:
		return resources.FlagsKnownTo(s.deployment, s.deployment.Spec.Template.Spec.Containers)
	}
	return nil
}

func (s *scope) flagsOfBaseline() []string {
	switch {
	case s.deployment != nil:
		return resources.FlagsKnownTo(s.deployment, s.deployment.Spec.Template.Spec.Containers)
	case s.service != nil && s.service.Annotations[resources.AnnotationFlags] != "":
		return resources.FlagsKnownTo(s.service, nil)
	}
	return nil
}
