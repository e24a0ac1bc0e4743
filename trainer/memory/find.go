package memory

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Sources of figures.
const (
	SourceCgroup2 = "cgroup2"
	SourceCgroup1 = "cgroup1"
	SourceProc    = "proc"
)

// files are the names that one source has for its figures; those of cgroups stand in a folder.
type files struct {
	usage, peak, stat, limit, inactive, active, reset string
}

var (
	files2 = files{
		usage: "memory.current", peak: "memory.peak", stat: "memory.stat", limit: "memory.max",
		inactive: "inactive_file", active: "active_file", reset: "reset",
	}
	files1 = files{
		usage: "memory.usage_in_bytes", peak: "memory.max_usage_in_bytes", stat: "memory.stat", limit: "memory.limit_in_bytes",
		inactive: "total_inactive_file", active: "total_active_file", reset: "0",
	}
)

// Probe reads the figures of this process. It is not safe for concurrent use.
type Probe struct {
	root fs.FS
	// source is where usage is read; limit is the file of the limit, empty when there is no cgroup.
	source string
	folder string
	names  files
	limit  string
	kernel PeakFile
	// peakSeen is the kernel's peak when it was last looked at, for kernels that do not let it be reset.
	peakSeen int64
}

// Find returns the probe for the process of that number, whose root folder is root (os.DirFS("/")). It never fails: what cannot be
// read is reported as unknown. The cgroup's usage is used only where no other process shares it.
func Find(root fs.FS, pid int, open Opener) *Probe {
	p := &Probe{root: root, source: SourceProc}
	source, folder, names := locate(root)
	if source == "" {
		return p
	}
	p.limit = path.Join(folder, names.limit)
	if !alone(root, folder, pid) {
		return p
	}
	p.source, p.folder, p.names = source, folder, names
	if open != nil {
		if file, err := open("/" + path.Join(folder, names.peak)); err == nil {
			p.kernel = file
		}
	}
	return p
}

// locate returns the folder of the cgroup that accounts this process's memory; its source is empty when there is none.
func locate(root fs.FS) (source, folder string, names files) {
	of, _ := fs.ReadFile(root, "proc/self/cgroup")
	mounts, _ := fs.ReadFile(root, "proc/self/mountinfo")
	member := parseMembership(of)
	unified, memory := parseMounts(mounts)
	if member.memory != "" && memory != nil {
		folder = memory.folder(member.memory)
		if exists(root, folder, files1.usage) {
			return SourceCgroup1, relative(folder), files1
		}
	}
	if member.unified != "" && unified != nil {
		folder = unified.folder(member.unified)
		if exists(root, folder, files2.usage) {
			return SourceCgroup2, relative(folder), files2
		}
	}
	return "", "", files{}
}

func exists(root fs.FS, folder, name string) bool {
	_, err := fs.Stat(root, path.Join(relative(folder), name))
	return err == nil
}

func relative(name string) string { return strings.TrimPrefix(path.Clean(name), "/") }

// alone tells whether the cgroup holds no other process.
func alone(root fs.FS, folder string, pid int) bool {
	data, err := fs.ReadFile(root, path.Join(folder, "cgroup.procs"))
	if err != nil {
		return false
	}
	members := strings.Fields(string(data))
	return len(members) == 1 && members[0] == strconv.Itoa(pid)
}
