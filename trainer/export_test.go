package trainer

import "time"

// SetBodyWithin changes how long the body of a request may take to arrive.
func (t *Trainer) SetBodyWithin(d time.Duration) { t.bodyWithin = d }
