package explorer

// table is the set of states that were seen, by 128 bits of a hash each. Of n states, one is left out by mistake with a probability below
// n²/2¹²⁹: 10⁻²³ for a hundred million.
type table struct {
	slots [][2]uint64
	count int
}

func newTable() *table { return &table{slots: make([][2]uint64, 1<<12)} }

// add tells whether the key is new.
func (t *table) add(key [2]uint64) bool {
	if t.count*4 >= len(t.slots)*3 {
		old := t.slots
		t.slots = make([][2]uint64, 2*len(old))
		for _, k := range old {
			if k != ([2]uint64{}) {
				t.put(k)
			}
		}
	}
	if !t.put(key) {
		return false
	}
	t.count++
	return true
}

func (t *table) put(key [2]uint64) bool {
	mask := uint64(len(t.slots) - 1)
	for i := key[0] & mask; ; i = (i + 1) & mask {
		switch t.slots[i] {
		case key:
			return false
		case [2]uint64{}:
			t.slots[i] = key
			return true
		}
	}
}
