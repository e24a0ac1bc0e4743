package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"creek.dev/creek/trainer/online/evaluate"
)

func (o evalOptions) print(out io.Writer, e evaluation) error {
	if o.output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(e)
	}
	printCurve(out, e.Curve)
	fmt.Fprintf(out, "records               %d%s\n", e.Learned, e.unmeasured())
	for _, name := range slices.Sorted(maps.Keys(e.Metrics)) {
		if e.Records > 0 {
			fmt.Fprintf(out, "%-21s %s\n", name, figure(e.Metrics[name]))
		}
	}
	fmt.Fprintf(out, "records/s             %.0f (with reading and decoding %.0f)\n", e.RecordsPerSecond, e.EndToEndRecordsPerSecond)
	fmt.Fprintf(out, "model                 %d bytes\n", e.ModelBytes)
	if len(e.Nominal) > 0 {
		fmt.Fprintf(out, "nominal               %s\n", listed(e.Nominal))
	}
	if len(e.Classes) > 0 {
		fmt.Fprintf(out, "classes               %s\n", listed(e.Classes))
	}
	_, err := fmt.Fprintf(out, "digest                %s\n", e.Digest)
	return err
}

// unmeasured says how many records have a prediction that counts, where not all have.
func (e evaluation) unmeasured() string {
	if e.Records == e.Learned {
		return ""
	}
	return fmt.Sprintf(" (%d measured; the others had no prediction or no label)", e.Records)
}

// printCurve prints a line for each point, of what the user looks at first.
func printCurve(out io.Writer, points []evaluate.Point) {
	for _, p := range points {
		fmt.Fprintf(out, "after %-12d", p.Rows)
		for _, name := range []string{"accuracy", "kappa", "logLoss", "mae", "rmse", "meanScore", "rocAuc"} {
			if value, ok := p.Metrics[name]; ok {
				fmt.Fprintf(out, "  %s %s (of these %s)", name, figure(value), ofThese(p.Window, name))
			}
		}
		fmt.Fprintln(out)
	}
}

// ofThese is a value of the rows since the point before, which may be undefined where that of all rows is not.
func ofThese(window map[string]float64, name string) string {
	if value, ok := window[name]; ok {
		return figure(value)
	}
	return "-"
}

// figure is a value of a metric with six decimals, or with six digits where those would say nothing or go on for a line.
func figure(value float64) string {
	if magnitude := math.Abs(value); value != 0 && (magnitude < 1e-3 || magnitude >= 1e15) {
		return fmt.Sprintf("%.6g", value)
	}
	return fmt.Sprintf("%.6f", value)
}

// listed are names with commas between them, quoted where that is needed, as the flags that list names take them.
func listed(names []string) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	_ = w.Write(names) // A Builder takes everything.
	w.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}
