package boosting_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// data reads a data set of $CREEK_DATA: its rows, and the texts of the last
// column or, if there is one, of the column of that name.
func data(tb testing.TB, name, target string) (rows [][]float64, targets []string) {
	tb.Helper()
	file, err := os.Open(filepath.Join(os.Getenv("CREEK_DATA"), name+".csv"))
	if err != nil || os.Getenv("CREEK_DATA") == "" {
		tb.Skipf("%s.csv is not in $CREEK_DATA", name)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan()
	at := slices.Index(strings.Split(lines.Text(), ","), target)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ",")
		targets = append(targets, fields[at])
		row := make([]float64, 0, len(fields)-1)
		for _, text := range slices.Delete(fields, at, at+1) {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				tb.Fatal(err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	return rows, targets
}
