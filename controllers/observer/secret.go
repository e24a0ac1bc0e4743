package observer

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// secretInterval is how often the Secret is looked at when all is well; secretRetry when something failed.
const (
	secretInterval = 10 * time.Minute
	secretRetry    = 10 * time.Second
)

// Keeper keeps the Secret that dispatcher and operator share, and tells the Client what it holds.
type Keeper struct {
	// Client must not cache Secrets.
	Client client.Client
	// Key names the Secret.
	Key types.NamespacedName
	// Hosts are the names under which the dispatcher is called.
	Hosts []string
	Now   func() time.Time
	Trust func(Identity) error
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (k *Keeper) NeedLeaderElection() bool { return true }

// Start looks after the Secret until ctx ends.
func (k *Keeper) Start(ctx context.Context) error {
	for {
		wait := secretInterval
		if err := k.Ensure(ctx); err != nil && ctx.Err() == nil {
			log.FromContext(ctx).Error(err, "Keeping the facts Secret failed", "Secret", k.Key)
			wait = secretRetry
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// Ensure makes the Secret, or renews what has become old in it, and trusts what it holds.
func (k *Keeper) Ensure(ctx context.Context) error {
	var secret corev1.Secret
	err := k.Client.Get(ctx, k.Key, &secret)
	missing := apierrors.IsNotFound(err)
	if err != nil && !missing {
		return fmt.Errorf("get Secret %s: %w", k.Key, err)
	}
	data, changed, err := renewed(secret.Data, k.Hosts, k.Now())
	if err != nil {
		return err
	}
	switch {
	case missing:
		secret = corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: k.Key.Namespace, Name: k.Key.Name, Labels: map[string]string{trainingv1alpha1.LabelManagedBy: trainingv1alpha1.ManagedBy},
			},
			Data: data,
		}
		err = k.Client.Create(ctx, &secret)
	case changed:
		secret.Data = data
		// The resourceVersion that was read guards the update.
		err = k.Client.Update(ctx, &secret)
	}
	if err != nil {
		return fmt.Errorf("write Secret %s: %w", k.Key, err)
	}
	return k.Trust(Identity{CA: data[keyCA], Token: string(data[keyToken])})
}
