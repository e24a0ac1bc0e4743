package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Kind tells what an entry does.
type Kind string

// Kinds of entries.
const (
	// KindSlice lists contiguous offset ranges to learn: the unit of work.
	KindSlice Kind = "Slice"
	// KindRebase goes on from a checkpoint after a loss: what later entries taught is void.
	KindRebase Kind = "Rebase"
	// KindEpoch changes what learning means from here on: its terms are in force until the next one.
	KindEpoch Kind = "Epoch"
)

// Entry is one numbered step of a history. Appending it is create-if-absent, and that is the only fence between two dispatchers.
type Entry struct {
	Version int   `json:"version"`
	Number  int64 `json:"number"`
	Kind    Kind  `json:"kind"`
	// Writer is a random name of the dispatcher process, Term the number of its reign: one above the newest entry's when it took over.
	Writer string `json:"writer"`
	Term   int64  `json:"term"`
	// Epoch is the number of the entry of kind Epoch whose terms are in force behind this one, 0 while those of genesis are. That of a
	// Rebase is the epoch of the checkpoint from which it goes on.
	Epoch int64 `json:"epoch"`
	// Start and End are vectors of all partitions; what lies between is learned in ascending order of partitions. A Rebase starts where
	// the entry before it ended, teaches nothing, and ends where the next slice begins; an Epoch teaches nothing and ends where it starts.
	Start Offsets `json:"start"`
	End   Offsets `json:"end"`
	// Previous is the sum of entry Number-1's bytes, of genesis for entry 1 (of genesis and the segment's name for a baseline).
	Previous Digest `json:"previous"`
	// Excluded are offsets that a slice passes over, because their records were too old when it was cut: in some partitions, ascending,
	// the first of what it covers.
	Excluded []Range `json:"excluded,omitempty"`
	// LeftOut counts what the model was never shown, up to this entry and in it. Every entry carries it on, so that the newest knows it.
	LeftOut LeftOut `json:"leftOut,omitzero"`
	// Void is what the newest Rebase before the entry voids. Every entry carries it on too.
	Void Void `json:"void,omitzero"`
	// Rebase is what a Rebase does.
	Rebase *Rebase `json:"rebase,omitempty"`
	// Terms are those of the epoch, in an Epoch, and in a Rebase that goes on in another epoch than 0: the entry that began it may be gone.
	Terms *Terms `json:"terms,omitempty"`
}

// Rebase names the checkpoint from which a history goes on after a loss: every shard has one there, or it is genesis.
type Rebase struct {
	Position Position `json:"position"`
	// Hash is the chain hash at Position, DeadLetters the count of dead letters there.
	Hash        Digest `json:"hash"`
	DeadLetters int64  `json:"deadLetters,omitempty"`
	// Lost are the offsets after the checkpoint that Kafka no longer has: they are left out.
	Lost []Range `json:"lost"`
}

// Ranges returns the entry's work in order.
func (e Entry) Ranges() []Range {
	if e.Kind == KindRebase || e.Kind == KindEpoch {
		return nil
	}
	return Ranges(e.Begin(), e.End)
}

// Span returns how many offsets the entry covers, an upper bound of its records.
func (e Entry) Span() int64 { return Count(e.Ranges()) }

// Encode returns the bytes to store and to send; their sum is the next link of the chain.
func (e Entry) Encode() []byte {
	data, err := json.Marshal(e)
	if err != nil {
		panic("history: marshal an entry: " + err.Error())
	}
	return data
}

// DecodeEntry reads and checks stored or sent bytes.
func DecodeEntry(data []byte) (Entry, error) {
	var e Entry
	if err := readable("the entry", data, EntryVersion); err != nil {
		return e, err
	}
	if err := strict(data, &e); err != nil {
		return e, fmt.Errorf("decode history entry: %w", err)
	}
	if err := e.validate(); err != nil {
		return e, fmt.Errorf("history entry %d: %w", e.Number, err)
	}
	return e, nil
}

func (e Entry) validate() error {
	switch {
	case e.Version < FormatVersion || e.Version > EntryVersion:
		return fmt.Errorf("format version %d, this image reads %d to %d", e.Version, FormatVersion, EntryVersion)
	case e.Number < 1:
		return errors.New("the number must be at least 1")
	case e.Kind != KindSlice && e.Kind != KindRebase && e.Kind != KindEpoch:
		return fmt.Errorf("kind %q is not known to this image", e.Kind)
	case (e.Kind == KindRebase) != (e.Rebase != nil), e.Kind == KindSlice && e.Terms != nil:
		return fmt.Errorf("an entry of kind %q has the wrong fields", e.Kind)
	case e.Previous.IsZero():
		return errors.New("the link to the previous entry is missing")
	}
	if err := errors.Join(e.Start.Validate(), e.End.Validate()); err != nil {
		return err
	}
	if err := errors.Join(e.LeftOut.validate(), e.Void.validate(e), e.validateEpoch()); err != nil {
		return err
	}
	if e.Rebase != nil {
		return e.Rebase.validate(e)
	}
	for _, start := range e.Start {
		if end, ok := e.End.Get(start.Partition); !ok || end < start.Offset {
			return fmt.Errorf("partition %d ends before it starts", start.Partition)
		}
	}
	return e.validateExcluded()
}

// validateEpoch checks what an entry says of its epoch, as far as it can be told from it alone.
func (e Entry) validateEpoch() error {
	switch {
	case e.Epoch < 0 || e.Epoch > e.Number || e.Kind == KindSlice && e.Epoch == e.Number:
		return fmt.Errorf("epoch %d has not begun there", e.Epoch)
	case e.Kind == KindSlice:
		return nil
	case e.Kind == KindEpoch && (e.Epoch != e.Number || !slices.Equal(e.Start, e.End)):
		return errors.New("an epoch has the number of its entry, and teaches nothing")
	case e.Kind == KindRebase && e.Epoch > e.Rebase.Position.Touched():
		return fmt.Errorf("epoch %d begins behind position %s, from which it goes on", e.Epoch, e.Rebase.Position)
	case e.Epoch == 0 && e.Terms != nil:
		return errors.New("epoch 0 learns by the terms of genesis alone")
	case e.Epoch == 0:
		return nil
	}
	return e.Terms.validate()
}

// InEpoch tells whether the entry may follow one behind which an epoch was in force.
func (e Entry) InEpoch(before int64) bool { return e.Kind != KindSlice || e.Epoch == before }

func (r Rebase) validate(e Entry) error {
	switch {
	case r.Position.Touched() >= e.Number:
		return fmt.Errorf("it goes on from %s, which is not before it", r.Position)
	case r.Hash.IsZero() || r.DeadLetters < 0:
		return errors.New("the checkpoint that it goes on from is not named in full")
	case len(e.Excluded) > 0:
		return errors.New("a Rebase excludes nothing")
	}
	for _, lost := range r.Lost {
		if end, ok := e.End.Get(lost.Partition); !ok || lost.From < 0 || lost.From >= lost.To || end != lost.To {
			return fmt.Errorf("the offsets %d to %d of partition %d are called lost, and it does not end behind them", lost.From, lost.To, lost.Partition)
		}
	}
	return r.Position.Validate()
}

// ChainStart returns the link that entry 1 of a segment must name: the sum of genesis, for a segment with a name (the baseline) of both.
func ChainStart(genesis []byte, segment string) Digest {
	if segment == "" {
		return Sum(genesis)
	}
	return Sum(append(append([]byte{}, genesis...), segment...))
}
