#!/bin/bash
# Starts the image registry, etcd, the API server, the controller manager and the scheduler, each unless it runs.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"

start image-registry "$bin/image-registry" --listen "$registry" --dir "$STATE/registry"
start etcd "$bin/etcd" --data-dir "$STATE/etcd" --unsafe-no-fsync --logger zap --log-level warn \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster default=http://127.0.0.1:2380
start kube-apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
  --advertise-address="$node" --secure-port=6443 --service-cluster-ip-range="$services" \
  --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/cluster-ca.crt" \
  --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
  --kubelet-preferred-address-types=InternalIP --service-account-issuer=https://kubernetes.default.svc \
  --service-account-key-file="$pki/service-accounts.pub" --service-account-signing-key-file="$pki/service-accounts.key" \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true
ready etcd 30 port_open 127.0.0.1 2379
ready image-registry 10 port_open "${registry%:*}" "${registry#*:}"
ready kube-apiserver 90 k get --raw /readyz
start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig "$pki/controller-manager.kubeconfig" --leader-elect=false \
  --cluster-cidr="$pods" --service-cluster-ip-range="$services" --use-service-account-credentials=true \
  --flex-volume-plugin-dir="$STATE/volume-plugins" \
  --root-ca-file="$pki/cluster-ca.crt" --service-account-private-key-file="$pki/service-accounts.key"
start kube-scheduler "$bin/kube-scheduler" --kubeconfig "$pki/scheduler.kubeconfig" --leader-elect=false
