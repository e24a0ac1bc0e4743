package core

import "creek.dev/creek/history"

// origin is a verified genesis with the segment and shard that are learned from it.
type origin struct {
	history.Genesis
	keys  history.Keys
	shard int
	// start is the chain's first link.
	start history.Digest
	// numerics are what the image can compute with.
	numerics Numerics
}

// serves tells whether a request is about this segment and shard of this life of the lineage.
func (g *origin) serves(r history.Request) bool {
	return g.Lineage == r.Lineage && g.Incarnation == r.Incarnation && g.keys.Segment == r.Segment && g.shard == r.Shard
}

// newOrigin checks stored genesis bytes against a request and this image.
func newOrigin(data []byte, r history.Request, numerics Numerics) (*origin, *history.Problem) {
	key := history.GenesisKey(r.Lineage)
	if data == nil {
		return nil, history.Problemf(history.ReasonStateLost,
			"The store has no %s, which incarnation %s began with. Restore the store, or raise spec.lineage to begin anew.", key, r.Incarnation)
	}
	g, err := history.DecodeGenesis(data)
	if err != nil {
		return nil, history.Undecodable(err,
			"%s cannot be read: %v. Restore it from a copy of the store, or raise spec.lineage to begin anew.", key, err)
	}
	switch {
	case g.Lineage != r.Lineage:
		return nil, history.Problemf(history.ReasonStateUnreadable, "%s says that it is of %s. Give each training a store prefix of its own.", key, g.Lineage)
	case g.Incarnation != r.Incarnation:
		return nil, history.Problemf(history.ReasonStateLost,
			"The store holds incarnation %s of %s, but the request is of incarnation %s: genesis was replaced. Restore the store, or raise spec.lineage.",
			g.Incarnation, r.Lineage, r.Incarnation)
	case r.Shard < 0 || r.Shard >= g.Shards:
		return nil, history.Problemf(history.ReasonStateIncompatible, "Shard %d was asked for, genesis has %d.", r.Shard, g.Shards)
	}
	return &origin{
		Genesis: g, shard: r.Shard, numerics: numerics, start: history.ChainStart(data, r.Segment),
		keys: history.Keys{Lineage: r.Lineage, Incarnation: r.Incarnation, Segment: r.Segment},
	}, nil
}
