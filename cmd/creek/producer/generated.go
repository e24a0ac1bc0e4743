package producer

import (
	"io"

	"creek.dev/creek/trainer/online/generator"
)

// Generated yields the records of a generator.
type Generated struct {
	// Stream makes the records, as CSV lines when CSV is set and as JSON objects otherwise.
	Stream generator.Stream
	CSV    bool
	// First is the number of the first record, Count how many there are.
	First, Count uint64

	made   uint64
	buffer []byte
}

// Next implements Source.
func (g *Generated) Next() ([]byte, error) {
	if g.made == g.Count {
		return nil, io.EOF
	}
	i := g.First + g.made
	g.made++
	if g.CSV {
		g.buffer = g.Stream.AppendCSV(g.buffer[:0], i)
	} else {
		g.buffer = g.Stream.AppendJSON(g.buffer[:0], i)
	}
	return g.buffer, nil
}
