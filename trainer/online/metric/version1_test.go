package metric_test

import (
	"encoding/binary"
	"math"
	"testing"

	"creek.dev/creek/trainer/online/metric"
)

// version1 is what the first format kept: classes, product, blocks, counts.
func version1(product float64, blocks uint64, counts ...uint64) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(math.Sqrt(float64(len(counts)))))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(product))
	b = binary.LittleEndian.AppendUint64(b, blocks)
	for _, n := range counts {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

func TestRestoreVersion1(t *testing.T) {
	c := metric.NewClassification(2)
	state := version1(0.25, 0, 1, 0, 0, 1)
	if len(state) != metric.Version1Bytes(2) {
		t.Fatalf("%d bytes, want %d", len(state), metric.Version1Bytes(2))
	}
	if err := c.RestoreVersion1(state); err != nil {
		t.Fatal(err)
	}
	values := c.Values()
	if c.Records() != 2 || values["accuracy"] != 1 || math.Abs(values["logLoss"]-math.Ln2) > 1e-15 {
		t.Errorf("%d records, %v", c.Records(), values)
	}
	// What version 1 did not keep is measured over the rows from then on.
	continued, fresh := metric.NewClassification(2), metric.NewClassification(2)
	if err := continued.RestoreVersion1(version1(0.25, 0, 500, 0, 0, 500)); err != nil {
		t.Fatal(err)
	}
	for _, m := range []*metric.Classification{continued, fresh} {
		for i := range 10 {
			m.Update(metric.Outcome{Y: float64(i / 5), Class: 1, Scores: []float64{0.25, 0.75}})
		}
	}
	if got, want := continued.Values(), fresh.Values(); got["brier"] != want["brier"] || got["kappaT"] <= 0 {
		t.Errorf("brier %v, want %v; kappaT %v of an accuracy of %v", got["brier"], want["brier"], got["kappaT"], got["accuracy"])
	}
	for name, bad := range map[string][]byte{
		"other classes": version1(0.5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1), "product": version1(2, 0, 1, 0, 0, 1),
		"not a number": version1(math.NaN(), 0, 1, 0, 0, 1), "cut": state[:20], "nothing": nil,
	} {
		if err := c.RestoreVersion1(bad); err == nil {
			t.Errorf("%s: it was accepted", name)
		}
	}
	if c.Records() != 2 {
		t.Error("what was refused changed something")
	}
}
