package stream

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// poll is one call for the offsets of many topics. Each is handed out as soon as it is known, so that a broker which hangs delays no topics
// but those that it leads. A leader that moved is looked up once, and asked.
type poll struct {
	cluster   *cluster
	timestamp int64
	// parts tells that a topic is handed out without the partitions whose brokers do not answer.
	parts bool
	// growing tells that the call is for offsets that only grow and are wanted again: of those an answer that comes late is of use.
	growing bool
	done    func(name string, offsets []Offset, err error)

	// order is that of the names: topics that become known together are handed out in it.
	order map[string]int
	wait  sync.WaitGroup
	mu    sync.Mutex
	// topics are those that are under way.
	topics map[string]*polled
	// patience is with brokers that do not answer.
	patience *time.Timer
	// unasked is why nothing could be asked for, where that is so.
	unasked error
}

// polled is how far one topic is.
type polled struct {
	layout  layout
	attempt int
	// waiting are the brokers whose answers the topic waits for.
	waiting []string
	offsets []Offset
	// err is why a broker gave no offsets, unread why one is not waited for.
	err, unread error
}

// found is what is to be handed out of a topic.
type found struct {
	name    string
	offsets []Offset
	err     error
	// stale tells that its leaders are to be looked up.
	stale bool
}

// run returns when all topics were handed out.
func (p *poll) run(ctx context.Context, names []string) {
	p.topics, p.order = map[string]*polled{}, make(map[string]int, len(names))
	for i, name := range names {
		p.order[name] = i
	}
	p.patience = time.AfterFunc(forever, p.impatient)
	defer p.patience.Stop()
	p.round(ctx, names, 1)
	p.wait.Wait()
}

// round asks for topics.
func (p *poll) round(ctx context.Context, names []string, attempt int) {
	topics, missing, err := p.cluster.describe(ctx, names, layoutAge)
	if attempt == 1 {
		p.unasked = err
	}
	for _, name := range names {
		if failure := missing[name]; failure != nil || err != nil {
			p.drop(name)
			p.done(name, nil, cmp.Or(failure, err))
		}
	}
	requests, leaderless := p.cluster.offsetRequests(topics, p.timestamp)
	p.mu.Lock()
	for name, topic := range topics {
		p.topics[name] = &polled{layout: topic, attempt: attempt}
		if p.parts {
			p.topics[name].unread = leaderless[name]
		} else {
			p.topics[name].err = leaderless[name]
		}
	}
	asked := p.share(requests)
	var over []found
	var again []string
	for name := range topics {
		over, again = p.settle(ctx, name, over, again)
	}
	if p.parts {
		p.patience.Reset(headStart)
	}
	p.mu.Unlock()
	for address, request := range asked {
		p.wait.Go(func() {
			answer, err := p.cluster.ask(ctx, address, request)
			p.answered(ctx, address, attempt, request, answer, err)
		})
	}
	p.goOn(ctx, over, again)
}

func (p *poll) drop(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.topics, name)
}

// share says of each topic whose answers it waits for, and returns the requests that are to be sent.
func (p *poll) share(requests map[string]*kmsg.ListOffsetsRequest) map[string]*kmsg.ListOffsetsRequest {
	now := time.Now()
	asked := map[string]*kmsg.ListOffsetsRequest{}
	doubtful := map[string][]string{}
	for address, request := range requests {
		h := p.cluster.healthOf(address)
		if !h.silent(now) {
			asked[address] = request
		}
		for _, asking := range request.Topics {
			topic := p.topics[asking.Topic]
			switch {
			case h.silent(now):
				topic.unread = unanswered(address, now.Sub(h.since))
			case h.suspect && p.parts:
				doubtful[asking.Topic] = append(doubtful[asking.Topic], address)
			default:
				topic.waiting = append(topic.waiting, address)
			}
		}
	}
	for name, addresses := range doubtful {
		topic := p.topics[name]
		switch {
		case len(topic.waiting) == 0:
			// It waits for those that may not answer only where there is no other.
			topic.waiting = addresses
		case topic.unread == nil:
			topic.unread = unanswered(addresses[0], headStart)
		}
	}
	return asked
}

func unanswered(address string, since time.Duration) error {
	return fmt.Errorf("broker %s: %w: it has not answered for %.0f s", address, ErrUnreachable, since.Seconds())
}

// answered takes a broker's answer to the topics that wait for it.
func (p *poll) answered(ctx context.Context, address string, attempt int, request *kmsg.ListOffsetsRequest, answer kmsg.Response, err error) {
	offsets, failures := map[string][]Offset{}, map[string]error{}
	if err == nil {
		p.cluster.collect(address, answer.(*kmsg.ListOffsetsResponse), offsets, failures)
	}
	var over []found
	var again []string
	p.mu.Lock()
	for _, asked := range request.Topics {
		name := asked.Topic
		topic := p.topics[name]
		if topic == nil || topic.attempt != attempt || !slices.Contains(topic.waiting, address) {
			if p.growing && len(offsets[name]) > 0 {
				p.cluster.keepLate(name, offsets[name])
			}
			continue
		}
		topic.waiting = slices.DeleteFunc(topic.waiting, func(a string) bool { return a == address })
		topic.offsets = append(topic.offsets, offsets[name]...)
		if failure := cmp.Or(failures[name], err); failure != nil {
			topic.err = failure
		}
		over, again = p.settle(ctx, name, over, again)
	}
	p.mu.Unlock()
	p.goOn(ctx, over, again)
}

// settle moves a topic that waits for nothing more to those that are over or to those that are asked for again.
func (p *poll) settle(ctx context.Context, name string, over []found, again []string) ([]found, []string) {
	topic := p.topics[name]
	switch {
	case len(topic.waiting) > 0:
		return over, again
	case topic.attempt == 1 && ctx.Err() == nil && p.stale(topic):
		return over, append(again, name)
	}
	delete(p.topics, name)
	return append(over, p.result(name, topic)), again
}

// stale tells whether a topic failed for what may be cured by another look at its leaders. It is looked at often enough where one does not
// wait for it.
func (p *poll) stale(topic *polled) bool {
	return topic.err != nil && !late(topic.err) && (!p.parts || time.Since(topic.layout.asked) > headStart)
}

// result is what is known of a topic now.
func (p *poll) result(name string, topic *polled) found {
	out := found{name: name, offsets: topic.offsets, err: topic.err, stale: p.stale(topic)}
	if out.err == nil && p.growing {
		out.offsets = p.cluster.withLate(name, topic.layout, out.offsets)
	}
	switch {
	case out.err != nil:
	case len(out.offsets) == len(topic.layout.Partitions):
	case topic.unread != nil:
		out.err = topic.unread
	case len(topic.waiting) > 0:
		out.err = unanswered(topic.waiting[0], headStart)
	default:
		out.err = fmt.Errorf("%w: %d of %d partitions were answered for", ErrUnreachable, len(out.offsets), len(topic.layout.Partitions))
	}
	if out.err != nil && (!p.parts || topic.err != nil) {
		out.offsets = nil
	}
	slices.SortFunc(out.offsets, func(a, b Offset) int { return int(a.Partition) - int(b.Partition) })
	return out
}

// impatient hands out what was answered of topics that still wait, now and, where nothing was yet, a little later.
func (p *poll) impatient() {
	var over []found
	p.mu.Lock()
	for name, topic := range p.topics {
		if len(topic.waiting) == 0 || len(topic.offsets) == 0 && topic.err == nil {
			continue
		}
		for _, address := range topic.waiting {
			p.cluster.doubt(address)
		}
		over = append(over, p.result(name, topic))
		delete(p.topics, name)
	}
	if len(over) > 0 {
		// Those that they waited for are not heard yet, so that the call goes on.
		p.wait.Add(1)
		defer p.wait.Done()
	}
	if len(p.topics) > 0 {
		p.patience.Reset(headStart)
	}
	p.mu.Unlock()
	p.handOut(over)
}

func (p *poll) handOut(over []found) {
	slices.SortFunc(over, func(a, b found) int { return p.order[a.name] - p.order[b.name] })
	for _, f := range over {
		if f.stale {
			p.cluster.forget(f.name)
		}
		p.done(f.name, f.offsets, f.err)
	}
}

// goOn hands out what is over and asks again for what is not.
func (p *poll) goOn(ctx context.Context, over []found, again []string) {
	p.handOut(over)
	if len(again) > 0 {
		for _, name := range again {
			p.cluster.forget(name)
		}
		p.wait.Go(func() { p.round(ctx, again, 2) })
	}
}
