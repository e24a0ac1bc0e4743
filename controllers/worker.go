package controllers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/resources"
)

// +kubebuilder:rbac:groups=serving.knative.dev,resources=services,verbs=get;list;watch;create;patch;delete

// knativeMissing says what to do about a cluster without Knative.
const knativeMissing = "The cluster has no Knative Serving (no resource services.serving.knative.dev): install it, for instance as " +
	"https://knative.dev/docs/install says; Creek goes on by itself then."

// reconcileWorker brings the worker's Knative Service to what is wanted, its memory limit included.
func (r *Reconciler) reconcileWorker(ctx context.Context, s *scope) error {
	if !s.knative {
		s.workerProblem = &verdict{trainingv1alpha1.ReasonKnativeMissing, knativeMissing}
		return nil
	}
	if s.accessProblem != nil {
		s.workerProblem = s.accessProblem
		return nil
	}
	err := r.writeService(ctx, s, r.Knative.InitialScale(ctx))
	defer func() {
		if err != nil || s.workerProblem != nil {
			r.giveBack(s)
		}
	}()
	if err != nil && refusesZeroScale(err) {
		log.FromContext(ctx).Info("The cluster does not allow an initial scale of zero; starting with one")
		r.Knative.Refused()
		err = r.writeService(ctx, s, 1)
	}
	if err != nil && refused(err) {
		s.workerProblem = verdictf(trainingv1alpha1.ReasonServiceRefused, "The cluster refuses the worker's Service: %s", answerOf(err))
		s.again(missingInterval)
		return nil
	}
	return err
}

// writeService makes or patches the Service, and counts a change of its memory.
func (r *Reconciler) writeService(ctx context.Context, s *scope, initialScale int) error {
	worker := resources.Worker{
		Number: workerNumber, Settings: s.settings, Credentials: s.credentials, InitialScale: initialScale,
	}
	worker.Image, worker.Memory = r.imageFor(s), r.limitFor(s)
	before := int64(0)
	if s.service != nil {
		before = resources.MemoryLimit(s.service.Spec.Template.Spec.Containers)
	}
	want := resources.Service(s.training, worker)
	s.restrict(want, want.Spec.Template.Spec.Containers, s.flagsOfService())
	if s.service != nil {
		resources.KeepMark(s.service, want)
		if s.keepsTemplate(s.service, want) {
			resources.KeepService(s.service, want)
		}
	}
	s.stamp(want, want.Annotations[resources.AnnotationTemplate])
	service, problem, err := ensure(ctx, r, s, s.service, want, resources.MergeService)
	if err != nil {
		return err
	}
	s.service, s.workerProblem = service, problem
	if before != 0 && problem == nil && before != worker.Memory {
		s.history = s.history.Patched(s.now)
		r.Metrics.memoryChanged(s.key, memory.PatchTemplate)
		log.FromContext(ctx).Info("Changed the template's memory limit", "from", before, "to", worker.Memory, "reason", s.decision.Reason)
	}
	return nil
}

// imageFor returns the image for the template: once the training's image was resolved to a digest and the template had to change, that
// digest, as long as the training asks for the same image. Each new Revision would look up a tag anew, and one that was made for its
// memory must not bring other code.
func (r *Reconciler) imageFor(s *scope) string {
	wanted := s.settings.ImageFor(s.training)
	if s.service == nil || s.service.Annotations[resources.AnnotationImage] != wanted || strings.Contains(wanted, "@") {
		return wanted
	}
	digest := digestOf(s.service.Status.LatestReadyRevisionName, s.revisions)
	template := templateImage(s.service)
	switch {
	case strings.Contains(template, "@") && (template == digest || template == s.workerStatus().Image):
		return template
	case digest != "" && (s.decision.Action == memory.PatchTemplate || r.otherTemplate(s)):
		return digest
	default:
		return wanted
	}
}

func templateImage(service *servingv1.Service) string {
	return imageOf(service.Spec.Template.Spec.Containers)
}

// imageOf returns the image of the container that learns.
func imageOf(containers []corev1.Container) string {
	for _, container := range containers {
		if container.Name == resources.ContainerName {
			return container.Image
		}
	}
	return ""
}

// otherTemplate tells whether the template changes for other reasons than its memory.
func (r *Reconciler) otherTemplate(s *scope) bool {
	if s.service == nil {
		return false
	}
	want := resources.Service(s.training, resources.Worker{Settings: s.settings, Credentials: s.credentials})
	return s.service.Annotations[resources.AnnotationTemplate] != want.Annotations[resources.AnnotationTemplate] && !s.keepsTemplate(s.service, want)
}

// limitFor returns the limit for the template. A template that changes anyway takes along what the running pod was given.
func (r *Reconciler) limitFor(s *scope) int64 {
	if s.decision.Action == memory.PatchTemplate {
		return s.decision.Limit
	}
	limit := r.templateLimit(s)
	if pod := only(s.workers); pod != nil && r.otherTemplate(s) && r.policy(s.training).Mode == memory.Auto {
		return max(limit, resources.MemoryLimit(pod.Spec.Containers))
	}
	return limit
}

// digestOf returns the image digest of a Revision, empty while it is not known.
func digestOf(name string, revisions []servingv1.Revision) string {
	for i := range revisions {
		if revisions[i].Name != name {
			continue
		}
		for _, container := range revisions[i].Status.ContainerStatuses {
			if container.Name == resources.ContainerName {
				return container.ImageDigest
			}
		}
	}
	return ""
}

// refusesZeroScale tells whether Knative's webhook denied an initial scale of zero.
func refusesZeroScale(err error) bool {
	return refused(err) && strings.Contains(err.Error(), "initial-scale")
}

// refused tells whether the API server answered that the object itself is at fault, so that trying again changes nothing.
func refused(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || apierrors.IsForbidden(err)
}

// answerOf returns what the API server said, without what the operator was doing.
func answerOf(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return status.Status().Message
	}
	return fmt.Sprint(err)
}
