#!/bin/bash
# Runs a command inside the cluster's network: exec.sh COMMAND... It reaches pods, services and the node by address and by cluster-local
# name, and nothing else. The cluster's programs (kubectl, helm, ctr, images) are on its PATH, and it finds in its environment:
#   KUBECONFIG                          the administrator's
#   CREEK_NODE, CREEK_REGISTRY          the node's address; the image registry
#   CREEK_KAFKA, CREEK_KAFKA_TLS        Kafka in plain text, and over TLS with SCRAM-SHA-512
#   CREEK_REDIS, CREEK_REDIS_TLS        Redis in plain text, and over TLS; both want the password
#   CREEK_SECRETS                       the folder of data-ca.crt (signs Kafka and Redis), alice.password, bob.password, redis.password
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
(($#)) || die "want a command"
[[ -f $STATE/netns && -e /var/run/netns/$NETNS ]] || die "no cluster runs from $STATE; up.sh starts one"
export KUBECONFIG=$kubeconfig KUBECACHEDIR=$STATE/kubectl PATH=$bin:$PATH CREEK_CLUSTER=$STATE CREEK_SECRETS=$pki
export CREEK_NODE=$node CREEK_REGISTRY=$registry CREEK_KAFKA=$node:9092 CREEK_KAFKA_TLS=$node:9093 CREEK_REDIS=$node:6379 CREEK_REDIS_TLS=$node:6380
# Names are looked up in the cluster's DNS: a mount of the command's own, seen by nobody else.
# shellcheck disable=SC2016
exec nsenter --net="/var/run/netns/$NETNS" -- unshare --mount --propagation slave \
  bash -c 'mount --bind "$0" "$(readlink -f /etc/resolv.conf)" && exec "$@"' "$config/resolv.conf" "$@"
