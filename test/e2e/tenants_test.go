//go:build e2e

package e2e

import (
	"bytes"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// TestTenantsDoNotShareCredentials runs two trainings in two namespaces on one broker over TLS with SCRAM. A wrong password in one of
// them fails there, while the other goes on.
func TestTenantsDoNotShareCredentials(t *testing.T) {
	t.Parallel()
	const n = 2_000
	topic := newTopic(t, 1)
	produceSEA(t, topic, 1, 0, n)
	good := training(namespace(t), "tenant", topic, overTLS)
	bad := training(namespace(t), "tenant", topic, overTLS)
	credentials(t, good.Namespace, "alice", bytes.TrimSpace(secret(t, "alice.password")))
	credentials(t, bad.Namespace, "alice", []byte("wrong"))
	create(t, bad)
	create(t, good)
	until(t, bad, "refused credentials", func(c *v1alpha1.CreekTraining) bool {
		source := condition(c, v1alpha1.ConditionSourceReachable)
		return source.Status == metav1.ConditionFalse && source.Reason == string(history.ReasonAuthenticationFailed)
	})
	until(t, good, "stored checkpoint", stored(n))
	produceSEA(t, topic, 1, n, n)
	until(t, good, "second checkpoint", stored(2*n))
	if now := until(t, bad, "still refused", func(c *v1alpha1.CreekTraining) bool { return !ready(c) }); now.Status.Records != 0 {
		t.Errorf("a training without credentials learned %d records", now.Status.Records)
	}

	// The right password mends it.
	var login corev1.Secret
	login.Namespace, login.Name = bad.Namespace, "kafka"
	login.Data = map[string][]byte{"username": []byte("alice"), "password": bytes.TrimSpace(secret(t, "alice.password"))}
	if err := kube.Update(t.Context(), &login); err != nil {
		t.Fatal(err)
	}
	until(t, bad, "stored checkpoint after the password was mended", stored(2*n))
}

// overTLS reaches Kafka as a user of the namespace's Secrets kafka and kafka-ca.
func overTLS(ckt *v1alpha1.CreekTraining) {
	kafka := &ckt.Spec.Source.Kafka
	kafka.BootstrapServers = []string{*kafkaTLSAddress}
	kafka.TLS = &v1alpha1.KafkaTLS{CARef: &v1alpha1.KeyReference{Name: "kafka-ca"}}
	kafka.SASL = &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLScramSHA512, SecretRef: v1alpha1.SecretReference{Name: "kafka"}}
}

func credentials(t *testing.T, ns, user string, password []byte) {
	t.Helper()
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "kafka"},
		Data:       map[string][]byte{"username": []byte(user), "password": password},
	})
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "kafka-ca"},
		Data:       map[string][]byte{"ca.crt": secret(t, "data-ca.crt")},
	})
}
