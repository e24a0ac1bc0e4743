package metric

import "creek.dev/creek/trainer/online/flat"

// Fields implements flat.Stater.
func (c *Classification) Fields(codec *flat.Codec) {
	codec.Uint64sOf("counts", c.Counts)
	codec.Float64("product", &c.Product)
	codec.Uint64("blocks", &c.Blocks)
	codec.Require(c.Product >= 0x1p-512 && c.Product <= 1, "a product in [2^-512, 1]")
}
