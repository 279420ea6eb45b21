import assert from "node:assert/strict"
import { test } from "node:test"
import { daemonSays, stopCause } from "@sourceprint/core/launch/slurm/slurm-stop.js"

/** Lines of task logs of Slurm 22.05.8, captured; those of pre-emption and time limit after its source,
 *  slurmstepd/req.c. */
const NODE =
  "slurmstepd-vm: error: *** JOB 3 ON vm CANCELLED AT 2026-11-22T00:19:16 DUE TO NODE FAILURE, SEE " +
  "SLURMCTLD LOG FOR DETAILS ***"
const MEMORY = `slurmstepd-vm: error: StepId=1.batch exceeded memory limit (310296576 > 209715200), being killed
slurmstepd-vm: error: Exceeded job memory limit
slurmstepd-vm: error: *** JOB 1 ON vm CANCELLED AT 2026-11-22T00:22:10 ***`

test("what slurmstepd wrote into the log says why; what a job wrote does not", () => {
  assert.equal(daemonSays(NODE), "node")
  assert.equal(daemonSays(MEMORY), "memory")
  const warned = "slurmstepd-a: error: *** JOB 1 ON a CANCELLED AT 2026-11-22T00:22:10 ***"
  assert.equal(daemonSays(warned), undefined, "the warning of --signal says the same as scancel")
  for (const [words, cause] of [
    ["PREEMPTION", "preempted"],
    ["TIME LIMIT", "timeout"],
    ["JOB REQUEUE", "requeued"],
  ]) {
    assert.equal(
      daemonSays(`slurmstepd: error: *** JOB 1 ON a CANCELLED AT 2026-11-22T00:22:10 DUE TO ${words} ***`),
      cause,
    )
  }
  assert.equal(daemonSays("2026-11-22T00:19:16Z exceeded memory limit, oom-kill, DUE TO NODE FAILURE"), undefined)
  assert.equal(daemonSays(""), undefined)
})

/** Words of `scontrol --oneliner show job`, captured in the SIGTERM handler of a task. */
const job = (state: string, more: string): string =>
  `JobId=3 ArrayJobId=3 JobState=${state} Reason=None Dependency=(null) Requeue=1 BatchFlag=1 ${more}`
const nowMs = Date.parse("2026-11-22T00:10:00")
const scene = { node: "NodeName=vm State=ALLOCATED ThreadsPerCore=1", restarts: 0, nowMs, stopSeconds: 60 }
const LATER = "Restarts=0 EndTime=2026-11-22T02:00:00 PreemptTime=None"

test("a task that is asked to stop finds out why from the controller", () => {
  const near = "Restarts=0 EndTime=2026-11-22T00:11:00"
  assert.equal(stopCause({ ...scene, job: job("RUNNING", near) }), "timeout")
  assert.equal(stopCause({ ...scene, job: job("CANCELLED", LATER) }), "cancelled")
  const ending = (limit: string) =>
    stopCause({
      ...scene,
      job: job("COMPLETING", `${near} StartTime=2026-11-22T00:05:00 TimeLimit=${limit}`),
    })
  assert.equal(ending("1-00:00:00"), "cancelled", "its end is now, not its limit")
  assert.equal(ending("UNLIMITED"), "cancelled")
  assert.equal(ending("00:05:30"), "timeout")
  assert.equal(stopCause({ ...scene, job: job("PENDING", LATER.replace("=0", "=1")) }), "requeued")
  assert.equal(stopCause({ ...scene, job: job("RUNNING", LATER), node: "NodeName=vm State=DOWN*" }), "node")
  const taken = LATER.replace("None", "2026-11-22T00:10:00")
  assert.equal(stopCause({ ...scene, job: job("RUNNING", taken) }), "preempted")
  assert.equal(stopCause({ ...scene, job: job("RUNNING", LATER) }), undefined)
  assert.equal(stopCause({ ...scene, job: job("RUNNING", "EndTime=Unknown") }), undefined)
  assert.equal(stopCause({ ...scene, job: "", node: "" }), undefined)
})
