package metric

import "creek.dev/creek/trainer/online/flat"

// Fields implements flat.Stater.
func (c *Classification) Fields(codec *flat.Codec) {
	codec.Uint64sOf("counts", c.Counts)
	codec.Float64("product", &c.Product)
	codec.Uint64("blocks", &c.Blocks)
	codec.Require(c.Product >= 0x1p-512 && c.Product <= 1, "a product in [2^-512, 1]")
	codec.Float64("squares", &c.squares)
	codec.Uint64("repeats", &c.repeats)
	codec.Int("last", &c.last, max(c.Classes-1, 0))
	codec.Uint64s("bins", &c.bins)
	codec.Require(c.squares >= 0 && c.squares < 1e200 && binsFit(len(c.bins)), "sums as they can become")
}

// binsFit tells whether there can be so many bins.
func binsFit(n int) bool { return n == 0 || n == 2*rocBins }

// Fields implements flat.Stater.
func (r *Regression) Fields(c *flat.Codec) {
	c.Uint64("records", &r.records)
	sums := []float64{r.weight, r.absolute, r.squared, r.mean, r.deviations}
	c.Float64sOf("sums", sums)
	r.weight, r.absolute, r.squared, r.mean, r.deviations = sums[0], sums[1], sums[2], sums[3], sums[4]
	c.Require(sumsFit(r.weight, r.absolute, r.squared, r.deviations) && r.mean >= -1e101 && r.mean <= 1e101, "sums as they can become")
}

// Fields implements flat.Stater.
func (a *Anomaly) Fields(c *flat.Codec) {
	c.Uint64("records", &a.records)
	sums := []float64{a.weight, a.scores}
	c.Float64sOf("sums", sums)
	a.weight, a.scores = sums[0], sums[1]
	c.Float64s("bins", &a.bins)
	c.Require(sumsFit(sums...) && sumsFit(a.bins...) && binsFit(len(a.bins)), "sums as they can become")
}

// sumsFit tells whether nothing is negative or so large that more might overflow.
func sumsFit(sums ...float64) bool {
	for _, v := range sums {
		if !(v >= 0 && v < 1e307) {
			return false
		}
	}
	return true
}

// Restore reads the state of a measure, also of version 1 of the format, which only classifications had.
func Restore(data []byte, m Measure) error {
	if IsVersion1(data, m) {
		return m.(*Classification).RestoreVersion1(data)
	}
	return flat.Restore(data, m)
}

// IsVersion1 tells whether a measure's state is of version 1, which held less than a state holds today.
func IsVersion1(data []byte, m Measure) bool {
	c, ok := m.(*Classification)
	return ok && len(data) == Version1Bytes(c.Classes)
}
