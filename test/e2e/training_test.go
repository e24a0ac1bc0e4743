//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// patience bounds every wait; a test that needs longer says so itself.
const patience = 3 * time.Minute

// namespace makes a namespace that enforces the restricted Pod Security level, holds the store's password, and ends with the test.
func namespace(t *testing.T) string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "e2e-",
		Labels:       map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}}
	create(t, ns)
	t.Cleanup(func() { endNamespace(t, ns) })
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns.Name, Name: "redis"},
		Data:       map[string][]byte{"password": bytes.TrimSpace(secret(t, "redis.password"))},
	})
	return ns.Name
}

func create(t *testing.T, object client.Object) {
	t.Helper()
	if err := kube.Create(t.Context(), object); err != nil {
		t.Fatalf("create %T %s: %v", object, object.GetName(), err)
	}
}

// endNamespace collects logs of a failed test, deletes the trainings before the namespace, and waits for both.
func endNamespace(t *testing.T, ns *corev1.Namespace) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if t.Failed() {
		collect(ctx, t, ns.Name)
	}
	if err := kube.DeleteAllOf(ctx, &v1alpha1.CreekTraining{}, client.InNamespace(ns.Name)); err != nil {
		t.Errorf("delete the trainings of %s: %v", ns.Name, err)
	}
	for ctx.Err() == nil {
		var list v1alpha1.CreekTrainingList
		if err := kube.List(ctx, &list, client.InNamespace(ns.Name)); err == nil && len(list.Items) == 0 {
			break
		}
		pause(ctx)
	}
	if err := kube.Delete(ctx, ns); client.IgnoreNotFound(err) != nil {
		t.Errorf("delete namespace %s: %v", ns.Name, err)
	}
}

// option changes a training before it is applied.
type option func(*v1alpha1.CreekTraining)

// training returns a CreekTraining of the generated SEA stream on a topic: two classes, three features, scaler and logistic regression.
func training(ns, name, topic string, options ...option) *v1alpha1.CreekTraining {
	ckt := &v1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: name},
		Spec: v1alpha1.CreekTrainingSpec{
			Source: v1alpha1.SourceSpec{
				Kafka: v1alpha1.KafkaSource{BootstrapServers: []string{*kafkaAddress}, Topic: topic},
				Format: v1alpha1.FormatSpec{
					Type: v1alpha1.FormatJSON, Label: "class",
					Features: []v1alpha1.FeatureSpec{{Name: "x1"}, {Name: "x2"}, {Name: "x3"}},
				},
				Batch: v1alpha1.BatchSpec{Window: &metav1.Duration{Duration: 50 * time.Millisecond}},
			},
			Model: v1alpha1.ModelSpec{
				Algorithm:     v1alpha1.AlgorithmLogisticRegression,
				Preprocessing: []v1alpha1.PreprocessorSpec{{Type: v1alpha1.PreprocessorStandardScaler}},
			},
			State: v1alpha1.StateSpec{
				Type:           v1alpha1.StateRedis,
				Redis:          &v1alpha1.RedisState{Address: *redisAddress, SecretRef: &v1alpha1.SecretReference{Name: "redis"}},
				DeletionPolicy: v1alpha1.DeletionDelete,
			},
			Scaling: v1alpha1.ScalingSpec{IdleWindow: &metav1.Duration{Duration: 6 * time.Second}},
		},
	}
	for _, change := range options {
		change(ckt)
	}
	return ckt
}

// withBaseline asks for a pinned second run.
func withBaseline(ckt *v1alpha1.CreekTraining) {
	memory := resource.MustParse("64Mi")
	ckt.Spec.Baseline = &v1alpha1.BaselineSpec{Resources: v1alpha1.BaselineResources{Memory: &memory}}
}

// withMemory fixes the limits that the worker starts with and may reach.
func withMemory(initial, maximum string) option {
	return func(ckt *v1alpha1.CreekTraining) {
		low, high := resource.MustParse(initial), resource.MustParse(maximum)
		least := resource.MustParse("16Mi")
		ckt.Spec.Memory.Min, ckt.Spec.Memory.Initial, ckt.Spec.Memory.Max = &least, &low, &high
	}
}

// until waits for the training to satisfy a condition and returns it as it then was.
func until(t *testing.T, ckt *v1alpha1.CreekTraining, what string, holds func(*v1alpha1.CreekTraining) bool) *v1alpha1.CreekTraining {
	t.Helper()
	return untilWithin(t, patience, ckt, what, holds)
}

func untilWithin(t *testing.T, limit time.Duration, ckt *v1alpha1.CreekTraining, what string, holds func(*v1alpha1.CreekTraining) bool) *v1alpha1.CreekTraining {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	now := &v1alpha1.CreekTraining{}
	for {
		err := kube.Get(ctx, client.ObjectKeyFromObject(ckt), now)
		if err == nil && holds(now) {
			return now
		}
		if ctx.Err() != nil {
			t.Fatalf("%s/%s: no %s within %s (last error %v); it says:\n%s", ckt.Namespace, ckt.Name, what, limit, err, describe(now))
		}
		pause(ctx)
	}
}

// eventually waits for a fact about anything.
func eventually(t *testing.T, limit time.Duration, what string, holds func() (bool, string)) {
	t.Helper()
	eventuallyEvery(t, look, limit, what, holds)
}

// eventuallyEvery looks more or less often than others do.
func eventuallyEvery(t *testing.T, interval, limit time.Duration, what string, holds func() (bool, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for {
		ok, seen := holds()
		if ok {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("no %s within %s; last seen: %s", what, limit, seen)
		}
		pauseFor(ctx, interval)
	}
}

// look is the time between two looks at a condition.
const look = 250 * time.Millisecond

func pause(ctx context.Context) { pauseFor(ctx, look) }

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func condition(ckt *v1alpha1.CreekTraining, kind string) metav1.Condition {
	if c := meta.FindStatusCondition(ckt.Status.Conditions, kind); c != nil {
		return *c
	}
	return metav1.Condition{}
}

// ready tells whether a training is Ready for its present generation.
func ready(ckt *v1alpha1.CreekTraining) bool {
	c := condition(ckt, v1alpha1.ConditionReady)
	return c.Status == metav1.ConditionTrue && c.ObservedGeneration == ckt.Generation
}

// stored tells that a checkpoint holds n records and nothing is left to learn.
func stored(n int64) func(*v1alpha1.CreekTraining) bool {
	return func(ckt *v1alpha1.CreekTraining) bool {
		return ckt.Status.Records == n && ckt.Status.Checkpoint != nil && ckt.Status.Checkpoint.Records == n && ckt.Status.Model.Digest != ""
	}
}

func describe(ckt *v1alpha1.CreekTraining) string {
	var b strings.Builder
	for _, c := range ckt.Status.Conditions {
		fmt.Fprintf(&b, "  %-16s %-7s %-20s %s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	fmt.Fprintf(&b, "  records %d, lag %d, workers %+v, checkpoint %+v\n", ckt.Status.Records, ckt.Status.Lag, ckt.Status.Workers, ckt.Status.Checkpoint)
	return b.String()
}
