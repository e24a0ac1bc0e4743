package metric

import (
	"fmt"

	"creek.dev/creek/trainer/online/flat"
)

// AppendState appends the counts in a flat form.
func (c *Classification) AppendState(dst []byte) []byte {
	dst = flat.AppendUint32(dst, uint32(c.Classes))
	dst = flat.AppendFloat64(dst, c.Product)
	dst = flat.AppendUint64(dst, c.Blocks)
	for _, n := range c.Counts {
		dst = flat.AppendUint64(dst, n)
	}
	return dst
}

// RestoreState sets the counts to what AppendState wrote for the same number of
// classes. When it fails, nothing has changed.
func (c *Classification) RestoreState(src []byte) error {
	r := flat.NewReader(src)
	if classes := r.Uint32(); r.Err() == nil && int64(classes) != int64(c.Classes) {
		return fmt.Errorf("restoring metrics of %d classes into metrics of %d", classes, c.Classes)
	}
	fresh := NewClassification(c.Classes)
	fresh.Product = r.Float64()
	fresh.Blocks = r.Uint64()
	for i := range fresh.Counts {
		fresh.Counts[i] = r.Uint64()
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("restoring metrics: %w", err)
	}
	if fresh.Product < 0x1p-512 || fresh.Product > 1 {
		return fmt.Errorf("restoring metrics: the product %g is not in [2^-512, 1]", fresh.Product)
	}
	*c = *fresh
	return nil
}
