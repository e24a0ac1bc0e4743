package core

import "testing"

// Lag counts what can be learned and is not yet: what others count wrong is none.
func TestLag(t *testing.T) {
	tests := map[string]struct {
		change func(*rig)
		want   int64
	}{
		"all is learned":                     {func(*rig) {}, 0},
		"records that cannot be sent":        {func(r *rig) { r.stable = at(0, 90) }, 80},
		"some deleted before":                {func(r *rig) { r.starts, r.stable = at(0, 30), at(0, 90) }, 60},
		"all deleted before":                 {func(r *rig) { r.starts, r.stable = at(0, 90), at(0, 90) }, 0},
		"learned ones deleted":               {func(r *rig) { r.starts = at(0, 10) }, 0},
		"an added partition":                 {func(r *rig) { r.topic.Partitions, r.stable = []int32{0, 1}, at(0, 10, 1, 7) }, 7},
		"an added partition without records": {func(r *rig) { r.topic.Partitions, r.stable = []int32{0, 1}, at(0, 10, 1, 0) }, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Records != 10 || f.Lag != 0 {
				t.Fatalf("%d records, lag %d", f.Records, f.Lag)
			}
			r.configure(func(c *Config) { c.Suspend, c.RecordsLost = true, RecordsLostContinue })
			test.change(r)
			r.run(60 * Second)
			if f := r.machine.Facts(); f.Lag != test.want {
				t.Errorf("lag %d, want %d (stopped: %v)", f.Lag, test.want, f.Stopped)
			}
		})
	}
}
