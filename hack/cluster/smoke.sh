#!/bin/bash
# Tests the running cluster: images are pulled and pinned by digest, a Knative Service answers, sleeps and wakes, Kafka and Redis keep
# what they acknowledged through a crash and refuse wrong passwords. About a minute; removes what it made.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
work=$(mktemp -d)
namespace=creek-smoke-$(openssl rand -hex 3) # a new one each time: Knative still answers for one that is being deleted
trap 'k delete namespace "$namespace" --ignore-not-found --wait=false >/dev/null; rm -rf "$work"' EXIT
export CGO_ENABLED=0
command -v curl >/dev/null || die "curl is missing; on Debian: apt-get install curl"
alive image-registry || die "no cluster runs from $STATE; up.sh starts one"
zero=$(k -n knative-serving get configmap config-autoscaler -o 'jsonpath={.data.allow-zero-initial-scale}')
initial=$([[ $zero == true ]] && echo 0 || echo 1)

build() {
  (cd "$here/../images" && GOWORK=off go build -trimpath -ldflags="-s -w" -o "$work/hello" ./hello)
  (cd "$repo" && go build -o "$work/kafka" ./hack/cluster/smoke)
  "$bin/images" build "$work/hello.tar" "$registry/hello:smoke=$work/hello" | cut -d' ' -f2 >"$work/digest"
  in_ns "$bin/images" push "$work/hello.tar" "$registry"
}
deploy() {
  k create namespace "$namespace"
  render hello.yaml "$work/hello.yaml"
  sed -i "s|@INITIAL@|$initial|; s|@NAMESPACE@|$namespace|" "$work/hello.yaml"
  k apply -f "$work/hello.yaml"
  k -n "$namespace" wait --for=condition=Ready --timeout=60s ksvc/hello
}
# get WHAT PATH: one field of an object of the test.
get() { k -n "$namespace" get "$1" -o "jsonpath={$2}"; }
pinned() {
  local revision
  revision=$(get ksvc/hello .status.latestReadyRevisionName)
  [[ $(get "revision/$revision" '.status.containerStatuses[0].imageDigest') == "$registry/hello@$(<"$work/digest")" ]]
}
call() { [[ $("$here/exec.sh" curl -sS --max-time 30 "$(get ksvc/hello .status.address.url)") == hello ]]; }
# living: the pods that are not on their way out; Knative lets a pod drain for half a minute after it has scaled to zero.
living() { k -n "$namespace" get pods -o 'go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}} {{end}}{{end}}'; }
asleep() { local p; p=$(living) && [[ -z $p ]]; }
awake() { local p; p=$(living) && [[ -n $p ]]; }

kafka() { in_ns "$work/kafka" --broker "$node:9092" --topic smoke "$@"; }
login() { in_ns "$work/kafka" --broker "$node:9093" --topic smoke --ca "$pki/data-ca.crt" --user "$1" --password-file "$2"; }
kafka_keeps() {
  local id
  id=$(openssl rand -hex 4)
  kafka --create --write "$id" >/dev/null
  "$here/kafka.sh" kill
  "$here/kafka.sh" start
  kafka | grep -q "$id"
}
kafka_login() {
  login alice "$pki/alice.password"
  login bob "$pki/bob.password"
  if login alice "$pki/bob.password" 2>"$work/refused"; then die "a wrong password was let in"; fi
  grep 'SASL Authentication Failed' "$work/refused"
}
redis() { REDISCLI_AUTH=$(<"$pki/redis.password") in_ns redis-cli --no-auth-warning -h "$node" "$@"; }
redis_keeps() {
  local id
  id=$(openssl rand -hex 4)
  [[ $(in_ns redis-cli -h "$node" get smoke) == NOAUTH* ]] || die "Redis answers without its password"
  redis set smoke "$id"
  "$here/redis.sh" kill
  "$here/redis.sh" start
  [[ $(redis get smoke) == "$id" ]] || die "the key is gone"
  [[ $(redis -p 6380 --tls --cacert "$pki/data-ca.crt" del smoke) == 1 ]] || die "it is not reached over TLS"
}

step "images and client built, image pushed" build
step "Knative Service Ready" deploy
step "its image pinned by the digest that was pushed" pinned
step "first call" call
step "second call" call
step "its pod runs" awake
step "asleep after the window of 6 s" wait_for 30 "end of its pods" asleep
step "call that wakes it" call
step "Kafka keeps a record through a crash" kafka_keeps
step "Kafka lets alice and bob in, and no wrong password" kafka_login
step "Redis keeps a key through a crash, asks for its password" redis_keeps
say "the cluster works"
