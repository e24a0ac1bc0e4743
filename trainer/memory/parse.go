package memory

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
)

// unlimited1 is the least value that cgroup version 1 may show for "no limit": the greatest multiple of the page size, of pages up to 64 KiB.
const unlimited1 = math.MaxInt64 - 1<<16

// parseBytes reads a file that holds one number; "max" and version 1's greatest number are 0.
func parseBytes(data []byte) (int64, error) {
	text := string(bytes.TrimSpace(data))
	if text == "max" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a size in bytes", text)
	}
	if n >= unlimited1 {
		return 0, nil
	}
	return int64(n), nil
}

// parseField returns the value of a line "name value" or "name: value kB".
func parseField(data []byte, name string) (int64, bool) {
	for line := range bytes.Lines(data) {
		rest, found := bytes.CutPrefix(line, []byte(name))
		if !found {
			continue
		}
		fields := strings.Fields(strings.TrimPrefix(string(rest), ":"))
		if len(fields) == 0 || (rest[0] != ' ' && rest[0] != ':') {
			continue
		}
		n, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil || n < 0 {
			return 0, false
		}
		if len(fields) > 1 && fields[1] == "kB" {
			n *= 1024
		}
		return n, true
	}
	return 0, false
}

// membership is what /proc/self/cgroup tells: the path in version 2's tree, and in the tree of version 1's memory controller. Either may
// be empty.
type membership struct{ unified, memory string }

func parseMembership(data []byte) membership {
	var m membership
	for line := range strings.Lines(string(data)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		if parts[0] == "0" && parts[1] == "" {
			m.unified = parts[2]
		}
		for controller := range strings.SplitSeq(parts[1], ",") {
			if controller == "memory" {
				m.memory = parts[2]
			}
		}
	}
	return m
}

// mount is a cgroup tree that /proc/self/mountinfo shows: the part below root of the tree stands at point.
type mount struct{ root, point string }

// folder returns where the cgroup at a path of the tree stands, for a process that may see the tree from a root of its own.
func (m mount) folder(cgroup string) string {
	if rest, below := strings.CutPrefix(cgroup, strings.TrimSuffix(m.root, "/")); below {
		return path.Join(m.point, rest)
	}
	return m.point
}

func parseMounts(data []byte) (unified, memory *mount) {
	scanner := bufio.NewScanner(bytes.NewReader(data))
	for scanner.Scan() {
		before, after, found := strings.Cut(scanner.Text(), " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !found || len(left) < 5 || len(right) < 3 {
			continue
		}
		m := &mount{root: left[3], point: left[4]}
		switch right[0] {
		case "cgroup2":
			unified = m
		case "cgroup":
			if strings.Contains(","+right[2]+",", ",memory,") {
				memory = m
			}
		}
	}
	return unified, memory
}
