#!/bin/bash
# Installs Creek into the running cluster through its Helm chart, or brings it up to date: install.sh [HELM-ARGUMENT...]
# The images are those that images.sh built last.
#   CREEK_IMAGE_TAG         the tag they were built with (default dev)
#   CREEK_WATCH_NAMESPACES  namespaces, by commas, that it is confined to (default: all)
#   CREEK_NAMESPACE         where it is installed (default creek-system)
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
digest() { cat "$CACHE/images/$1.digest" 2>/dev/null || die "no image of $1: run hack/images/images.sh"; }
alive image-registry || die "no cluster runs from $STATE; up.sh starts one"
creek=$(digest creek)
trainer=$(digest trainer)
namespace=${CREEK_NAMESPACE:-creek-system}
watched=${CREEK_WATCH_NAMESPACES:+\"${CREEK_WATCH_NAMESPACES//,/\",\"}\"}
step "Creek installed in namespace $namespace" "$here/exec.sh" helm upgrade --install creek "$repo/charts/creek" \
  --namespace "$namespace" --create-namespace --wait --timeout 3m \
  --set "image.repository=$registry/creek,image.tag=${CREEK_IMAGE_TAG:-dev},image.digest=$creek" \
  --set "trainer.image=$registry/trainer@$trainer" --set-json "watchNamespaces=[$watched]" "$@"
