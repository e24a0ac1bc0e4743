package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/test/pair"
)

const learningRate = "learningRate"

// linear is a learner whose rate may change while it learns.
func linear() history.LearningSpec {
	return history.LearningSpec{
		Format:        pair.Format(source),
		Model:         history.Model{Algorithm: "LogisticRegression", Seed: 7, Parameters: map[string]string{learningRate: "0.01"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
}

// wish returns the parameters that are wished for now; nil where nobody wishes.
func (p plan) wish() map[string]string {
	rate, err := os.ReadFile(p.WishFile)
	if p.WishFile == "" || err != nil {
		return nil
	}
	return map[string]string{learningRate: string(rate)}
}

// listen gives the dispatcher the parameters anew with every SIGHUP.
func (p plan) listen(d *driver.Driver, config core.Config) {
	hangups := make(chan os.Signal, 8)
	signal.Notify(hangups, syscall.SIGHUP)
	for range hangups {
		config.Generation++
		config.Parameters = p.wish()
		d.Configure(config)
	}
}

// wishFor changes the learning rate.
func (w *world) wishFor(rate string) {
	w.t.Helper()
	fresh := w.plan.WishFile + ".new"
	if err := errors.Join(os.WriteFile(fresh, []byte(rate), 0o600), os.Rename(fresh, w.plan.WishFile)); err != nil {
		w.t.Fatal(err)
	}
}

// retune wishes for another learning rate, and tells the dispatcher, which may be killed before it has seen to it.
func (w *world) retune(random *rand.Rand) {
	w.t.Helper()
	w.wishFor(fmt.Sprintf("0.%03d", 1+random.IntN(200)))
	w.dispatcher.signal(w.t, syscall.SIGHUP)
}

// lose deletes records as retention would: of those that were produced while nobody learned, or up to anywhere while everybody works.
func (w *world) lose(ctx context.Context, random *rand.Rand, done *tally, ahead int) {
	w.t.Helper()
	partition := int32(random.IntN(partitions))
	if random.IntN(3) > 0 {
		done.kills[theDispatcher]++
		done.kills[theTrainer]++
		startDispatcher, startTrainer := w.kill(ctx, theDispatcher), w.kill(ctx, theTrainer)
		defer func() {
			startTrainer()
			startDispatcher()
		}()
	}
	w.producer.raise(ahead)
	from := w.lost[partition]
	for w.producer.written[partition].Load() < goal(int64(ahead), partition) && ctx.Err() == nil {
		pause(ctx, 0)
	}
	end := w.producer.written[partition].Load()
	if end <= from {
		return
	}
	// The nearer to the end, the more likely are they lost.
	at := end - random.Int64N(min(end-from, 500))
	if err := w.deleteBefore(ctx, partition, at); err != nil {
		w.t.Fatalf("delete the records of partition %d below %d: %v", partition, at, err)
	}
	w.lost[partition] = max(from, at)
}

func (w *world) deleteBefore(ctx context.Context, partition int32, at int64) error {
	raw, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.address))
	if err != nil {
		return err
	}
	defer raw.Close()
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: topic, Partition: partition, At: at})
	answers, err := kadm.NewClient(raw).DeleteRecords(ctx, offsets)
	return errors.Join(err, answers.Error())
}
