package decode

import "bytes"

// labels are what a label can be.
type labels interface {
	// byText is what the text of a label stands for.
	byText(b []byte) (y float64, ok bool)
	// byNumber is what a label that is a number stands for.
	byNumber(v float64) (y float64, ok bool)
	// plainEntries are classes to be tried first, or nil.
	plainEntries() []classEntry
	// unknown is the error for any other label.
	unknown(field string, offset int, value []byte) *RecordError
}

// numbers are labels that are numbers.
type numbers struct{}

func (numbers) byText(b []byte) (float64, bool) {
	v, ok, _ := parseText(bytes.Trim(b, " \t"))
	return v, ok && v == v
}

func (numbers) byNumber(v float64) (float64, bool) { return v, true }

func (numbers) plainEntries() []classEntry { return nil }

func (numbers) unknown(field string, offset int, value []byte) *RecordError {
	return &RecordError{Reason: ReasonType, Field: field, Offset: offset, Detail: "the label is a number, not " + excerpt(value)}
}
