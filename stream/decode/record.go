package decode

import "strconv"

// Reason classifies what is wrong with a record.
type Reason string

// The reasons for which a record cannot be decoded.
const (
	// ReasonSyntax: the bytes are not in the record's encoding.
	ReasonSyntax Reason = "Syntax"
	// ReasonNotObject: the record is JSON but not an object.
	ReasonNotObject Reason = "NotObject"
	// ReasonTrailing: something follows the record.
	ReasonTrailing Reason = "TrailingBytes"
	// ReasonColumns: a CSV record has another number of columns.
	ReasonColumns Reason = "WrongColumns"
	// ReasonDuplicate: a field that is read stands there twice.
	ReasonDuplicate Reason = "DuplicateField"
	// ReasonType: a field holds something else than it should.
	ReasonType Reason = "WrongType"
	// ReasonRange: a number is beyond the doubles.
	ReasonRange Reason = "OutOfRange"
	// ReasonUnexpected: a field is there that the format does not know of.
	ReasonUnexpected Reason = "UnexpectedField"
	// ReasonLabelMissing: the label is absent, null or empty.
	ReasonLabelMissing Reason = "LabelMissing"
	// ReasonLabelUnknown: the label is none of the classes.
	ReasonLabelUnknown Reason = "LabelUnknown"
)

// RecordError says why a record cannot be decoded. It is a function of the
// record's bytes and the format, so that every process that reads the record
// comes to the same one.
type RecordError struct {
	Reason Reason
	// Field is the feature's path, the label or the column; empty when the
	// whole record is meant.
	Field string
	// Offset is the byte in the record where the trouble begins.
	Offset int
	// Detail is the explanation for people.
	Detail string
}

// Error is one sentence that names the field and the byte.
func (e *RecordError) Error() string {
	s := "byte " + strconv.Itoa(e.Offset) + ": "
	if e.Field != "" {
		s = "field " + e.Field + ", " + s
	}
	return s + e.Detail
}

// excerpt quotes the beginning of a value, so that an error stays short.
func excerpt(b []byte) string {
	const most = 40
	if len(b) > most {
		return strconv.Quote(string(b[:most])) + "…"
	}
	return strconv.Quote(string(b))
}
