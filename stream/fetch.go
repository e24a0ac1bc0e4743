package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// What fetches ask for. A broker sends one batch whole however large it is.
const (
	fetchMost  = 1 << 20
	fetchLeast = 16 << 10
	fetchSpare = 1.05
	fetchWait  = 250 * time.Millisecond
)

var (
	// fetchVersion is the last that names topics rather than their IDs and needs no sessions.
	fetchVersion = &kmsg.FetchRequest{Version: 11}
	// fetchByID is the first that names topics by their IDs: a broker then never answers for another topic of the same name.
	fetchByID = &kmsg.FetchRequest{Version: 13}
)

// fetchRequest asks for committed records of one partition from an offset on, by the topic's ID unless that is zero.
func fetchRequest(topic string, id [16]byte, partition int32, offset int64, bytes int32) *kmsg.FetchRequest {
	at := kmsg.NewFetchRequestTopicPartition()
	at.Partition, at.FetchOffset, at.PartitionMaxBytes = partition, offset, bytes
	request := kmsg.NewPtrFetchRequest()
	request.Version, request.IsolationLevel = fetchVersion.Version, readCommitted
	if id != [16]byte{} {
		request.Version = fetchByID.Version
	}
	request.MaxWaitMillis, request.MinBytes, request.MaxBytes = int32(fetchWait.Milliseconds()), 1, bytes
	request.SessionEpoch = -1
	request.Topics = []kmsg.FetchRequestTopic{{Topic: topic, TopicID: id, Partitions: []kmsg.FetchRequestTopicPartition{at}}}
	return request
}

// fetched is what one fetch brought.
type fetched struct {
	code          int16
	start, stable int64
	filter        *committed
	data          []byte
	// next is the offset behind the last whole batch, the asked one when there is none.
	next int64
}

func (w *wire) receiveFetch(ctx context.Context, request *kmsg.FetchRequest) (fetched, error) {
	response := kmsg.NewPtrFetchResponse()
	response.Version = request.Version
	topic := request.Topics[0]
	partition, asked := topic.Partitions[0].Partition, topic.Partitions[0].FetchOffset
	if err := w.receive(ctx, response); err != nil {
		return fetched{}, err
	}
	if response.ErrorCode != 0 {
		return fetched{code: response.ErrorCode}, nil
	}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			if (request.Version < fetchByID.Version && t.Topic != topic.Topic) || t.TopicID != topic.TopicID || p.Partition != partition {
				continue
			}
			next, err := behind(p.RecordBatches, asked)
			if err != nil {
				err = &damage{err}
			}
			return fetched{
				code: p.ErrorCode, start: p.LogStartOffset, stable: p.LastStableOffset,
				filter: newCommitted(p.AbortedTransactions), data: p.RecordBatches, next: next,
			}, err
		}
	}
	return fetched{}, fmt.Errorf("broker %s answered a fetch of topic %s partition %d without it", w.address, topic.Topic, partition)
}

// damage marks bytes that came whole but cannot be read: fetching them again brings the same.
type damage struct{ error }

func (d *damage) Unwrap() error { return d.error }

// behind returns the offset after the last whole batch.
func behind(data []byte, asked int64) (int64, error) {
	next := asked
	for len(data) > 0 {
		b, rest, err := parseBatch(data)
		if errors.Is(err, errCutShort) {
			break
		}
		if err != nil {
			return next, err
		}
		next, data = max(next, b.last+1), rest
	}
	return next, nil
}
