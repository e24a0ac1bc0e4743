package metric

import (
	"errors"
	"fmt"
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// Windowed measures the newest outcomes: it keeps so many of them.
type Windowed struct {
	task    string
	classes int
	size    int
	// outcomes are Y, Class, Value and Scores of one after the other, next is the
	// one that is overwritten next once all are there.
	outcomes []float64
	next     int
}

// MaxWindow bounds the outcomes of a window.
const MaxWindow = 1 << 20

// NewWindowed returns an empty measure of a task, as New has it, over the newest
// outcomes, at most size; a size outside [1, MaxWindow] is an error. Of
// Classification, kappaT knows no row before the oldest.
func NewWindowed(task string, classes, size int) (*Windowed, error) {
	if err := check(task, classes); err != nil {
		return nil, err
	}
	if size < 1 || size > MaxWindow {
		return nil, fmt.Errorf("metric: a window of %d outcomes is outside [1, %d]", size, MaxWindow)
	}
	w := &Windowed{task: task, classes: classes, size: size}
	if task == regression || task == anomaly {
		w.classes = 0
	}
	return w, nil
}

func (w *Windowed) stride() int { return 3 + w.classes }

// Update implements Measure. It does not allocate once the window is full.
func (w *Windowed) Update(o Outcome) {
	if w.task == anomaly && o.Y != 0 && o.Y != 1 {
		o.Y = notKnown
	}
	if !w.counts(o) {
		return
	}
	if w.classes == 0 {
		o.Class = -1
	}
	n := w.stride()
	if len(w.outcomes) < n*w.size {
		w.outcomes = append(append(w.outcomes, o.Y, float64(o.Class), o.Value), o.Scores[:w.classes]...)
		return
	}
	at := w.outcomes[w.next*n : (w.next+1)*n]
	at[0], at[1], at[2] = o.Y, float64(o.Class), o.Value
	copy(at[3:], o.Scores)
	w.next = (w.next + 1) % w.size
}

// notKnown stands for the truth of a detector's row that is not known.
const notKnown = -1

// counts tells whether the measure would count an outcome. What it does not is
// not kept.
func (w *Windowed) counts(o Outcome) bool {
	if w.classes == 0 {
		return math.Abs(o.Value) <= math.MaxFloat64 && math.Abs(o.Y) <= math.MaxFloat64
	}
	_, ok := counted(o, w.classes)
	return ok
}

func (w *Windowed) each(use func(o Outcome)) {
	n := w.stride()
	for i := range w.kept() {
		at := w.outcomes[(w.next+i)%w.kept()*n:][:n]
		use(Outcome{Y: at[0], Class: int(at[1]), Value: at[2], Scores: at[3:]})
	}
}

func (w *Windowed) kept() int { return len(w.outcomes) / w.stride() }

// Records implements Measure: it is the number of outcomes in the window.
func (w *Windowed) Records() uint64 { return uint64(w.kept()) }

// Values implements Measure. It takes as long as counting the whole window.
func (w *Windowed) Values() map[string]float64 {
	m := newMeasure(w.task, w.classes)
	w.each(m.Update)
	return m.Values()
}

// Merge implements Measure: the outcomes of other count as newer. It fails when
// other is of another kind or size.
func (w *Windowed) Merge(measure Measure) error {
	other, ok := measure.(*Windowed)
	if !ok || other.task != w.task || other.classes != w.classes || other.size != w.size {
		return errors.New("merging other metrics into those of a window")
	}
	other.each(w.Update)
	return nil
}

// Fields implements flat.Stater.
func (w *Windowed) Fields(c *flat.Codec) {
	c.Int("next", &w.next, w.size-1)
	values := w.outcomes
	c.Float64s("outcomes", &values)
	n := w.stride()
	if !c.Reading() || !c.Require(len(values)%n == 0 && len(values) <= n*w.size && (w.next == 0 || len(values) == n*w.size), "outcomes of a window") {
		return
	}
	for i := 0; i < len(values); i += n {
		class := values[i+1]
		ok := w.classes > 0 && class >= 0 && class < float64(w.classes) || class == -1
		o := Outcome{Y: values[i], Class: int(class), Value: values[i+2], Scores: values[i+3 : i+n]}
		if !c.Require(ok && float64(o.Class) == class && w.counts(o), "outcomes that count") {
			return
		}
	}
	w.outcomes = values
}
