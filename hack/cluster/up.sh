#!/bin/bash
# Boots the cluster: Kubernetes with Knative Serving and Kourier, Kafka, Redis and an image registry, in a network namespace of its own.
# Builds what is not built. On a cluster that runs it only checks; what is missing of one that half runs is started.
#   CREEK_CLUSTER             the state folder (default: run, in the cache)
#   CREEK_CACHE               the cache folder (default: creek, in the user's cache folder)
#   CREEK_ZERO_INITIAL_SCALE  false leaves Knative's allow-zero-initial-scale off
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
"$here/prerequisites.sh" run
"$here/build.sh" >/dev/null
one_at_a_time "$STATE.lock"

# After a restart of the machine the namespace and all processes are gone, and what they left behind fits nothing.
[[ -e /var/run/netns/$NETNS || ! -d $STATE ]] || "$here/down.sh"

# push_images: into the registry, which forgets its tags when it ends.
push_images() {
  local id
  id="$(<"$pids/image-registry") $(readlink "$bin/system.tar")"
  [[ $(cat "$STATE/pushed" 2>/dev/null) != "$id" ]] || return 0
  in_ns "$bin/images" push "$bin/system.tar" "$registry"
  echo "$id" >"$STATE/pushed"
}

step "network namespace $NETNS" "$here/network.sh"
step "certificates, kubeconfigs, passwords" "$here/pki.sh"
# Kafka takes its time beside the rest; a second start at the end finds it running, or says what is wrong.
"$here/kafka.sh" start >/dev/null 2>&1 &
step "Redis answers" "$here/redis.sh" start
step "control plane and registry answer" "$here/control-plane.sh"
step "the cluster's images in the registry" push_images
step "node Ready" "$here/node.sh"
step "Knative Serving and Kourier Available" "$here/knative.sh"
wait || true
step "Kafka answers" "$here/kafka.sh" start
say "kubectl: $here/kubectl.sh get pods -A"
