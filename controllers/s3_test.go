package controllers

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// TestSecretsForS3AreNamed: what is missing for the state store is said in its condition, and no more once it is there.
func TestSecretsForS3AreNamed(t *testing.T) {
	w := newWorld(t, aTraining(func(t *trainingv1alpha1.CreekTraining) {
		t.Spec.State.Type, t.Spec.State.Redis = trainingv1alpha1.StateS3, nil
		t.Spec.State.S3 = &trainingv1alpha1.S3State{
			Endpoint: "https://minio:9000", Bucket: "models", SecretRef: &trainingv1alpha1.SecretReference{Name: "minio-keys"},
			TLS: &trainingv1alpha1.S3TLS{CARef: &trainingv1alpha1.KeyReference{Name: "minio-ca"}},
		}
	}))
	w.observer.view = healthy("")
	keys := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "minio-keys"}, Data: map[string][]byte{"accessKeyID": []byte("id")}}
	steps := []struct {
		change func()
		want   string
	}{
		{func() {}, "Secret minio-keys, named by spec.state.s3.secretRef, does not exist"},
		{func() { w.create(keys) }, "Secret minio-keys, named by spec.state.s3.secretRef, has no key secretAccessKey"},
		{func() { w.edit(keys, func() { keys.Data["secretAccessKey"] = []byte("key") }) }, "Secret minio-ca, named by spec.state.s3.tls.caRef"},
	}
	for _, step := range steps {
		step.change()
		w.now = w.now.Add(time.Minute) // Messages alone are not written more often.
		w.settle()
		c := w.condition(trainingv1alpha1.ConditionStateReachable)
		if c.Status != metav1.ConditionFalse || !strings.HasPrefix(c.Message, step.want) {
			t.Errorf("%s because %q, want one that begins with %q", c.Status, c.Message, step.want)
		}
	}
	w.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "minio-ca"}, Data: map[string][]byte{"ca.crt": []byte("pem")}})
	w.settle()
	if c := w.condition(trainingv1alpha1.ConditionStateReachable); c.Status != metav1.ConditionTrue {
		t.Errorf("with all Secrets: %s because %q", c.Status, c.Message)
	}
	arguments := w.arguments()
	for _, want := range []string{"--state-type=S3", "--s3-endpoint=https://minio:9000", "--s3-bucket=models"} {
		if !strings.Contains(strings.Join(arguments, " "), want) {
			t.Errorf("the trainer's arguments %q lack %s", arguments, want)
		}
	}
}

// arguments returns the arguments of the worker's trainer.
func (w *world) arguments() []string {
	w.t.Helper()
	service := &servingv1.Service{}
	w.get(resources.WorkerName("fraud", 0), service)
	return service.Spec.Template.Spec.Containers[0].Args
}
