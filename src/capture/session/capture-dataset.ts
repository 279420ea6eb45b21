import { createHash, randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { MANIFEST_NAME, readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { syncFolder, writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { z } from "zod"
import { type CaptureRecord, rawPathOf, recordPathOf } from "./capture-record.js"
import { DatasetLock } from "./dataset-lock.js"

/** The folder of unfinished changes, the lock and nothing else. */
export const CAPTURE_FOLDER = ".capture"
/** Where each plan's log lies. */
export const SESSIONS_FOLDER = "sessions"
const COMMIT_NAME = "commit.json"

/** A change that was decided: whoever finds it carries it out, any number of times, with the same result. */
const Commit = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("add"), sample: Sample, files: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("remove"), path: z.string(), files: z.array(z.string()) }),
])
type Commit = Readonly<z.infer<typeof Commit>>

export interface Recovery {
  /** Touches whose saving was interrupted after it was decided; they are complete now. */
  readonly completed: readonly string[]
  /** Interrupted before that: nothing of them remains. */
  readonly discarded: number
}

/** A dataset folder that captures are added to, by any number of processes at once.
 *
 *  A touch is an image, its raw bytes, its record and its manifest row. All files are first written below `.capture`;
 *  then one small file decides; then the files are moved into place and the manifest is replaced. A crash before the
 *  decision leaves nothing, a crash after it is finished by the next opening: never a half file, a row without an image
 *  or an image without a row. */
export class CaptureDataset {
  private readonly lock: DatasetLock
  private readonly pending: string
  private cache: { readonly stamp: string; readonly samples: Sample[] } | undefined

  private constructor(readonly folder: string) {
    this.lock = new DatasetLock(join(folder, CAPTURE_FOLDER, "lock.db"))
    this.pending = join(folder, CAPTURE_FOLDER, "pending")
  }

  /** Opens or makes the dataset and finishes what an earlier process left.
   *  @throws AppError "dataset/locked" | "file/…" | "manifest/row" */
  static async open(folder: string): Promise<{ dataset: CaptureDataset; recovery: Recovery }> {
    const dataset = new CaptureDataset(folder)
    try {
      const recovery = await dataset.exclusive(() => dataset.recover())
      return { dataset, recovery }
    } catch (error) {
      dataset.close()
      throw error
    }
  }

  /** Runs `work` while no other process changes the dataset. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.lock.run(work)
  }

  samples(): Promise<readonly Sample[]> {
    return this.exclusive(() => this.read())
  }

  /** The same for a caller within `exclusive`. */
  samplesHeld(): Promise<readonly Sample[]> {
    return this.read()
  }

  /** Adds one touch. @throws AppError "dataset/exists" | "file/disk-full" | "file/write"; then nothing was added */
  save(image: Uint8Array, raw: Uint8Array, describe: (hashes: Hashes) => CaptureRecord): Promise<Sample> {
    return this.exclusive(async () => {
      await this.recover()
      const record = describe({ sha256: sha256Of(image), rawSha256: sha256Of(raw) })
      const { sample } = record
      const samples = await this.read()
      if (samples.some((other) => other.path === sample.path) || existsSync(join(this.folder, sample.path))) {
        throw new AppError("dataset/exists", `${sample.path} is in ${this.folder} already`)
      }
      const contents: readonly (readonly [string, Uint8Array | string])[] = [
        [sample.path, image],
        [rawPathOf(sample.path), raw],
        [recordPathOf(sample.path), `${JSON.stringify(record, null, 1)}\n`],
      ]
      await this.change({ kind: "add", sample, files: contents.map(([path]) => path) }, contents)
      return sample
    })
  }

  /** Removes one touch for good: row, image, raw bytes and record. */
  remove(path: string): Promise<void> {
    return this.exclusive(async () => {
      await this.recover()
      await this.change({ kind: "remove", path, files: [path, rawPathOf(path), recordPathOf(path)] }, [])
    })
  }

  private async change(
    commit: Commit,
    contents: readonly (readonly [path: string, content: Uint8Array | string])[],
  ): Promise<void> {
    const staging = join(this.pending, randomBytes(8).toString("hex"))
    try {
      // At once: the system then commits their journal entries together.
      await Promise.all(contents.map(([, content], i) => writeFileAtomic(join(staging, `${i}`), content)))
      await writeFileAtomic(join(staging, COMMIT_NAME), JSON.stringify(commit))
    } catch (error) {
      await rm(staging, { recursive: true, force: true }).catch(() => {}) // the first error is the one to report
      throw error
    }
    await this.carryOut(staging, commit)
  }

  private async carryOut(staging: string, commit: Commit): Promise<void> {
    if (commit.kind === "add") {
      await mkdir(dirname(join(this.folder, commit.sample.path)), { recursive: true })
      for (const [index, path] of commit.files.entries()) {
        const from = join(staging, `${index}`)
        if (existsSync(from)) await rename(from, join(this.folder, path))
      }
      await syncFolder(dirname(join(this.folder, commit.sample.path)))
      const samples = await this.read()
      if (!samples.some((sample) => sample.path === commit.sample.path)) {
        await this.write([...samples, commit.sample])
      }
    } else {
      const samples = await this.read()
      const rest = samples.filter((sample) => sample.path !== commit.path)
      if (rest.length < samples.length) await this.write(rest)
      for (const path of commit.files) await rm(join(this.folder, path), { force: true })
      await syncFolder(dirname(join(this.folder, commit.path))).catch(() => {}) // the folder may never have been made
    }
    await rm(staging, { recursive: true, force: true })
  }

  /** Call with the lock held. */
  private async recover(): Promise<Recovery> {
    const completed: string[] = []
    let discarded = 0
    for (const name of await readdir(this.pending).catch(() => [])) {
      const staging = join(this.pending, name)
      const text = await readFile(join(staging, COMMIT_NAME), "utf8").catch(() => undefined)
      if (text === undefined) {
        await rm(staging, { recursive: true, force: true })
        discarded++
        continue
      }
      const commit = commitOf(text, staging)
      await this.carryOut(staging, commit)
      completed.push(commit.kind === "add" ? commit.sample.path : commit.path)
    }
    for (const folder of [this.folder, join(this.folder, SESSIONS_FOLDER)]) {
      for (const name of await readdir(folder).catch(() => [])) {
        if (isTemporary(name)) await rm(join(folder, name), { force: true })
      }
    }
    return { completed, discarded }
  }

  private async read(): Promise<Sample[]> {
    const path = join(this.folder, MANIFEST_NAME)
    const stamp = await stampOf(path)
    if (stamp === undefined) return []
    if (this.cache?.stamp !== stamp) this.cache = { stamp, samples: await readManifest(this.folder) }
    return this.cache.samples
  }

  private async write(samples: Sample[]): Promise<void> {
    this.cache = undefined
    await writeManifest(this.folder, samples)
    const stamp = await stampOf(join(this.folder, MANIFEST_NAME))
    if (stamp !== undefined) this.cache = { stamp, samples }
  }

  close(): void {
    this.lock.close()
  }
}

/** @throws AppError "dataset/commit": a decided change that cannot be read is neither carried out nor forgotten */
function commitOf(text: string, staging: string): Commit {
  try {
    return Commit.parse(JSON.parse(text))
  } catch (cause) {
    const cure = `restore or remove ${staging}`
    throw new AppError("dataset/commit", `an interrupted change is damaged: ${messageOf(cause)}; ${cure}`, {
      cause,
    })
  }
}

export interface Hashes {
  readonly sha256: string
  readonly rawSha256: string
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** What an atomic write leaves when its process is killed: never a file of the dataset. */
export const isTemporary = (name: string): boolean => /^\.[0-9a-f]{12}\.tmp$/.test(name)

async function stampOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.ino}/${found.mtimeNs}/${found.size}`
}
