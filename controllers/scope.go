package controllers

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
)

// +kubebuilder:rbac:groups="",resources=pods,verbs=get;list;watch

// workerNumber is the number of the only worker.
const workerNumber = 0

// scope is everything that one pass knows. It is filled by gather, apart from what the phases add.
type scope struct {
	training *trainingv1alpha1.CreekTraining
	// before is the object as it was read, to patch against.
	before *trainingv1alpha1.CreekTraining
	key    types.NamespacedName
	now    time.Time
	track  *tracker
	// knative tells whether the cluster has Knative Serving; service and revisions are read only then.
	knative bool
	// service is the worker's; nil when there is none. Phases replace it by what they wrote.
	service   *servingv1.Service
	revisions []servingv1.Revision
	// deployment is the baseline's; nil when there is none.
	deployment *appsv1.Deployment
	// workers and baselines are the training's pods, those that are on their way out included, and those that run no more left out.
	workers, baselines []corev1.Pod
	// sourceMissing and stateMissing say in words which Secrets or keys are not there.
	sourceMissing, stateMissing []string
	credentials                 resources.Credentials
	access                      access
	// token is that of the training's trainers; empty until it was made.
	token string
	// view is what the dispatcher says, baseline what the baseline's pod says of itself.
	view, baseline observer.View
	// history is what is remembered of the worker's memory, this pass's samples and kills included; decision is made from it.
	history  memory.History
	decision memory.Decision

	// settings are the operator's, with the image that the training has for as long as it is not its turn to get another one.
	settings resources.Settings
	// turn tells of the rollout of the operator's image.
	turn turn

	// refused is set by validate when the spec can never work.
	refused *verdict
	// worker, baselineProblem and access are set by phases that cannot bring about what is wanted.
	workerProblem, baselineProblem, accessProblem *verdict
	// deleting is how far the deletion is.
	deletion verdict
	// released is set once the finalizer is gone, and with it the object.
	released bool
	// gathered is set once everything was read.
	gathered bool
	// requeue is when to look again although nothing happens; 0: never.
	requeue time.Duration
}

// verdict is the reason and message of a condition.
type verdict struct{ reason, message string }

func verdictf(reason, format string, args ...any) *verdict {
	return &verdict{reason: reason, message: fmt.Sprintf(format, args...)}
}

func (r *Reconciler) newScope(training *trainingv1alpha1.CreekTraining) *scope {
	key := client.ObjectKeyFromObject(training)
	return &scope{training: training, before: training.DeepCopy(), key: key, now: r.Now(), track: r.tracker(key), settings: r.Settings}
}

// again asks for another pass after a delay, unless one comes sooner.
func (s *scope) again(after time.Duration) { s.requeue = sooner(s.requeue, after) }

// gather reads everything that the phases and the status need.
func (r *Reconciler) gather(ctx context.Context, s *scope) error {
	if err := r.gatherPods(ctx, s); err != nil {
		return err
	}
	s.knative = r.Knative.Present()
	if err := r.gatherService(ctx, s); err != nil {
		return err
	}
	var err error
	if s.deployment, err = find[appsv1.Deployment](ctx, r, s.named(resources.BaselineName(s.key.Name))); err != nil {
		return fmt.Errorf("get the baseline's Deployment: %w", err)
	}
	if err := r.gatherAccess(ctx, s); err != nil {
		return err
	}
	if err := r.gatherSecrets(ctx, s); err != nil {
		return err
	}
	s.view = r.Observer.Worker(s.key, s.training.UID)
	s.baseline = r.Observer.Baseline(s.key, s.training.UID, s.baselineTarget())
	s.gathered = true
	r.considerMemory(s)
	return nil
}

func (r *Reconciler) gatherPods(ctx context.Context, s *scope) error {
	var pods corev1.PodList
	err := r.Client.List(ctx, &pods, client.InNamespace(s.key.Namespace), client.MatchingLabels{trainingv1alpha1.LabelName: s.key.Name})
	if err != nil {
		return fmt.Errorf("list the training's pods: %w", err)
	}
	for i := range pods.Items {
		switch pod := pods.Items[i]; {
		case ended(&pod):
			// A pod that was evicted stays as an object for as long as its ReplicaSet.
		case pod.Labels[trainingv1alpha1.LabelRole] == trainingv1alpha1.RoleBaseline:
			s.baselines = append(s.baselines, pod)
		default:
			s.workers = append(s.workers, pod)
		}
	}
	return nil
}

func (r *Reconciler) gatherService(ctx context.Context, s *scope) error {
	if !s.knative {
		return nil
	}
	var err error
	if s.service, err = find[servingv1.Service](ctx, r, s.named(resources.WorkerName(s.key.Name, workerNumber))); err != nil {
		return fmt.Errorf("get the worker's Service: %w", err)
	}
	var revisions servingv1.RevisionList
	labels := client.MatchingLabels(resources.WorkerLabels(s.key.Name, workerNumber))
	if err := r.Client.List(ctx, &revisions, client.InNamespace(s.key.Namespace), labels); err != nil {
		return fmt.Errorf("list the worker's Revisions: %w", err)
	}
	s.revisions = revisions.Items
	return nil
}

func (s *scope) named(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: s.key.Namespace, Name: name}
}

// baselineTarget returns the baseline's pod once it can be asked.
func (s *scope) baselineTarget() *observer.Target {
	pod := only(s.baselines)
	if pod == nil || pod.Status.PodIP == "" || s.token == "" {
		return nil
	}
	return &observer.Target{Address: hostPort(pod.Status.PodIP, resources.Port), Token: s.token}
}
