package driver

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creek.dev/creek/stream"
)

// Readings that may be old are made for all topics in use, fresh ones wait for no other's, and a failure is nobody's answer twice.
func TestStartsAreReadForAllInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{slow: 10 * time.Millisecond, broken: map[string]error{"bad": stream.ErrUnreachable}}
		poller := NewPoller(kafka)
		ask := func(topic string, maxAge time.Duration, readings int, fails bool) {
			t.Helper()
			_, err := poller.Starts(t.Context(), topic, maxAge)
			if (err != nil) != fails || kafka.starts != readings {
				t.Errorf("topic %s: error %v after %d readings, want %d", topic, err, kafka.starts, readings)
			}
		}
		ask("a", 0, 1, false)
		ask("b", 0, 2, false)
		ask("a", time.Second, 2, false)
		ask("bad", 0, 3, true)
		ask("bad", time.Second, 4, true)
		time.Sleep(2 * time.Second)
		ask("a", time.Second, 5, false)
		ask("b", time.Second, 5, false)
		ask("bad", time.Second, 6, true)
		time.Sleep(2 * askedFor)
		ask("a", time.Second, 7, false)
		if n := len(poller.starts.topics); n != 1 {
			t.Errorf("%d topics are kept, want the one that is in use", n)
		}
	})
}

// A reading that was under way when it was asked for is too old for who wants one made now; all that wait share the next.
func TestStartsThatBeginTogetherAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{slow: time.Second}
		poller := NewPoller(kafka)
		var wait sync.WaitGroup
		for i := range 50 {
			wait.Go(func() {
				if _, err := poller.Starts(t.Context(), string(rune('a'+i)), 0); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		wait.Wait()
		if kafka.starts != 2 {
			t.Errorf("%d readings, want the first one's and one for all others", kafka.starts)
		}
	})
}

// Whoever gives up leaves the reading to the others.
func TestStartsOutliveWhoBeganThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{slow: time.Second}
		poller := NewPoller(kafka)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		go func() { _, _ = poller.Starts(t.Context(), "a", 0) }()
		synctest.Wait()
		if _, err := poller.Starts(ctx, "b", 0); !errors.Is(err, ctx.Err()) || err == nil {
			t.Errorf("error %v, want that of the context", err)
		}
		if _, err := poller.Starts(t.Context(), "b", time.Minute); err != nil || kafka.starts != 2 {
			t.Errorf("error %v after %d readings, want none after 2", err, kafka.starts)
		}
	})
}

// A topic whose broker hangs is waited for by those that want it, and by nobody else.
func TestStartsOfABrokerThatHangsDelayNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kafka := &fakeKafka{hanging: map[string]time.Duration{"hung": answerWithin}}
		poller := NewPoller(kafka)
		begun := time.Now()
		failed := make(chan time.Duration)
		go func() {
			if _, err := poller.Starts(t.Context(), "hung", 0); !errors.Is(err, stream.ErrUnreachable) {
				t.Errorf("error %v, want ErrUnreachable", err)
			}
			failed <- time.Since(begun)
		}()
		synctest.Wait()
		for range 3 {
			asked := time.Now()
			if _, err := poller.Starts(t.Context(), "well", time.Second); err != nil || time.Since(asked) > alone {
				t.Errorf("it took %v, error %v", time.Since(asked), err)
			}
			time.Sleep(2 * time.Second)
		}
		if took := <-failed; took != answerWithin || kafka.starts != 4 {
			t.Errorf("the one that hangs failed after %v and %d readings, want %v and its own and three", took, kafka.starts, answerWithin)
		}
	})
}
