import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { syntheticPrint } from "../../../test/support/synthetic-print.js"
import { type Outcome, type StrangerCase, sourceprint } from "./stranger-case.js"

const LAYOUT = "{scanner}/{subject}_{finger}_{impression}"

/** Makes an image at each path below `images` and imports them. */
async function importOf(folder: string, paths: readonly string[], ...more: string[]): Promise<Outcome> {
  for (const path of paths) {
    await mkdir(join(folder, "images", path, ".."), { recursive: true })
    await writeFile(join(folder, "images", path), encodeBmp(syntheticPrint(path)))
  }
  return await sourceprint(["data", "import", "--from", "images", "--name", "set", "--layout", LAYOUT, ...more], {
    cwd: folder,
  })
}

/** Two scanners with three people; then the plan of an experiment with these lines in `dataset`. */
async function planOf(folder: string, ...lines: string[]): Promise<Outcome> {
  const people = ["ann", "bob", "eve"]
  const imported = await importOf(
    folder,
    ["unit-1", "unit-2"].flatMap((scanner) => people.map((subject) => `${scanner}/${subject}_1_1.bmp`)),
  )
  if (imported.exitCode !== 0) return imported
  const file = `name: stranger
question: which scanner took it?
dataset:
  folder: data/set
${lines.map((line) => `  ${line}\n`).join("")}split: { by: subject, seed: 1, folds: 3 }
view: { region: { kind: common-window, sidePx: 128 } }
models:
  - id: texture-ridge
`
  await writeFile(join(folder, "stranger.yaml"), file)
  return await sourceprint(["experiment", "plan", "stranger.yaml", "--no-time"], { cwd: folder })
}

/** Data that is not what was meant: it is an error, or said. */
export const otherDataCases: readonly StrangerCase[] = [
  {
    input: "plan: a scanner that the dataset does not have",
    attempt: (folder) => planOf(folder, "scanners: [unit-1, unit-2, unit-3]"),
    must: { exitCode: 1, say: [/no scanner "unit-3"; It has unit-1, unit-2/] },
  },
  {
    input: "plan: a scanner in another case",
    attempt: (folder) => planOf(folder, "scanners: [unit-1, UNIT-2]"),
    must: { exitCode: 1, say: [/no scanner "UNIT-2"; did you mean unit-2\?/] },
  },
  {
    input: "plan: a collection that the dataset does not have",
    attempt: (folder) => planOf(folder, "collections: [main, trial]"),
    must: { exitCode: 1, say: [/no collection "trial"; It has main/] },
  },
  {
    input: "plan: a name with spaces around it is that name",
    attempt: (folder) => planOf(folder, 'scanners: [" unit-1", "unit-2 "]'),
    must: { exitCode: 0, say: [/on 6 images/] },
  },
  {
    input: "import: one scanner in composed and decomposed letters",
    complaint: "josesiqueira/zotero-watch-folder#6",
    attempt: (folder) => importOf(folder, ["Ge\u0301rard/ann_1_1.bmp", "G\u00e9rard/bob_1_1.bmp"]),
    must: { exitCode: 0, say: [/2 images of 1 scanners/] },
  },
  {
    input: "import: a folder's name ends with a space",
    attempt: (folder) => importOf(folder, ["unit-1 /ann_1_1.bmp", "unit-1/bob_1_1.bmp"]),
    must: { exitCode: 0, say: [/2 images of 1 scanners/] },
  },
  {
    input: "import: a scanner in two cases",
    complaint: "Maradonna90/NewGAN-Manager#8",
    attempt: (folder) => importOf(folder, ["Unit-1/ann_1_1.bmp", "unit-1/bob_1_1.bmp"]),
    must: {
      exitCode: 0,
      say: [/likely mistake: scanner "Unit-1" and "unit-1": if they are one, a scanner would be its own/],
    },
  },
  {
    input: "import: a scanner's folder is a link",
    complaint: "huggingface/datasets#6853",
    attempt: async (folder) => {
      await mkdir(join(folder, "archive"))
      await writeFile(join(folder, "archive/bob_1_1.bmp"), encodeBmp(syntheticPrint("bob")))
      await mkdir(join(folder, "images"))
      await symlink(join(folder, "archive"), join(folder, "images/unit-2"))
      return await importOf(folder, ["unit-1/ann_1_1.bmp"])
    },
    must: { exitCode: 0, say: [/2 images of 2 scanners/] },
  },
  {
    input: "import: an image at the top of the folder",
    attempt: (folder) => importOf(folder, ["unit-1/ann_1_1.bmp", "bob_1_1.bmp"]),
    must: { exitCode: 0, say: [/1 files do not fit the layout, first: bob_1_1\.bmp/, /1 images of 1 scanners/] },
  },
  {
    input: "import: two files claim one impression",
    attempt: (folder) => importOf(folder, ["unit-1/ann_1_1.bmp", "unit-1/ann_1_01.bmp"]),
    must: {
      exitCode: 0,
      say: [/likely mistake: .*ann_1_01\.bmp and .*ann_1_1\.bmp both claim impression 1 of ann\/1/],
    },
  },
  {
    input: "import --only with a folder that is not there",
    attempt: (folder) => importOf(folder, ["unit-1/ann_1_1.bmp"], "--only", "unit-1", "unit-2"),
    must: { exitCode: 1, say: [/--only unit-2: there is no such folder; there are unit-1/] },
  },
  {
    input: "data check: a scanner at two resolutions, and a person in two cases",
    attempt: async (folder) => {
      const two = encodeBmp({ ...syntheticPrint("other"), dpi: 1000 })
      await mkdir(join(folder, "images/unit-1"), { recursive: true })
      await writeFile(join(folder, "images/unit-1/ANN_2_1.bmp"), two)
      for (const person of ["bob", "eve", "dan", "kim"])
        await writeFile(
          join(folder, `images/unit-1/${person}_1_1.bmp`),
          encodeBmp({ ...syntheticPrint(person), dpi: 500 }),
        )
      await importOf(folder, ["unit-1/ann_1_1.bmp"])
      return await sourceprint(["data", "check", "--dataset", "set", "--folds", "3", "--no-probes"], { cwd: folder })
    },
    must: { exitCode: 0, say: [/likely mistake: subject "ANN" and "ann"/, /"unit-1" has images at .*1000/] },
  },
]
