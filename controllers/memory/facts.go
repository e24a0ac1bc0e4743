package memory

import "time"

// Mode says how far the user lets Creek go.
type Mode string

// Values of Mode.
const (
	// Off keeps the limit that the user gave.
	Off Mode = "Off"
	// Advise keeps it too, and says what would be better.
	Advise Mode = "Advise"
	// Auto changes the limit.
	Auto Mode = "Auto"
)

// Policy holds the user's settings; sizes in bytes.
type Policy struct {
	Mode              Mode
	Initial, Min, Max int64
	// MarginPercent is added to the peaks.
	MarginPercent int64
}

// clamp keeps a limit within what the user allows.
func (p Policy) clamp(limit int64) int64 { return max(p.Min, min(limit, p.Max)) }

// Start returns the limit of a trainer of which nothing is known yet.
func (p Policy) Start() int64 { return p.clamp(p.Initial) }

// ceiling is the limit above which Creek may not go.
func (p Policy) ceiling() int64 {
	if p.Mode == Auto {
		return p.Max
	}
	return p.Start()
}

// Facts are everything that a decision rests on.
type Facts struct {
	Policy  Policy
	History History
	Now     time.Time
	// TemplateLimit is the limit that the next pod gets, Limit that of the running pod (as its cgroup has it, 0 without a pod), in bytes.
	TemplateLimit, Limit int64
	// Needed is the limit with which the trainer says it could go on, in bytes; 0 while it does.
	Needed int64
	// Running: exactly one trainer pod is there and not on its way out. Idle: none is, and the autoscaler knows of none either. While pods come and go both
	// are false, and nothing is done.
	Running, Idle bool
	// PodAge is how long the running pod has been there.
	PodAge time.Duration
	// Resizing: a resize of the pod was asked for and is not done. ResizeRefused: the cluster cannot resize this pod.
	Resizing, ResizeRefused bool
	// ResizeDeferred: it is not done because the node has no room for it; the kubelet tries again for as long as it takes.
	ResizeDeferred bool
	// FreePatch: a change of the template starts no pod, since the cluster allows services to start at zero.
	FreePatch bool
}

// Action is what to do about a limit.
type Action string

// Values of Action.
const (
	// None: leave everything as it is.
	None Action = "None"
	// PatchTemplate: give the next pod the limit.
	PatchTemplate Action = "PatchTemplate"
	// Resize: give the running pod the limit in place.
	Resize Action = "Resize"
	// Exhausted: the trainer was killed at the highest limit it may have, or says that it needs more. Stop.
	Exhausted Action = "Exhausted"
)

// Decision is what to do, and why.
type Decision struct {
	Action Action
	// Limit is the new limit in bytes, where Action changes one.
	Limit int64
	// Recommended is the limit that the history speaks for, whatever is done about it; 0 while nothing is known.
	Recommended int64
	// Reason says why in words for the user. It never holds a time or anything else that changes by itself.
	Reason string
}
