package stream

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"
)

const (
	// headStart is how long a broker is waited for alone where others may answer too.
	headStart = time.Second
	// silentAfter is how long a broker has not answered when nothing more is asked of it until it does, or its time is up.
	silentAfter = 3 * time.Second
)

// health is what requests that are under way, and those before, tell of a broker.
type health struct {
	// underWay counts requests, of which none was answered since then.
	underWay int
	since    time.Time
	// suspect tells that it let time run out, and has not answered since.
	suspect bool
}

// silent tells whether the broker is not to be asked for offsets now: it would only let more calls wait.
func (h health) silent(now time.Time) bool { return h.underWay > 0 && now.Sub(h.since) > silentAfter }

// begin notes that a request is sent to a broker.
func (k *cluster) begin(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.health[address]
	if h.underWay == 0 {
		h.since = time.Now()
	}
	h.underWay++
	k.health[address] = h
}

// end notes how a request that was begun then ended.
func (k *cluster) end(address string, begun time.Time, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.health[address]
	h.underWay--
	switch {
	case err == nil:
		h.suspect, h.since = false, time.Now()
	case late(err) && time.Since(begun) >= headStart:
		h.suspect = true
	}
	if h.underWay == 0 && !h.suspect {
		delete(k.health, address)
		return
	}
	k.health[address] = h
}

// late tells whether a request ended because there was no answer, rather than by one or by a break.
func late(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded)
}

// doubt notes that a broker lets others wait.
func (k *cluster) doubt(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h, ok := k.health[address]; ok {
		h.suspect = true
		k.health[address] = h
	}
}

// healthOf returns what is known of a broker.
func (k *cluster) healthOf(address string) health {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.health[address]
}

// doubtful tells whether a broker that leads a partition of the topic is suspect or does not answer.
func (k *cluster) doubtful(topic layout, now time.Time) bool {
	for _, id := range topic.leaders {
		address, known := k.brokers[id]
		if h := k.health[address]; !known || h.suspect || h.silent(now) {
			return true
		}
	}
	return false
}

// keepLate keeps offsets that came when nobody waited for them any more.
func (k *cluster) keepLate(name string, offsets []Offset) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.late[name] == nil {
		k.late[name] = map[int32]int64{}
	}
	for _, at := range offsets {
		k.late[name][at.Partition] = max(at.Offset, k.late[name][at.Partition])
	}
}

// withLate adds to offsets those that came late, of partitions that are missing; they are used once.
func (k *cluster) withLate(name string, topic layout, offsets []Offset) []Offset {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := k.late[name]
	if kept == nil {
		return offsets
	}
	delete(k.late, name)
	for _, partition := range topic.Partitions {
		at, ok := kept[partition]
		if ok && !slices.ContainsFunc(offsets, func(o Offset) bool { return o.Partition == partition }) {
			offsets = append(offsets, Offset{Partition: partition, Offset: at})
		}
	}
	return offsets
}
