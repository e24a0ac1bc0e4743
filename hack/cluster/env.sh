# shellcheck shell=bash disable=SC2034  # Where things are and how steps are told; sourced by every script of this folder.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
# shellcheck source=versions.sh
. "$here/versions.sh"

# Folders. Nothing is ever written into the work tree.
CACHE=${CREEK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/creek}
STATE=${CREEK_CLUSTER:-$CACHE/run}
[[ $CACHE == /* ]] || CACHE=$PWD/$CACHE
[[ $STATE == /* ]] || STATE=$PWD/$STATE
parts=$CACHE/cluster
bin=$parts/bin-$(cksum <"$here/versions.sh" | cut -d' ' -f1)
kafka=$parts/kafka-$kafka_version-$(cksum <"$here/kafka/pom.xml" | cut -d' ' -f1)
envtest=$parts/envtest-$kubernetes_version-etcd-$etcd_version

# Addresses. They exist only inside the cluster's network namespace, which nothing leads out of.
NETNS=creek
node=172.31.0.1 pods=10.244.0.0/24 services=10.96.0.0/16
registry=$node:5000
config=$STATE/config pki=$STATE/pki logs=$STATE/log pids=$STATE/pids
kubeconfig=$pki/admin.kubeconfig

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }
now() { echo "${EPOCHREALTIME:-$(date +%s).0}" | tr , .; }

# step TEXT COMMAND...: runs the command with its output in a log, prints one line with the time, and the end of the log when it fails.
step() {
  local text=$1 began log
  shift
  log=$CACHE/log/$(printf %s "$text" | tr -cs 'A-Za-z0-9.' -).log
  mkdir -p "$CACHE/log"
  began=$(now)
  # Not as a condition: bash would not stop at the first error inside of it.
  set +e
  (set -e; "$@") >"$log" 2>&1
  local status=$?
  set -e
  if ((status)); then
    tail -n 25 "$log" >&2
    die "$text: failed; the whole log is in $log"
  fi
  awk -v t="$text" -v a="$began" -v b="$(now)" 'BEGIN {printf "%-60s %6.1f s\n", t, b - a}' >&2
}

# wait_for SECONDS TEXT COMMAND...: until the command succeeds.
wait_for() {
  local seconds=$1 text=$2 end=$((SECONDS + $1))
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { "$@" || true; say "no $text within $seconds s"; return 1; }
    sleep 0.2
  done
}

# render NAME [FILE]: writes manifests/NAME into the state folder (or FILE) with the folders and addresses filled in.
render() {
  local to=${2:-$config/$1}
  mkdir -p "$(dirname "$to")"
  sed -e "s|@STATE@|$STATE|g; s|@PKI@|$pki|g; s|@CONFIG@|$config|g; s|@NODE@|$node|g; s|@PODS@|$pods|g; s|@REGISTRY@|$registry|g" \
    "$here/manifests/$1" >"$to.new"
  mv "$to.new" "$to"
}

# one_at_a_time FILE: holds a lock until the script ends, where the system has flock. Scripts that it calls share it; the processes
# that start() starts do not inherit it.
one_at_a_time() {
  [[ ${CREEK_LOCKED:-} != "$1" ]] || return 0
  export CREEK_LOCKED=$1
  mkdir -p "$(dirname "$1")"
  exec 9>"$1"
  ! command -v flock >/dev/null || flock -n 9 || { say "waiting for another run that holds $1"; flock 9; }
}
