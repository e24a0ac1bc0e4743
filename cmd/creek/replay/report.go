package replay

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"creek.dev/creek/history"
)

// Report is what a replay found. Its JSON form is an interface for scripts.
type Report struct {
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Lineage     int64  `json:"lineage"`
	Segment     string `json:"segment,omitempty"`
	Incarnation string `json:"incarnation,omitempty"`
	Topic       string `json:"topic,omitempty"`
	// From is the checkpoint with which the replay began; nil for genesis. What precedes it was not verified.
	From *history.Position `json:"from,omitempty"`
	// Entries is the number of the last entry that was replayed, Replayed what all of them lead to.
	Entries  int64 `json:"entries"`
	Replayed State `json:"replayed"`
	// Checkpoints are those that were compared, in the order of the history; Collected counts those that were deleted meanwhile.
	Checkpoints []Comparison `json:"checkpoints"`
	Collected   int          `json:"collected,omitempty"`
	// Equal tells that the replay came to its end and nothing differs; Problem says why not.
	Equal   bool    `json:"equal"`
	Problem string  `json:"problem,omitempty"`
	Seconds float64 `json:"seconds"`
	// Letters are the dead letters that the replay made, in the order of the history.
	Letters []Letter `json:"-"`
}

// Letter is a record that could not be read.
type Letter struct {
	Partition int32
	Offset    int64
	Reason    string
}

// State is what was made of the records up to a position.
type State struct {
	Records     int64          `json:"records"`
	DeadLetters int64          `json:"deadLetters"`
	Input       string         `json:"input"`
	Model       history.Digest `json:"model"`
	// Metrics is the sum of the prequential metrics' state.
	Metrics history.Digest `json:"metrics"`
}

// Comparison is a stored checkpoint beside the replay.
type Comparison struct {
	Shard    int              `json:"shard"`
	Position history.Position `json:"position"`
	Stored   State            `json:"stored"`
	Replayed State            `json:"replayed"`
	// Differs names what is not equal.
	Differs []string `json:"differs,omitempty"`
}

// differences names what of two states is not equal, causes before their effects.
func (s State) differences(other State) []string {
	var names []string
	for _, part := range []struct {
		name  string
		equal bool
	}{
		{"input hash", s.Input == other.Input},
		{"records", s.Records == other.Records},
		{"dead letters", s.DeadLetters == other.DeadLetters},
		{"model digest", s.Model == other.Model},
		{"metrics", s.Metrics == other.Metrics},
	} {
		if !part.equal {
			names = append(names, part.name)
		}
	}
	return names
}

func (r *Report) add(c Comparison) { r.Checkpoints = append(r.Checkpoints, c) }

// verdict is what differs first.
func (r *Report) verdict() error {
	for _, c := range r.Checkpoints {
		if len(c.Differs) == 0 {
			continue
		}
		if c.Differs[0] == "position" {
			return fmt.Errorf("the history does not lead to the checkpoint of shard %d at position %s", c.Shard, c.Position)
		}
		return fmt.Errorf("the checkpoint of shard %d at position %s differs first, in %s: stored are %s, the replay has %s",
			c.Shard, c.Position, strings.Join(c.Differs, ", "), c.Stored, c.Replayed)
	}
	if len(r.Checkpoints) == 0 {
		return errors.New("no checkpoint is stored yet, so there is nothing to compare")
	}
	return nil
}

// String describes the state in one line.
func (s State) String() string {
	return fmt.Sprintf("%d records, %d dead letters, input hash %s, model digest %s", s.Records, s.DeadLetters, s.Input, s.Model)
}

// Print writes the report as a table.
func (r Report) Print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SHARD\tPOSITION\tRECORDS\tDEAD LETTERS\tINPUT HASH\tMODEL DIGEST\tREPLAY")
	for _, c := range r.Checkpoints {
		verdict := "equal"
		if len(c.Differs) > 0 {
			verdict = "differs: " + strings.Join(c.Differs, ", ")
		}
		fmt.Fprintf(table, "%d\t%s\t%d\t%d\t%s\t%s\t%s\n", c.Shard, c.Position, c.Stored.Records, c.Stored.DeadLetters, c.Stored.Input, short(c.Stored.Model), verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	equal := 0
	for _, c := range r.Checkpoints {
		if len(c.Differs) == 0 {
			equal++
		}
	}
	begun := "genesis"
	if r.From != nil {
		begun = fmt.Sprintf("the checkpoint at position %s, before which nothing was verified,", r.From)
	}
	_, err := fmt.Fprintf(out, "\nReplayed from %s to entry %d in %.1f s: %s.\n%d of %d checkpoints are equal.\n",
		begun, r.Entries, r.Seconds, r.Replayed, equal, len(r.Checkpoints))
	return err
}

// short is the beginning of a digest, which is enough for people.
func short(d history.Digest) string {
	text := d.String()
	return text[:min(len(text), 16)]
}
