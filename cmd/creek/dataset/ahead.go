package dataset

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"creek.dev/creek/stream/decode"
)

const (
	// chunkRows is how many rows are decoded before they are handed over.
	chunkRows = 512
	// chunksAhead is how many chunks wait for whoever takes the rows.
	chunksAhead = 4
)

// chunk is a number of rows, one after the other, and what ended the file behind them.
type chunk struct {
	x, y []float64
	err  error
}

// ahead reads and decodes on a goroutine of its own, so that the next rows are there when the present ones are learned. What is left of
// the file after stop is not read; stop waits until the file is no longer in use.
func (r *Rows) ahead() (chunks <-chan *chunk, stop func()) {
	out, done, ended := make(chan *chunk, chunksAhead), make(chan struct{}), make(chan struct{})
	// One chunk is being filled and one being read while the others wait.
	free := make([]chunk, chunksAhead+2)
	go func() {
		defer close(ended)
		defer close(out)
		for i := 0; ; i = (i + 1) % len(free) {
			c := &free[i]
			if !r.fill(c) {
				return
			}
			select {
			case out <- c:
			case <-done:
				return
			}
		}
	}()
	return out, func() {
		close(done)
		<-ended
	}
}

// next waits for the next chunk; nil is the end.
func (r *Rows) next(chunks <-chan *chunk) *chunk {
	begin := time.Now()
	defer func() { r.Waiting += time.Since(begin) }()
	return <-chunks
}

// unreadable is the error for the record that was read last, with what to do about it where that is plain.
func (r *Rows) unreadable(err error) error {
	var e *decode.RecordError
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", r.lines.Place(), err)
	}
	hint := ""
	switch {
	case e.Reason == decode.ReasonUnexpected:
		hint = fmt.Sprintf("; the first %d tell that: name it in --drop to leave it out", SampleRecords)
	case e.Reason == decode.ReasonLabelMissing:
		hint = "; leave such records out of the file"
	case e.Reason == decode.ReasonType && e.Field != r.Format.Label && strings.Contains(e.Detail, `needed, not "{`):
		hint = "; name what is in the object with --features, such as amount=payment.amount"
	case e.Reason == decode.ReasonType && e.Field != r.Format.Label:
		hint = "; name the field in --nominal if it holds texts, or the text in --missing if it stands for nothing"
	}
	return fmt.Errorf("%s: %w%s", r.lines.Place(), err, hint)
}

// fill decodes the next rows, and tells whether there is anything to tell.
func (r *Rows) fill(c *chunk) bool {
	width := len(r.Format.Features)
	if c.x == nil {
		c.x = make([]float64, chunkRows*width)
	}
	c.y, c.err = c.y[:0], nil
	for r.record != nil && len(c.y) < chunkRows && (r.limit == 0 || r.count < r.limit) {
		y, err := r.decoder.Decode(r.record, c.x[len(c.y)*width:(len(c.y)+1)*width])
		if err != nil {
			r.record, c.err = nil, r.unreadable(err)
			break
		}
		c.y = append(c.y, y)
		r.count++
		if r.record, err = r.lines.Next(); err != nil {
			r.record = nil
			if !errors.Is(err, io.EOF) {
				c.err = err
			}
		}
	}
	return len(c.y) > 0 || c.err != nil
}
