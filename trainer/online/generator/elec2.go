package generator

import (
	"strconv"

	"creek.dev/creek/trainer/online/random"
)

// Elec2Shaped makes records of the form of the Elec2 data set (Harries 1999):
// half-hourly electricity prices and demands of two states, and whether the
// price of the first goes up. The numbers are invented: the price follows the
// demand, which follows the time of day, and it goes up, but for some noise,
// where it is below what the demand lets expect.
type Elec2Shaped struct {
	// Seed is the key of all randomness.
	Seed uint64
}

var elec2Features = []string{
	"date", "day", "period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer",
}

// Features implements Stream.
func (Elec2Shaped) Features() []string { return append([]string(nil), elec2Features...) }

// Label implements Stream.
func (Elec2Shaped) Label() string { return "class" }

// Classes implements Stream.
func (Elec2Shaped) Classes() []string { return []string{"DOWN", "UP"} }

// Nominal implements Stream.
func (Elec2Shaped) Nominal(int) bool { return false }

// Target implements Stream.
func (e Elec2Shaped) Target(i uint64, x []float64) float64 { return float64(e.Row(i, x)) }

// Row implements Stream.
func (e Elec2Shaped) Row(i uint64, x []float64) (label int) {
	values, label := e.row(i)
	for j, v := range values {
		x[j] = micro(v)
	}
	return label
}

func (e Elec2Shaped) row(i uint64) (values [8]uint64, label int) {
	const halfHours, days = 48, 943
	key := random.New(e.Seed).With(i)
	slot, day := i%halfHours, i/halfHours
	// The demand rises to noon and falls again, and is lower on two days of
	// seven.
	demand := 200_000 + 25_000*min(slot, halfHours-slot) + key.Below(0, 150_000)
	if day%7 >= 5 {
		demand -= demand / 5
	}
	usual := demand / 8
	price := usual/2 + key.Below(1, usual)
	values = [8]uint64{
		day % days * one / (days - 1),
		(day%7 + 1) * one,
		slot * one / (halfHours - 1),
		price,
		demand,
		price/20 + key.Below(2, 2000),
		demand/2 + key.Below(3, 200_000),
		300_000 + key.Below(4, 300_000),
	}
	if price < usual {
		label = 1
	}
	if key.Below(5, 100) < 12 {
		label = 1 - label
	}
	return values, label
}

// AppendJSON implements Stream. Records are about 178 bytes long.
func (e Elec2Shaped) AppendJSON(dst []byte, i uint64) []byte {
	values, label := e.row(i)
	dst = append(dst, '{')
	for j, name := range elec2Features {
		dst = strconv.AppendQuote(dst, name)
		dst = appendMicro(append(dst, ": "...), values[j])
		dst = append(dst, ", "...)
	}
	dst = append(append(dst, `"class": "`...), upDown(label)...)
	return append(dst, `"}`...)
}

// AppendCSV implements Stream.
func (e Elec2Shaped) AppendCSV(dst []byte, i uint64) []byte {
	values, label := e.row(i)
	for _, v := range values {
		dst = append(appendMicro(dst, v), ',')
	}
	return append(dst, upDown(label)...)
}

func upDown(label int) string {
	if label == 1 {
		return "UP"
	}
	return "DOWN"
}
