package memory

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// PeakFile is a kernel file that holds a peak and, where the kernel and the mount allow it, begins a new one when written to. Version 2
// resets only for reads through the same open file, so it stays open.
type PeakFile interface {
	io.ReaderAt
	io.WriterAt
}

// Opener opens a file for reading and writing.
type Opener func(name string) (PeakFile, error)

// OpenFile is the Opener of a running system.
func OpenFile(name string) (PeakFile, error) { return os.OpenFile(name, os.O_RDWR, 0) }

// Source names where usage is read: cgroup2, cgroup1 or proc.
func (p *Probe) Source() string { return p.source }

// Limit returns the cgroup's limit in bytes as it is now, 0 when there is none or it is unknown. It changes when a pod is resized.
func (p *Probe) Limit() int64 {
	if p.limit == "" {
		return 0
	}
	n, err := p.number(p.limit)
	if err != nil {
		return 0
	}
	return n
}

// Usage returns the bytes in use, file cache included; of a process alone, its resident memory.
func (p *Probe) Usage() (int64, error) {
	if p.source == SourceProc {
		return p.status("VmRSS")
	}
	return p.number(path.Join(p.folder, p.names.usage))
}

// Anonymous returns the bytes in use that are no file's, which the kernel cannot take back; 0 when that is unknown.
func (p *Probe) Anonymous() int64 {
	if p.source == SourceProc {
		n, _ := p.status("RssAnon")
		return n
	}
	usage, err := p.Usage()
	if err != nil {
		return 0
	}
	data, err := fs.ReadFile(p.root, path.Join(p.folder, p.names.stat))
	if err != nil {
		return 0
	}
	inactive, _ := parseField(data, p.names.inactive)
	active, _ := parseField(data, p.names.active)
	return max(0, usage-inactive-active)
}

// InactiveFile returns the bytes of file cache that the kernel would drop first; 0 when usage holds none.
func (p *Probe) InactiveFile() (int64, error) {
	if p.source == SourceProc {
		return 0, nil
	}
	data, err := fs.ReadFile(p.root, path.Join(p.folder, p.names.stat))
	if err != nil {
		return 0, fmt.Errorf("read memory statistics: %w", err)
	}
	n, found := parseField(data, p.names.inactive)
	if !found {
		return 0, fmt.Errorf("%s holds no %s", path.Join(p.folder, p.names.stat), p.names.inactive)
	}
	return n, nil
}

// ResetPeak begins a new kernel peak. Where that is refused, NewPeak goes by whether the old one was passed.
func (p *Probe) ResetPeak() {
	if p.kernel != nil {
		if _, err := p.kernel.WriteAt([]byte(p.names.reset), 0); err == nil {
			p.peakSeen = 0
			return
		}
	}
	p.peakSeen, _ = p.peak()
}

// NewPeak returns the highest usage since ResetPeak as the kernel saw it, or 0 when it cannot tell: an older peak was not reached again.
func (p *Probe) NewPeak() int64 {
	n, err := p.peak()
	if err != nil || n <= p.peakSeen {
		return 0
	}
	return n
}

func (p *Probe) peak() (int64, error) {
	switch {
	case p.source == SourceProc:
		return p.status("VmHWM")
	case p.kernel == nil:
		return p.number(path.Join(p.folder, p.names.peak))
	}
	var buffer [32]byte
	n, err := p.kernel.ReadAt(buffer[:], 0)
	if n == 0 && err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	return parseBytes(buffer[:n])
}

func (p *Probe) number(name string) (int64, error) {
	data, err := fs.ReadFile(p.root, name)
	if err != nil {
		return 0, fmt.Errorf("read memory figures: %w", err)
	}
	n, err := parseBytes(data)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

func (p *Probe) status(field string) (int64, error) {
	data, err := fs.ReadFile(p.root, "proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("read memory figures: %w", err)
	}
	n, found := parseField(data, field)
	if !found {
		return 0, fmt.Errorf("/proc/self/status holds no %s", field)
	}
	return n, nil
}
