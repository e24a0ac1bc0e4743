#!/bin/bash
# Makes the cluster's network namespace: the node's address on a bridge of its own, and no way out.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
if [[ ! -e /var/run/netns/$NETNS ]]; then
  # Two kubelets on one machine remove each other's control groups.
  others=$(find /sys/fs/cgroup -path '*/kubepods/*' -name cgroup.procs -exec cat {} + 2>/dev/null | head -n1 || true)
  [[ -z $others ]] || die "another kubelet runs pods on this machine (process $others is in control group kubepods): end it first"
  mkdir -p "$STATE"
  [[ -e /run/netns ]] || touch "$STATE/netns.first"
  echo "$NETNS" >"$STATE/netns" # written first: down.sh removes only namespaces that this state folder names
  ip netns add "$NETNS"
elif [[ $(cat "$STATE/netns" 2>/dev/null) != "$NETNS" ]]; then
  die "network namespace $NETNS exists, but was not made from $STATE: end that cluster first, with its own CREEK_CLUSTER"
fi
ip -n "$NETNS" link set lo up
ip -n "$NETNS" link show node0 >/dev/null 2>&1 || ip -n "$NETNS" link add node0 type bridge
ip -n "$NETNS" addr replace "$node/16" dev node0
ip -n "$NETNS" link set node0 up
ip -n "$NETNS" route replace default dev node0
in_ns sysctl -qw net.ipv4.ip_forward=1
[[ -e /proc/sys/net/bridge ]] || modprobe br_netfilter
in_ns sysctl -qw net.bridge.bridge-nf-call-iptables=1

# What the parts change or make outside the state folder is noted once, so that down.sh can put it back.
if [[ ! -f $STATE/outside ]]; then
  for key in vm.overcommit_memory kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes; do
    [[ ! -e /proc/sys/${key//.//} ]] || echo "sysctl $key=$(sysctl -n "$key")"
  done >"$STATE/outside.new"
  for folder in /run/mount /run/containerd /run/containerd/s /var/lib/cni /var/lib/cni/results /var/lib/kubelet /var/lib/kubelet/device-plugins /var/log/containers; do
    [[ -e $folder ]] || echo "folder $folder"
  done >>"$STATE/outside.new"
  mv "$STATE/outside.new" "$STATE/outside"
fi
