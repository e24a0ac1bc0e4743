//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/controllers/rollout"
)

// TestTrainersTakeTurns gives the operator another trainer image, and then one that does not exist, while three trainings sleep and three
// run. The good one goes to one training at a time, the sleeping ones first; the other halts after three failures and says so. All the
// while the trainings learn, and no record is lost or doubled.
func TestTrainersTakeTurns(t *testing.T) {
	fleet := newFleet(t)
	good := retag(t, "rollout", "trainer")
	turns := fleet.watch(good)
	install(t, nil, "--set", "trainer.image="+good)
	fleet.follow(good)
	order := turns()
	if len(order) != len(fleet.all()) {
		t.Fatalf("%v got the image", order)
	}
	if first := order[:len(fleet.asleep)]; slices.ContainsFunc(first, func(name string) bool { return strings.HasPrefix(name, "awake") }) {
		t.Errorf("the turns were taken in the order %v, want those that sleep first", order)
	}
	t.Logf("turns: %v", order)

	install(t, nil, "--set", "trainer.image="+*registry+"/moving:absent")
	fleet.fail(*registry + "/moving:absent")
	halted := until(t, fleet.awake[2], "condition that names the halt", func(c *v1alpha1.CreekTraining) bool {
		found := condition(c, v1alpha1.ConditionTrainerUpToDate)
		return found.Status == metav1.ConditionFalse && strings.Contains(found.Message, "The rollout is halted")
	})
	t.Log(condition(halted, v1alpha1.ConditionTrainerUpToDate).Message)
	fleet.learnsOn()
}

// fleet are trainings of two topics: those of one sleep, those of the other are kept awake.
type fleet struct {
	t             *testing.T
	asleep, awake []*v1alpha1.CreekTraining
	quiet         string
	stop          func() uint64
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	const each, first = 3, 500
	ns, busy := namespace(t), newTopic(t, 1)
	f := &fleet{t: t, quiet: newTopic(t, 1)}
	produceSEA(t, f.quiet, 1, 0, first)
	for i := range each {
		f.asleep = append(f.asleep, training(ns, fmt.Sprintf("asleep-%d", i), f.quiet))
		f.awake = append(f.awake, training(ns, fmt.Sprintf("awake-%d", i), busy))
	}
	f.stop = trickle(t, busy, sea)
	for _, ckt := range f.all() {
		create(t, ckt)
	}
	for i := range each {
		until(t, f.asleep[i], "stored checkpoint", stored(first))
		until(t, f.awake[i], "some records", func(c *v1alpha1.CreekTraining) bool { return c.Status.Records > 0 && ready(c) })
	}
	for _, ckt := range f.asleep {
		asleep(t, ckt)
	}
	return f
}

func (f *fleet) all() []*v1alpha1.CreekTraining { return slices.Concat(f.asleep, f.awake) }

// service returns the Knative Service of a training's worker.
func (f *fleet) service(ckt *v1alpha1.CreekTraining) *servingv1.Service {
	f.t.Helper()
	found := &servingv1.Service{}
	key := client.ObjectKey{Namespace: ckt.Namespace, Name: resources.WorkerName(ckt.Name, 0)}
	if err := kube.Get(f.t.Context(), key, found); err != nil {
		f.t.Fatal(err)
	}
	return found
}

// watch notes from now on which training gets the image after which, and fails the test where another gets it before the one before it is
// ready. The returned function ends it, and returns the order.
func (f *fleet) watch(image string) (end func() []string) {
	f.t.Helper()
	var order []string
	ctx, cancel := context.WithCancel(f.t.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		for poll := time.Tick(50 * time.Millisecond); ctx.Err() == nil; <-poll {
			var services servingv1.ServiceList
			if err := kube.List(ctx, &services, client.InNamespace(f.awake[0].Namespace)); err != nil {
				continue
			}
			var changing []string
			for _, service := range services.Items {
				if service.Annotations[resources.AnnotationImage] != image {
					continue
				}
				if name := strings.TrimSuffix(service.Name, "-0"); !slices.Contains(order, name) {
					order = append(order, name)
				}
				if service.Status.ObservedGeneration != service.Generation || !service.IsReady() {
					changing = append(changing, service.Name)
				}
			}
			if len(changing) > 1 {
				f.t.Errorf("%v are changed at once, want one", changing)
			}
		}
	})
	return func() []string {
		cancel()
		watching.Wait()
		return order
	}
}

// follow waits for a rollout's end.
func (f *fleet) follow(image string) {
	f.t.Helper()
	eventually(f.t, 2*patience, "rollout to all", func() (bool, string) {
		states, err := rolloutStates()
		return states["upgraded"] == float64(len(f.all())), fmt.Sprintf("%v %v", states, err)
	})
	for _, ckt := range f.all() {
		if got := f.service(ckt).Annotations[resources.AnnotationImage]; got != image {
			f.t.Errorf("%s has the image %s", ckt.Name, got)
		}
		until(f.t, ckt, "TrainerUpToDate", func(c *v1alpha1.CreekTraining) bool {
			return condition(c, v1alpha1.ConditionTrainerUpToDate).Status == metav1.ConditionTrue
		})
	}
}

// fail lets trainings fail on an image, one after the other, until nobody gets it any more. The deadline of each passes by writing an
// earlier time where the operator keeps it.
func (f *fleet) fail(image string) {
	f.t.Helper()
	long := time.Now().Add(-rollout.Deadline - time.Minute).UTC().Format(time.RFC3339)
	aged := map[string]bool{}
	eventually(f.t, 2*patience, "halt", func() (bool, string) {
		for _, ckt := range f.all() {
			service := f.service(ckt)
			what, _, _ := strings.Cut(service.Annotations[resources.AnnotationRolledOut], " ")
			if service.Annotations[resources.AnnotationImage] != image || aged[ckt.Name] {
				continue
			}
			patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, resources.AnnotationRolledOut, what+" "+long)
			if err := kube.Patch(f.t.Context(), service, client.RawPatch("application/merge-patch+json", []byte(patch))); err == nil {
				aged[ckt.Name] = true
			}
		}
		if len(aged) > rollout.MostFailed {
			f.t.Fatalf("%d trainings got the image, want the rollout to halt after %d: %v", len(aged), rollout.MostFailed, aged)
		}
		states, err := rolloutStates()
		return states["failed"] == rollout.MostFailed && states["changing"] == 0, fmt.Sprintf("%v %v %v", aged, states, err)
	})
}

// learnsOn sees all trainings learn more records, and their models be those of undisturbed processes.
func (f *fleet) learnsOn() {
	f.t.Helper()
	const first, more = 500, 500
	produceSEA(f.t, f.quiet, 1, first, more)
	n := f.stop()
	for _, ckt := range f.all() {
		count := uint64(first + more)
		if slices.Contains(f.awake, ckt) {
			count = n
		}
		now := until(f.t, ckt, "stored checkpoint of all records", stored(int64(count)))
		if want := newReference(f.t, ckt).learnRange(sea, 0, count).digest(); now.Status.Model.Digest != want {
			f.t.Errorf("%s: model digest %s, an undisturbed process has %s", ckt.Name, now.Status.Model.Digest, want)
		}
	}
}

// rolloutStates reads the operator's metric of its rollout.
func rolloutStates() (map[string]float64, error) {
	const name = `creek_rollout_trainings{state="`
	response, err := http.Get("http://" + net.JoinHostPort("creek-operator-metrics."+systemNamespace+".svc.cluster.local", "8080") + "/metrics")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	states := map[string]float64{}
	lines := bufio.NewScanner(io.LimitReader(response.Body, 1<<20))
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			state, value, _ := strings.Cut(rest, `"} `)
			if states[state], err = strconv.ParseFloat(value, 64); err != nil {
				return nil, err
			}
		}
	}
	return states, lines.Err()
}
