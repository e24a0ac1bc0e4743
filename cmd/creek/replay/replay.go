// Package replay rebuilds a model from the history in the state store and the records in Kafka, and compares it with every checkpoint
// that the trainers stored. It shares with them the learning library, the record decoder and the history's encodings, and nothing of how
// they run: no slices in requests, no saves, no restarts. So it is a witness of its own to what a history leads to.
package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// Options say what is replayed, and from where.
type Options struct {
	Lineage history.Lineage
	// Segment is empty for the training itself, history.BaselineSegment for its baseline.
	Segment string
	Store   state.Store
	Kafka   stream.Connection
	// From is the stored checkpoint with which to begin instead of genesis; what precedes it is not looked at.
	From *history.Position
	// Progress, if it is not nil, is called after every entry.
	Progress func(Progress)
}

// Progress tells how far a replay has come.
type Progress struct {
	Entry, Head int64
	Records     int64
	Compared    int
}

// Run replays a lineage from its genesis to the newest entry that was there when it began. Where the first entries are no longer kept, it
// begins with the oldest checkpoint that all later ones follow, and the report says so. The error says why it could not go to the end,
// or what differs first; the report holds what was seen until then.
func Run(ctx context.Context, o Options) (Report, error) {
	begin := time.Now()
	report := Report{Namespace: o.Lineage.Namespace, Name: o.Lineage.Name, Lineage: o.Lineage.Number, Segment: o.Segment}
	err := run(ctx, o, &report)
	if err == nil {
		err = report.verdict()
	}
	if err != nil {
		report.Problem = err.Error()
	}
	report.Equal = err == nil
	report.Seconds = time.Since(begin).Seconds()
	return report, err
}

func run(ctx context.Context, o Options, report *Report) error {
	g, err := readOrigin(ctx, o)
	if err != nil {
		return err
	}
	report.Incarnation, report.Topic = g.Incarnation, g.Topic
	if err := sameTopic(ctx, o.Kafka, g.Genesis); err != nil {
		return err
	}
	head, err := g.head(ctx, o.Store)
	if err != nil {
		return err
	}
	saved, err := listSaved(ctx, o.Store, g)
	if err != nil {
		return err
	}
	l, err := newLearner(g.Spec)
	if err != nil {
		return fmt.Errorf("build the model of genesis: %w", err)
	}
	reader := stream.NewReader(o.Kafka)
	defer reader.Close()
	w := &walk{
		origin: g, store: o.Store, reader: reader, learner: l, saved: saved, report: report,
		link: g.link, end: g.Start, links: map[int64]history.Digest{0: g.link}, terms: g.Terms(),
	}
	if err := w.begin(ctx, o.From, head); err != nil {
		return err
	}
	err = w.all(ctx, head, o.Progress)
	report.Replayed, report.Letters = l.state(), l.letters
	return err
}

// sameTopic makes sure that the topic is still the one that genesis was made for.
func sameTopic(ctx context.Context, connection stream.Connection, g history.Genesis) error {
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		return fmt.Errorf("connect to Kafka: %w", err)
	}
	defer watcher.Close()
	topic, err := watcher.Topic(ctx, g.Topic)
	switch {
	case errors.Is(err, stream.ErrTopicMissing):
		return fmt.Errorf("the model was learned from topic %s, which Kafka does not have: %w", g.Topic, err)
	case err != nil:
		return fmt.Errorf("look for topic %s: %w", g.Topic, err)
	case topic.ID != g.TopicID:
		return fmt.Errorf("topic %s was made anew: the model was learned from one with the ID %s, now it is %s", g.Topic, g.TopicID, topic.ID)
	}
	return nil
}
