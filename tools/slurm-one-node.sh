#!/bin/sh
# A Slurm of one node, for trying and for tests. Debian: apt-get install slurm-wlm munge. Run as root:
#   tools/slurm-one-node.sh start [folder]    then: export SLURM_CONF=<folder>/slurm.conf
#   tools/slurm-one-node.sh stop [folder]
# Everything lies in the folder; nothing of an installed Slurm is read, changed or stopped.
# SLURMCTLD_PORT and SLURMD_PORT choose other ports, SLURM_CPUS another number of processors, SLURM_KILL_WAIT the seconds
# between SIGTERM and SIGKILL; what Slurm
# itself requeues starts again that long and 8 s later. Memory limits (--mem) are kept by polling, once a second; cgroups are not needed.
set -eu

action=${1:-}
folder=${2:-/tmp/sourceprint-slurm}

say() { echo "slurm-one-node: $*" >&2; }

# Ends the process of a pid file, if it is the program that we started.
end() {
  file=$1 program=$2
  [ -s "$file" ] || return 0
  pid=$(cat "$file")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$program" ]; then
    kill "$pid" 2>/dev/null || true
    tries=0
    while [ -d "/proc/$pid" ] && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    [ ! -d "/proc/$pid" ] || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$file"
}

stop() {
  if [ -s "$folder/slurmctld.pid" ]; then
    SLURM_CONF=$folder/slurm.conf timeout 10 scancel --user="$(id -un)" 2>/dev/null || true
    tries=0 # a cancelled task has a moment to save its state
    while [ "$tries" -lt 50 ] && [ -n "$(SLURM_CONF=$folder/slurm.conf timeout 5 squeue -h 2>/dev/null)" ]; do
      sleep 0.2; tries=$((tries + 1))
    done
  fi
  end "$folder/slurmd.pid" slurmd
  end "$folder/slurmctld.pid" slurmctld
  end "$folder/munged.pid" munged
}

daemon() {
  slurmd -f "$folder/slurm.conf" >>"$folder/slurmd.out" 2>&1
}

start() {
  [ "$(id -u)" = 0 ] || { say "must be root"; exit 1; }
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || { say "$program is missing: apt-get install slurm-wlm munge"; exit 1; }
  done
  stop
  rm -rf "$folder/state" "$folder/spool" "$folder/munge"
  mkdir -p "$folder/state" "$folder/spool" "$folder/munge"
  chmod 700 "$folder/munge"
  head -c 128 /dev/urandom >"$folder/munge/key"
  chmod 600 "$folder/munge/key"
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" 2>>"$folder/munged.out"
  host=$(hostname -s)
  cpus=${SLURM_CPUS:-$(nproc)}
  memory=$(awk '/^MemTotal/ { print int($2 / 1024) - 64 }' /proc/meminfo)
  wait=${SLURM_KILL_WAIT:-10}
  cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=$((wait + 7))
SlurmctldPort=${SLURMCTLD_PORT:-16817}
SlurmdPort=${SLURMD_PORT:-16818}
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=$((memory / cpus))
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
KillWait=$wait
SlurmdTimeout=60
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,sched_interval=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$folder/slurm.conf
  slurmctld -f "$SLURM_CONF" >>"$folder/slurmctld.out" 2>&1
  daemon
  tries=0
  until [ "$(timeout 5 sinfo -h -o %T 2>/dev/null)" = idle ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      say "the node is not up after 2 minutes; see $folder/*.log"
      stop
      exit 1
    fi
    sleep 0.2
  done
  say "up; export SLURM_CONF=$SLURM_CONF"
}

case $action in
  start) start ;;
  stop) stop ;;
  slurmd) daemon ;; # starts slurmd again after it was killed
  *) say "usage: $0 start|stop|slurmd [folder]"; exit 2 ;;
esac
