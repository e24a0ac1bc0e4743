package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/history"
)

// victims and how often each is chosen.
const (
	theTrainer    = "trainer"
	theDispatcher = "dispatcher"
	theStore      = "store"
	theKafka      = "kafka"
	theBaseline   = "baseline"
)

var weights = []struct {
	name   string
	weight int
}{{theTrainer, 8}, {theDispatcher, 6}, {theStore, 4}, {theKafka, 2}, {theBaseline, 3}}

// allWeights is their sum.
const allWeights = 23

// tally counts what was done.
type tally struct {
	kills map[string]int
	// working counts the blows that fell while a request was worked on, replaced those at which a new process was there before the old one
	// was killed, frozen those of them at which the old one had been stopped meanwhile, and stalled those at which the store did not answer
	// for a while.
	blows, working, replaced, frozen, stalled int
}

func (c *tally) total() int {
	n := 0
	for _, count := range c.kills {
		n += count
	}
	return n
}

func (c *tally) String() string {
	var parts []string
	for _, w := range weights {
		parts = append(parts, fmt.Sprintf("%s %d", w.name, c.kills[w.name]))
	}
	return fmt.Sprintf("%d kills (%s) in %d blows, %d of them while a request was worked on, %d replacements beside the living, %d beside the frozen, the store frozen %d times",
		c.total(), strings.Join(parts, ", "), c.blows, c.working, c.replaced-c.frozen, c.frozen, c.stalled)
}

// TestChaos is the whole of it.
func TestChaos(t *testing.T) {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), limit())
	defer cancel()
	w := newWorld(ctx, t, *kafkaFlag)
	w.startBaseline(ctx)
	w.announce(begin)
	done := w.strike(ctx, rand.New(rand.NewPCG(*seedFlag, 0)))
	w.producer.raise(*recordsFlag)
	facts := w.await(ctx, "the end", finished)
	baseline := w.awaitOf(ctx, w.baseline, w.baselineURL, "the end", finished)
	if done.total() < *killsFlag || done.working == 0 {
		t.Errorf("too little was done: %s", done)
	}
	t.Logf("%s; %d writes of the producer failed", done, w.producer.failures.Load())
	learned := time.Since(begin)
	w.judge(ctx, facts, "")
	w.judge(ctx, baseline, history.BaselineSegment)
	w.judgeLetters(ctx)
	t.Logf("learned after %.1f s, judged after %.1f s", learned.Seconds(), time.Since(begin).Seconds())
}

// limit is how long a run may take.
func limit() time.Duration { return 60*time.Second + time.Duration(*killsFlag)*6*time.Second }

// announce says what the run is like.
func (w *world) announce(begin time.Time) {
	kind := "the embedded broker, which is not killed"
	if w.kafka.libraries != "" {
		kind = "a real Kafka"
	}
	w.t.Logf("seed %d, %d records, %s, %s, %s, %s; up after %.1f s",
		*seedFlag, *recordsFlag, w.plan.Delivery, w.plan.Residency, w.plan.Store.Type, kind, time.Since(begin).Seconds())
}

// spared are those who may be killed and were not yet.
func (w *world) spared(c *tally) []string {
	var names []string
	for _, v := range weights {
		if c.kills[v.name] == 0 && w.killable(v.name) {
			names = append(names, v.name)
		}
	}
	return names
}

// killable tells whether there is such a victim, and it outlives its death.
func (w *world) killable(name string) bool {
	switch name {
	case theKafka:
		return w.kafka.libraries != ""
	case theBaseline:
		return w.baseline != nil
	}
	return true
}

// passed counts the records that are behind a training: learned, not to be read, or lost.
func passed(f history.Facts) int64 { return f.Records + f.DeadLetters + f.LeftOut.Lost }

// finished tells that all records are behind a training, in a checkpoint, and all dead letters in their topic.
func finished(f history.Facts) bool {
	c := f.Checkpoint
	return c != nil && c.Records+c.DeadLetters+f.LeftOut.Lost == int64(*recordsFlag) && passed(f) == int64(*recordsFlag) &&
		f.DeadLettersWaiting == 0 && !f.InFlight
}

// strike kills until it was enough, and spreads the blows over the records.
func (w *world) strike(ctx context.Context, random *rand.Rand) *tally {
	w.t.Helper()
	done := &tally{kills: map[string]int{}}
	share := *recordsFlag / (*killsFlag + 1)
	for done.total() < *killsFlag {
		target := min(share*(done.total()+1), *recordsFlag)
		w.producer.raise(target)
		w.await(ctx, "the next blow", func(f history.Facts) bool { return passed(f) >= int64(target-2*share) })
		if w.between != nil {
			w.between(ctx, random, done)
		}
		w.moment(ctx, random)
		w.blow(ctx, random, done)
		if ctx.Err() != nil {
			w.t.Fatalf("time is up after %s", done)
		}
	}
	return done
}

// moment lets time pass: until somewhere in a request that is worked on, or any time.
func (w *world) moment(ctx context.Context, random *rand.Rand) {
	w.t.Helper()
	if random.IntN(4) == 0 {
		pause(ctx, time.Duration(random.IntN(250))*time.Millisecond)
		return
	}
	within, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for !w.facts(ctx).InFlight && within.Err() == nil {
		pause(within, time.Millisecond)
	}
	pause(ctx, time.Duration(random.IntN(20_000))*time.Microsecond)
}

// blow kills one or two at once, waits a little, and lets them come back.
func (w *world) blow(ctx context.Context, random *rand.Rand, done *tally) {
	w.t.Helper()
	chosen := w.choose(random)
	if spared := w.spared(done); len(spared) > 0 && len(spared) >= *killsFlag-done.total() {
		chosen = spared[:1]
	}
	if w.facts(ctx).InFlight {
		done.working++
	}
	done.blows++
	var back []func()
	if random.IntN(5) == 0 && !slices.Contains(chosen, theStore) {
		done.stalled++
		w.store.Freeze()
		back = append(back, func() {
			pause(ctx, time.Duration(random.IntN(2_500))*time.Millisecond)
			w.store.Thaw()
		})
	}
	for _, victim := range chosen {
		done.kills[victim]++
		beside := random.IntN(3) == 0
		if beside && (victim == theTrainer || victim == theDispatcher) && len(chosen) == 1 {
			w.replace(ctx, random, victim, done)
			continue
		}
		back = append(back, w.kill(ctx, victim))
	}
	pause(ctx, time.Duration(random.IntN(150))*time.Millisecond)
	random.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
	for _, start := range back {
		start()
	}
}

// choose returns one victim or, at times, two.
func (w *world) choose(random *rand.Rand) []string {
	one := func() string {
		for {
			at := random.IntN(allWeights)
			for _, v := range weights {
				if at -= v.weight; at < 0 {
					if !w.killable(v.name) {
						break
					}
					return v.name
				}
			}
		}
	}
	first := one()
	if second := one(); second != first && random.IntN(4) == 0 {
		return []string{first, second}
	}
	return []string{first}
}

// kill ends a victim and returns what brings it back.
func (w *world) kill(ctx context.Context, victim string) (start func()) {
	w.t.Helper()
	switch victim {
	case theTrainer:
		w.trainer.kill(w.t)
		return func() { w.startTrainer(ctx) }
	case theDispatcher:
		w.dispatcher.kill(w.t)
		return func() { w.startDispatcher(ctx) }
	case theBaseline:
		w.baseline.kill(w.t)
		return func() { w.startBaseline(ctx) }
	case theStore:
		w.store.Kill()
		return w.store.Start
	}
	w.kafka.kill()
	return func() { w.kafka.start(ctx) }
}

// replace starts another process beside the old one, which goes on for a moment and is killed then: a rollout of the trainer, during which
// two of them may save; two dispatchers, of which one must yield. At times the old one is frozen while it is replaced, and goes on with
// what it knew before.
func (w *world) replace(ctx context.Context, random *rand.Rand, victim string, done *tally) {
	w.t.Helper()
	old, start := w.trainer, w.startTrainer
	if victim == theDispatcher {
		old, start = w.dispatcher, w.startDispatcher
	}
	frozen := random.IntN(2) == 0
	done.replaced++
	if frozen {
		done.frozen++
		old.signal(w.t, syscall.SIGSTOP)
	}
	start(ctx)
	pause(ctx, time.Duration(random.IntN(300))*time.Millisecond)
	if frozen {
		old.signal(w.t, syscall.SIGCONT)
		pause(ctx, time.Duration(random.IntN(300))*time.Millisecond)
	}
	old.kill(w.t)
}
