package stream

// Topic describes a topic as the cluster knows it now.
type Topic struct {
	// ID is the text of the topic's UUID as Kafka's tools print it; a topic made anew under the same name has another.
	ID string
	// Partitions are the numbers of its partitions, ascending.
	Partitions []int32
}

// Ref says which topic is meant.
type Ref struct {
	Name string
	// ID, where it is not empty, is the identity that the topic of that name must have.
	ID string
}

// Named means whatever topic has the name now.
func Named(name string) Ref { return Ref{Name: name} }

// Offset names a place in one partition of a topic.
type Offset struct {
	Partition int32
	Offset    int64
}

// Record is what Kafka holds at an offset.
type Record struct {
	Offset int64
	// UnixMillis is the record's timestamp in milliseconds since 1970: of its creation or, where the topic says so, its arrival.
	UnixMillis int64
	// Key and Value are nil when the record has none.
	Key, Value []byte
	// RawHeaders are the record's headers as Kafka has them, nil when there are none; headers.Parse reads them. A Writer ignores them.
	RawHeaders []byte
}
