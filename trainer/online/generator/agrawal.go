package generator

// Agrawal is the stream of loan applications of Agrawal, Imielinski and Swami
// (1993): nine features, three of them nominal, and one of ten functions that
// decides between two classes, called A and B. In their numbering, Function is
// from 1 to 10.
type Agrawal struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Function decides the class, 1 to 10.
	Function int
	// Perturbation moves each number, after the class was decided, by up to this
	// share of its range; it is in [0, 1].
	Perturbation float64
	// Balance makes as many records of the one class as of the other.
	Balance bool
}

// applicant is a record before it is perturbed, with money in units of 10^-6.
type applicant struct {
	salary, commission, value, loan   int64
	age, education, car, zipcode, own int64
}

const thousand = 1000 * one

// Stream returns the records, or why there are none.
func (a Agrawal) Stream() (Stream, error) {
	if err := within("function", a.Function, 1, 10); err != nil {
		return nil, err
	}
	if err := within("perturbation", a.Perturbation, 0, 1); err != nil {
		return nil, err
	}
	columns := []column{
		{name: "salary"},
		{name: "commission"},
		{name: "age"},
		{"elevel", numbered("level", 0, 4)},
		{"car", numbered("make", 1, 20)},
		{"zipcode", numbered("zip", 0, 8)},
		{name: "hvalue"},
		{name: "hyears"},
		{name: "loan"},
	}
	return newTable(columns, []string{"A", "B"}, a.fill), nil
}

func numbered(name string, from, to byte) []string {
	var levels []string
	for n := from; n <= to; n++ {
		level := name
		if n >= 10 {
			level += string('0' + n/10)
		}
		levels = append(levels, level+string('0'+n%10))
	}
	return levels
}

func (a Agrawal) fill(i uint64, values []int64) int64 {
	c := at(a.Seed, i)
	p := draw(c)
	for a.Balance && a.class(p) != int64(i%2) {
		p = draw(c)
	}
	y := a.class(p)
	if a.Perturbation > 0 {
		a.perturb(&p, c)
	}
	copy(values, []int64{p.salary, p.commission, p.age * one, p.education, p.car - 1, p.zipcode, p.value, p.own * one, p.loan})
	return y
}

func draw(c *chance) applicant {
	p := applicant{salary: c.between(20*thousand, 150*thousand)}
	commission := c.between(10*thousand, 75*thousand)
	if p.salary < 75*thousand {
		p.commission = commission
	}
	p.age, p.education, p.car, p.zipcode = c.between(20, 80), c.below(5), c.between(1, 20), c.below(9)
	unit := (9 - p.zipcode) * 100 * thousand
	p.value = unit/2 + c.below(unit)
	p.own, p.loan = c.between(1, 30), c.between(0, 500*thousand)
	return p
}

func (a Agrawal) perturb(p *applicant, c *chance) {
	move := func(v, low, high int64) int64 {
		by := float64(float64(high-low) * float64((float64(2*c.uniform())-1)*a.Perturbation))
		return min(max(v+int64(by), low), high)
	}
	p.salary = move(p.salary, 20*thousand, 150*thousand)
	if commission := move(p.commission, 10*thousand, 75*thousand); p.commission > 0 {
		p.commission = commission
	}
	p.age = (move(p.age*one, 20*one, 80*one) + one/2) / one
	unit := (9 - p.zipcode) * 100 * thousand
	p.value = move(p.value, unit/2, unit/2*3)
	p.own = (move(p.own*one, one, 30*one) + one/2) / one
	p.loan = move(p.loan, 0, 500*thousand)
}

// class is 0 for group A.
func (a Agrawal) class(p applicant) int64 {
	if a.groupA(p) {
		return 0
	}
	return 1
}

func (a Agrawal) groupA(p applicant) bool {
	switch a.Function {
	case 1:
		return p.age < 40 || p.age >= 60
	case 2:
		return in(p.salary, byAge(p.age, [3]span{{50, 100}, {75, 125}, {25, 75}}))
	case 3:
		return schooled(p)
	case 4:
		spans := [3][2]span{{{25, 75}, {50, 100}}, {{50, 100}, {75, 125}}, {{50, 100}, {25, 75}}}
		if schooled(p) {
			return in(p.salary, byAge(p.age, spans)[0])
		}
		return in(p.salary, byAge(p.age, spans)[1])
	case 5:
		spans := byAge(p.age, [3][3]span{
			{{50, 100}, {100, 300}, {200, 400}}, {{75, 125}, {200, 400}, {300, 500}}, {{25, 75}, {300, 500}, {100, 300}},
		})
		if in(p.salary, spans[0]) {
			return in(p.loan, spans[1])
		}
		return in(p.loan, spans[2])
	case 6:
		return in(p.salary+p.commission, byAge(p.age, [3]span{{50, 100}, {75, 125}, {25, 75}}))
	}
	return a.disposable(p) > 0
}

// disposable is fifteen times the income that is left in functions 7 to 10.
func (a Agrawal) disposable(p applicant) int64 {
	left := 10 * (p.salary + p.commission)
	switch a.Function {
	case 7:
		left -= 3*p.loan + 15*20*thousand
	case 8:
		left -= 15 * (5*thousand*p.education + 20*thousand)
	case 9:
		left -= 15*(5*thousand*p.education+10*thousand) + 3*p.loan
	case 10:
		equity := max(p.own-20, 0) * p.value / 10
		left += 3*equity - 15*(5*thousand*p.education+10*thousand)
	}
	return left
}

// span is a range of thousands.
type span struct{ low, high int64 }

func in(v int64, s span) bool { return v >= s.low*thousand && v <= s.high*thousand }

// byAge is for the young, the middle-aged or the old.
func byAge[T any](age int64, of [3]T) T {
	switch {
	case age < 40:
		return of[0]
	case age < 60:
		return of[1]
	}
	return of[2]
}

// schooled tells whether the education is what function 3 asks for at that age.
func schooled(p applicant) bool {
	return in(p.education*thousand, byAge(p.age, [3]span{{0, 1}, {1, 3}, {2, 4}}))
}
