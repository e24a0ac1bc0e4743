#!/bin/bash
# Installs Knative Serving and Kourier, and waits until all of it is Available. Applies nothing where the same was applied before.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
zero=${CREEK_ZERO_INITIAL_SCALE:-true}
[[ $zero == true || $zero == false ]] || die "CREEK_ZERO_INITIAL_SCALE is $zero, want true or false"
work=$STATE/knative serving=$parts/serving-$serving_version/config kourier=$parts/kourier-$kourier_version/config
available() { k -n "$1" wait --for=condition=Available --timeout=180s deployment --all; }

# stage NAME FILE...: writes NAME.yaml out of the manifests and the changes in manifests/knative, with images of the registry on the node.
stage() {
  local name=$1 to=$work/$1 list='' f as
  shift
  rm -rf "$to" && mkdir -p "$to"
  for f in "$@"; do
    as=$(basename "$(dirname "$f")")-${f##*/}
    sed -E -e "s|ko://knative.dev/serving/cmd/([a-z]+)|$registry/knative-\1:$serving_version|" \
      -e "s|ko://knative.dev/net-kourier/cmd/kourier|$registry/kourier:$kourier_version|" \
      -e "s|docker.io/envoyproxy/envoy:.*|$registry/envoy:$envoy_version|" "$f" >"$to/$as"
    list+="  - $as\n"
  done
  sed "s|@ZERO@|$zero|; s|@RESOURCES@|$list|" "$here/manifests/knative/$name.yaml" >"$to/kustomization.yaml"
  "$bin/kubectl" kustomize "$to" >"$work/$name.yaml"
}
# apply NAME: again and again for a minute, since the webhook of a cluster that is just being repaired may not answer yet.
apply() { wait_for 60 "way to apply $1" k apply --server-side --force-conflicts -f "$work/$1.yaml"; }

stage crds "$serving"/100-namespace.yaml "$serving"/{crds,networking,caching}/*.yaml
stage serving "$serving"/*.yaml "$serving"/{200-roles,configmaps,webhooks}/*.yaml "$serving"/deployments/{controller,autoscaler,activator,webhook}.yaml
stage kourier "$kourier"/*.yaml
key=$(cat "$work"/*.yaml | cksum)
if [[ $(cat "$STATE/knative.applied" 2>/dev/null) != "$key" ]]; then
  apply crds
  k wait --for=condition=Established --timeout=60s crd --all
  apply serving
  # From here on the webhook answers for every config map of the namespace.
  available knative-serving
  apply kourier
  echo "$key" >"$STATE/knative.applied"
fi
available knative-serving
available kourier-system
