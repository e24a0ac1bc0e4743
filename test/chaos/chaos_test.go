package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"creek.dev/creek/history"
)

// victims and how often each is chosen.
const (
	theTrainer    = "trainer"
	theDispatcher = "dispatcher"
	theRedis      = "redis"
	theKafka      = "kafka"
)

var weights = []struct {
	name   string
	weight int
}{{theTrainer, 8}, {theDispatcher, 6}, {theRedis, 4}, {theKafka, 2}}

// tally counts what was done.
type tally struct {
	kills map[string]int
	// working counts the blows that fell while a request was worked on, replaced those at which a new process was there before the old one
	// was killed.
	blows, working, replaced int
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
	return fmt.Sprintf("%d kills (%s) in %d blows, %d of them while a request was worked on, %d replacements beside the living",
		c.total(), strings.Join(parts, ", "), c.blows, c.working, c.replaced)
}

// TestChaos is the whole of it.
func TestChaos(t *testing.T) {
	begin := time.Now()
	limit := 60*time.Second + time.Duration(*killsFlag)*6*time.Second
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	w := newWorld(ctx, t, *kafkaFlag)
	kind := "the embedded broker, which is not killed"
	if w.kafka.libraries != "" {
		kind = "a real Kafka"
	}
	t.Logf("seed %d, %d records, %s; up after %.1f s", *seedFlag, *recordsFlag, kind, time.Since(begin).Seconds())
	done := w.strike(ctx, rand.New(rand.NewPCG(*seedFlag, 0)))
	w.producer.raise(*recordsFlag)
	facts := w.await(ctx, "the end", func(f history.Facts) bool {
		c := f.Checkpoint
		return c != nil && c.Records+c.DeadLetters == int64(*recordsFlag) && f.DeadLettersWaiting == 0 && !f.InFlight
	})
	if done.total() < *killsFlag || done.working == 0 {
		t.Errorf("too little was done: %s", done)
	}
	t.Logf("%s; %d writes of the producer failed", done, w.producer.failures.Load())
	learned := time.Since(begin)
	w.judge(ctx, facts)
	t.Logf("learned after %.1f s, judged after %.1f s", learned.Seconds(), time.Since(begin).Seconds())
}

// everyone tells whether each was killed who may be.
func (c *tally) everyone(real bool) bool {
	for _, w := range weights {
		if c.kills[w.name] == 0 && (w.name != theKafka || real) {
			return false
		}
	}
	return true
}

// strike kills until it was enough, and spreads the blows over the records.
func (w *world) strike(ctx context.Context, random *rand.Rand) *tally {
	w.t.Helper()
	done := &tally{kills: map[string]int{}}
	share := *recordsFlag / (*killsFlag + 1)
	for done.total() < *killsFlag || !done.everyone(w.kafka.libraries != "") {
		target := min(share*(done.total()+1), *recordsFlag)
		w.producer.raise(target)
		w.await(ctx, "the next blow", func(f history.Facts) bool { return f.Records+f.DeadLetters >= int64(target-2*share) })
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
	if w.facts(ctx).InFlight {
		done.working++
	}
	done.blows++
	var back []func()
	for _, victim := range chosen {
		done.kills[victim]++
		beside := random.IntN(3) == 0
		if beside && (victim == theTrainer || victim == theDispatcher) && len(chosen) == 1 {
			done.replaced++
			w.replace(ctx, random, victim)
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
			at := random.IntN(20)
			for _, v := range weights {
				if at -= v.weight; at < 0 {
					if v.name == theKafka && w.kafka.libraries == "" {
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
	case theRedis:
		w.redis.Kill()
		return w.redis.Start
	}
	w.kafka.kill()
	return func() { w.kafka.start(ctx) }
}

// replace starts another process beside the living one, which goes on for a moment and is killed then: a rollout of the trainer, during
// which two of them may save; two dispatchers, of which one must yield.
func (w *world) replace(ctx context.Context, random *rand.Rand, victim string) {
	w.t.Helper()
	old := w.trainer
	if victim == theDispatcher {
		old = w.dispatcher
		w.startDispatcher(ctx)
	} else {
		w.startTrainer(ctx)
	}
	pause(ctx, time.Duration(random.IntN(300))*time.Millisecond)
	old.kill(w.t)
}
