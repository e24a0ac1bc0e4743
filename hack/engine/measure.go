package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sys/unix"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// measure has a training learn at least so many records, and tells how it went from its first request on.
func (s *stage) measure(ctx context.Context, p plan) (measured, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	r, err := s.start(ctx, p)
	if err != nil {
		return measured{}, err
	}
	defer r.close()
	before, err := s.storeOperations(ctx)
	if err != nil {
		return measured{}, err
	}
	began, processor, used := time.Now(), processorTime(), trainerTime(r.trainer.Process.Pid)
	r.driver.Configure(p.config())
	facts, err := r.await(ctx, 10*time.Millisecond, func(f history.Facts) bool { return f.Records >= p.records })
	if err != nil {
		return measured{}, err
	}
	operations, err := s.storeOperations(ctx)
	if err != nil {
		return measured{}, err
	}
	operations -= before
	m := measured{
		records: facts.Records, slices: facts.Position.Entry, operations: operations,
		wall: time.Since(began), dispatcher: processorTime() - processor, trainer: trainerTime(r.trainer.Process.Pid) - used,
		peak: statusOf(r.trainer.Process.Pid, "VmHWM"), anonymous: statusOf(r.trainer.Process.Pid, "RssAnon"),
	}
	if facts.Memory != nil {
		m.model = facts.Memory.Model
	}
	return m, nil
}

// await polls the facts, at the pace of pause, until they are as wanted.
func (r *running) await(ctx context.Context, pause time.Duration, wanted func(history.Facts) bool) (history.Facts, error) {
	for {
		facts := r.driver.Facts()
		switch {
		case wanted(facts):
			return facts, nil
		case facts.Stopped != nil:
			return facts, fmt.Errorf("the training stopped: %w", facts.Stopped)
		case ctx.Err() != nil:
			return facts, fmt.Errorf("it did not come to that: %w; %+v", ctx.Err(), facts)
		}
		time.Sleep(pause)
	}
}

// awake are the latencies of a training whose trainer is awake, in milliseconds from Kafka's timestamp on.
type awake struct {
	learned []int64
	// durable is that of the last record.
	durable int64
}

// quantile returns a quantile of the learned latencies, in hundredths.
func (a awake) quantile(hundredths int) int64 { return a.learned[len(a.learned)*hundredths/100] }

// live writes one record at a time to a topic of its own, and takes how long each took until it was learned, and the last until it was saved.
func (s *stage) live(ctx context.Context, p plan, count int) (awake, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	p.topic = "live-" + p.name
	if err := create(ctx, s.connection, p.topic); err != nil {
		return awake{}, fmt.Errorf("make topic %s: %w", p.topic, err)
	}
	r, err := s.start(ctx, p)
	if err != nil {
		return awake{}, err
	}
	defer r.close()
	r.driver.Configure(p.config())
	writer := stream.NewWriter(s.connection, p.topic)
	defer func() { _ = writer.Close() }()
	_, values, err := objects(s.data)
	if err != nil {
		return awake{}, err
	}
	var found awake
	for i := range count {
		record := stream.Record{UnixMillis: time.Now().UnixMilli(), Value: values[i]}
		if _, err := writer.Write(ctx, 0, []stream.Record{record}); err != nil {
			return awake{}, fmt.Errorf("write a record: %w", err)
		}
		facts, err := r.await(ctx, time.Millisecond, func(f history.Facts) bool { return f.Records > int64(i) })
		if err != nil {
			return awake{}, err
		}
		if i >= count/10 {
			found.learned = append(found.learned, facts.Latency.LearnedMillis)
		}
		// Arrivals at any phase of the dispatcher's polls.
		time.Sleep(time.Duration(30+i%17) * time.Millisecond)
	}
	slices.Sort(found.learned)
	facts, err := r.await(ctx, time.Millisecond, func(f history.Facts) bool { return f.Checkpoint != nil && f.Checkpoint.Records >= int64(count) })
	found.durable = facts.Latency.DurableMillis
	return found, err
}

// latency prints the learned latency of a trainer that is awake.
func (s *stage) latency(ctx context.Context) error {
	p := plan{name: "awake", scaled: true, window: 10 * time.Millisecond, model: history.Model{Algorithm: "LogisticRegression"}}
	found, err := s.live(ctx, p, 300)
	if err != nil {
		return fmt.Errorf("measure the latency: %w", err)
	}
	fmt.Printf("\nawake, window 10 ms: produced to learned p50 %d ms, p99 %d ms, of %d records\n", found.quantile(50), found.quantile(99), len(found.learned))
	return nil
}

// storeOperations counts the commands that Redis has carried out for dispatchers and trainers: one for each reading or listing, one for each
// key that was written.
func (s *stage) storeOperations(ctx context.Context) (int64, error) {
	client := redis.NewClient(&redis.Options{Addr: s.redis})
	defer func() { _ = client.Close() }()
	text, err := client.Info(ctx, "commandstats").Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for its statistics: %w", err)
	}
	var total int64
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if slices.Contains([]string{"get", "set", "setnx", "zrange", "del"}, name) {
			calls, _, _ := strings.Cut(rest, ",")
			n, _ := strconv.ParseInt(calls, 10, 64)
			total += n
		}
	}
	return total, nil
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// trainerTime is what another process has used, in ticks of a hundredth of a second.
func trainerTime(pid int) time.Duration {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(after)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// statusOf is one of the sizes that the kernel tells of a process, in bytes.
func statusOf(pid int, name string) int64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// pin keeps the calling goroutine on a core until it is released.
func pin(core int) (release func(), err error) {
	runtime.LockOSThread()
	var before, wanted unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, fmt.Errorf("read the affinity: %w", err)
	}
	wanted.Set(core)
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return nil, fmt.Errorf("pin to core %d: %w", core, err)
	}
	return func() {
		_ = unix.SchedSetaffinity(0, &before)
		runtime.UnlockOSThread()
	}, nil
}
