package history

import (
	"encoding/json"
	"fmt"
)

// DeadLetter is a record that could not be read and was passed over: a function of the history and the record alone. Whoever learns the
// same history makes the same dead letters with the same numbers.
type DeadLetter struct {
	// Number counts the lineage's dead letters from 1, in the order of the history.
	Number    int64 `json:"number"`
	Partition int32 `json:"partition"`
	Offset    int64 `json:"offset"`
	// UnixMillis is the record's Kafka timestamp.
	UnixMillis int64 `json:"unixMillis"`
	// Key and Value are nil when the record has none.
	Key     []byte         `json:"key"`
	Value   []byte         `json:"value"`
	Headers []RecordHeader `json:"headers,omitempty"`
	// Reason is what the decoder said.
	Reason string `json:"reason"`
}

// RecordHeader is a header of a Kafka record.
type RecordHeader struct {
	Key   string `json:"key"`
	Value []byte `json:"value"`
}

// letterOverhead is more than what a dead letter takes beside its variable parts.
const letterOverhead = 128

// Size returns about how many bytes the dead letter takes in a message.
func (d DeadLetter) Size() int {
	size := len(d.Key) + len(d.Value) + len(d.Reason) + letterOverhead
	for _, h := range d.Headers {
		size += len(h.Key) + len(h.Value)
	}
	return size
}

// RecordID names the record of a dead letter among all of all trainings: whoever reads the topic can tell repeated copies by it.
func (l Lineage) RecordID(d DeadLetter) string {
	return fmt.Sprintf("%s/%d/%d", l, d.Partition, d.Offset)
}

// Bounds of the dead letters that a shard holds unacknowledged. A single one may be larger.
const (
	MaxDeadLetters     = 1000
	MaxDeadLetterBytes = 1 << 20
)

// DeadLetters are those that were not acknowledged yet, in order.
type DeadLetters []DeadLetter

// Full tells whether no more may be added before some are acknowledged.
func (l DeadLetters) Full() bool {
	size := 0
	for _, d := range l {
		size += d.Size()
	}
	return len(l) >= MaxDeadLetters || size >= MaxDeadLetterBytes
}

// UpTo returns those whose number is n or less.
func (l DeadLetters) UpTo(n int64) DeadLetters { return l[:len(l)-len(l.After(n))] }

// After returns those whose number is above n.
func (l DeadLetters) After(n int64) DeadLetters {
	for len(l) > 0 && l[0].Number <= n {
		l = l[1:]
	}
	return l
}

// encode returns the bytes to store, none where there are no dead letters.
func (l DeadLetters) encode() []byte {
	if len(l) == 0 {
		return nil
	}
	data, err := json.Marshal(l)
	if err != nil {
		panic("history: marshal dead letters: " + err.Error())
	}
	return data
}

// decodeDeadLetters reads stored bytes of a shard that made count dead letters.
func decodeDeadLetters(data []byte, count int64) (DeadLetters, error) {
	if count < 0 {
		return nil, fmt.Errorf("%d dead letters", count)
	}
	if len(data) == 0 {
		return nil, nil
	}
	var l DeadLetters
	if err := strict(data, &l); err != nil {
		return nil, err
	}
	for i, d := range l {
		if want := count - int64(len(l)-1-i); d.Number != want || want < 1 {
			return nil, fmt.Errorf("the dead letter %d of %d has the number %d, want %d of %d", i+1, len(l), d.Number, want, count)
		}
	}
	return l, nil
}
