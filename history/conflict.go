package history

// Conflict says what two different checkpoints of one position mean: one that is stored at the key, and one that was to be.
func Conflict(key string, ours, stored CheckpointHeader) *Problem {
	switch {
	case stored.Hash != ours.Hash:
		return Problemf(ReasonHistoryForked,
			"The checkpoint %s was made along another history: it holds the hash %s, this trainer came by %s.", key, stored.Hash, ours.Hash)
	case stored.Input != ours.Input || stored.Records != ours.Records:
		return Problemf(ReasonSourceChanged,
			"The checkpoint %s was made from other records at the same offsets: %d with input hash %s, this trainer read %d with %s. "+
				"The topic was altered; raise spec.lineage to begin anew.", key, stored.Records, stored.Input, ours.Records, ours.Input)
	}
	return Problemf(ReasonDiverged,
		"Two trainers made different models of the same %d records: %s stands in %s, this one made %s. Run one image on all nodes and report it.",
		ours.Records, stored.ModelDigest, key, ours.ModelDigest)
}
