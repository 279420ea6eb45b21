import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { arrayScript, shellQuoted } from "@sourceprint/core/launch/slurm/slurm-script.js"
import { readSlurmProfile, SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"

test("the array script carries every setting, and ends in the task", () => {
  const settings = SlurmSettings.parse({
    partition: "long",
    account: "prints",
    time: "1-00:00:00",
    memoryMb: 4000,
    cpus: 2,
    gpus: 1,
    sbatch: ["--constraint=avx2"],
    setup: ["module load nodejs"],
  })
  const text = arrayScript(settings, {
    jobName: "job",
    count: 12,
    limit: 5,
    workFolder: "/work of/it",
    command: ["it's"],
  })
  const lines = text.trimEnd().split("\n")
  for (const option of [
    "--array=0-11%5",
    "--partition=long",
    "--account=prints",
    "--time=1-00:00:00",
    "--mem=4000M",
    "--cpus-per-task=2",
    "--gpus=1",
    "--constraint=avx2",
    "--signal=B:TERM@60",
  ]) {
    assert.ok(lines.includes(`#SBATCH ${option}`), option)
  }
  assert.equal(lines.at(-1), `exec "$node" 'it'\\''s' "$SLURM_ARRAY_TASK_ID"`)
  assert.ok(lines.some((line) => line.startsWith("cd '/work of/it' || ")))
  assert.ok(lines.includes("module load nodejs"))
  const bare = arrayScript(SlurmSettings.parse({}), {
    jobName: "job",
    count: 1,
    workFolder: "/work",
    command: ["a.js"],
  })
  assert.match(bare, /--array=0-0\n/)
})

test("quoting survives the shell", () => {
  const text = `a 'b' "c" $HOME \\ ;`
  assert.equal(execFileSync("sh", ["-c", `printf %s ${shellQuoted(text)}`], { encoding: "utf8" }), text)
})

test("a profile is checked whole, and each problem is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "profile-"))
  const path = join(folder, "profile.yaml")
  try {
    await writeFile(path, "partition: main\nrequeues: 2\n")
    assert.equal((await readSlurmProfile(path)).requeues, 2)
    await writeFile(path, "partition: 'a b'\ntime: soon\nmemory: 3\n")
    await assert.rejects(
      readSlurmProfile(path),
      (e) => hasCode(e, "slurm/profile") && ["partition", "time", "memory"].every((word) => e.message.includes(word)),
    )
    await assert.rejects(readSlurmProfile(`${path}.none`), (e) => hasCode(e, "slurm/profile"))
  } finally {
    await rm(folder, { recursive: true })
  }
})
