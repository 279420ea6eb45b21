#!/bin/sh
# A Slurm of one node, for trying and for tests. Debian: apt-get install slurm-wlm munge. Run as root:
#   tools/slurm-one-node.sh start [folder]    then: export SLURM_CONF=<folder>/slurm.conf
#   tools/slurm-one-node.sh stop [folder]
# Everything lies in the folder; nothing of an installed Slurm is read, changed or stopped.
# Jobs of the partition "urgent" take the place of those of "main", which Slurm requeues, and of "lent", which it ends.
# SLURMCTLD_PORT and SLURMD_PORT choose other ports, SLURM_CPUS another number of processors, SLURM_KILL_WAIT the
# seconds between SIGTERM and SIGKILL, SLURM_GRACE the seconds that a job has before another takes its place; what Slurm
# itself requeues starts again that long and 8 s later. SLURM_MIN_JOB_AGE: the controller forgets ended jobs after that
# many seconds.
# Memory limits (--mem) are kept by polling, once a second; cgroups are not needed.
# SLURMDBD_PORT, when set, gives it accounts (sacct, limits of users) too: apt-get install slurmdbd mariadb-server.
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

# Ends what slurmd has left running: a step that cannot tell the controller of its end tries for ever.
end_steps() {
  for comm in /proc/[0-9]*/comm; do
    [ "$(cat "$comm" 2>/dev/null)" = slurmstepd ] || continue
    case $(readlink "${comm%comm}cwd" 2>/dev/null) in
      "$folder" | "$folder "* | "$folder/"*) pid=${comm#/proc/}; kill -9 "${pid%/comm}" 2>/dev/null || true ;;
    esac
  done
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
  end_steps
  end "$folder/slurmctld.pid" slurmctld
  end "$folder/slurmdbd.pid" slurmdbd
  end "$folder/mariadbd.pid" mariadbd
  end "$folder/munged.pid" munged
}

# Until a command succeeds, at most 2 minutes.
wait_for() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      say "$1 does not succeed after 2 minutes; see $folder/*.log and *.out"
      stop
      exit 1
    fi
    sleep 0.2
  done
}

# A database of its own, without a network port, and slurmdbd on top of it.
accounts() {
  for program in mariadbd mariadb-install-db slurmdbd sacctmgr; do
    command -v "$program" >/dev/null && continue
    say "$program is missing: apt-get install slurmdbd mariadb-server"
    stop
    exit 1
  done
  export MYSQL_UNIX_PORT=$folder/mariadb.socket
  rm -rf "$folder/database"
  mariadb-install-db --no-defaults --datadir="$folder/database" --user=root --skip-test-db \
    >"$folder/mariadbd.out" 2>&1
  password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
  cat >"$folder/first.sql" <<SQL
CREATE DATABASE accounts;
CREATE USER slurm@localhost IDENTIFIED BY '$password';
GRANT ALL ON accounts.* TO slurm@localhost;
SQL
  mariadbd --no-defaults --datadir="$folder/database" --user=root --skip-networking --socket="$MYSQL_UNIX_PORT" \
    --pid-file="$folder/mariadbd.pid" --init-file="$folder/first.sql" --innodb-buffer-pool-size=32M \
    --innodb-flush-log-at-trx-commit=0 >>"$folder/mariadbd.out" 2>&1 </dev/null &
  cat >"$folder/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
DbdHost=$host
DbdAddr=127.0.0.1
DbdPort=$SLURMDBD_PORT
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=$password
StorageLoc=accounts
LogFile=$folder/slurmdbd.log
PidFile=$folder/slurmdbd.pid
CONF
  chmod 600 "$folder/slurmdbd.conf"
  wait_for test -S "$MYSQL_UNIX_PORT"
  book
  wait_for sacctmgr -n show cluster
  sacctmgr -i -Q add cluster one >>"$folder/slurmdbd.out" 2>&1
}

book() {
  MYSQL_UNIX_PORT=$folder/mariadb.socket SLURM_CONF=$folder/slurm.conf slurmdbd >>"$folder/slurmdbd.out" 2>&1
}

is_idle() {
  [ "$(timeout 5 sinfo -h -p main -o %T)" = idle ]
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
  grace=${SLURM_GRACE:-0}
  storage=AccountingStorageType=accounting_storage/none
  if [ -n "${SLURMDBD_PORT:-}" ]; then
    storage="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$SLURMDBD_PORT
AccountingStoragePass=$folder/munge/socket
AccountingStorageEnforce=limits,qos"
  fi
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
$storage
MpiDefault=none
ReturnToService=2
KillWait=$wait
MinJobAge=${SLURM_MIN_JOB_AGE:-300}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdTimeout=60
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,sched_interval=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=$grace
PartitionName=lent Nodes=$host MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=CANCEL GraceTime=$grace
PartitionName=urgent Nodes=$host MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF
CONF
  export SLURM_CONF=$folder/slurm.conf
  [ -z "${SLURMDBD_PORT:-}" ] || accounts
  slurmctld -f "$SLURM_CONF" >>"$folder/slurmctld.out" 2>&1
  daemon
  wait_for is_idle
  say "up; export SLURM_CONF=$SLURM_CONF"
}

case $action in
  start) start ;;
  stop) stop ;;
  slurmd) daemon ;; # starts slurmd again after it was killed
  slurmdbd) book ;; # and slurmdbd
  *) say "usage: $0 start|stop|slurmd|slurmdbd [folder]"; exit 2 ;;
esac
