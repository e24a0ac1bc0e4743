package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// stand stands for the trainers of many trainings: it learns by moving positions, and says that they are saved when it is asked to.
type stand struct {
	store state.Store
	mu    sync.Mutex
	at    map[history.Lineage]*shard
}

// shard is where one training stands.
type shard struct {
	position history.Position
	hash     history.Digest
	records  int64
	saved    *history.CheckpointFacts
}

func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request history.Request
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	status, answer, err := s.handle(r.Context(), request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	data, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func (s *stand) handle(ctx context.Context, request history.Request) (int, history.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if request.Action == history.ActionPreflight {
		return http.StatusOK, (&shard{}).answer(), nil
	}
	at := s.at[request.Lineage]
	if at == nil {
		genesis, err := s.store.Get(ctx, history.GenesisKey(request.Lineage))
		if err != nil {
			return 0, history.Answer{}, err
		}
		at = &shard{hash: history.ChainStart(genesis, request.Segment)}
		s.at[request.Lineage] = at
	}
	if request.From != at.position || request.Hash != at.hash {
		return http.StatusConflict, at.answer(), nil
	}
	for _, data := range request.Entries {
		entry, err := history.DecodeEntry(data)
		if err != nil {
			return 0, history.Answer{}, err
		}
		at.position, at.hash, at.records = history.Position{Entry: entry.Number}, history.Sum(data), at.records+entry.Span()
	}
	if request.Action == history.ActionFlush {
		at.saved = &history.CheckpointFacts{Position: at.position, Hash: at.hash, Records: at.records}
	}
	return http.StatusOK, at.answer(), nil
}

func (a *shard) answer() history.Answer {
	return history.Answer{
		Position: a.position, Hash: a.hash, Records: a.records, Checkpoint: a.saved,
		Trainer: history.TrainerFacts{Instance: "stand", Pod: "stand", Durability: "Strong"},
	}
}
