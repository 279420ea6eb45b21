import { execFile } from "node:child_process"
import { cpus } from "node:os"
import { promisify } from "node:util"
import { canonicalJson } from "@sourceprint/core/canonical-json.js"
import { datasetHash } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Engine } from "@sourceprint/engine/select-engine.js"
import type { RunEnvironment } from "./run-record.js"

/** What a run is computed with and on. `now` is wall time for people. */
export async function currentEnvironment(
  engine: Engine,
  samples: readonly Sample[],
  now: Date,
): Promise<RunEnvironment> {
  return {
    engine: { name: engine.name, why: engine.why, versions: engine.versions },
    datasetHash: datasetHash(samples),
    imageCount: samples.length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "",
    commit: await commitOfCode(),
    createdAt: now.toISOString(),
  }
}

/** The commit of the code that runs; empty where it is not in a git repository or git is absent. */
async function commitOfCode(): Promise<string> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)("git", args, { cwd: import.meta.dirname })
    return stdout.trim()
  }
  try {
    const commit = await git("rev-parse", "HEAD")
    return (await git("status", "--porcelain", "--untracked-files=no")) === "" ? commit : `${commit}-dirty`
  } catch {
    return "" // not knowing the commit must not stop an experiment
  }
}

/** Refuses to continue with a run under other circumstances than it began with: the same jobs would not get the same
 *  bits. @throws AppError "run/identity" that names each item that differs and both values */
export function requireSameIdentity(
  runFolder: string,
  before: { readonly environment: RunEnvironment; readonly config: unknown },
  now: { readonly environment: RunEnvironment; readonly config: unknown },
): void {
  const item = (name: string, cure: string, of: (side: typeof before) => unknown): string[] => {
    const [was, is] = [of(before), of(now)]
    return canonicalJson(was ?? null) === canonicalJson(is ?? null)
      ? []
      : [`${name} was ${JSON.stringify(was)} and is ${JSON.stringify(is)} (${cure})`]
  }
  const differing = [
    ...item("the engine", "choose it with --engine", ({ environment }) => environment.engine.name),
    ...item("the engine's versions", "install the same ones", ({ environment }) => environment.engine.versions),
    ...item("the hash of the images and labels", "restore the dataset", ({ environment }) => environment.datasetHash),
    ...item("config.json", "it was edited by hand", ({ config }) => config),
  ]
  if (differing.length === 0) return
  throw new AppError(
    "run/identity",
    `${runFolder} cannot be resumed: ${differing.join("; ")}; or delete the run and start afresh`,
  )
}
