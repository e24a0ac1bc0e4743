#!/bin/bash
# Makes what is missing of the keys: one authority for Kubernetes, one for Kafka and Redis, certificates, kubeconfigs, passwords.
set -euo pipefail
umask 077
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
mkdir -p "$pki" && cd "$pki"

authority() { # authority NAME
  [[ ! -f $1.crt ]] || return 0
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
  openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 3650 -out "$1.crt.new"
  mv "$1.crt.new" "$1.crt"
}
certificate() { # certificate AUTHORITY NAME SUBJECT ALTERNATIVE-NAMES
  [[ ! -f $2.crt ]] || return 0
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2.key"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$4" >"$2.ext"
  openssl req -new -key "$2.key" -subj "$3" -out "$2.csr"
  openssl x509 -req -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial -days 3650 -extfile "$2.ext" -out "$2.crt.new" 2>/dev/null
  rm "$2.csr" "$2.ext"
  mv "$2.crt.new" "$2.crt"
}
password() { [[ -f $1 ]] || { openssl rand -hex 16 | tr -d '\n' >"$1.new" && mv "$1.new" "$1"; }; }
user() { # user NAME SUBJECT: a client of the API server
  certificate cluster-ca "$1" "$2" "DNS:$1"
  render kubeconfig "$pki/$1.kubeconfig"
  sed -i "s|@USER@|$1|g" "$1.kubeconfig"
}

authority cluster-ca
certificate cluster-ca apiserver /CN=kube-apiserver \
  "IP:127.0.0.1,IP:$node,IP:${services%.*}.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
certificate cluster-ca apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client DNS:apiserver
certificate cluster-ca kubelet /O=system:nodes/CN=system:node:node1 "DNS:node1,IP:$node"
render kubeconfig "$pki/kubelet.kubeconfig"
sed -i "s|@USER@|kubelet|g" kubelet.kubeconfig
user admin /O=system:masters/CN=admin
user controller-manager /CN=system:kube-controller-manager
user scheduler /CN=system:kube-scheduler
user proxy /CN=system:kube-proxy
[[ -f service-accounts.pub ]] || {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out service-accounts.key
  openssl pkey -in service-accounts.key -pubout -out service-accounts.pub
}

authority data-ca
certificate data-ca kafka /CN=kafka "IP:$node,DNS:kafka"
[[ -f kafka.pem ]] || cat kafka.key kafka.crt >kafka.pem
certificate data-ca redis /CN=redis "IP:$node,DNS:redis"
password alice.password
password bob.password
password redis.password
