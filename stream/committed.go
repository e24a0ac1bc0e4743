package stream

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// committed tells which batches of one fetch belong to aborted transactions. The broker lists those transactions by producer and
// first offset; each ends at the producer's next abort marker.
type committed struct {
	aborted []kmsg.FetchResponseTopicPartitionAbortedTransaction
	open    map[int64]bool
}

func newCommitted(aborted []kmsg.FetchResponseTopicPartitionAbortedTransaction) *committed {
	slices.SortFunc(aborted, func(a, b kmsg.FetchResponseTopicPartitionAbortedTransaction) int {
		return cmp.Compare(a.FirstOffset, b.FirstOffset)
	})
	return &committed{aborted: aborted, open: map[int64]bool{}}
}

// skips tells whether the batch holds nothing to hand out: a marker, or records of an aborted transaction. Batches must come in order.
func (c *committed) skips(b batch) bool {
	for len(c.aborted) > 0 && c.aborted[0].FirstOffset <= b.last {
		c.open[c.aborted[0].ProducerID] = true
		c.aborted = c.aborted[1:]
	}
	if b.mark {
		if b.aborts() {
			delete(c.open, b.producer)
		}
		return true
	}
	return b.transactional && c.open[b.producer]
}

// aborts tells whether a marker ends an aborted transaction: its one record's key holds a version and a type.
func (b batch) aborts() bool {
	if b.attributes&maskCompression != 0 || b.count == 0 {
		return false
	}
	marker, _, err := b.record(b.payload)
	return err == nil && len(marker.Key) >= 4 && binary.BigEndian.Uint16(marker.Key[2:]) == controlTypeAbort
}
