package memory_test

import (
	"errors"
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/memory"
)

const (
	mounts1 = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n" +
		"35 31 0:32 /kubepods/pod1/c1 /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory\n" +
		"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	mounts2     = "24 18 0:22 / /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	mountsHost1 = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	status      = "Name:\ttrainer\nVmPeak:\t  99999 kB\nVmHWM:\t   2000 kB\nVmRSS:\t   1500 kB\n"
)

func files(pairs ...string) fstest.MapFS {
	root := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		root[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return root
}

func version1(folder string) fstest.MapFS {
	return files(
		"proc/self/cgroup", "4:memory:/kubepods/pod1/c1\n3:cpuset:/\n0::/\n", "proc/self/mountinfo", mounts1, "proc/self/status", status,
		folder+"/memory.usage_in_bytes", "1000\n", folder+"/memory.max_usage_in_bytes", "5000\n", folder+"/memory.limit_in_bytes", "8000\n",
		folder+"/memory.stat", "cache 500\ninactive_file 7\ntotal_inactive_file 300\n", folder+"/cgroup.procs", "1\n",
	)
}

func version2() fstest.MapFS {
	return files(
		"proc/self/cgroup", "0::/\n", "proc/self/mountinfo", mounts2, "proc/self/status", status,
		"sys/fs/cgroup/memory.current", "1000\n", "sys/fs/cgroup/memory.peak", "5000\n", "sys/fs/cgroup/memory.max", "max\n",
		"sys/fs/cgroup/memory.stat", "anon 600\ninactive_file 300\n", "sys/fs/cgroup/cgroup.procs", "1\n",
	)
}

// TestFigures takes the peak when nothing happened, and after usage rose and fell between two samples so that only the kernel knows.
func TestFigures(t *testing.T) {
	tests := map[string]struct {
		root        fstest.MapFS
		usage, peak string
		want        [6]int64
		source      string
	}{
		"version 1, mounted from inside": {
			version1("sys/fs/cgroup/memory"), "sys/fs/cgroup/memory/memory.usage_in_bytes", "sys/fs/cgroup/memory/memory.max_usage_in_bytes",
			[6]int64{8000, 700, 700, 5700, 900, 900},
			memory.SourceCgroup1,
		},
		"version 2": {
			version2(), "sys/fs/cgroup/memory.current", "sys/fs/cgroup/memory.peak",
			[6]int64{0, 700, 700, 5700, 900, 900},
			memory.SourceCgroup2,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			probe := memory.Find(test.root, 1, nil)
			meter := memory.NewMeter(probe)
			first, firstNow := meter.Take()
			test.root[test.usage].Data, test.root[test.peak].Data = []byte("1200\n"), []byte("6000\n")
			second, _ := meter.Take()
			third, thirdNow := meter.Take()
			got := [6]int64{probe.Limit(), first, firstNow, second, third, thirdNow}
			if diff := cmp.Diff(test.want, got); diff != "" || probe.Source() != test.source {
				t.Errorf("source %s (-want +got):\n%s", probe.Source(), diff)
			}
		})
	}
}

func TestWhereUsageIsRead(t *testing.T) {
	shared := version1("sys/fs/cgroup/memory")
	shared["sys/fs/cgroup/memory/cgroup.procs"].Data = []byte("1\n2\n")
	host := version1("sys/fs/cgroup/memory/kubepods/pod1/c1")
	host["proc/self/mountinfo"].Data = []byte(mountsHost1)
	unlimited := version1("sys/fs/cgroup/memory")
	unlimited["sys/fs/cgroup/memory/memory.limit_in_bytes"].Data = []byte("9223372036854771712\n")
	limited := version2()
	limited["sys/fs/cgroup/memory.max"].Data = []byte("67108864\n")
	type place struct {
		Source string
		Limit  int64
		Peak   int64
	}
	tests := map[string]struct {
		root fstest.MapFS
		want place
	}{
		"a cgroup with other processes tells only the limit": {shared, place{memory.SourceProc, 8000, 1500 << 10}},
		"the tree seen from its real root":                   {host, place{memory.SourceCgroup1, 8000, 700}},
		"version 1's greatest number is no limit":            {unlimited, place{memory.SourceCgroup1, 0, 700}},
		"version 2's limit":                                  {limited, place{memory.SourceCgroup2, 67108864, 700}},
		"no cgroup at all":                                   {files("proc/self/status", status), place{memory.SourceProc, 0, 1500 << 10}},
		"nothing":                                            {fstest.MapFS{}, place{memory.SourceProc, 0, 0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			probe := memory.Find(test.root, 1, nil)
			peak, _ := memory.NewMeter(probe).Take()
			if diff := cmp.Diff(test.want, place{probe.Source(), probe.Limit(), peak}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// peakFile is a kernel's peak that may be reset.
type peakFile struct {
	value   string
	refuses bool
}

func (f *peakFile) ReadAt(p []byte, _ int64) (int, error) { return copy(p, f.value), nil }

func (f *peakFile) WriteAt(p []byte, _ int64) (int, error) {
	if f.refuses {
		return 0, errors.New("read-only file system")
	}
	f.value = "1000\n"
	return len(p), nil
}

func TestResettablePeak(t *testing.T) {
	for name, test := range map[string]struct {
		refuses bool
		want    int64
	}{
		"reset":   {false, 4700},
		"refused": {true, 700},
	} {
		t.Run(name, func(t *testing.T) {
			kernel := &peakFile{value: "9000\n", refuses: test.refuses}
			meter := memory.NewMeter(memory.Find(version2(), 1, func(string) (memory.PeakFile, error) { return kernel, nil }))
			if !test.refuses {
				kernel.value = "5000\n"
			}
			if got, _ := meter.Take(); got != test.want {
				t.Errorf("peak %d, want %d", got, test.want)
			}
		})
	}
}

// TestThisProcess reads the real figures of the process that runs the test.
func TestThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc on this system")
	}
	meter := memory.NewMeter(memory.Find(os.DirFS("/"), os.Getpid(), memory.OpenFile))
	ballast := make([]byte, 64<<20)
	for i := range ballast {
		ballast[i] = 1
	}
	meter.Sample()
	if peak, _ := meter.Take(); peak < int64(len(ballast)) {
		t.Errorf("peak %d with %d bytes in use", peak, len(ballast))
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("4:memory:/a\n0::/\n"), []byte(mounts1), []byte("total_inactive_file 3\n"), []byte("max"))
	f.Fuzz(func(_ *testing.T, cgroup, mountinfo, stat, limit []byte) {
		root := version1("sys/fs/cgroup/memory")
		root["proc/self/cgroup"].Data, root["proc/self/mountinfo"].Data = cgroup, mountinfo
		root["sys/fs/cgroup/memory/memory.stat"].Data, root["sys/fs/cgroup/memory/memory.limit_in_bytes"].Data = stat, limit
		probe := memory.Find(root, 1, nil)
		probe.Limit()
		memory.NewMeter(probe).Take()
	})
}

// TestAnonymous leaves out what the kernel can take back by itself.
func TestAnonymous(t *testing.T) {
	tests := map[string]struct {
		root fstest.MapFS
		stat string
		text string
		want int64
	}{
		"version 1": {version1("sys/fs/cgroup/memory"), "sys/fs/cgroup/memory/memory.stat", "total_inactive_file 300\ntotal_active_file 200\n", 500},
		"version 2": {version2(), "sys/fs/cgroup/memory.stat", "inactive_file 300\nactive_file 150\n", 550},
		"none":      {files("proc/self/status", "VmRSS:\t900 kB\nRssAnon:\t700 kB\n"), "", "", 700 << 10},
		"nothing":   {files(), "", "", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.stat != "" {
				test.root[test.stat] = &fstest.MapFile{Data: []byte(test.text)}
			}
			if got := memory.Find(test.root, 1, nil).Anonymous(); got != test.want {
				t.Errorf("%d bytes, want %d", got, test.want)
			}
		})
	}
}
