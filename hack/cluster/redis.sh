#!/bin/bash
# Redis with durable settings: redis.sh {start|stop|kill}. stop ends it in order, kill as a crash would; what it acknowledged stays.
# Port 6379 of the node, and 6380 with TLS.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"

answers() { [[ $(REDISCLI_AUTH=$(<"$pki/redis.password") in_ns redis-cli --no-auth-warning -h "$node" "$@" ping) == PONG ]]; }

case ${1:-} in
start)
  mkdir -p "$STATE/redis"
  render redis.conf
  (umask 077 && echo "requirepass $(<"$pki/redis.password")" >"$config/redis-password.conf")
  start redis redis-server "$config/redis.conf"
  ready redis 30 answers
  ready redis 30 answers -p 6380 --tls --cacert "$pki/data-ca.crt"
  ;;
stop) stop redis ;;
kill) stop redis KILL ;;
*) die "want start, stop or kill, got '${1:-}'" ;;
esac
