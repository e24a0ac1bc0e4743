// Command forest measures a classifier over several seeds on several data sets:
// for each the mean accuracy, its standard deviation over the seeds, and the
// rows for each second of processor time that predicting, measuring and learning take.
//
//	go run ./hack/parity/forest -algorithm AdaptiveRandomForest -seeds 10 maxFeatures=60%
package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

func main() {
	algorithm := flag.String("algorithm", "AdaptiveRandomForest", "the learner")
	base := flag.String("base", "", "the base of the learner, where it has one")
	baseParameters := flag.String("baseparameters", "", "the base's parameters, as name=value,…")
	data := flag.String("data", os.Getenv("CREEK_DATA"), "the folder with the data sets")
	files := flag.String("files", "phishing,bananas,image_segments,elec2", "their names")
	seeds := flag.Int("seeds", 10, "how many seeds")
	workers := flag.Int("workers", 1, "how many goroutines")
	flag.Parse()
	config := online.Config{Algorithm: *algorithm, Task: online.TaskClassification, Parameters: texts(flag.Args())}
	if *base != "" {
		config.Base = &online.Base{Algorithm: *base, Parameters: texts(strings.Split(*baseParameters, ","))}
	}
	for file := range strings.SplitSeq(*files, ",") {
		set, err := load(filepath.Join(*data, file+".csv"))
		if err == nil {
			err = panel(file, config, set, *seeds, *workers)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// texts reads name=value.
func texts(args []string) map[string]string {
	m := map[string]string{}
	for _, arg := range args {
		if name, value, ok := strings.Cut(arg, "="); ok {
			m[name] = value
		}
	}
	return m
}

func panel(name string, config online.Config, set dataSet, seeds, workers int) error {
	config.Features, config.Classes = online.NumericFeatures(set.features...), set.classes
	var sum, squares float64
	fastest := math.Inf(1)
	for seed := range seeds {
		config.Seed = uint64(seed) + 1
		m, err := online.New(config)
		if err != nil {
			return err
		}
		m.SetWorkers(workers)
		start := processorSeconds()
		accuracy := set.evaluate(m)
		fastest = min(fastest, processorSeconds()-start)
		sum += accuracy
		squares += accuracy * accuracy
	}
	n := float64(seeds)
	deviation := math.Sqrt(max(squares/n-sum*sum/n/n, 0) * n / max(n-1, 1))
	fmt.Printf("%-16s %.4f ± %.4f  %7.1f k rows/s\n", name, sum/n, deviation, float64(len(set.labels))/fastest/1000)
	return nil
}

// processorSeconds is the time that the processors have given to this command.
func processorSeconds() float64 {
	var used syscall.Rusage
	// It does not fail for the process itself.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// dataSet is a table whose label is a class.
type dataSet struct {
	features, classes []string
	rows              []float64
	labels            []int
}

// evaluate is the accuracy of m, each row predicted before it is learned.
func (d dataSet) evaluate(m *online.Model) float64 {
	const size = 256
	width, correct := len(d.features), 0
	b := m.NewBatch()
	for from := 0; from < len(d.labels); from += size {
		b.Reset()
		for i := from; i < min(from+size, len(d.labels)); i++ {
			copy(b.Next(), d.rows[i*width:(i+1)*width])
			b.Set(float64(d.labels[i]), random.Position(0, int64(i)))
		}
		m.PredictLearnBatch(b, func(i int, p online.Prediction) {
			if p.Class == d.labels[from+i] {
				correct++
			}
		})
	}
	return float64(correct) / float64(len(d.labels))
}

// labels are the names that the column of the class can have.
var labels = []string{"class", "is_phishing", "category"}

func load(path string) (dataSet, error) {
	var d dataSet
	file, err := os.Open(path)
	if err != nil {
		return d, fmt.Errorf("reading a data set: %w", err)
	}
	table, err := csv.NewReader(file).ReadAll()
	if err = errors.Join(err, file.Close()); err != nil {
		return d, fmt.Errorf("reading a data set: %w", err)
	}
	label := slices.IndexFunc(table[0], func(name string) bool { return slices.Contains(labels, name) })
	if label < 0 {
		return d, errors.New(path + " has no column of classes")
	}
	for i, name := range table[0] {
		if i != label {
			d.features = append(d.features, name)
		}
	}
	for _, fields := range table[1:] {
		d.classes = append(d.classes, fields[label])
	}
	slices.Sort(d.classes)
	d.classes = slices.Compact(d.classes)
	for _, fields := range table[1:] {
		for i, field := range fields {
			if i == label {
				continue
			}
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return d, fmt.Errorf("reading %s: %w", path, err)
			}
			d.rows = append(d.rows, v)
		}
		d.labels = append(d.labels, slices.Index(d.classes, fields[label]))
	}
	return d, nil
}
