package explorer

// Chain is a history from genesis on, one byte an entry, the oldest highest: the end offset and the name of the writer. Two chains are
// equal where the hashes of their newest entries are.
type Chain uint32

// maxUnits bounds the offsets of the topic. The first dispatcher takes one at a time into an entry, the second two.
const maxUnits = 3

func (c Chain) length() int {
	n := 0
	for ; c != 0; c >>= 8 {
		n++
	}
	return n
}

func (c Chain) prefix(n int) Chain            { return c >> (8 * max(0, c.length()-n)) }
func (c Chain) end() int                      { return int(c&0xff) >> 4 }
func (c Chain) leadsTo(d Chain) bool          { return d.prefix(c.length()) == c && d.length() >= c.length() }
func (c Chain) with(end int, by uint8) Chain  { return c<<8 | Chain(end<<4) | Chain(by) }
func (c Chain) learnedOf(from int) (l uint16) { return learn(0, from, c.end()) }

// learn takes the offsets from one up to another after what was learned, four bits each.
func learn(learned uint16, from, to int) uint16 {
	for unit := from; unit < to; unit++ {
		learned = learned<<4 | uint16(unit+1)
	}
	return learned
}

// Model is what a trainer has in memory or a checkpoint holds: where it stands in which history, and what it learned in which order.
type Model struct {
	There   bool
	Chain   Chain
	Learned uint16
}

// request is a stretch of history on its way to any trainer.
type request struct {
	there bool
	from  uint8
	chain Chain
}

// dispatcher is a dispatcher process and the messages that only it waits for.
type dispatcher struct {
	ready, doubt, putting, answered bool
	life, position, durable         uint8
	view, attempt                   Chain
	sent                            request
	answer                          Chain
	answerDurable                   uint8
}

// trainer is a trainer process and the save that it waits for.
type trainer struct {
	memory, save Model
	saving       bool
	stored       uint8
}

// State is everything. It is comparable: states are told apart by value.
type State struct {
	history     [maxUnits]Chain
	checkpoints [maxUnits]Model
	dispatchers [2]dispatcher
	trainers    [2]trainer
	// late are appends and repeated are requests whose sender no longer waits; lateSaves are checkpoints of trainers that are gone.
	late      [2]Chain
	repeated  [2]request
	lateSave  Model
	crashes   uint8
	losses    uint8
	repeats   uint8
	storeLost bool
	stopped   bool
}

// ordered returns the state with its trainers in one order, since nothing depends on which is which.
func (s State) ordered() State {
	a, b := &s.trainers[0], &s.trainers[1]
	if a.key() > b.key() {
		*a, *b = *b, *a
	}
	return s
}

func (t *trainer) key() uint64 {
	key := uint64(t.memory.Chain)<<32 | uint64(t.save.Chain)<<8 | uint64(t.stored)<<2
	if t.saving {
		key |= 1
	}
	if t.memory.There {
		key |= 2
	}
	return key
}

func (s *State) head() Chain {
	var head Chain
	for _, entry := range s.history {
		if entry != 0 {
			head = entry
		}
	}
	return head
}

// newest returns the newest checkpoint.
func (s *State) newest() Model {
	for n := maxUnits - 1; n >= 0; n-- {
		if s.checkpoints[n].There {
			return s.checkpoints[n]
		}
	}
	return Model{}
}
