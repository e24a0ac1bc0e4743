// Package memory reads how much memory this process uses and may use: from its memory cgroup, version 2 or 1, or from /proc where it
// shares a cgroup with others. What it calls the working set is what the kernel cannot take back without reclaiming pages in use: usage
// without inactive file cache, which is what the kubelet compares with limits too.
package memory
