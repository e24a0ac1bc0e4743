package trainer

import (
	"context"
	"time"
)

// Of a request's budget a quarter, but no more than one call of the store may take, is kept back for the checkpoint that may be due when the
// work ends.
const reserveShare = 4

// deadlines are the moments that a request's budget sets, zero where nothing is bounded.
type deadlines struct {
	// work ends reading and learning: what is done by then is answered in part. answer ends what the store is asked after that.
	work, answer time.Time
}

// deadlinesOf returns the deadlines of a request that began at a moment. A deadline of its context that comes sooner bounds it too.
func deadlinesOf(ctx context.Context, began time.Time, budgetMillis int64) deadlines {
	var d deadlines
	if budgetMillis > 0 {
		d.answer = began.Add(time.Duration(budgetMillis) * time.Millisecond)
	}
	if end, ok := ctx.Deadline(); ok && (d.answer.IsZero() || end.Before(d.answer)) {
		d.answer = end
	}
	if !d.answer.IsZero() {
		d.work = d.answer.Add(-min(max(0, d.answer.Sub(began))/reserveShare, storeWithin))
	}
	return d
}

// until returns a context that ends at a moment, which may be zero for never.
func until(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	if end.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end)
}
