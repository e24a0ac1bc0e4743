package main

import (
	"context"
	"errors"
	"fmt"
)

// onTwo is the learner that is measured on two cores.
const onTwo = "ARF10, √m features"

// twoCores compares a forest on one core with the same on two, beside what the machine has to give: two processes side by side, each on a
// core of its own, which share nothing but the machine.
func (b *bench) twoCores(ctx context.Context) error {
	t, err := b.data.get("elec2")
	if err != nil {
		return err
	}
	var gains, costs, ceilings []float64
	verdict := "same bytes"
	for range rounds {
		one, err := b.once(ctx, b.pin, onTwo, 0, 1)
		if err != nil {
			return err
		}
		if one.NotBuilt {
			b.row("ARF10 on 2 cores", t, 0, "not built", "", "", "")
			return nil
		}
		two, err := b.once(ctx, b.pinTo("0,1"), onTwo, 0, 2)
		if err != nil {
			return err
		}
		ceiling, err := b.sideBySide(ctx, one)
		if err != nil {
			return err
		}
		if one.Digest != two.Digest {
			verdict = "OTHER BYTES"
		}
		gains = append(gains, float64(two.Rows)/two.Wall/(float64(one.Rows)/one.Wall))
		costs = append(costs, two.perRow()/one.perRow())
		ceilings = append(ceilings, ceiling)
	}
	b.row("ARF10 on 2 cores", t, 0, fmt.Sprintf("%.2f × one core, by %.2f × its processor time", median(gains), median(costs)),
		"≥ 1.85 × one core", verdict, fmt.Sprintf("two processes at once: %.2f ×", median(ceilings)))
	return nil
}

// sideBySide is how many times as fast as one process alone two are together, by their processors' time: less than 2 where one slows the
// other down.
func (b *bench) sideBySide(ctx context.Context, alone timed) (float64, error) {
	var both [2]timed
	var errs [2]error
	done := make(chan struct{})
	go func() {
		defer close(done)
		both[0], errs[0] = b.once(ctx, b.pinTo("0"), onTwo, 0, 1)
	}()
	both[1], errs[1] = b.once(ctx, b.pinTo("1"), onTwo, 0, 1)
	<-done
	return alone.perRow()/both[0].perRow() + alone.perRow()/both[1].perRow(), errors.Join(errs[:]...)
}

// pinTo are the words that bind a program to these processors.
func (b *bench) pinTo(processors string) []string {
	if b.pin == nil {
		return nil
	}
	return []string{b.pin[0], "-c", processors}
}

// perRow is the processors' time for a row.
func (m timed) perRow() float64 { return m.CPU / float64(m.Rows) }
