package controllers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/controllers/rollout"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

const (
	// turnRefresh is how often a training that waits says anew how many have the image.
	turnRefresh = time.Minute
	// turnTaken is how long a training may leave its turn; then others come first, for passedOver.
	turnTaken, passedOver = 30 * time.Second, 5 * time.Minute
)

// turn is what a pass knows of the rollout of the operator's image.
type turn struct {
	// granted: in this pass the training gets the image.
	granted bool
	// waiting says why it does not, nil when it has it.
	waiting *verdict
	// keeps: it goes on with the image that it has, and thus with the templates that were made for that.
	keeps bool
	// withheld are the flags that the image is not known to have.
	withheld map[string]bool
}

// rollouts asks for turns, of one training at a time. What it remembers bridges the time until the cache shows what was written; all else
// is read from the cluster.
type rollouts struct {
	mu sync.Mutex
	// granted are the turns that were taken and are not seen in the cache yet.
	granted map[string]grant
	// offered is since when it is the turn of trainings that have not taken it.
	offered map[string]time.Time
	// underway is set while a training waits for its turn or holds a slot.
	underway atomic.Bool
}

type grant struct {
	image string
	at    time.Time
}

// awaitTurn sees to it that a change of the operator's image reaches the training when it is its turn. Until then the training keeps what
// it has, and whatever its own spec changes is done at once all the same.
func (r *Reconciler) awaitTurn(ctx context.Context, s *scope) error {
	image := r.Settings.ImageFor(s.training)
	applied := appliedImage(s.service, s.deployment, s.training)
	if applied == "" || applied == image || !operatorChooses(s.training, s.service) {
		return nil
	}
	s.settings.Image, s.turn.keeps = applied, true
	s.again(turnRefresh)
	key := s.key.String()
	r.rollouts.mu.Lock()
	defer r.rollouts.mu.Unlock()
	plan, err := r.plan(ctx, s.now)
	if err != nil {
		return err
	}
	r.rollouts.underway.Store(true)
	if reason, held := plan.Held[key]; held {
		s.turn.waiting = verdictf(trainingv1alpha1.ReasonImageIncompatible,
			"The operator's trainer image is kept away from this training: %s. It goes on with image %s. Give the operator, or spec.trainer.image, "+
				"an image that has that version, or raise spec.lineage to begin anew.", reason, applied)
		return nil
	}
	if s.accessProblem == nil && slices.Contains(plan.Turns, key) {
		s.settings.Image, s.turn.granted, s.turn.keeps = r.Settings.Image, true, false
		r.rollouts.granted[key] = grant{image: image, at: s.now}
		log.FromContext(ctx).Info("Rolling out the trainer's image", "from", applied, "to", image, "progress", plan.Images[image].String())
		return nil
	}
	s.turn.waiting = verdictf(trainingv1alpha1.ReasonWaitingForTurn, "Waiting for its turn to get image %s: %s.",
		image, strings.TrimSuffix(plan.Images[image].String(), "."))
	return nil
}

// giveBack ends a turn in which the image could not be written.
func (r *Reconciler) giveBack(s *scope) {
	if !s.turn.granted {
		return
	}
	r.rollouts.mu.Lock()
	defer r.rollouts.mu.Unlock()
	delete(r.rollouts.granted, s.key.String())
}

// plan decides about all trainings. The caller holds the lock.
func (r *Reconciler) plan(ctx context.Context, now time.Time) (rollout.Plan, error) {
	fleet, err := r.readFleet(ctx)
	if err != nil {
		return rollout.Plan{}, err
	}
	trainings := fleet.trainings(r.Settings)
	r.rollouts.overlay(now, trainings)
	plan := rollout.Decide(now, trainings, map[string][]int{r.Settings.Image: {online.NumericsVersion}})
	r.rollouts.offer(now, plan.Turns)
	r.Metrics.rollout(plan.Images[r.Settings.Image])
	return plan, nil
}

// overlay adds what the cache does not show yet, and lets those be passed over who do not take their turn.
func (o *rollouts) overlay(now time.Time, trainings []rollout.Training) {
	if o.granted == nil {
		o.granted, o.offered = map[string]grant{}, map[string]time.Time{}
	}
	seen := map[string]bool{}
	for i := range trainings {
		t := &trainings[i]
		seen[t.Key] = true
		if g, ok := o.granted[t.Key]; ok {
			if t.Applied == g.image || now.Sub(g.at) > rollout.Grace {
				delete(o.granted, t.Key)
			} else {
				t.Applied, t.RolledAt, t.Ready = g.image, g.at, false
			}
		}
		if since, ok := o.offered[t.Key]; ok {
			switch waited := now.Sub(since); {
			case t.Applied == t.Image || waited > passedOver:
				delete(o.offered, t.Key)
			case waited > turnTaken:
				t.Unable = true
			}
		}
	}
	maps.DeleteFunc(o.offered, func(key string, _ time.Time) bool { return !seen[key] })
	maps.DeleteFunc(o.granted, func(key string, _ grant) bool { return !seen[key] })
}

// offer remembers whose turn it is.
func (o *rollouts) offer(now time.Time, turns []string) {
	for _, key := range turns {
		if _, ok := o.offered[key]; !ok {
			o.offered[key] = now
		}
	}
}

// stamp writes on an object that is changed in its turn what was changed, and when.
func (s *scope) stamp(o client.Object, what string) {
	if !s.turn.granted {
		return
	}
	annotations := o.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[resources.AnnotationRolledOut] = fmt.Sprintf("%s %s", what, s.now.UTC().Format(time.RFC3339))
	o.SetAnnotations(annotations)
}

// rolledOut returns when an object got what it has in its turn, zero where it got it otherwise.
func rolledOut(o client.Object, what string) time.Time {
	changed, at, _ := strings.Cut(o.GetAnnotations()[resources.AnnotationRolledOut], " ")
	when, err := time.Parse(time.RFC3339, at)
	if err != nil || changed != what {
		return time.Time{}
	}
	return when
}

// numericsVersions returns what the probed template's image can run, as long as that is the worker's template.
func (s *scope) numericsVersions(w trainingv1alpha1.WorkerStatus) []int32 {
	if w.Template == "" || w.Template != w.ProbedTemplate {
		return nil
	}
	facts, ok := s.facts()
	if !ok || facts.Worker == nil || facts.ProbedTemplate != w.Template || len(facts.Worker.NumericsVersions) == 0 {
		return w.NumericsVersions
	}
	var versions []int32
	for _, v := range facts.Worker.NumericsVersions {
		versions = append(versions, int32(v)) //nolint:gosec // versions are counted from 1
	}
	return versions
}

// trainerUpToDate tells whether the training has the image that is asked for.
func trainerUpToDate(s *scope) metav1.Condition {
	kind := trainingv1alpha1.ConditionTrainerUpToDate
	switch waiting := s.turn.waiting; {
	case waiting != nil:
		message := waiting.message
		if len(s.turn.withheld) > 0 {
			message += " Its image is not known to have the flags " + strings.Join(slices.Sorted(maps.Keys(s.turn.withheld)), ", ") + ": what they say reaches it with the other image."
		}
		return s.condition(kind, metav1.ConditionFalse, waiting.reason, message)
	case s.service == nil || s.refused != nil:
		if c, ok := s.previous(kind); ok && s.refused != nil {
			return c
		}
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonProgressing, "The worker's Service is not there yet.")
	default:
		return s.condition(kind, metav1.ConditionTrue, trainingv1alpha1.ReasonUpToDate, "The templates have the image that is asked for.")
	}
}

func keyOf(o client.Object) string {
	return types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}.String()
}

// stopsForImage are the reasons of Stalled that another image may end.
var stopsForImage = map[string]bool{
	string(history.ReasonImageIncompatible): true, string(history.ReasonLearnerPanicked): true,
}
