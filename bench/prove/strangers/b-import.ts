import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { syntheticPrint } from "../../../test/support/synthetic-print.js"
import { type Outcome, type StrangerCase, sourceprint } from "./stranger-case.js"

const LAYOUT = ["--layout", "{scanner}/{subject}_{finger}_{impression}.bmp"]
const importing = (folder: string, ...more: string[]): Promise<Outcome> =>
  sourceprint(
    ["data", "import", "--name", "set", ...LAYOUT, ...(more.includes("--from") ? [] : ["--from", "images"]), ...more],
    {
      cwd: folder,
    },
  )
const data = (folder: string, ...args: string[]): Promise<Outcome> => sourceprint(["data", ...args], { cwd: folder })

async function images(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(folder, path, ".."), { recursive: true })
    await writeFile(join(folder, path), encodeBmp(syntheticPrint(path)))
  }
}
const TWO = ["images/s1/ann_1_1.bmp", "images/s2/ann_1_1.bmp"]

/** A dataset of two images, imported; then what `after` does. */
async function imported(folder: string, after: () => Promise<Outcome>): Promise<Outcome> {
  await images(folder, TWO)
  const first = await importing(folder)
  return first.exitCode === 0 ? await after() : first
}

const manifest = (folder: string): string => join(folder, "data/set/manifest.csv")
/** A label corrected by hand. */
async function edit(folder: string): Promise<void> {
  await writeFile(manifest(folder), (await readFile(manifest(folder), "utf8")).replace("s2,,ann,", "s2,,eve,"))
}
/** What the commands said, one after the other, with the manifest at last. */
async function withManifest(folder: string, ...outcomes: Outcome[]): Promise<Outcome> {
  const text = await readFile(manifest(folder), "utf8").catch(() => "(no manifest)")
  return { exitCode: outcomes.at(-1)?.exitCode ?? 0, said: [...outcomes.map(({ said }) => said), text].join("\n") }
}

/** Imports onto what people made by hand. */
export const importCases: readonly StrangerCase[] = [
  {
    input: "import again after a label was corrected by hand",
    complaint: "v7labs/darwin-py#835",
    attempt: (folder) =>
      imported(folder, async () => {
        await edit(folder)
        return await withManifest(folder, await importing(folder))
      }),
    must: { exitCode: 1, say: [/~ .*s2\/ann_1_1\.bmp: subject eve -> ann/, /--replace takes/, /s2,,eve,/] },
  },
  {
    input: "the same with --replace, then data restore: the correction is there again",
    attempt: (folder) =>
      imported(folder, async () => {
        await edit(folder)
        const replaced = await importing(folder, "--replace")
        return await withManifest(folder, replaced, await data(folder, "restore", "set", "2"))
      }),
    must: { exitCode: 0, say: [/version 4 \(version 2 again\)/, /version 3 \(0 gone, 1 changed, 0 new\)/, /s2,,eve,/] },
  },
  {
    input: "import with --keep of a folder that has grown",
    complaint: "SkalskiP/make-sense#305",
    attempt: (folder) =>
      imported(folder, async () => {
        await edit(folder)
        await images(folder, ["images/s2/ann_1_2.bmp"])
        return await withManifest(folder, await importing(folder, "--keep"))
      }),
    must: { exitCode: 0, say: [/3 images of 2 scanners, version 3 \(0 gone, 0 changed, 1 new\)/, /s2,,eve,/] },
  },
  {
    input: "import from a folder that is not mounted in part",
    complaint: "KatherLab/MediSwarm#481",
    attempt: (folder) =>
      imported(folder, async () => {
        await rename(join(folder, "images/s2"), join(folder, "elsewhere"))
        return await withManifest(folder, await importing(folder))
      }),
    must: { exitCode: 1, say: [/- .*s2\/ann_1_1\.bmp \(s2 ann 1\)/, /s2,,ann,/] },
  },
  {
    input: "import of another folder under the same name",
    attempt: (folder) =>
      imported(folder, async () => {
        await images(folder, ["others/s9/bob_1_1.bmp"])
        return await withManifest(folder, await importing(folder, "--from", "others"))
      }),
    must: { exitCode: 1, say: [/2 gone, 0 changed, 1 new/, /s1,,ann,/] },
  },
  {
    input: "import onto a simulated dataset",
    attempt: async (folder) => {
      const twin = ["twin", "dataset", "--name", "set", "--people", "1", "--fingers", "1", "--units", "1"]
      const made = await sourceprint([...twin, "--impressions", "1"], { cwd: folder })
      if (made.exitCode !== 0) return made
      await images(folder, TWO)
      return await withManifest(folder, await importing(folder, "--replace"))
    },
    must: { exitCode: 1, say: [/a dataset that no import made/], notSay: [/s1,,ann/] },
  },
  {
    input: "import onto a folder of somebody's files",
    attempt: async (folder) => {
      await images(folder, TWO)
      await mkdir(join(folder, "data/set"), { recursive: true })
      await writeFile(join(folder, "data/set/thesis.txt"), "mine")
      return await importing(folder)
    },
    must: { exitCode: 1, say: [/data\/set holds files of another kind: thesis\.txt; it stays as it is/] },
  },
  {
    input: "two --from make one dataset",
    attempt: async (folder) => {
      await images(folder, ["one/s1/ann_1_1.bmp", "two/s2/ann_1_1.bmp"])
      return await importing(folder, "--from", "one", "two")
    },
    must: { exitCode: 0, say: [/2 images of 2 scanners, version 1 \(0 gone, 0 changed, 2 new\)/] },
  },
  {
    input: "data log and data diff after an edit",
    attempt: (folder) =>
      imported(folder, async () => {
        await edit(folder)
        const log = await data(folder, "log", "set")
        const { exitCode, said } = await data(folder, "diff", "set")
        return { exitCode, said: `${log.said}\n${said}` }
      }),
    must: {
      exitCode: 0,
      say: [/~ .*subject ann -> eve/, /the manifest has changed since/, /version 1 to now: 0 gone, 1 changed/],
    },
  },
  {
    input: "data restore of a version that is not there",
    attempt: (folder) => imported(folder, () => data(folder, "restore", "set", "7")),
    must: { exitCode: 1, say: [/has no version 7; its versions: 1/] },
  },
  {
    input: "import --copy over an image that was retouched",
    attempt: async (folder) => {
      await images(folder, TWO)
      await importing(folder, "--copy")
      const copy = join(folder, "data/set/s1/ann_1_1.bmp")
      await rm(copy)
      await writeFile(copy, "retouched")
      const { exitCode, said } = await importing(folder, "--copy")
      return { exitCode, said: `${said}\nthe copy: ${await readFile(copy, "utf8")}` }
    },
    must: { exitCode: 1, say: [/s1\/ann_1_1\.bmp is there already with other content/, /the copy: retouched/] },
  },
]
