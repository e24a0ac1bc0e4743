package stream

import (
	"errors"
	"fmt"
)

// Errors that the functions of this package return, to be tested with errors.Is. Their texts name broker, topic and partition where
// they are known, and the way out.
var (
	// ErrTopicMissing: the topic or the partition does not exist, or may not be seen with these credentials.
	ErrTopicMissing = errors.New("topic missing")
	// ErrTopicChanged: another topic has the name of the one that is meant.
	ErrTopicChanged = errors.New("topic made anew")
	// ErrTopicExists: a topic of that name exists already.
	ErrTopicExists = errors.New("topic exists already")
	// ErrTooLarge: the topic takes no records of that size.
	ErrTooLarge = errors.New("larger than the topic takes")
	// ErrAuthentication: the broker refused the credentials, or does not let them do what was asked.
	ErrAuthentication = errors.New("kafka refused the credentials")
	// ErrUnreachable: no broker answered, or the partition has no leader. It may pass.
	ErrUnreachable = errors.New("kafka is unreachable")
)

// OffsetError tells that an asked offset is no longer, or not yet, there.
type OffsetError struct {
	Topic     string
	Partition int32
	// Offset is the one that was asked for and is not there.
	Offset int64
	// Start is the log's first offset; End the last stable one, at which committed records end.
	Start, End int64
}

// Error implements error.
func (e *OffsetError) Error() string {
	what := "is not there yet"
	if e.Gone() {
		what = "is no longer there"
	}
	return fmt.Sprintf("offset %d of topic %s partition %d %s: the log holds offsets %d to %d",
		e.Offset, e.Topic, e.Partition, what, e.Start, e.End)
}

// Gone tells whether the offset was deleted, rather than not written yet.
func (e *OffsetError) Gone() bool { return e.Offset < e.Start }

// TopicError says which of several topics an error concerns.
type TopicError struct {
	Topic string
	Err   error
}

// Error implements error.
func (e *TopicError) Error() string { return fmt.Sprintf("topic %s: %v", e.Topic, e.Err) }

// Unwrap returns the cause.
func (e *TopicError) Unwrap() error { return e.Err }
