package dispatcher

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// fleet answers for many trainers, by the host that is called. The one that is stuck takes what it is to learn and never answers.
type fleet struct {
	trainers map[string]*memoryTrainer
	stuck    string
}

// RoundTrip implements http.RoundTripper.
func (f *fleet) RoundTrip(r *http.Request) (*http.Response, error) {
	var request history.Request
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &request)
	}
	if err != nil {
		return nil, err
	}
	if name, _, _ := strings.Cut(r.URL.Host, "."); name == f.stuck && request.Action == history.ActionTrain {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return f.trainers[r.URL.Host].RoundTrip(r)
}

// newFleet starts so many trainings, of which the first one's trainer is stuck once it is to learn.
func newFleet(t *testing.T, n int, stuck bool) *cluster {
	t.Helper()
	var objects []client.Object
	var trainings []*v1alpha1.CreekTraining
	for i := range n {
		training := newTraining(fmt.Sprintf("t%02d", i))
		trainings = append(trainings, training)
		objects = append(objects, training, secret(training.Name+"-token", map[string]string{"token": "the-token"}))
	}
	c := newCluster(t, objects...)
	f := &fleet{trainers: map[string]*memoryTrainer{}}
	if stuck {
		f.stuck = "t00-0"
	}
	for _, training := range trainings {
		f.trainers[training.Name+"-0.shop.svc"] = &memoryTrainer{store: c.store, token: "the-token"}
	}
	c.registry.http = &http.Client{Transport: f}
	for _, training := range trainings {
		c.registry.Apply(training)
	}
	time.Sleep(5 * time.Second)
	incarnations := map[string]string{}
	for _, facts := range c.registry.Facts() {
		incarnations[facts.Name] = facts.Incarnation
	}
	for _, training := range trainings {
		training.Status.Model = &v1alpha1.ModelStatus{Lineage: 1, Incarnation: incarnations[training.Name]}
		c.registry.Apply(training)
	}
	time.Sleep(5 * time.Second)
	return c
}

func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestOneStuckTrainerAmongAHundred has one trainer never answer while records arrive: the other 99 learn as soon as they do without it, and
// the dispatcher neither gathers work for the stuck one nor grows.
func TestOneStuckTrainerAmongAHundred(t *testing.T) {
	const trainings, rounds, warm, perRound = 100, 40, 10, 500
	// course is how a run went: how long the slowest but the first training took in each round, and what there was after warm rounds and at
	// the end.
	type course struct {
		slowest        []time.Duration
		goroutines     [2]int
		heap           [2]uint64
		stuck          history.Facts
		learnedByOther int64
	}
	run := func(t *testing.T, stuck bool) (c course) {
		synctest.Test(t, func(t *testing.T) {
			world := newFleet(t, trainings, stuck)
			defer world.registry.Close()
			for round := range rounds {
				end := int64(perRound * (round + 1))
				world.produce(end)
				begun := time.Now()
				for behind := true; behind; {
					time.Sleep(20 * time.Millisecond)
					behind = false
					for _, f := range world.registry.Facts() {
						behind = behind || f.Name != "t00" && f.Records < end
					}
					if time.Since(begun) > time.Minute {
						t.Fatalf("round %d is not learned after a minute", round)
					}
				}
				c.slowest = append(c.slowest, time.Since(begun))
				time.Sleep(time.Second)
				synctest.Wait()
				if round == warm {
					c.goroutines[0], c.heap[0] = runtime.NumGoroutine(), heapInUse()
				}
			}
			c.goroutines[1], c.heap[1] = runtime.NumGoroutine(), heapInUse()
			for _, f := range world.registry.Facts() {
				if f.Name == "t00" {
					c.stuck = f
				} else {
					c.learnedByOther += f.Records
				}
			}
		})
		return c
	}
	var free, held course
	t.Run("none stuck", func(t *testing.T) { free = run(t, false) })
	t.Run("one stuck", func(t *testing.T) { held = run(t, true) })
	if want := int64((trainings - 1) * rounds * perRound); held.learnedByOther != want || free.learnedByOther != want {
		t.Errorf("the others learned %d records, and %d beside the stuck one; want %d", free.learnedByOther, held.learnedByOther, want)
	}
	if f := held.stuck; f.Records != 0 || !f.InFlight || f.Appended > 40 {
		t.Errorf("the stuck training learned %d records, and %d entries were written for it", f.Records, f.Appended)
	}
	average := func(of []time.Duration) (sum time.Duration) {
		for _, d := range of {
			sum += d
		}
		return sum / time.Duration(len(of))
	}
	if with, without := average(held.slowest), average(free.slowest); with > without+without/10 {
		t.Errorf("a round takes the others %s beside the stuck one, %s without it", with, without)
	}
	if grown := held.goroutines[1] - held.goroutines[0]; grown > 10 {
		t.Errorf("%d goroutines became %d", held.goroutines[0], held.goroutines[1])
	}
	// The store in memory grows with the histories, so the run without a stuck trainer is what growth is held against.
	const slack = 2 << 20
	if with, without := int64(held.heap[1])-int64(held.heap[0]), int64(free.heap[1])-int64(free.heap[0]); with > without+slack {
		t.Errorf("the heap grows by %d bytes beside the stuck trainer, by %d without it", with, without)
	}
	t.Logf("a round takes %s beside the stuck trainer and %s without; %d goroutines, %d entries for the stuck one",
		average(held.slowest), average(free.slowest), held.goroutines[1], held.stuck.Appended)
}
