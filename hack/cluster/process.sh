# shellcheck shell=bash  # Processes of the cluster: started once, found again and ended by their recorded ids. Sourced; brings env.sh along.
# shellcheck source=env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

in_ns() { nsenter --net="/var/run/netns/$NETNS" -- "$@"; }
k() { KUBECACHEDIR=$STATE/kubectl in_ns "$bin/kubectl" --kubeconfig "$kubeconfig" "$@"; }
port_open() { in_ns timeout 2 bash -c "</dev/tcp/$1/$2"; }

# born ID: when a living process was started, in clock ticks; tells a process from a later one with the same id.
born() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z ]] && echo "${fields[19]}"
}

# alive NAME: whether the process that start recorded under that name still runs.
alive() {
  local id ticks
  read -r id ticks 2>/dev/null <"$pids/$1" && [[ $(born "$id") == "$ticks" ]]
}

# start NAME COMMAND...: in the namespace, unless it runs. Everything execs, so that the recorded id is the program's own.
start() {
  local name=$1
  shift
  alive "$name" && return
  mkdir -p "$pids" "$logs"
  (exec setsid nsenter --net="/var/run/netns/$NETNS" -- "$@") >>"$logs/$name.log" 2>&1 </dev/null 9>&- &
  echo "$! $(born $!)" >"$pids/$name"
}

# ready NAME SECONDS COMMAND...: waits for the command to succeed, but no longer than the process lives.
ready() {
  local name=$1 seconds=$2
  shift 2
  if ! wait_for "$seconds" "answer of $name" dead_or "$name" "$@" || ! alive "$name"; then
    tail -n 15 "$logs/$name.log" >&2
    say "$name did not come up; its log is $logs/$name.log"
    return 1
  fi
}
dead_or() {
  local name=$1
  shift
  ! alive "$name" || "$@"
}

# stop NAME [SIGNAL]: ends it and waits; after 30 s without effect it is killed.
stop() {
  local name=$1 signal=${2:-TERM} id
  if alive "$name"; then
    read -r id _ <"$pids/$name"
    kill "-$signal" "$id" 2>/dev/null || true
    wait_for 30 "end of $name" gone "$name" 2>/dev/null || kill -KILL "$id" 2>/dev/null || true
    wait_for 10 "end of $name" gone "$name"
  fi
  rm -f "$pids/$name"
}
gone() { ! alive "$1"; }
