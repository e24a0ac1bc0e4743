package driver

import (
	"context"

	"golang.org/x/sync/semaphore"

	"creek.dev/creek/history"
)

// TrafficLimit bounds the bytes of the requests of all trainings that are on their way at once, and of the states that come back for them.
const TrafficLimit = 64 << 20

// trafficFree is what a request may weigh without being counted: the usual one, which names offsets, always goes, so that trainings whose
// requests are large and stuck delay only their like. A request is held until its answer is there.
const trafficFree = 64 << 10

// requestOverhead is more than what a request takes beside its entries and its state.
const requestOverhead = 4 << 10

// Traffic is shared by the senders of a process and keeps what they hold in memory bounded, whatever the number of trainings. Those that
// wait go in the order in which they came.
type Traffic struct {
	limit int64
	room  *semaphore.Weighted
}

// NewTraffic returns a bound of so many bytes.
func NewTraffic(limit int64) *Traffic {
	return &Traffic{limit: limit, room: semaphore.NewWeighted(limit)}
}

// enter waits until there is room for a request, and returns what gives it back.
func (t *Traffic) enter(ctx context.Context, request *history.Request) (leave func(), err error) {
	weight := requestWeight(request)
	if t == nil || weight <= trafficFree {
		return func() {}, nil
	}
	weight = min(weight, t.limit)
	if err := t.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() { t.room.Release(weight) }, nil
}

// requestWeight is about how many bytes a request and a state that comes back take as JSON, known before either is made. Records that travel
// along have a bound of their own, see Room.
func requestWeight(r *history.Request) int64 {
	n := int64(requestOverhead)
	for _, entry := range r.Entries {
		n += int64(len(entry))
	}
	if r.Residency == history.ResidencyCarried {
		// Base64 makes four of three; what comes back is as large as what went, and grows slowly.
		n += 2 * int64(len(r.State)) * 4 / 3
	}
	return n
}
