package driver

import (
	"context"

	"golang.org/x/sync/semaphore"

	"creek.dev/creek/history"
)

// RequestRoom is for the requests of all trainings that are on their way at once, and for the states that come back for them; PushRoom for
// the records that travel in them. They are apart: requests that must go wait for room, and should not wait for those whose records could
// be fetched instead.
const (
	RequestRoom = 64 << 20
	PushRoom    = 48 << 20
)

// roomFree is what a request may weigh without being counted: the usual one, which names offsets, always goes, so that trainings whose
// requests are large and stuck delay only their like. A request is held until its answer is there.
const roomFree = 64 << 10

// requestOverhead is more than what a request takes beside its entries and its state.
const requestOverhead = 4 << 10

// Room is shared by the trainings of a process and keeps what they hold in memory bounded, whatever their number.
type Room struct {
	limit int64
	bytes *semaphore.Weighted
}

// NewRoom returns room for so many bytes.
func NewRoom(limit int64) *Room { return &Room{limit: limit, bytes: semaphore.NewWeighted(limit)} }

// take returns what gives the room back, or false when there is not so much now.
func (r *Room) take(bytes int64) (leave func(), ok bool) {
	if r == nil || !r.bytes.TryAcquire(bytes) {
		return nil, false
	}
	return func() { r.bytes.Release(bytes) }, true
}

// enter waits until there is room for a request, and returns what gives it back. Those that wait go in the order in which they came; without
// a Room all go.
func (r *Room) enter(ctx context.Context, request *history.Request) (leave func(), err error) {
	weight := requestWeight(request)
	if r == nil || weight <= roomFree {
		return func() {}, nil
	}
	weight = min(weight, r.limit)
	if err := r.bytes.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() { r.bytes.Release(weight) }, nil
}

// requestWeight is about how many bytes a request and a state that comes back take as JSON, known before either is made. Records that travel
// along take room of their own.
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
