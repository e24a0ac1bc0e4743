package controllers

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/controllers/rollout"
)

// fleet is all trainings with what a rollout has to know of them. The objects are the cache's own.
type fleet struct {
	all         trainingv1alpha1.CreekTrainingList
	services    map[string]*servingv1.Service
	deployments map[string]*appsv1.Deployment
	// pods counts those of each training.
	pods map[string]int
}

// readFleet reads all trainings from the cache.
func (r *Reconciler) readFleet(ctx context.Context) (*fleet, error) {
	f := &fleet{services: map[string]*servingv1.Service{}, deployments: map[string]*appsv1.Deployment{}, pods: map[string]int{}}
	var services servingv1.ServiceList
	var deployments appsv1.DeploymentList
	var pods corev1.PodList
	lists := []client.ObjectList{&f.all, &deployments, &pods}
	if r.Knative.Present() {
		lists = append(lists, &services)
	}
	for _, list := range lists {
		if err := r.Client.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			return nil, fmt.Errorf("list all %T for the rollout: %w", list, err)
		}
	}
	for i := range services.Items {
		f.services[keyOf(&services.Items[i])] = &services.Items[i]
	}
	for i := range deployments.Items {
		f.deployments[keyOf(&deployments.Items[i])] = &deployments.Items[i]
	}
	for i := range pods.Items {
		if pod := &pods.Items[i]; !ended(pod) {
			f.pods[pod.Namespace+"/"+pod.Labels[trainingv1alpha1.LabelName]]++
		}
	}
	return f, nil
}

// trainings returns what is known of the trainings that have something that could be given another image.
func (f *fleet) trainings(settings resources.Settings) []rollout.Training {
	var out []rollout.Training
	for i := range f.all.Items {
		t := &f.all.Items[i]
		prefix := t.Namespace + "/"
		service := f.services[prefix+resources.WorkerName(t.Name, workerNumber)]
		baseline := f.deployments[prefix+resources.BaselineName(t.Name)]
		applied := appliedImage(service, baseline, t)
		if applied == "" || !t.DeletionTimestamp.IsZero() {
			continue
		}
		out = append(out, f.training(t, service, baseline, applied, settings.ImageFor(t)))
	}
	return out
}

func (f *fleet) training(t *trainingv1alpha1.CreekTraining, service *servingv1.Service, baseline *appsv1.Deployment, applied, image string) rollout.Training {
	x := rollout.Training{Key: keyOf(t), Image: image, Applied: applied, Running: f.pods[keyOf(t)] > 0}
	probed := service == nil
	if service != nil {
		template := service.Annotations[resources.AnnotationTemplate]
		x.RolledAt = rolledOut(service, template)
		worker := workerOf(t)
		probed = worker.Template == template && worker.ProbedTemplate == template && serviceIs(service, corev1.ConditionTrue)
		x.Broken = current(service) && serviceIs(service, corev1.ConditionFalse)
		if probed {
			for _, v := range worker.NumericsVersions {
				x.Runs = append(x.Runs, int(v))
			}
		}
	} else {
		x.RolledAt = rolledOut(baseline, image)
	}
	pinned := t.Spec.Baseline == nil || t.Spec.Suspend || baselineIs(baseline, image)
	x.Ready, x.Broken = probed && pinned, x.Broken || !pinned
	if model := t.Status.Model; model != nil && model.Lineage == t.Spec.Lineage {
		x.Numerics = int(model.NumericsVersion)
	}
	if stalled := meta.FindStatusCondition(t.Status.Conditions, trainingv1alpha1.ConditionStalled); stalled != nil && stalled.Status == metav1.ConditionTrue {
		x.Stopped = stopsForImage[stalled.Reason]
		x.Unable = stalled.Reason == trainingv1alpha1.ReasonInvalidParameter || stalled.Reason == trainingv1alpha1.ReasonNotOwned
	}
	return x
}

// serviceIs tells whether Knative says so of the newest spec of a Service.
func serviceIs(service *servingv1.Service, status corev1.ConditionStatus) bool {
	ready := service.Status.GetCondition(apis.ConditionReady)
	return current(service) && ready != nil && ready.Status == status
}

// baselineIs tells whether a baseline runs an image.
func baselineIs(d *appsv1.Deployment, image string) bool {
	return d != nil && imageOf(d.Spec.Template.Spec.Containers) == image && d.Generation == d.Status.ObservedGeneration &&
		d.Status.UpdatedReplicas > 0 && d.Status.ReadyReplicas > 0 && d.Status.Replicas == d.Status.UpdatedReplicas
}

// workerOf returns the worker's status, empty when there is none.
func workerOf(t *trainingv1alpha1.CreekTraining) trainingv1alpha1.WorkerStatus {
	name := resources.WorkerName(t.Name, workerNumber)
	for _, worker := range t.Status.Workers {
		if worker.Name == name {
			return worker
		}
	}
	return trainingv1alpha1.WorkerStatus{Name: name}
}

// appliedImage returns the image that a training's templates were given as it was asked for; empty when there are none of its own.
func appliedImage(service *servingv1.Service, baseline *appsv1.Deployment, t *trainingv1alpha1.CreekTraining) string {
	switch {
	case service != nil && mine(service, t):
		if image := service.Annotations[resources.AnnotationImage]; image != "" {
			return image
		}
		return templateImage(service)
	case service == nil && baseline != nil && mine(baseline, t):
		return imageOf(baseline.Spec.Template.Spec.Containers)
	}
	return ""
}

// operatorChooses tells whether the operator, and not the spec, chose the image that a training has and chooses the one that it is to have.
func operatorChooses(t *trainingv1alpha1.CreekTraining, service *servingv1.Service) bool {
	return t.Spec.Trainer.Image == "" && (service == nil || service.Annotations[resources.AnnotationImageFrom] != resources.ImageFromSpec)
}
