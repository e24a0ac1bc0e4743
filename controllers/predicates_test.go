package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
)

func TestOnlyMeaningfulChangesWake(t *testing.T) {
	revision := func(replicas int32, message string) *servingv1.Revision {
		return &servingv1.Revision{Status: servingv1.RevisionStatus{ActualReplicas: &replicas, LogURL: message}}
	}
	podWith := func(edit func(*corev1.Pod)) *corev1.Pod {
		pod := aPod("pod", memory.MiB)
		edit(pod)
		return pod
	}
	trainingWith := func(edit func(*trainingv1alpha1.CreekTraining)) *trainingv1alpha1.CreekTraining {
		return aTraining(edit)
	}
	tests := map[string]struct {
		predicate   predicate.Predicate
		before, now client.Object
		want        bool
	}{
		"own status":         {specChanged(), aTraining(), trainingWith(func(t *trainingv1alpha1.CreekTraining) { t.Status.Records = 9 }), false},
		"spec":               {specChanged(), aTraining(), trainingWith(func(t *trainingv1alpha1.CreekTraining) { t.Generation = 2 }), true},
		"finalizer":          {specChanged(), aTraining(), trainingWith(func(t *trainingv1alpha1.CreekTraining) { t.Finalizers = []string{"x"} }), true},
		"replicas":           {meaningful(), revision(0, ""), revision(1, ""), true},
		"revision's log URL": {meaningful(), revision(0, ""), revision(0, "x"), false},
		"pod's heartbeat": {meaningful(), aPod("pod", memory.MiB), podWith(func(p *corev1.Pod) {
			p.Status.Conditions[0].LastProbeTime = metav1.NewTime(noon)
			p.ResourceVersion = "9"
		}), false},
		"pod's limit":    {meaningful(), aPod("pod", memory.MiB), aPod("pod", 2*memory.MiB), true},
		"pod was killed": {meaningful(), aPod("pod", memory.MiB), killed(aPod("pod", memory.MiB), noon), true},
		"pod leaves":     {meaningful(), aPod("pod", memory.MiB), podWith(func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{Time: noon} }), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.predicate.Update(event.UpdateEvent{ObjectOld: test.before, ObjectNew: test.now}); got != test.want {
				t.Errorf("wakes: %t, want %t", got, test.want)
			}
		})
	}
}
