package memory

import "time"

const (
	// growthShare is the weight of the newest increase in the running mean of increases: the mean spans about four samples.
	growthShare = 4
	// growthHorizon is how many samples ahead the growth is extrapolated: some minutes of work, until the next chance to resize.
	growthHorizon = 24
	// cleanDay is how long a trainer must work without being killed before the floor that the kill left sinks by a class.
	cleanDay = 24 * time.Hour
	// patchesKept is how many patches of a day are remembered: some more than Creek itself makes.
	patchesKept = 32
)

// Sample is what one or several slices used. Zero sizes are unknown.
type Sample struct {
	// Peak is the highest working set, Model the size of the learning state, in bytes.
	Peak, Model int64
	// Slices is how many slices the sample stands for.
	Slices int64
}

// History is all that is remembered of a worker's use of memory. Values are never changed in place.
type History struct {
	Peaks Histogram
	// LastPeak and LastModel are those of the newest sample; Growth is the running mean of the model's increase per sample, in bytes.
	LastPeak, LastModel, Growth int64
	// Slices counts those since the template's limit last changed or the trainer was last killed for its memory.
	Slices int64
	// KilledAt is the limit, in bytes, at which the kernel last killed the trainer for its memory, 0 when that is unknown or long past.
	KilledAt int64
	// Killed is when that was.
	Killed time.Time
	// Kills counts such kills, each once.
	Kills int64
	// Patches are the times of the template's changes of the last day, oldest first.
	Patches []time.Time
}

// Observe adds a sample.
func (h History) Observe(s Sample) History {
	if s.Peak > 0 {
		h.Peaks = h.Peaks.Add(s.Peak)
		h.LastPeak = s.Peak
	}
	if s.Model > 0 {
		if h.LastModel > 0 {
			h.Growth += (max(s.Model-h.LastModel, 0) - h.Growth) / growthShare
		}
		h.LastModel = s.Model
	}
	h.Slices += s.Slices
	return h
}

// Reborn returns what a new model begins with: nothing is known of its use, but kills and patches that were counted stay counted. The
// pod may be the one that was killed for the model before.
func (h History) Reborn() History {
	return History{Killed: h.Killed, Kills: h.Kills, Patches: h.Patches}
}

// Kill remembers that the trainer was killed at a limit. Earlier kills count no longer: only the largest limit that did not suffice does,
// as long as it is still held against the trainer. Once the floor that it left has sunk to the present limit, only the present one is.
func (h History) Kill(limit int64, now time.Time) History {
	if h.floor(now) > limit {
		limit = max(limit, h.KilledAt)
	}
	h.KilledAt = limit
	h.Killed = now
	h.Kills++
	h.Slices = 0
	return h
}

// Patched remembers a change of the template and forgets those older than a day, and all but the newest of those that many: a person may
// change the limits as often as they like.
func (h History) Patched(now time.Time) History {
	recent := make([]time.Time, 0, len(h.Patches)+1)
	for _, at := range h.Patches {
		if now.Sub(at) < cleanDay {
			recent = append(recent, at)
		}
	}
	recent = append(recent, now)
	h.Patches = recent[max(0, len(recent)-patchesKept):]
	h.Slices = 0
	return h
}

// patchesSince counts the template's changes of the day before now.
func (h History) patchesSince(now time.Time) int {
	n := 0
	for _, at := range h.Patches {
		if now.Sub(at) < cleanDay {
			n++
		}
	}
	return n
}

// floor returns the least limit after a kill: half as much again as the limit that did not suffice, in classes, and one class less for
// every day of work since. A trainer that does not work does not prove that it needs less.
func (h History) floor(now time.Time) int64 {
	if h.KilledAt == 0 {
		return 0
	}
	floor := Class(h.KilledAt + h.KilledAt/2)
	if h.Slices < lowerAfterSlices {
		return floor
	}
	for days := now.Sub(h.Killed) / cleanDay; days > 0 && floor > 0; days-- {
		floor = PreviousClass(floor)
	}
	return floor
}
