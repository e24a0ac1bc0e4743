#!/bin/bash
# Ends the cluster of the state folder (CREEK_CLUSTER) and leaves nothing of it: processes, mounts, namespaces, links, control groups,
# files. Works on what is left of a cluster too. The cache of built parts stays.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
one_at_a_time "$STATE.lock"
socket=$STATE/containerd.sock

# shims: the ids of the processes that containerd left beside each pod; they name this cluster's socket.
shims() { pgrep -f -- "containerd-shim-runc-v2 .*-address $socket( |\$)" || true; }
# kill_tree ID...: children first, so that none is left to another parent.
kill_tree() {
  local id
  for id in "$@"; do
    # shellcheck disable=SC2046
    kill_tree $(pgrep -P "$id" || true)
    kill -KILL "$id" 2>/dev/null || true
  done
}
no_shims() { [[ -z $(shims) ]]; }

end_processes() {
  local name
  # What would start something again goes first.
  for name in kubelet containerd; do stop $name KILL; done
  # shellcheck disable=SC2046
  kill_tree $(shims)
  for name in "$pids"/*; do [[ ! -f $name ]] || stop "${name##*/}" KILL; done
  wait_for 20 "end of the pods' processes" no_shims
}

end_mounts() { awk -v s="$STATE/" 'index($2, s) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l; }

end_network() {
  [[ ! -f $STATE/netns || ! -e /var/run/netns/$(<"$STATE/netns") ]] || ip netns del "$(<"$STATE/netns")"
  [[ -f $STATE/netns.first ]] || return 0
  # The folder of named namespaces was not there before; it goes when no other has come since.
  [[ -n $(find /run/netns -mindepth 1 2>/dev/null) ]] || { umount /run/netns 2>/dev/null || true; rmdir /run/netns; }
}

# Some places are fixed in containerd, the CNI library and the kubelet: only what belongs to this cluster is removed from them.
end_files() {
  local id kind what
  grep -rho --include=bootstrap.json '/run/containerd/s/[0-9a-f]*' "$STATE/containerd/state" 2>/dev/null | xargs -r rm -f
  for id in $(find /var/lib/cni/results -name 'creek-*' -printf '%f\n' 2>/dev/null | cut -d- -f2); do rm -f /var/lib/cni/results/*-"$id"-*; done
  find /var/log/containers -lname "$STATE/*" -delete 2>/dev/null || true
  [[ ! -d $STATE/kubelet ]] || rm -f /var/lib/kubelet/device-plugins/kubelet.sock
  [[ -f $STATE/outside ]] || return 0
  tac "$STATE/outside" | while read -r kind what; do
    case $kind in
    sysctl) sysctl -qw "$what" ;;
    folder) rmdir "$what" 2>/dev/null || true ;;
    esac
  done
}

# Control groups go from the inside out, each when its last process has left it.
kubepods() { find /sys/fs/cgroup -maxdepth 2 -type d -name kubepods 2>/dev/null; }
no_kubepods() {
  local top
  for top in $(kubepods); do find "$top" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  [[ -z $(kubepods) ]]
}

if [[ ! -d $STATE ]]; then
  say "no cluster in $STATE"
  exit 0
fi
[[ $(id -u) == 0 ]] || die "run it as root"
step "processes ended" end_processes
step "mounts ended" end_mounts
step "network namespace removed" end_network
step "control groups removed" wait_for 20 "end of the pods' control groups" no_kubepods
step "files outside the state folder removed" end_files
rm -rf --one-file-system "$STATE" "$STATE.lock"
