import { chmod, mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { syntheticPrint } from "../../../test/support/synthetic-print.js"
import { NOBODY } from "./as-nobody.js"
import { type Outcome, type StrangerCase, shell, sourceprint } from "./stranger-case.js"

const print = (finger: string, more = {}): Uint8Array => encodeBmp(syntheticPrint(finger, more))

/** `gallery` with one good print and what `spoil` adds; then a search for that finger. */
async function searchBeside(folder: string, spoil: (gallery: string) => Promise<unknown>): Promise<Outcome> {
  const gallery = join(folder, "gallery")
  await mkdir(gallery)
  await writeFile(join(gallery, "loop.bmp"), print("loop"))
  await writeFile(join(folder, "probe.bmp"), print("loop", { dx: 9, turnRad: 0.2 }))
  await spoil(gallery)
  const args = ["match", "identify", "--gallery", "gallery", "--probe", "probe.bmp"]
  return await sourceprint(args, { cwd: folder, ...NOBODY })
}
const FOUND = /1 +loop\.bmp +\d/

/** An import of two scanners' prints, to whose folder `spoil` adds something. */
async function importBeside(folder: string, spoil: (from: string) => Promise<unknown>): Promise<Outcome> {
  for (const scanner of ["a", "b"]) {
    await mkdir(join(folder, "images", scanner), { recursive: true })
    await writeFile(join(folder, "images", scanner, `ann_1_1.bmp`), print(`ann-${scanner}`))
  }
  await spoil(join(folder, "images"))
  const layout = "{scanner}/{subject}_{finger}_{impression}.bmp"
  const args = ["data", "import", "--from", "images", "--name", "set", "--layout", layout]
  const outcome = await sourceprint(args, { cwd: folder, ...NOBODY })
  await chmod(join(folder, "images", "shut"), 0o700).catch(() => {}) // so that it can be removed
  return outcome
}

/** A folder of runs in which one is listed and `spoil` adds something. */
async function runsWith(folder: string, spoil: (runs: string) => Promise<unknown>, line: string): Promise<Outcome> {
  const run = join(folder, "experiments/runs/whole-0001")
  await mkdir(run, { recursive: true })
  const environment = { createdAt: "2026-01-02T03:04:05.000Z", engine: { name: "wasm" } }
  const files = { environment, config: { name: "whole" }, plan: { cells: [{ id: "one" }] } }
  for (const [name, value] of Object.entries(files)) await writeFile(join(run, `${name}.json`), JSON.stringify(value))
  await spoil(join(folder, "experiments/runs"))
  return await shell(line, { cwd: folder })
}
const tornRun = async (runs: string): Promise<void> => {
  await mkdir(join(runs, "torn-0001"))
  await writeFile(join(runs, "torn-0001", "environment.json"), "")
}

/** Sets in which something cannot be read: the rest goes on. */
export const badItemCases: readonly StrangerCase[] = [
  {
    input: "identify: an empty file in the gallery",
    attempt: (folder) => searchBeside(folder, (gallery) => writeFile(join(gallery, "empty.png"), "")),
    must: { exitCode: 1, say: [/not enrolled: empty\.png: .*the file is empty/, FOUND, /1 of 2 references/] },
  },
  {
    input: "identify: a ._x.png of macOS in the gallery",
    attempt: (folder) => searchBeside(folder, (gallery) => writeFile(join(gallery, "._loop.png"), "Mac OS X")),
    must: { exitCode: 0, say: [FOUND], notSay: [/not enrolled/] },
  },
  {
    input: "identify: a folder called x.bmp in the gallery",
    attempt: (folder) =>
      searchBeside(folder, async (gallery) => {
        await mkdir(join(gallery, "x.bmp"))
        await writeFile(join(gallery, "x.bmp", "arch.bmp"), print("arch"))
      }),
    must: { exitCode: 0, say: [FOUND, /2 +x\.bmp\/arch\.bmp/] },
  },
  {
    input: "identify: a file without read permission, a pipe and a link to nothing in the gallery",
    attempt: (folder) =>
      searchBeside(folder, async (gallery) => {
        await writeFile(join(gallery, "secret.bmp"), print("arch"), { mode: 0 })
        await symlink("nowhere", join(gallery, "gone.bmp"))
        await shell("mkfifo gallery/pipe.bmp", { cwd: folder })
      }),
    must: {
      exitCode: 1,
      say: [/secret\.bmp: this user may not/, /gone\.bmp: a link to nothing/, /pipe\.bmp: .*neither a file/, FOUND],
    },
  },
  {
    input: "import: an unreadable subfolder and lost+found",
    attempt: (folder) =>
      importBeside(folder, async (from) => {
        await mkdir(join(from, "shut"), { mode: 0 })
        await mkdir(join(from, "lost+found"), { mode: 0 })
      }),
    must: { exitCode: 1, say: [/refused: shut: this user may not read/, /2 images of 2 scanners/], notSay: [/lost/] },
  },
  {
    input: "import: a file without read permission and one that is cut off",
    attempt: (folder) =>
      importBeside(folder, async (from) => {
        await writeFile(join(from, "a", "bob_1_1.bmp"), print("bob"), { mode: 0 })
        await writeFile(join(from, "b", "cut_1_1.bmp"), print("bob").subarray(0, 5000))
      }),
    must: {
      exitCode: 1,
      say: [/2 of 4 files and folders/, /bob_1_1\.bmp: this user may not/, /cut_1_1\.bmp/, /2 images of 2 scanners/],
    },
  },
  {
    input: "experiment list: a .DS_Store among the runs",
    attempt: (folder) => runsWith(folder, (runs) => writeFile(join(runs, ".DS_Store"), "Bud1"), "$SP experiment list"),
    must: { exitCode: 0, say: [/whole-0001/] },
  },
  {
    input: "experiment list: an empty environment.json",
    attempt: (folder) => runsWith(folder, tornRun, "$SP experiment list"),
    must: { exitCode: 1, say: [/not listed: torn-0001: .*environment\.json is not JSON/, /whole-0001 .*wasm/] },
  },
  {
    input: "report: an empty environment.json and a .DS_Store",
    attempt: (folder) =>
      runsWith(
        folder,
        async (runs) => {
          await tornRun(runs)
          await writeFile(join(runs, ".DS_Store"), "Bud1")
        },
        "$SP report",
      ),
    must: { exitCode: 1, say: [/torn-0001 is not listed: .*environment\.json/, /reports\/index\.html/] },
  },
  {
    input: "report --index-only: a torn entry and the ._ file of another in reports/entries",
    attempt: async (folder) => {
      await mkdir(join(folder, "reports/entries"), { recursive: true })
      await writeFile(join(folder, "reports/entries/old.json"), "{")
      await writeFile(join(folder, "reports/entries/._new.json"), "Mac OS X")
      return await sourceprint(["report", "--index-only"], { cwd: folder })
    },
    must: { exitCode: 1, say: [/not in the index: .*old\.json.*delete it and render again/, /reports\/index\.html/] },
  },
  {
    input: "experiment delete: a run whose environment.json is empty",
    attempt: (folder) => runsWith(folder, tornRun, "$SP experiment delete torn-0001 && $SP experiment list"),
    must: { exitCode: 0, say: [/torn-0001 is deleted/, /whole-0001/], notSay: [/not listed/] },
  },
  {
    input: "export of a folder: a cut-off image among good ones",
    attempt: (folder) =>
      searchBeside(folder, (gallery) => writeFile(join(gallery, "cut.bmp"), print("arch").subarray(0, 9000))).then(() =>
        sourceprint(["match", "export", "gallery", "--out", "records"], { cwd: folder }),
      ),
    must: { exitCode: 1, say: [/not exported: cut\.bmp: /, /loop\.bmp -> records\/loop\.fmr/, /1 of 2 files/] },
  },
  {
    input: "data stats: an image of the manifest that is gone",
    attempt: async (folder) => {
      await importBeside(folder, async (from) => writeFile(join(from, "a", "ann_1_2.bmp"), print("late")))
      return await shell("rm images/a/ann_1_2.bmp; $SP data stats --dataset set", { cwd: folder })
    },
    must: { exitCode: 1, say: [/left out: cannot read .*ann_1_2\.bmp: there is no such file/, /\ba +2 /, /\bb +1 /] },
  },
  {
    input: "model list: a folder without a card and .ipynb_checkpoints in the registry",
    attempt: async (folder) => {
      await mkdir(join(folder, "experiments/registry/half"), { recursive: true })
      await mkdir(join(folder, "experiments/registry/.ipynb_checkpoints"))
      return await sourceprint(["model", "list"], { cwd: folder })
    },
    must: { exitCode: 1, say: [/^half .*cannot read .*card\.json/m, /1 of 1 models/], notSay: [/ipynb/] },
  },
]
