package history

import "errors"

// Void is what the newest Rebase of a history takes back: the positions behind After that lie before entry Before. The zero Void is
// nothing.
type Void struct {
	After  Position `json:"after"`
	Before int64    `json:"before"`
}

// Holds tells whether a position is void. What an earlier Rebase took back lies before After, and is not known here.
func (v Void) Holds(p Position) bool { return p.Entry < v.Before && p.Compare(v.After) > 0 }

// Voided returns what is void behind the entry.
func (e Entry) Voided() Void {
	if e.Rebase != nil {
		return Void{After: e.Rebase.Position, Before: e.Number}
	}
	return e.Void
}

func (v Void) validate(e Entry) error {
	switch {
	case v == Void{}:
		return nil
	case e.Rebase != nil:
		return errors.New("a Rebase says by itself what it voids")
	case v.Before >= e.Number || v.After.Touched() >= v.Before:
		return errors.New("what it calls void is not before it")
	}
	return v.After.Validate()
}
