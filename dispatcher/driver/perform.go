package driver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// Deadlines of calls.
const (
	answerWithin = 15 * time.Second
	// startWithin is what a request has beyond its budget: a pod's start, on a node that must be started first, and the way there and back.
	startWithin = 9 * time.Minute
)

// sendWithin returns how long a request may take from here.
func sendWithin(request history.Request) time.Duration {
	return startWithin + time.Duration(request.BudgetMillis)*time.Millisecond
}

// perform carries out one operation that begins now.
func (p *Parts) perform(ctx context.Context, op core.Op) core.Result {
	deadline := time.Now().Add(answerWithin)
	switch o := op.(type) {
	case core.Warm:
		deadline = time.Now().Add(startWithin)
	case core.Send:
		deadline = time.Now().Add(sendWithin(o.Request))
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	var r core.Result
	fail(&r, p.try(ctx, op, &r))
	return r
}

// fail says in a result why the operation failed, if it did.
func fail(r *core.Result, err error) {
	if err != nil {
		r.Outcome, r.Message = outcome(err), err.Error()
	}
}

func (p *Parts) try(ctx context.Context, op core.Op, r *core.Result) (err error) {
	switch o := op.(type) {
	case core.Get:
		r.Value, err = p.Store.Get(ctx, o.Key)
	case core.Put:
		err = p.Store.PutIfAbsent(ctx, o.Key, o.Value)
	case core.List:
		r.Keys, err = p.Store.List(ctx, o.Prefix, o.After, o.Limit)
	case core.Delete:
		err = p.Store.Delete(ctx, o.Key)
	case core.CheckDurability:
		r.Durability, r.Message, err = durability(ctx, p.Store)
	case core.ReadTopic:
		r.Topic, err = p.Source.Topic(ctx, o.Topic, time.Duration(o.MaxAge))
	case core.ReadStarts:
		r.Offsets, err = p.Source.Starts(ctx, o.Topic, time.Duration(o.MaxAge))
	case core.ReadAfter:
		r.Offsets, err = p.Source.After(ctx, o.Topic, o.UnixMillis)
	case core.ReadObject:
		r.Object, err = p.Object.Read(ctx)
	case core.Send:
		request, free := p.load(ctx, o)
		var reply Reply
		reply, err = p.Sender.Send(ctx, request)
		free()
		r.Status, r.Answer, r.Message, r.RetryAfter = reply.Status, reply.Answer, reply.Message, core.Span(reply.RetryAfter)
	case core.Warm:
		err = p.warm(ctx)
	case core.Commit:
		err = p.Source.Commit(ctx, o.Group, o.Topic, o.Offsets)
	case core.Publish:
		err = p.publish(ctx, o)
	default:
		err = fmt.Errorf("operation %T is not known", op)
	}
	return err
}

// warm wakes the trainer where the sender can.
func (p Parts) warm(ctx context.Context) error {
	if w, ok := p.Sender.(Warmer); ok {
		return w.Warm(ctx)
	}
	return nil
}

func (p Parts) publish(ctx context.Context, o core.Publish) error {
	if p.Publisher == nil {
		return errors.New("there is nobody here to write dead letters")
	}
	return p.Publisher.Publish(ctx, o.Topic, o.Lineage, o.Letters)
}

// durability asks a store what it promises, if it can tell; else nothing is known.
func durability(ctx context.Context, store state.Store) (string, string, error) {
	checker, ok := store.(state.Checker)
	if !ok {
		return "", "", nil
	}
	promise, why, err := checker.Durability(ctx)
	return string(promise), why, err
}

func outcome(err error) core.Outcome {
	switch {
	case errors.Is(err, state.ErrNotFound), errors.Is(err, ErrObjectMissing):
		return core.NotFound
	case errors.Is(err, state.ErrExists):
		return core.Exists
	case errors.Is(err, ErrCredentialsMissing):
		return core.CredentialsMissing
	case errors.Is(err, state.ErrAuthentication), errors.Is(err, stream.ErrAuthentication):
		return core.Refused
	case errors.Is(err, stream.ErrTopicMissing):
		return core.TopicMissing
	default:
		return core.Failed
	}
}
