package core

import "creek.dev/creek/stream/decode"

// SetDecoder replaces the decoder of the model in memory, so that a test can make it crash.
func (s *Shard) SetDecoder(d decode.Decoder) { s.resident.decoder = d }
