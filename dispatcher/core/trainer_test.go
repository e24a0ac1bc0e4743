package core

import (
	"creek.dev/creek/history"
)

// fakeTrainer learns by noting offsets.
type fakeTrainer struct {
	rig      *rig
	position history.Position
	hash     history.Digest
	awake    bool
	learned  []history.Range
	records  int64
	saved    *history.CheckpointFacts
	requests []history.Request
	// loaded is the checkpoint that it began with when it woke.
	loaded *history.CheckpointFacts
	// letters are dead letters that were made, and of which those that were not acknowledged come with every answer.
	letters  history.DeadLetters
	lettered int64
	// partial answers after one entry.
	partial bool
	// epoch is the one in which it stands, savedEpoch that of its checkpoint.
	epoch, savedEpoch int64
	// terms are those of the epochs that it went through.
	terms map[int64]*history.Terms
	// versions are the numerics versions that it says it runs; refuses is what a preflight answers to a spec, nil for yes.
	versions []int
	// older: its image can change no parameter, or does not say so.
	older   bool
	refuses func(history.LearningSpec) *history.Problem
}

// die forgets what is not in a checkpoint.
func (f *fakeTrainer) die() { f.awake = false }

// wake loads the newest checkpoint, or begins at genesis.
func (f *fakeTrainer) wake(request history.Request) {
	f.awake = true
	if f.loaded = f.saved; f.saved != nil {
		f.position, f.hash, f.records, f.epoch = f.saved.Position, f.saved.Hash, f.saved.Records, f.savedEpoch
		return
	}
	genesis := f.rig.store[history.GenesisKey(testLineage)]
	f.position, f.hash, f.records, f.epoch = history.Position{}, history.ChainStart(genesis, request.Segment), 0, 0
}

func (f *fakeTrainer) handle(request history.Request) (int, history.Answer) {
	f.requests = append(f.requests, request)
	if err := request.Validate(); err != nil {
		f.rig.t.Fatalf("the machine sent a request that is not valid: %v", err)
	}
	if request.Action == history.ActionPreflight {
		answer := history.Answer{Trainer: f.facts(), Changeable: []string{"learningRate"}}
		if f.older {
			answer.Changeable = nil
		}
		if f.refuses != nil {
			if answer.Problem = f.refuses(*request.Expect); answer.Problem != nil {
				return 422, answer
			}
		}
		return 200, answer
	}
	if !f.awake {
		f.wake(request)
	}
	f.letters = f.letters.After(request.Acknowledged)
	f.goBack(request)
	if request.From != f.position || request.Hash != f.hash {
		return 409, f.answer()
	}
	if request.Epoch != f.epoch {
		f.rig.t.Fatalf("the request is of epoch %d, the trainer of %d", request.Epoch, f.epoch)
	}
	if request.Action == history.ActionFlush {
		f.save()
		return 200, f.answer()
	}
	before := f.records
	for i, data := range request.Entries {
		if f.partial && i > 0 {
			break
		}
		entry, err := history.DecodeEntry(data)
		if err != nil || entry.Number != f.position.Entry+1 || entry.Previous != f.hash {
			f.rig.t.Fatalf("entry %d does not follow position %s: %v", entry.Number, f.position, err)
		}
		f.learned = append(f.learned, entry.Ranges()...)
		f.records += entry.Span()
		if f.epoch = entry.Epoch; entry.Terms != nil {
			if f.terms == nil {
				f.terms = map[int64]*history.Terms{}
			}
			f.terms[f.epoch] = entry.Terms
		}
		f.position, f.hash = history.Position{Entry: entry.Number}, history.Sum(data)
	}
	answer := f.answer()
	answer.Slice = history.SliceFacts{Records: f.records - before, Bytes: 100 * (f.records - before)}
	return 200, answer
}

// goBack forgets what a Rebase voids; behind it the trainer stands where the request says.
func (f *fakeTrainer) goBack(request history.Request) {
	for _, data := range request.Entries {
		entry, err := history.DecodeEntry(data)
		if err != nil || entry.Kind != history.KindRebase || f.position.Entry >= entry.Number {
			continue
		}
		f.records, f.learned = 0, nil
		if f.saved != nil && f.saved.Position == entry.Rebase.Position {
			f.records = f.saved.Records
		}
		f.position, f.hash, f.epoch = request.From, request.Hash, request.Epoch
	}
}

func (f *fakeTrainer) answer() history.Answer {
	return history.Answer{
		Position: f.position, Hash: f.hash, Records: f.records, Checkpoint: f.saved, DeadLetters: f.letters, DeadLettered: f.made(),
		Trainer: f.facts(), Loaded: f.loaded,
	}
}

func (f *fakeTrainer) facts() history.TrainerFacts {
	return history.TrainerFacts{Instance: "i", NumericsVersions: f.versions}
}

// made counts the dead letters.
func (f *fakeTrainer) made() int64 {
	if n := len(f.letters); n > 0 {
		f.lettered = f.letters[n-1].Number
	}
	return f.lettered
}

// save writes a checkpoint to the world's store.
func (f *fakeTrainer) save() {
	c := history.Checkpoint{Header: history.CheckpointHeader{
		Lineage: testLineage, Incarnation: f.rig.machine.incarnation, Position: f.position, Hash: f.hash, Records: f.records,
		DeadLetters: f.made(), UnixMillis: f.rig.now.UnixMillis(), Epoch: f.epoch,
	}, Outputs: f.letters}
	f.savedEpoch, c.Header.Terms = f.epoch, f.terms[f.epoch]
	f.rig.store[f.rig.keys().Checkpoint(0, f.position)] = c.Encode()
	f.saved = &history.CheckpointFacts{ModelDigest: history.Sum(nil), Position: f.position, Hash: f.hash, Records: f.records, UnixMillis: f.rig.now.UnixMillis()}
}

// actions lists what was asked of the trainer.
func (f *fakeTrainer) actions() []history.Action {
	var actions []history.Action
	for _, r := range f.requests {
		actions = append(actions, r.Action)
	}
	return actions
}
