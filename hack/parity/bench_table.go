package main

import "fmt"

const benchIntro = `Rows a second on one processor, to predict, count and learn each; medians of alternating runs. Creek's and River's are by the
processor's time with the rows in memory, MOA's by the processor seconds that it prints itself, in which it reads its file. Where the
rows are bounded for a slow peer, both sides learned only those.

| | data | Creek | target | peer | ratio |
|---|---|---|---|---|---|
`

func (b *bench) row(title string, t *table, rows int, own, target, other, ratio string) {
	data := t.name
	if rows > 0 {
		data += fmt.Sprintf(", first %d rows", rows)
	}
	b.line(title, data, own, target, other, ratio)
}

func (b *bench) line(title, data, own, target, other, ratio string) {
	fmt.Fprintf(b.out, "| %s | %s | %s | %s | %s | %s |\n", title, data, own, target, other, ratio)
}

func count(perSecond float64) string {
	switch {
	case perSecond >= 1e6:
		return fmt.Sprintf("%.2f M", perSecond/1e6)
	case perSecond >= 1e4:
		return fmt.Sprintf("%.0f k", perSecond/1e3)
	}
	return fmt.Sprintf("%.2f k", perSecond/1e3)
}

func ratio(got, want float64) string {
	if want == 0 {
		return fmt.Sprintf("%.1f ×", got)
	}
	return fmt.Sprintf("%.0f × (≥ %.0f ×)", got, want)
}
