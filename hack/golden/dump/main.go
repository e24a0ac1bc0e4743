// Command dump writes rows of the seeded SEA stream as CSV, so that other
// programs can learn from exactly the rows that the golden tests learn from.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"creek.dev/creek/trainer/online/generator"
)

func main() {
	rows := flag.Uint64("rows", 20_000, "number of rows")
	seed := flag.Uint64("seed", 42, "key of the stream's randomness")
	noise := flag.Float64("noise", 0.1, "probability that a label is flipped")
	drift := flag.Uint64("drift-every", 2500, "rows until the concept changes; 0 for never")
	flag.Parse()
	s := generator.SEA{Seed: *seed, Noise: *noise, DriftEvery: *drift}
	if err := dump(s, *rows); err != nil {
		fmt.Fprintln(os.Stderr, "writing the stream:", err)
		os.Exit(1)
	}
}

func dump(s generator.Stream, rows uint64) error {
	out := bufio.NewWriter(os.Stdout)
	line := append(generator.AppendHeader(nil, s), '\n')
	for i := range rows {
		if _, err := out.Write(line); err != nil {
			return err
		}
		line = append(s.AppendCSV(line[:0], i), '\n')
	}
	if _, err := out.Write(line); err != nil {
		return err
	}
	return out.Flush()
}
