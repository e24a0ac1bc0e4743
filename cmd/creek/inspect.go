package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/flat"
)

// inspection is what creek model inspect reports; its JSON form is an interface for scripts.
type inspection struct {
	Format   int               `json:"format"`
	Numerics int               `json:"numericsVersion"`
	Bytes    int64             `json:"bytes"`
	Digest   string            `json:"digest"`
	Config   json.RawMessage   `json:"config"`
	Fields   []inspectionField `json:"fields"`
}

type inspectionField struct {
	Path  string  `json:"path"`
	Type  string  `json:"type"`
	Count int64   `json:"count"`
	Bytes int64   `json:"bytes"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Mean  float64 `json:"mean"`
}

func newInspectCommand() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Tell what a model file holds",
		Long: `Tell what a model file holds: its configuration, and every field with its place, type, size and values. The file is read once, in
constant memory, and its digest is checked; the learner that wrote it is not needed.`,
		Example: "  creek model inspect fraud.model",
		Args:    oneArgument,
		RunE: atOnce(func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("FILE is required")
			}
			if output != "text" && output != "json" {
				return usagef("--output %q is neither text nor json", output)
			}
			found, err := inspect(args[0])
			if err != nil {
				return err
			}
			return found.print(cmd.OutOrStdout(), output)
		}),
	}
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return command
}

func inspect(path string) (found inspection, err error) {
	file, err := os.Open(path)
	if err != nil {
		return found, fmt.Errorf("open the model: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return found, fmt.Errorf("look at the model %s: %w", path, err)
	}
	found.Bytes = info.Size()
	var digest [32]byte
	found.Format, found.Numerics, digest, err = online.Inspect(file, info.Size(), func(f flat.Field) {
		if text, ok := f.Value.([]byte); ok && f.Path == "config" {
			found.Config = text
			return
		}
		found.Fields = append(found.Fields, inspectionField{f.Path, f.Type, f.Count, f.Bytes, f.Min, f.Max, f.Mean})
	})
	if err != nil {
		return found, fmt.Errorf("inspect the model %s: %w", path, err)
	}
	found.Digest = hex.EncodeToString(digest[:])
	return found, nil
}

func (i inspection) print(out io.Writer, output string) error {
	if output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(i)
	}
	fmt.Fprintf(out, "format      %d, numerics version %d\nbytes       %d\ndigest      %s\nconfig      %s\n\n",
		i.Format, i.Numerics, i.Bytes, i.Digest, i.Config)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FIELD\tTYPE\tVALUES\tBYTES\tMIN\tMAX\tMEAN")
	for _, f := range i.Fields {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%.6g\t%.6g\t%.6g\n", f.Path, f.Type, f.Count, f.Bytes, f.Min, f.Max, f.Mean)
	}
	return table.Flush()
}
