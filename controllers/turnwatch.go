package controllers

import (
	"cmp"
	"context"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// turnInterval is the default of Reconciler.TurnInterval.
const turnInterval = time.Second

// turnWatch wakes the trainings whose turn it is. A slot is freed by another training, or by time passing, of neither of which a training
// that waits hears anything.
type turnWatch struct {
	reconciler *Reconciler
	turns      chan event.GenericEvent
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (*turnWatch) NeedLeaderElection() bool { return true }

// Start looks until the context ends. Without a rollout it does nothing.
func (w *turnWatch) Start(ctx context.Context) error {
	w.reconciler.rollouts.underway.Store(true) // One may have begun before the operator was started.
	ticker := time.NewTicker(cmp.Or(w.reconciler.TurnInterval, turnInterval))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if !w.reconciler.rollouts.underway.Load() {
			continue
		}
		turns, err := w.reconciler.turns(ctx)
		if err != nil {
			log.FromContext(ctx).Error(err, "Looking whose turn it is to get the trainer's image failed")
			continue
		}
		for _, key := range turns {
			namespace, name, _ := strings.Cut(key, "/")
			select {
			case w.turns <- event.GenericEvent{Object: &trainingv1alpha1.CreekTraining{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}}:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// turns returns whose turn it is, and notes whether there is anything left to do.
func (r *Reconciler) turns(ctx context.Context) ([]string, error) {
	r.rollouts.mu.Lock()
	defer r.rollouts.mu.Unlock()
	plan, err := r.plan(ctx, r.Now())
	if err != nil {
		return nil, err
	}
	p := plan.Images[r.Settings.Image]
	r.rollouts.underway.Store(p.Waiting+p.Moving > 0)
	return plan.Turns, nil
}
