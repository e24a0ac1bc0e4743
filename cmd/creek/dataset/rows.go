package dataset

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
)

// Options say what of a file is learned.
type Options struct {
	Source
	// Label is the column or field of the label, Classes its values in order; without classes they are the file's sorted distinct labels.
	Label   string
	Classes []string
	// Target is what the label is, as in decode.Format.
	Target string
	// Features list what is learned from, in this order, as name or name=path; without them it is all but the label and what is dropped.
	Features []string
	// Drop lists columns or fields that are not features, Nominal those that are nominal though their values look like numbers.
	Drop, Nominal []string
	// Missing are the texts that stand for a missing value, as an empty one does.
	Missing []string
	// Limit bounds the records; 0 means all.
	Limit int
}

// Rows are the decoded records of a file: NaN stands for a missing value, a label is the number of its class or the number to be
// predicted.
type Rows struct {
	// Format is how the records are read.
	Format decode.Format
	// Found are the labels in the order of their numbers where none were given, also those that the format need not name.
	Found []string
	// Texts say where a feature that is nominal for no other reason has its first text.
	Texts map[string]string
	// Mixed are those of them that have numbers too, so that the text may be a mistake.
	Mixed []string
	// Absent are listed features that not one of the first records has.
	Absent []string
	// Waiting is how long All waited so far for rows to be read and decoded, which happens ahead of it.
	Waiting time.Duration
	// Err is why All ended early: an unreadable record, with its place and field.
	Err error

	lines   *Lines
	record  []byte
	decoder decode.Decoder
	limit   int
	count   int
	// table holds the rows where they had to be read before their classes were known and cannot be read twice.
	table *evaluate.Table
}

// tableMost is the size in bytes of a file up to which its rows are kept while its classes are sought. Larger ones are read twice: that
// takes a little longer and a fraction of the memory.
const tableMost = 16 << 20

// Open begins to read a file. Where the classes are not given, all of it is read first, since they are numbered in their sorted order.
func Open(o Options) (*Rows, error) {
	lines, err := OpenLines(o.Source)
	if err != nil {
		return nil, err
	}
	r := &Rows{lines: lines, limit: o.Limit}
	if err := r.begin(o); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close closes the file.
func (r *Rows) Close() error { return r.lines.Close() }

func (r *Rows) begin(o Options) error {
	sample, err := r.lines.Sample(o.sampleRecords())
	if err != nil {
		return err
	}
	if len(sample) == 0 {
		return fmt.Errorf("%s holds no records", o.Path)
	}
	if r.record, err = r.lines.Next(); err != nil {
		return err
	}
	if r.Format, err = infer(r.lines, sample, o); err != nil {
		return fmt.Errorf("%s: %w", o.Path, err)
	}
	r.Texts, r.Mixed = o.texts(r.Format, sample)
	r.Absent = o.absent(r.Format, sample)
	r.Format.Classes = o.Classes
	if o.Target == decode.TargetNumber || o.Label == "" || len(o.Classes) > 0 {
		r.decoder, err = decode.New(r.Format, online.NominalToken)
		if err != nil {
			return fmt.Errorf("%s: %w", o.Path, err)
		}
		return nil
	}
	return r.readOpen(o)
}

// SampleRecords is how many records of a file at most tell what its features are.
const SampleRecords = 1000

func (o Options) sampleRecords() int {
	if o.Limit > 0 {
		return min(o.Limit, SampleRecords)
	}
	return SampleRecords
}

// All yields the rows in their order, once. A row is valid until the next.
func (r *Rows) All() iter.Seq2[[]float64, float64] {
	if r.table != nil {
		return r.table.All()
	}
	return func(yield func([]float64, float64) bool) {
		width := len(r.Format.Features)
		chunks, stop := r.ahead()
		defer stop()
		for c := r.next(chunks); c != nil; c = r.next(chunks) {
			for i, y := range c.y {
				if !yield(c.x[i*width:(i+1)*width:(i+1)*width], y) {
					return
				}
			}
			r.Err = c.err
		}
	}
}

// implied are the sorted labels that need no classes. Leaving the classes out then makes the same model, to the byte, as a stream
// whose format names none.
var implied = [][]string{{"0", "1"}, {"false", "true"}, {"-1", "1"}}

// readOpen finds the classes by reading all records, which get the numbers of their labels' sorted order.
func (r *Rows) readOpen(o Options) error {
	decoder, err := decode.NewOpen(r.Format, online.NominalToken)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Path, err)
	}
	r.decoder = decoder
	twice := r.lines.large()
	table := evaluate.NewTable(len(r.Format.Features))
	for x, y := range r.All() {
		if !twice {
			table.Append(x, y)
		}
	}
	if r.Err != nil {
		return r.Err
	}
	r.Found = decoder.Classes()
	if !slices.ContainsFunc(implied, func(pair []string) bool { return slices.Equal(pair, r.Found) }) {
		r.Format.Classes = r.Found
	}
	if twice {
		return r.again(o)
	}
	table.Relabel(decoder.Order())
	r.table = table
	return nil
}

// again begins anew, now that the classes are known.
func (r *Rows) again(o Options) error {
	lines, err := OpenLines(o.Source)
	if err != nil {
		return err
	}
	err = r.lines.Close()
	r.lines, r.count, r.Waiting = lines, 0, 0
	if err != nil {
		return fmt.Errorf("close %s: %w", o.Path, err)
	}
	if r.record, err = r.lines.Next(); err != nil {
		return err
	}
	if r.decoder, err = decode.New(r.Format, online.NominalToken); err != nil {
		return fmt.Errorf("%s: %w", o.Path, err)
	}
	return nil
}
