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
	began, processor, used := time.Now(), processorTime(), trainerTime(r.trainer.Process.Pid)
	r.driver.Configure(p.config())
	facts, err := r.await(ctx, 10*time.Millisecond, func(f history.Facts) bool { return f.Records >= p.records })
	if err != nil {
		return measured{}, err
	}
	m := measured{
		records: facts.Records, slices: facts.Position.Entry, operations: r.store.operations.Load(), durable: facts.Latency.DurableMillis,
		wall: time.Since(began), dispatcher: processorTime() - processor, trainer: trainerTime(r.trainer.Process.Pid) - used,
		peak: peakOf(r.trainer.Process.Pid),
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

// latency writes one record at a time to a trainer that is awake, and prints how long each took from Kafka's timestamp until it was learned.
func (s *stage) latency(ctx context.Context) error {
	const count = 300
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	p := plan{name: "live", topic: liveTopic, scaled: true, window: 10 * time.Millisecond, model: history.Model{Algorithm: "LogisticRegression"}}
	r, err := s.start(ctx, p)
	if err != nil {
		return err
	}
	defer r.close()
	r.driver.Configure(p.config())
	writer := stream.NewWriter(s.connection, liveTopic)
	defer func() { _ = writer.Close() }()
	_, values, err := objects(s.data)
	if err != nil {
		return err
	}
	var millis []int64
	for i := range count {
		record := stream.Record{UnixMillis: time.Now().UnixMilli(), Value: values[i]}
		if _, err := writer.Write(ctx, 0, []stream.Record{record}); err != nil {
			return fmt.Errorf("write a record: %w", err)
		}
		facts, err := r.await(ctx, time.Millisecond, func(f history.Facts) bool { return f.Records > int64(i) })
		if err != nil {
			return err
		}
		if i >= count/10 {
			millis = append(millis, facts.Latency.LearnedMillis)
		}
		// Arrivals at any phase of the dispatcher's polls.
		time.Sleep(time.Duration(30+i%17) * time.Millisecond)
	}
	slices.Sort(millis)
	fmt.Printf("\nawake, window 10 ms: produced to learned p50 %d ms, p99 %d ms, of %d records\n",
		millis[len(millis)/2], millis[len(millis)*99/100], len(millis))
	return nil
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

// peakOf is the largest resident set of a process in bytes.
func peakOf(pid int) int64 { return statusOf(pid, "VmHWM") }

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
