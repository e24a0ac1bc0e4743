package controllers

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Reading this one ConfigMap is a convenience; without the right the cluster's answer to the first Service tells the same.
//
// +kubebuilder:rbac:groups="",resources=configmaps,resourceNames=config-autoscaler,verbs=get

const (
	// scaleInterval is how long what was read of the cluster's settings holds.
	scaleInterval = 5 * time.Minute
	// knativeInterval is the default of Knative.Interval.
	knativeInterval = 15 * time.Second
	allowZeroKey    = "allow-zero-initial-scale"
)

// autoscalerConfig is where Knative keeps its autoscaler's settings.
var autoscalerConfig = types.NamespacedName{Namespace: "knative-serving", Name: "config-autoscaler"}

// Knative knows whether the cluster has Knative Serving and how it is set up. Its methods are safe for concurrent use.
type Knative struct {
	// Mapper tells which kinds the cluster has.
	Mapper meta.RESTMapper
	// Live reads from the API server.
	Live client.Reader
	Now  func() time.Time
	// Interval is how often a cluster without Knative is asked whether it has it now; 0: 15 s.
	Interval time.Duration

	mu      sync.Mutex
	present bool
	// initial is the scale that new Revisions may start with, read at asked.
	initial int
	asked   time.Time
	// refused: the cluster denied an initial scale of zero, and its settings cannot be read.
	refused bool
}

// Present tells whether the cluster had Knative Serving when Look was last called.
func (k *Knative) Present() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.present
}

// Look asks the cluster whether it has Knative Serving. Once found it stays so.
func (k *Knative) Look() (bool, error) {
	if k.Present() {
		return true, nil
	}
	for _, kind := range []string{"Service", "Revision"} {
		_, err := k.Mapper.RESTMapping(servingv1.SchemeGroupVersion.WithKind(kind).GroupKind(), servingv1.SchemeGroupVersion.Version)
		if meta.IsNoMatchError(err) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("look for Knative Serving: %w", err)
		}
	}
	return true, nil
}

// Found makes Present true. It is called once Services and Revisions are watched.
func (k *Knative) Found() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.present = true
}

// InitialScale returns how many pods a new Revision may start with: 0, or 1 where the cluster's settings say that 0 is not allowed or
// the cluster has refused it before.
func (k *Knative) InitialScale(ctx context.Context) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.Now()
	if !k.asked.IsZero() && now.Sub(k.asked) < scaleInterval {
		return k.initial
	}
	k.asked, k.initial = now, 0
	var config corev1.ConfigMap
	switch err := k.Live.Get(ctx, autoscalerConfig, &config); {
	case err == nil:
		k.refused = false
		if allowed, err := strconv.ParseBool(config.Data[allowZeroKey]); err != nil || !allowed {
			k.initial = 1
		}
	case k.refused:
		k.initial = 1
	}
	return k.initial
}

// Refused remembers that the cluster denied an initial scale of zero.
func (k *Knative) Refused() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refused, k.initial, k.asked = true, 1, k.Now()
}
