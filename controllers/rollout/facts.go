package rollout

import "time"

const (
	// Grace is how long a training may sleep after its change and still hold its slot: the preflight wakes it within that.
	Grace = time.Minute
	// Deadline is how long a change may take. It is Knative's own for a new Revision.
	Deadline = 10 * time.Minute
	// MostFailed is how many trainings may fail on an image before more failures than successes halt its rollout.
	MostFailed = 3
)

// Training is what is known of one training whose image the operator chooses.
type Training struct {
	// Key names it.
	Key string
	// Image is what it is to run, Applied what its pods' templates were last given.
	Image, Applied string
	// RolledAt is when a rollout gave it Applied; zero where it got it in another way: when it was made, or by its own spec.
	RolledAt time.Time
	// Running tells whether it has a pod, its baseline's included.
	Running bool
	// Ready tells that everything of it was seen to work on Applied, Broken that the cluster says that it cannot.
	Ready, Broken bool
	// Stopped tells that it learns nothing until it gets another image.
	Stopped bool
	// Unable tells that it cannot be changed now, whatever is decided.
	Unable bool
	// Numerics is the version of the arithmetic of its lineage; 0 while that is unknown.
	Numerics int
	// Runs are the versions that Applied can run, where that was seen in this training.
	Runs []int
}

// state is how far a training is.
type state int

const (
	waiting state = iota
	// moving: it holds a slot.
	moving
	// done: it has the image, and holds no slot.
	done
	failed
)

// state tells how far a training is at a time.
func (t *Training) state(now time.Time) state {
	switch {
	case t.Applied != t.Image:
		return waiting
	case t.RolledAt.IsZero() || t.Ready:
		return done
	case now.Sub(t.RolledAt) < Grace:
		return moving
	case !t.Running && !t.Broken:
		return done
	case now.Sub(t.RolledAt) < Deadline:
		return moving
	default:
		return failed
	}
}
