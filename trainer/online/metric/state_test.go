package metric_test

import (
	"bytes"
	"testing"

	"creek.dev/creek/trainer/online/metric"
)

// Whatever is accepted is written again in the same way, and counts on.
func FuzzRestoreState(f *testing.F) {
	c := metric.NewClassification(2)
	f.Add(c.AppendState(nil))
	c.Update(1, 0, 1e-9)
	f.Add(c.AppendState(nil))
	f.Fuzz(func(t *testing.T, state []byte) {
		c := metric.NewClassification(2)
		if c.RestoreState(state) != nil {
			return
		}
		if !bytes.Equal(c.AppendState(nil), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
		c.Update(0, 0, 0)
		if c.Product < 0x1p-512 || c.Product > 1 {
			t.Fatalf("the product became %g", c.Product)
		}
	})
}
