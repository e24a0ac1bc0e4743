package memory

import (
	"fmt"
	"time"
)

const (
	// lowerAfterSlices is how many slices a lower need must have lasted before a limit goes down.
	lowerAfterSlices = 20
	// lowerByPercent is the least saving for which a limit goes down.
	lowerByPercent = 15
	// lowerByPercentPaid is the same where a change of the template starts a pod, which has to pay for itself.
	lowerByPercentPaid = 50
	// lowerRunningAfter is how long a pod must have run before it is made smaller in place; most are gone before.
	lowerRunningAfter = 6 * time.Hour
	// PatchesPerDay bounds the changes of the template, each of which leaves a Revision. A kill raises it all the same: that is bounded
	// by the number of classes.
	PatchesPerDay = 6
)

// check looks at the facts and either decides (true) or leaves the decision to the checks after it.
type check func(Facts, recommendation) (Decision, bool)

// chain is the order in which facts are looked at.
var chain = []check{
	exhausted,    // killed at the highest limit: stop, whatever else is true
	inTransit,    // pods come or go, or a resize is under way: wait
	raiseRunning, // a pod runs with too little: resize it in place
	lowerRunning, // a pod has run for hours with too much: resize it in place
	raiseIdle,    // no pod, and the next would get too little: patch the template
	lowerIdle,    // no pod, and the next would get too much: patch the template
}

// Decide says what to do about a worker's memory.
func Decide(f Facts) Decision {
	advice := recommend(f.Policy, f.History, f.Needed, f.Now)
	target := advice
	if f.Policy.Mode != Auto {
		target = recommendation{limit: f.Policy.Start(), why: "memory.initial says so, and memory.mode is " + string(f.Policy.Mode)}
	}
	for _, look := range chain {
		if decision, ok := look(f, target); ok {
			return described(f, advice, decision)
		}
	}
	return described(f, advice, Decision{Action: None, Reason: fmt.Sprintf("%s are right: %s", Text(f.TemplateLimit), target.why)})
}

// described adds what is recommended, which in mode Off is nothing.
func described(f Facts, advice recommendation, d Decision) Decision {
	if f.Policy.Mode == Off {
		return d
	}
	d.Recommended = advice.limit
	if f.Policy.Mode == Advise && d.Action == None {
		d.Reason = fmt.Sprintf("%s are recommended: %s; memory.mode Advise leaves it at %s", Text(advice.limit), advice.why, Text(f.TemplateLimit))
	}
	return d
}

func exhausted(f Facts, _ recommendation) (Decision, bool) {
	ceiling := f.Policy.ceiling()
	way := "raise memory.max"
	if f.Policy.Mode != Auto {
		way = "raise memory.initial or set memory.mode to Auto"
	}
	if f.Needed > ceiling {
		reason := fmt.Sprintf("the trainer needs %s to go on, and %s are the highest limit that it may have; %s", Text(f.Needed), Text(ceiling), way)
		return Decision{Action: Exhausted, Reason: reason}, true
	}
	if f.History.KilledAt < ceiling || f.History.floor(f.Now) <= ceiling {
		return Decision{}, false
	}
	return Decision{
		Action: Exhausted,
		Reason: fmt.Sprintf("the trainer was killed at %s, the highest limit that it may have; %s", Text(f.History.KilledAt), way),
	}, true
}

func inTransit(f Facts, target recommendation) (Decision, bool) {
	wait := func(why string) (Decision, bool) {
		return Decision{Action: None, Reason: fmt.Sprintf("%s wanted: %s; %s", Text(target.limit), target.why, why)}, true
	}
	switch {
	case !f.Running && !f.Idle && target.limit != f.TemplateLimit:
		return wait("waiting until its pods have come or gone")
	case f.Running && f.Resizing && !f.deferredForGood():
		return wait("the pod is being resized")
	}
	return Decision{}, false
}

// insufficient tells whether a limit was seen not to suffice: the trainer was killed at it, or says so.
func (f Facts) insufficient(limit int64) bool { return f.History.KilledAt >= limit || f.Needed > limit }

// deferredForGood tells whether the pod waits for room on its node with a limit that was seen not to suffice.
func (f Facts) deferredForGood() bool { return f.ResizeDeferred && f.insufficient(f.Limit) }

func raiseRunning(f Facts, target recommendation) (Decision, bool) {
	switch {
	case !f.Running || f.Limit == 0 || f.Limit >= target.limit:
		return Decision{}, false
	case !f.ResizeRefused && !f.deferredForGood():
		return decide(Resize, target, f.Limit)
	case f.insufficient(f.Limit) && f.TemplateLimit < target.limit:
		// The pod can only fail again: a new one is better than a loop, although it costs a cold start.
		return decide(PatchTemplate, target, f.TemplateLimit)
	}
	return Decision{
		Action: None,
		Reason: fmt.Sprintf("%s wanted: %s; this pod cannot be resized, the next one gets it", Text(target.limit), target.why),
	}, true
}

func lowerRunning(f Facts, target recommendation) (Decision, bool) {
	if !f.Running || f.ResizeRefused || f.ResizeDeferred || f.Limit == 0 || !worthLowering(f, f.Limit, target.limit, lowerByPercent) {
		return Decision{}, false
	}
	if f.Policy.Mode == Auto && f.Limit <= f.Policy.Max && f.PodAge < lowerRunningAfter {
		return Decision{
			Action: None,
			Reason: fmt.Sprintf("%s suffice: %s; it is lowered when no pod runs", Text(target.limit), target.why),
		}, true
	}
	return decide(Resize, target, f.Limit)
}

func raiseIdle(f Facts, target recommendation) (Decision, bool) {
	if !f.Idle || f.TemplateLimit >= target.limit {
		return Decision{}, false
	}
	if !f.insufficient(f.TemplateLimit) && tooManyPatches(f) {
		return spent(target)
	}
	return decide(PatchTemplate, target, f.TemplateLimit)
}

func lowerIdle(f Facts, target recommendation) (Decision, bool) {
	percent := int64(lowerByPercent)
	if !f.FreePatch {
		percent = lowerByPercentPaid
	}
	if !f.Idle || !worthLowering(f, f.TemplateLimit, target.limit, percent) {
		return Decision{}, false
	}
	if tooManyPatches(f) {
		return spent(target)
	}
	return decide(PatchTemplate, target, f.TemplateLimit)
}

// worthLowering tells whether a limit goes down to target: always when it is above what the user allows, else when the lower need has
// lasted and saves enough. Both are classes or bounds, so that 15 % is at least one class.
func worthLowering(f Facts, limit, target, percent int64) bool {
	if target >= limit {
		return false
	}
	if f.Policy.Mode != Auto || limit > f.Policy.Max {
		return true
	}
	return f.History.Slices >= lowerAfterSlices && (limit-target)*100 >= limit*percent && target <= PreviousClass(limit)
}

func tooManyPatches(f Facts) bool { return f.History.patchesSince(f.Now) >= PatchesPerDay }

func decide(action Action, target recommendation, from int64) (Decision, bool) {
	word := "raised"
	if target.limit < from {
		word = "lowered"
	}
	reason := fmt.Sprintf("%s from %s to %s: %s", word, Text(from), Text(target.limit), target.why)
	return Decision{Action: action, Limit: target.limit, Reason: reason}, true
}

func spent(target recommendation) (Decision, bool) {
	return Decision{
		Action: None,
		Reason: fmt.Sprintf("%s wanted: %s; the template has changed %d times within a day, which is enough", Text(target.limit), target.why, PatchesPerDay),
	}, true
}
