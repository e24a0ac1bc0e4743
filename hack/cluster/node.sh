#!/bin/bash
# Makes the machine a node: containerd, kubelet, kube-proxy and CoreDNS, each unless it runs; ends when the node is Ready.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
render containerd.toml
render hosts.toml "$config/registries/$registry/hosts.toml"
render bridge.conflist "$config/cni/10-bridge.conflist"
render kubelet.yaml
render kube-proxy.yaml
render Corefile
render resolv.conf

# containerd and its shims find each other, runc and the CNI plugins on the PATH.
start containerd env "PATH=$bin:$PATH" "$bin/containerd" --config "$config/containerd.toml"
ready containerd 30 "$bin/ctr" -a "$STATE/containerd.sock" version
start kubelet "$bin/kubelet" --config "$config/kubelet.yaml" --kubeconfig "$pki/kubelet.kubeconfig" --root-dir "$STATE/kubelet" \
  --cert-dir "$STATE/kubelet-pki" --node-ip "$node" --hostname-override node1
start kube-proxy "$bin/kube-proxy" --config "$config/kube-proxy.yaml" --hostname-override node1
start coredns "$bin/coredns" -conf "$config/Corefile"
ready kubelet 90 k wait --for=condition=Ready --timeout=1s node/node1
ready coredns 30 port_open "$node" 8181
ready kube-proxy 30 port_open 127.0.0.1 10256
