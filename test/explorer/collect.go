package explorer

// collect removes what nobody needs any more.
func (w *walk) collect(s *State, i int) {
	d := &s.dispatchers[i]
	if !w.c.Collect || d.durable == (place{}) || d.attempt != 0 && w.entries[d.attempt].kind == kindRebase {
		return
	}
	w.round(*s, i)
	if next := max(s.gone, 1); next < s.aged {
		t := *s
		t.gone = next + 1
		w.emit("deletes entry", i, int(next), t)
	}
}

// round is the next step of one round over the checkpoints: list them, look for holds, remove one after another, mark the entries.
func (w *walk) round(t State, i int) {
	d := &t.dispatchers[i]
	switch {
	case d.collecting == 0:
		d.condemned, d.keep = w.condemned(&t, d)
		if d.condemned != 0 || d.keep > t.mark {
			d.collecting = 1
			w.emit("lists the checkpoints", i, 0, t)
		}
	case d.collecting == 1 && t.holds>>(w.number(d.view)+1) != 0 && w.c.keeps(Hold):
		d.collecting, d.condemned, d.keep, d.stage = 0, 0, 0, stageBegin
		w.emit("finds a hold", i, 0, t)
	case d.collecting == 1:
		d.collecting = 2
		// A hold has served when a checkpoint lies behind its entry.
		served, _ := w.done(d.durable)
		if !w.c.keeps(HoldStays) {
			served = w.number(d.view)
		}
		t.holds = t.holds >> (served + 1) << (served + 1)
		w.emit("finds no hold", i, 0, t)
	case d.condemned != 0:
		left := d.condemned & (d.condemned - 1)
		w.remove(&t, d.condemned&^left)
		d.condemned = left
		w.emit("removes a checkpoint", i, 0, t)
	default:
		t.mark = max(t.mark, d.keep)
		d.collecting, d.keep = 0, 0
		w.emit("marks the entries below", i, int(t.mark), t)
	}
}

// condemned returns the ranks of the checkpoints that are not among the newest two, and the oldest entry that is needed.
func (w *walk) condemned(s *State, d *dispatcher) (ranks uint16, keep uint8) {
	rebase := id(0)
	for n := d.view; n != 0 && rebase == 0; n = w.entries[n].previous {
		if w.entries[n].kind == kindRebase {
			rebase = n
		}
	}
	kept, most := 0, int(w.c.Kept)
	for rank := uint8(maxEntries*2 + 1); rank > 0; rank-- {
		for _, m := range s.checkpoints {
			if !m.there || w.rank(m.at) != rank {
				continue
			}
			number, _ := w.done(m.at)
			void := rebase != 0 && number < w.number(rebase) && m.at != w.entries[rebase].onto && w.c.keeps(VoidApart)
			if void || kept == most {
				ranks |= 1 << rank
				continue
			}
			switch kept++; {
			case !w.c.keeps(KeepEntries):
				keep = max(keep, w.number(m.at.touched)+1)
			case kept == most:
				keep = w.number(m.at.touched)
			}
		}
	}
	return ranks, keep
}

func (w *walk) remove(s *State, ranks uint16) {
	for i := range s.checkpoints {
		if m := &s.checkpoints[i]; m.there && ranks>>w.rank(m.at)&1 != 0 {
			*m = model{}
		}
	}
}
