package dispatcher

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

func TestTrainingIsDispatchedFromItsObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := newTraining("clicks")
		c := newCluster(t, object, clicksToken())
		defer c.registry.Close()
		c.registry.Apply(object)
		c.produce(250)
		time.Sleep(2 * time.Second)
		f := c.facts()
		if f.ProbedTemplate != "t1" || f.Incarnation == "" || f.Head != 0 || f.Trainer.Status != history.True {
			t.Fatalf("probed %q, incarnation %q, head %d, trainer %v; want a preflight and a genesis only", f.ProbedTemplate, f.Incarnation, f.Head, f.Trainer)
		}
		c.record(object)
		time.Sleep(5 * time.Second)
		if f := c.facts(); f.Records != 250 || f.Lag != 0 || f.Checkpoint == nil || f.UID != "uid-clicks" || f.Generation != 1 {
			t.Errorf("facts %+v, want 250 records learned and saved", f)
		}
		if c.trainer.hosts["clicks-0.shop.svc"] == 0 || len(c.trainer.hosts) != 1 {
			t.Errorf("requests went to %v", c.trainer.hosts)
		}
	})
}

func TestWhichObjectsAreActedOn(t *testing.T) {
	tests := map[string]struct {
		change func(*v1alpha1.CreekTraining)
		phase  history.Phase
	}{
		"evaluated":     {func(*v1alpha1.CreekTraining) {}, history.PhaseStarting},
		"not evaluated": {func(o *v1alpha1.CreekTraining) { o.Generation = 2 }, ""},
		"refused":       {func(o *v1alpha1.CreekTraining) { condition(o, v1alpha1.ConditionStalled, "MemoryExhausted") }, ""},
		"stopped before": {func(o *v1alpha1.CreekTraining) {
			condition(o, v1alpha1.ConditionStalled, "RecordsLost")
			o.Status.Workers[0].ProbedTemplate = "t1"
		}, history.PhaseStopped},
		"stopped with an older template": {func(o *v1alpha1.CreekTraining) {
			condition(o, v1alpha1.ConditionStalled, "LearnerPanicked")
			o.Status.Workers[0].ProbedTemplate = "t0"
		}, history.PhaseStarting},
		"pods remain": {func(o *v1alpha1.CreekTraining) {
			o.DeletionTimestamp = &metav1.Time{Time: time.Now()}
			condition(o, v1alpha1.ConditionDeleting, v1alpha1.ReasonWaitingForPods)
		}, ""},
		"pods are gone": {func(o *v1alpha1.CreekTraining) {
			o.DeletionTimestamp = &metav1.Time{Time: time.Now()}
			o.Generation = 2
			condition(o, v1alpha1.ConditionDeleting, v1alpha1.ReasonCleaningState)
		}, history.PhaseCleaned},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				object := newTraining("clicks")
				test.change(object)
				c := newCluster(t)
				defer c.registry.Close()
				c.registry.Apply(object)
				time.Sleep(time.Second)
				phase := history.Phase("")
				for _, f := range c.registry.Facts() {
					phase = f.Phase
				}
				if phase != test.phase {
					t.Errorf("phase %q, want %q", phase, test.phase)
				}
			})
		})
	}
}

func TestMissingSecretsAreNamedAndFoundLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := newTraining("clicks")
		object.Spec.Source.Kafka.SASL = &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLPlain, SecretRef: v1alpha1.SecretReference{Name: "kafka-user"}}
		c := newCluster(t, object)
		defer c.registry.Close()
		c.registry.Apply(object)
		time.Sleep(5 * time.Second)
		f := c.facts()
		if f.Source.Reason != history.ReasonSecretMissing || !strings.Contains(f.Source.Message, `"kafka-user"`) {
			t.Errorf("source %v, want SecretMissing naming kafka-user", f.Source)
		}
		create(t, c, secret("kafka-user", map[string]string{"username": "u"}))
		time.Sleep(20 * time.Second)
		if f := c.facts(); f.Source.Reason != history.ReasonSecretMissing || !strings.Contains(f.Source.Message, `key "password"`) {
			t.Errorf("source %v, want SecretMissing naming the key", f.Source)
		}
		update(t, c, secret("kafka-user", map[string]string{"username": "u", "password": "wrong"}))
		time.Sleep(20 * time.Second)
		if f := c.facts(); f.Source.Reason != history.ReasonAuthenticationFailed {
			t.Errorf("source %v, want AuthenticationFailed", f.Source)
		}
		update(t, c, secret("kafka-user", map[string]string{"username": "u", "password": "secret"}))
		time.Sleep(20 * time.Second)
		f = c.facts()
		if f.Source.Status != history.True {
			t.Errorf("source %v, want True once the password is right", f.Source)
		}
		if f.Trainer.Reason != history.ReasonSecretMissing || !strings.Contains(f.Trainer.Message, `"clicks-token"`) {
			t.Errorf("trainer %v, want SecretMissing naming clicks-token", f.Trainer)
		}
		create(t, c, clicksToken())
		time.Sleep(20 * time.Second)
		if f := c.facts(); f.Trainer.Status != history.True {
			t.Errorf("trainer %v", f.Trainer)
		}
	})
}

func create(t *testing.T, c *cluster, object client.Object) {
	t.Helper()
	if err := c.api.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, c *cluster, object client.Object) {
	t.Helper()
	if err := c.api.Update(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

// Credentials are read again after five minutes, so that a connection with the old ones does not live for ever.
func TestCredentialsAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := newTraining("clicks")
		object.Spec.Source.Kafka.SASL = &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLPlain, SecretRef: v1alpha1.SecretReference{Name: "kafka-user"}}
		c := newCluster(t, object, clicksToken(), secret("kafka-user", map[string]string{"username": "u", "password": "secret"}))
		defer c.registry.Close()
		c.registry.Apply(object)
		time.Sleep(time.Minute)
		update(t, c, secret("kafka-user", map[string]string{"username": "new", "password": "secret"}))
		time.Sleep(6 * time.Minute)
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.opened) != 2 || c.opened[1].Username != "new" || c.closed != 1 {
			t.Errorf("%d connections opened, %d closed; want 2 and 1", len(c.opened), c.closed)
		}
	})
}

func TestConnectionsAreSharedWithinANamespaceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, three := newTraining("one"), newTraining("two"), newTraining("three")
		three.Namespace = "other"
		c := newCluster(t, one, two, three)
		for _, object := range []*v1alpha1.CreekTraining{one, two, three} {
			c.registry.Apply(object)
		}
		time.Sleep(3 * time.Second)
		c.mu.Lock()
		if len(c.opened) != 2 {
			t.Errorf("%d connections for two namespaces, want 2", len(c.opened))
		}
		c.mu.Unlock()
		c.registry.Close()
		if c.closed != 2 {
			t.Errorf("%d of 2 connections were closed", c.closed)
		}
	})
}

func TestObjectsThatComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := newTraining("clicks")
		c := newCluster(t, object, clicksToken())
		defer c.registry.Close()
		name := types.NamespacedName{Namespace: "shop", Name: "clicks"}
		c.registry.Apply(object)
		time.Sleep(2 * time.Second)
		first := c.facts().Incarnation

		raised := object.DeepCopy()
		raised.Spec.Lineage, raised.Generation, raised.Status.ObservedGeneration = 2, 2, 2
		c.registry.Apply(raised)
		time.Sleep(2 * time.Second)
		if f := c.facts(); f.Number != 2 || f.Incarnation == first || f.Incarnation == "" {
			t.Errorf("lineage %d, incarnation %q after the lineage was raised", f.Number, f.Incarnation)
		}

		anew := object.DeepCopy()
		anew.UID = "uid-anew"
		c.registry.Apply(anew)
		time.Sleep(time.Second)
		if f := c.facts(); f.UID != "uid-anew" || f.Number != 1 {
			t.Errorf("facts are of %s, lineage %d; want the new object's", f.UID, f.Number)
		}
		c.registry.Remove(name)
		if left := c.registry.Facts(); len(left) != 0 {
			t.Errorf("%d trainings after the object went", len(left))
		}
	})
}

func TestDeletedObjectIsCleaned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := newTraining("clicks")
		object.Spec.State.DeletionPolicy = v1alpha1.DeletionDelete
		c := newCluster(t, object, clicksToken())
		defer c.registry.Close()
		c.registry.Apply(object)
		time.Sleep(2 * time.Second)
		c.record(object)
		c.produce(250)
		time.Sleep(5 * time.Second)
		object.Generation, object.DeletionTimestamp = 2, &metav1.Time{Time: time.Now()}
		condition(object, v1alpha1.ConditionDeleting, v1alpha1.ReasonWaitingForPods)
		c.registry.Apply(object)
		time.Sleep(time.Second)
		if keys, _ := c.store.List(t.Context(), "shop/clicks/", "", 10); len(keys) == 0 {
			t.Fatal("cleaned while pods remain")
		}
		condition(object, v1alpha1.ConditionDeleting, v1alpha1.ReasonCleaningState)
		c.registry.Apply(object)
		time.Sleep(5 * time.Second)
		keys, _ := c.store.List(t.Context(), "shop/clicks/", "", 10)
		if f := c.facts(); f.Phase != history.PhaseCleaned || len(keys) != 0 {
			t.Errorf("phase %s, keys %v", f.Phase, keys)
		}
	})
}
