package metric

import (
	"fmt"

	"creek.dev/creek/trainer/online/flat"
)

// RestoreVersion1 reads what version 1 of the state format kept of a
// classification: confusion matrix and log-loss. What it did not keep stays
// empty. When it fails, c is as it was.
func (c *Classification) RestoreVersion1(src []byte) error {
	r := flat.NewReader(src)
	if classes := r.Uint32(); int64(classes) != int64(c.Classes) {
		r.Fail(fmt.Errorf("%w: the metrics are of %d classes, not %d", flat.ErrShape, classes, c.Classes))
	}
	fresh := NewClassification(c.Classes)
	fresh.Product = r.Float64()
	fresh.Blocks = r.Uint64()
	for i := range fresh.Counts {
		fresh.Counts[i] = r.Uint64()
	}
	if !(fresh.Product >= 0x1p-512 && fresh.Product <= 1) {
		r.Fail(fmt.Errorf("%w: the product %g is not in [2^-512, 1]", flat.ErrShape, fresh.Product))
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("restoring metrics of version 1: %w", err)
	}
	*c = *fresh
	return nil
}

// Version1Bytes is the size of what version 1 kept of so many classes.
func Version1Bytes(classes int) int { return 4 + 8 + 8 + 8*classes*classes }
