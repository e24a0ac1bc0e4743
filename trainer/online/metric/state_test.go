package metric_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/metric"
)

// Whatever is accepted is written again in the same way, and counts on.
func FuzzRestoreState(f *testing.F) {
	c := metric.NewClassification(2)
	f.Add(flat.Append(nil, c))
	c.Update(outcome(1, 0, 2, 1e-9))
	f.Add(flat.Append(nil, c))
	f.Fuzz(func(t *testing.T, state []byte) {
		if len(state) > sha256.Size {
			body := state[:len(state)-sha256.Size]
			sum := sha256.Sum256(body)
			state = append(bytes.Clone(body), sum[:]...)
		}
		c := metric.NewClassification(2)
		if flat.Restore(state, c) != nil {
			return
		}
		if !bytes.Equal(flat.Append(nil, c), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
		c.Update(outcome(0, 0, 2, 0))
		if c.Product < 0x1p-512 || c.Product > 1 {
			t.Fatalf("the product became %g", c.Product)
		}
	})
}
