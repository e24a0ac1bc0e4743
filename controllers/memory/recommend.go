package memory

import (
	"fmt"
	"time"
)

// percentile is the share of samples that a limit must hold without the margin.
const percentile = 0.98

// recommendation is the limit that a history speaks for, within the policy's bounds.
type recommendation struct {
	limit int64
	why   string
}

// recommend turns a history into a limit: the largest of the high percentile, the newest peak, the forecast and what the trainer
// says it needs to go on, each with the margin, and of the floor that a kill left; rounded up to a class and kept within the policy. The newest peak counts by itself, since a percentile
// takes note of a new need only when it has come often. Without any history the limit is the policy's start.
func recommend(p Policy, h History, needed int64, now time.Time) recommendation {
	need := func(bytes int64) int64 { return Class(bytes + bytes*p.MarginPercent/100) }
	peak := h.Peaks.Quantile(percentile)
	r := recommendation{limit: p.Start(), why: "nothing is known of its use yet, so memory.initial holds"}
	if peak > 0 {
		r = recommendation{limit: need(peak), why: fmt.Sprintf("98 %% of its work stayed within %s, and the margin is %d %%", Text(peak), p.MarginPercent)}
	}
	if h.LastPeak > 0 && need(h.LastPeak) > r.limit {
		r = recommendation{limit: need(h.LastPeak), why: fmt.Sprintf("it used %s of late, and the margin is %d %%", Text(h.LastPeak), p.MarginPercent)}
	}
	if forecast := h.LastPeak + h.Growth*growthHorizon; h.Growth > 0 && need(forecast) > r.limit {
		r = recommendation{limit: need(forecast), why: fmt.Sprintf("the model grows, and %s are expected soon", Text(forecast))}
	}
	if needed > 0 && need(needed) > r.limit {
		r = recommendation{limit: need(needed), why: fmt.Sprintf("it needs %s to go on, and the margin is %d %%", Text(needed), p.MarginPercent)}
	}
	if floor := h.floor(now); floor > r.limit || (peak == 0 && floor > 0) {
		r = recommendation{limit: max(floor, r.limit), why: fmt.Sprintf("it was killed at a limit of %s", Text(h.KilledAt))}
	}
	if clamped := p.clamp(r.limit); clamped != r.limit {
		bound := "memory.max"
		if clamped > r.limit {
			bound = "memory.min"
		}
		r = recommendation{limit: clamped, why: fmt.Sprintf("%s; %s bounds it", r.why, bound)}
	}
	return r
}

// Text writes a size for people, in whole MiB rounded up.
func Text(bytes int64) string { return fmt.Sprintf("%dMi", (bytes+MiB-1)/MiB) }
