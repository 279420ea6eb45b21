import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { sha256Hex } from "../canonical-json.js"
import { AppError } from "../errors.js"
import { writeFileAtomic } from "../files/atomic-file.js"
import { readJson } from "../files/read-json.js"
import { MANIFEST_NAME, parseManifest } from "./manifest.js"
import type { Sample } from "./sample.js"

/** In a dataset's folder: `<number>.csv`, a manifest each, and `log.json`, which lists them. */
export const VERSIONS_FOLDER = "versions"

const Version = z.object({
  /** 1, 2, … */
  number: z.int().min(1),
  /** ISO 8601, UTC */
  keptAt: z.string(),
  /** What made the manifest: an import, a restore of an older version, or something else (a hand, a capture session, a
   *  simulation), whose result was found in its place. */
  by: z.enum(["import", "restore", "found"]),
  /** In words, for people. */
  note: z.string(),
  images: z.int().min(0),
  /** Of the manifest's bytes. */
  sha256: z.string(),
})
export type DatasetVersion = Readonly<z.infer<typeof Version>>
const Log = z.array(Version)

const logPath = (folder: string): string => join(folder, VERSIONS_FOLDER, "log.json")
const versionPath = (folder: string, number: number): string =>
  join(folder, VERSIONS_FOLDER, `${String(number).padStart(4, "0")}.csv`)

/** The versions that were kept, oldest first; undefined where none ever was. @throws AppError "dataset/versions" */
export const readVersions = (folder: string): Promise<readonly DatasetVersion[] | undefined> =>
  readJson(logPath(folder), Log, {
    code: "dataset/versions",
    cure: `the manifests beside it are whole; move ${VERSIONS_FOLDER} away and go on`,
  })

/** Marks a folder as one that imports may fill, before they have. */
export async function claimFolder(folder: string): Promise<void> {
  if ((await readVersions(folder)) === undefined) await writeFileAtomic(logPath(folder), "[]\n")
}

/** Keeps the manifest as it is now, unless it is the newest version already.
 *  @returns its version; undefined where there is no manifest. @throws AppError "file/write", "dataset/versions" */
export async function keepVersion(
  folder: string,
  made: Pick<DatasetVersion, "by" | "note">,
  nowMs: number,
): Promise<DatasetVersion | undefined> {
  const text = await manifestText(folder)
  if (text === undefined) return undefined
  const versions = (await readVersions(folder)) ?? []
  const newest = versions.at(-1)
  const sha256 = sha256Hex(text)
  if (newest?.sha256 === sha256) return newest
  const number = (newest?.number ?? 0) + 1
  const images = parseManifest(text, join(folder, MANIFEST_NAME)).length
  const version = { number, keptAt: new Date(nowMs).toISOString(), ...made, images, sha256 }
  await writeFileAtomic(versionPath(folder, number), text)
  await writeFileAtomic(logPath(folder), `${JSON.stringify([...versions, version], null, 1)}\n`)
  return version
}

/** Keeps the manifest for a run that uses it. Where it cannot be kept, as on a disk that may only be read, the run goes
 *  on without: `unkept` hears why. @returns the number that the run can name */
export async function versionInUse(
  folder: string,
  run: string,
  nowMs: number,
  unkept: (why: string) => void = () => {},
): Promise<number | undefined> {
  try {
    return (await keepVersion(folder, { by: "found", note: `as ${run} used it` }, nowMs))?.number
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    unkept(error.message)
    return undefined
  }
}

/** Whether the manifest is not the newest version. */
export async function hasUnkeptChanges(folder: string): Promise<boolean> {
  const text = await manifestText(folder)
  return text !== undefined && (await readVersions(folder))?.at(-1)?.sha256 !== sha256Hex(text)
}

/** The rows of a version. @throws AppError "dataset/version" that says which there are; "manifest/row" */
export async function readVersion(folder: string, number: number): Promise<Sample[]> {
  return parseManifest(await versionText(folder, number), versionPath(folder, number))
}

/** Makes an older version the manifest again, as a new version; what was there is kept too.
 *  @returns the new version. @throws as `readVersion` and `keepVersion` */
export async function restoreVersion(folder: string, number: number, nowMs: number): Promise<DatasetVersion> {
  const text = await versionText(folder, number)
  parseManifest(text, versionPath(folder, number))
  await keepVersion(folder, { by: "found", note: `as it was before version ${number} was restored` }, nowMs)
  await writeFileAtomic(join(folder, MANIFEST_NAME), text)
  const made = { by: "restore", note: `version ${number} again` } as const
  const version = await keepVersion(folder, made, nowMs)
  if (version === undefined) throw new AppError("dataset/version", `${folder} lost its manifest while it was restored`)
  return version
}

async function versionText(folder: string, number: number): Promise<string> {
  const versions = (await readVersions(folder)) ?? []
  const known = versions.find((version) => version.number === number)
  const text = known && (await readFile(versionPath(folder, number), "utf8").catch(() => undefined))
  if (text !== undefined && sha256Hex(text) === known?.sha256) return text
  const numbers = versions.map((version) => version.number).join(", ")
  const fault = known === undefined ? `has no version ${number}` : `has lost or altered ${versionPath(folder, number)}`
  throw new AppError("dataset/version", `${folder} ${fault}; its versions: ${numbers || "none"}`)
}

const manifestText = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, MANIFEST_NAME), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined
    throw error
  })
