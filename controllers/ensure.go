package controllers

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// object is a pointer to a T that is a client.Object with a typed copy.
type object[T any] interface {
	*T
	client.Object
	DeepCopy() *T
}

// find reads an object; nil when there is none.
func find[T any, P object[T]](ctx context.Context, r *Reconciler, key types.NamespacedName) (P, error) {
	have := P(new(T))
	err := r.Client.Get(ctx, key, have)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return have, nil
}

// ensure brings an object to what is wanted: it makes it when have is nil, patches it where merge changes something, and leaves one
// alone that belongs to somebody else, which the verdict says.
func ensure[T any, P object[T]](ctx context.Context, r *Reconciler, s *scope, have, want P, merge func(have, want P)) (P, *verdict, error) {
	if have == nil {
		err := r.Client.Create(ctx, want)
		if err == nil {
			log.FromContext(ctx).Info("Created", "kind", kindOf(want), "name", want.GetName())
			return want, nil, nil
		}
		if !apierrors.IsAlreadyExists(err) {
			return nil, nil, fmt.Errorf("create %s %s: %w", kindOf(want), want.GetName(), err)
		}
		// It lost the labels by which the cache knows it.
		have = P(new(T))
		if err := r.Live.Get(ctx, client.ObjectKeyFromObject(want), have); err != nil {
			return nil, nil, fmt.Errorf("get %s %s: %w", kindOf(want), want.GetName(), err)
		}
	}
	if problem := ownership(have, s.training, kindOf(want)); problem != nil {
		s.again(missingInterval)
		return have, problem, nil
	}
	before := have.DeepCopy()
	have = have.DeepCopy() // What a cache hands out is not ours to change.
	merge(have, want)
	if equality.Semantic.DeepEqual(before, (*T)(have)) {
		return have, nil, nil
	}
	if err := r.Client.Patch(ctx, have, optimistic(P(before))); err != nil {
		return nil, nil, fmt.Errorf("patch %s %s: %w", kindOf(want), want.GetName(), err)
	}
	log.FromContext(ctx).Info("Patched", "kind", kindOf(want), "name", want.GetName())
	return have, nil, nil
}

// ownership returns why an object must be left alone, nil when it is the training's. One that lost its owner is taken back when it still
// bears Creek's marks.
func ownership(have client.Object, training *trainingv1alpha1.CreekTraining, kind string) *verdict {
	owner := metav1.GetControllerOf(have)
	switch {
	case owner == nil:
		if have.GetLabels()[trainingv1alpha1.LabelName] == training.Name || have.GetAnnotations()[resources.AnnotationTemplate] != "" {
			return nil
		}
		return verdictf(trainingv1alpha1.ReasonNotOwned,
			"%s %s is there already and is not Creek's: rename or delete it, or give the training another name.", kind, have.GetName())
	case owner.UID == training.UID:
		return nil
	case owner.Kind == "CreekTraining" && owner.Name == training.Name:
		return verdictf(trainingv1alpha1.ReasonProgressing,
			"%s %s belongs to an earlier training of this name and is being deleted.", kind, have.GetName())
	default:
		return verdictf(trainingv1alpha1.ReasonNotOwned,
			"%s %s belongs to %s %s: rename or delete it, or give the training another name.", kind, have.GetName(), owner.Kind, owner.Name)
	}
}

// mine tells whether an object may be deleted with the training.
func mine(have client.Object, training *trainingv1alpha1.CreekTraining) bool {
	return ownership(have, training, "") == nil
}

func kindOf(o client.Object) string {
	gvk, err := kinds(o)
	if err != nil {
		return fmt.Sprintf("%T", o)
	}
	return gvk.Kind
}
