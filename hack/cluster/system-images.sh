#!/bin/bash
# Writes the images that the cluster itself runs into one tarball in the cache; build.sh calls it. Skips a tarball of the same programs.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
cd "$bin"
key=$(cat images pause | cksum | cut -d' ' -f1)
tarball=$bin/system-$key.tar
if [[ ! -f $tarball ]]; then
  # Envoy links the C library: its image needs the loader and the libraries of this machine.
  libraries=$(ldd envoy | awk '$3 ~ /^\// {printf ",%s:%s", $3, $3} $1 ~ /^\/lib/ {printf ",%s:%s", $1, $1}')
  specs=("$registry/pause:1=pause" "$registry/envoy:$envoy_version=envoy:/usr/local/bin/envoy$libraries" "$registry/kourier:$kourier_version=kourier")
  for part in controller autoscaler activator webhook queue; do specs+=("$registry/knative-$part:$serving_version=knative-$part"); done
  rm -f system-*.tar
  ./images build "$tarball.new" "${specs[@]}"
  mv "$tarball.new" "$tarball"
fi
ln -sfn "$tarball" system.tar
