//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online/random"
)

// The parts that are killed, and how often each is.
const (
	theTrainer    = "trainer"
	theDispatcher = "dispatcher"
	theOperator   = "operator"
	theStore      = "redis"
	theKafka      = "kafka"
)

var deck = map[string]int{theTrainer: 20, theDispatcher: 8, theOperator: 4, theStore: 6, theKafka: 4}

// TestKilledAtRandom streams records, of which one in a hundred cannot be read, while every part of Creek and what it stands on are killed
// with SIGKILL: 42 times, alone or two at once, in an order and at moments that a seed chooses, while the operator has changes of the spec to
// carry out. The model is the one of an undisturbed process, and the dead letters are exactly the records that cannot be read.
func TestKilledAtRandom(t *testing.T) {
	const records = 200_000
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d; ARGS='-run TestKilledAtRandom -seed %d' begins with the same choices", seed, seed)
	ns, topic, letters := namespace(t), newTopic(t, 1), newTopic(t, 1)
	ckt := training(ns, "survivor", topic, withMemory("128Mi", "512Mi"), forest, func(c *v1alpha1.CreekTraining) {
		c.Spec.Source.OnError.DeadLetterTopic = letters
	})
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	eventually(t, patience, "store that keeps what it acknowledged", func() (bool, string) {
		f, err := facts(t, ckt)
		return err == nil && f.Durability == string(v1alpha1.DurabilityStrong), f.Durability + " " + errorText(err)
	})
	want := newReference(t, ckt)
	s := &siege{t: t, ckt: ckt, random: rand.New(rand.NewPCG(seed, 0)), producer: startProducer(t, topic), kills: map[string]int{}}
	begin := time.Now()
	s.run(records)
	t.Logf("%s after %.0f s", s, time.Since(begin).Seconds())
	ids := map[string]bool{}
	for i := range uint64(records) {
		if poisoned(i) {
			ids[fmt.Sprintf("%s/%s/1/0/%d", ns, ckt.Name, i)] = true
		} else {
			want.learn(sea, i)
		}
	}
	now := untilWithin(t, 5*time.Minute, ckt, "stored checkpoint of all records", stored(int64(want.records)))
	if now.Status.Model.Digest != want.digest() {
		t.Errorf("model digest %s, an undisturbed process has %s", now.Status.Model.Digest, want.digest())
	}
	until(t, ckt, "dead letters counted, and the last spec carried out", func(c *v1alpha1.CreekTraining) bool {
		return c.Status.DeadLetters == int64(len(ids)) && ready(c)
	})
	var found map[string]bool
	eventually(t, patience, "as many dead letters as cannot be read", func() (bool, string) {
		found = deadLetters(t, letters, ns+"/")
		return len(found) >= len(ids), fmt.Sprintf("the topic has %d of %d", len(found), len(ids))
	})
	if diff := gocmp.Diff(ids, found); diff != "" {
		t.Errorf("dead letters, want -, got +:\n%s", diff)
	}
	if !maps.Equal(s.kills, deck) || s.working < 5 || s.repeated == 0 {
		t.Errorf("too little was done: %s", s)
	}
	t.Logf("%d records learned, %d dead letters, digest %s, all after %.0f s", want.records, len(ids), want.digest(), time.Since(begin).Seconds())
}

// forest takes a learner with much state that keeps a request in flight for long enough to be hit, and small slices.
func forest(c *v1alpha1.CreekTraining) {
	c.Spec.Model = v1alpha1.ModelSpec{
		Algorithm: "AdaptiveRandomForest", Parameters: map[string]v1alpha1.ParameterText{"members": "25"},
	}
	c.Spec.Source.Batch.MaxRecords = 1_000
	c.Spec.State.Checkpoint.EveryRecords = 4_000
	// It must not fall asleep while something else is down.
	c.Spec.Scaling.IdleWindow = &metav1.Duration{Duration: 2 * time.Minute}
}

// poisoned tells whether a record of the stream is replaced by one that cannot be read: about one in a hundred, at no regular distance.
func poisoned(i uint64) bool { return random.Position(1, int64(i))>>32%100 == 0 }

// siege kills what a training needs.
type siege struct {
	t        *testing.T
	ckt      *v1alpha1.CreekTraining
	random   *rand.Rand
	producer *producer
	kills    map[string]int
	// working counts the kills that fell while a request was in flight, changes those of the spec; repeated adds up the entries that
	// dispatchers had to send again, of which the present one has seen the last.
	working, changes     int
	repeated, repetition int64
}

func (s *siege) String() string {
	total := 0
	for _, n := range s.kills {
		total += n
	}
	return fmt.Sprintf("%d kills (%v), %d of them while a request was in flight, %d changes of the spec, %d entries sent again, %d writes of the producer failed",
		total, s.kills, s.working, s.changes, s.repeated, s.producer.failures.Load())
}

// run kills all that is in the deck, spread over the records.
func (s *siege) run(records int64) {
	s.t.Helper()
	groups := s.deal()
	share := records / int64(len(groups)+1)
	for i, victims := range groups {
		target := share * int64(i+1)
		s.producer.target.Store(target)
		s.await("progress to the next kill", func(f history.Facts) bool { return f.Records+f.DeadLetters >= target-2*share })
		s.strike(victims)
	}
	s.producer.target.Store(records)
	s.await("the end", func(f history.Facts) bool { return f.Records+f.DeadLetters == records })
}

// deal shuffles the deck and takes one victim at a time, or two different ones.
func (s *siege) deal() [][]string {
	var cards []string
	for _, name := range []string{theTrainer, theDispatcher, theOperator, theStore, theKafka} {
		for range deck[name] {
			cards = append(cards, name)
		}
	}
	s.random.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
	var groups [][]string
	for len(cards) > 0 {
		n := 1
		if len(cards) > 1 && cards[0] != cards[1] && s.random.IntN(3) == 0 {
			n = 2
		}
		groups, cards = append(groups, cards[:n]), cards[n:]
	}
	return groups
}

// await waits for the dispatcher to know of enough, through all the time in which there is no dispatcher.
func (s *siege) await(what string, holds func(history.Facts) bool) {
	s.t.Helper()
	eventuallyEvery(s.t, 5*time.Millisecond, patience, what, func() (bool, string) {
		f, err := facts(s.t, s.ckt)
		if err != nil {
			return false, err.Error()
		}
		if f.Stopped != nil {
			s.t.Fatalf("the training stopped: %+v", f.Stopped)
		}
		s.repeated += max(0, f.Repeated-s.repetition)
		s.repetition = f.Repeated
		return holds(f), fmt.Sprintf("%d records, %d dead letters, lag %d, failures %d; source %+v, state %+v, trainer %+v",
			f.Records, f.DeadLetters, f.Lag, f.Failures, f.Source, f.State, f.Trainer)
	})
}
