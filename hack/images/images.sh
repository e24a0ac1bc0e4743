#!/bin/bash
# Builds Creek's images: images.sh. Writes creek.tar and trainer.tar into the cache (they load with docker, kind and ctr), prints digests
# and sizes, and pushes to the cluster's registry when the cluster runs. Needs go only.
#   CREEK_IMAGE_TAG  the tag (default dev)
#   GOARCH           the architecture (default this machine's)
set -euo pipefail
# shellcheck source=../cluster/process.sh
. "$(dirname "$0")/../cluster/process.sh"
tag=${CREEK_IMAGE_TAG:-dev} arch=${GOARCH:-$(go env GOARCH)} out=$CACHE/images
export CGO_ENABLED=0 GOOS=linux
mkdir -p "$out"
(cd "$here/../images" && GOOS='' GOARCH='' GOWORK=off go build -trimpath -o "$out/images" .)

report() { # report NAME REFERENCE DIGEST COMPRESSED UNCOMPRESSED: for people, and for install.sh
  awk -v n="$2" -v d="$3" -v c="$4" -v u="$5" 'BEGIN {printf "%s\n  %s\n  %.1f MB compressed, %.1f MB unpacked\n", n, d, c / 1e6, u / 1e6}'
  echo "$3" >"$out/$1.digest"
}
for name in creek trainer; do
  [[ -f $repo/cmd/$name/main.go ]] || die "cmd/$name is not there"
  (cd "$repo" && GOARCH=$arch go build -trimpath -buildvcs=false -ldflags="-s -w" -o "$out/$name" "./cmd/$name")
  line=$("$out/images" --arch "$arch" build "$out/$name.tar" "creek.dev/$name:$tag=$out/$name")
  # shellcheck disable=SC2086
  report $name $line
  if alive image-registry; then
    in_ns "$out/images" push "$out/$name.tar" "$registry" | awk '{print "  pushed to " $1}'
  else
    echo "  in $out/$name.tar; no cluster runs, so it is pushed nowhere"
  fi
done
