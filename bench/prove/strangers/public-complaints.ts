import { once } from "node:events"
import { cp, mkdir, readdir, truncate, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import sharp, { type Sharp } from "sharp"
import { mountSmallDisk, unmount } from "../../../test/support/small-disk.js"
import { syntheticPrint } from "../../../test/support/synthetic-print.js"
import { study } from "./small-study.js"
import { type Outcome, type StrangerCase, shell, sourceprint } from "./stranger-case.js"

/** Complaints about other tools, as their users made them in public, tried on this one. The complaint of each stands
 *  in it: repository and number. */

const LAYOUT = "{scanner}/{subject}_{finger}_{impression}.bmp"
const loop = (): GrayImage => syntheticPrint("loop")
const asPng = ({ width, height, pixels }: GrayImage): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace("b-w")

/** An import of two scanners, a print each, beside whatever `spoil` puts into the folder. */
async function importWith(
  folder: string,
  spoil: (from: string) => Promise<unknown>,
  { layout = LAYOUT, more = "" } = {},
): Promise<Outcome> {
  for (const scanner of ["a", "b"]) {
    await mkdir(join(folder, "images", scanner), { recursive: true })
    await writeFile(join(folder, "images", scanner, "ann_1_1.bmp"), encodeBmp(loop()))
  }
  await spoil(join(folder, "images"))
  return await shell(`$SP data import --from images --name set --layout '${layout}' ${more}`, { cwd: folder })
}
const TWO = /data\/set: 2 images of 2 scanners/

/** `match verify` of a print against what `write` makes of it. */
async function verifyAgainst(folder: string, write: (probe: string) => Promise<unknown>, name = "p"): Promise<Outcome> {
  await writeFile(join(folder, "loop.bmp"), encodeBmp(loop()))
  await write(join(folder, name))
  return await sourceprint(["match", "verify", "--reference", "loop.bmp", "--probe", name], { cwd: folder })
}

/** A fresh folder of runs in which `name` holds these files, and the list of it. */
async function listBeside(folder: string, name: string, files: Record<string, string>): Promise<Outcome> {
  const runs = join(folder, "experiments/runs")
  for (const run of ["whole-0001", name]) await mkdir(join(runs, run), { recursive: true })
  const environment = { createdAt: "2026-01-02T03:04:05.000Z", engine: { name: "wasm" } }
  const whole = { environment, config: { name: "whole" }, plan: { cells: [{ id: "one" }] } }
  for (const [file, value] of Object.entries(whole))
    await writeFile(join(runs, "whole-0001", `${file}.json`), JSON.stringify(value))
  for (const [file, text] of Object.entries(files)) await writeFile(join(runs, name, file), text)
  return await sourceprint(["experiment", "list"], { cwd: folder })
}

/** `capture one` at something that answers every byte with noise. */
async function captureFromNoise(folder: string): Promise<Outcome> {
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", () => socket.write(Uint8Array.from({ length: 40 }, (_, i) => (i * 97) & 0x7f)))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  try {
    return await shell(`$SP capture one --port tcp://127.0.0.1:${port} --out x.bmp --wait 1`, { cwd: folder })
  } finally {
    server.close()
  }
}

/** An experiment whose runs lie on a disk that is full, then has room. */
async function runOnFullDisk(folder: string): Promise<Outcome> {
  await study(folder)
  const disk = mountSmallDisk("16m")
  try {
    const run = "$SP experiment run tiny.yaml --no-report --runs $D/runs"
    const fill = "head -c 16m /dev/zero > $D/fill 2>/dev/null"
    return await shell(`${fill}; ${run}; echo first: $?; rm $D/fill; ${run}`, { cwd: folder, env: { D: disk } })
  } finally {
    unmount(disk)
  }
}

/** Of letter C. */
export const publicSetCases: readonly StrangerCase[] = [
  {
    input: "import: .DS_Store in every folder",
    complaint: "fastai/fastai#200",
    attempt: (folder) =>
      importWith(folder, async (from) => {
        for (const place of ["", "a", "b"]) await writeFile(join(from, place, ".DS_Store"), "Bud1")
      }),
    must: { exitCode: 0, say: [TWO] },
  },
  {
    input: "import: two scanners and .ipynb_checkpoints, which would be a third",
    complaint: "keras-team/keras#14042",
    attempt: (folder) =>
      importWith(folder, (from) => cp(join(from, "a"), join(from, ".ipynb_checkpoints"), { recursive: true })),
    must: { exitCode: 0, say: [TWO] },
  },
  {
    input: "import: a folder from a zip of macOS, with __MACOSX and its ._ files",
    complaint: "ImageMarkup/isic-challenge-scoring#15",
    attempt: (folder) =>
      importWith(folder, async (from) => {
        await mkdir(join(from, "__MACOSX/a"), { recursive: true })
        await writeFile(join(from, "__MACOSX/a/._ann_1_1.bmp"), "Mac OS X")
        await writeFile(join(from, "a/._ann_1_1.bmp"), "Mac OS X")
      }),
    must: { exitCode: 0, say: [TWO], notSay: [/refused/] },
  },
  {
    input: "import: an image of zero bytes",
    complaint: "alexeygrigorev/clothing-dataset#1",
    attempt: (folder) => importWith(folder, (from) => writeFile(join(from, "a/bob_1_1.bmp"), "")),
    must: { exitCode: 1, say: [/refused: cannot read .*bob_1_1\.bmp: the file is empty/, TWO] },
  },
  {
    input: "experiment list: what a deletion left behind, without its files",
    complaint: "mlflow/mlflow#468",
    attempt: (folder) => listBeside(folder, ".deleted-old-0001", {}),
    must: { exitCode: 0, say: [/whole-0001/], notSay: [/deleted/] },
  },
  {
    input: "experiment list: a run without its environment",
    complaint: "mlflow/mlflow#3954",
    attempt: (folder) => listBeside(folder, "half-0001", { "config.json": "{}" }),
    must: { exitCode: 0, say: [/whole-0001/] },
  },
  {
    input: "experiment list: a run with a value that is empty",
    complaint: "mlflow/mlflow#888",
    attempt: (folder) => listBeside(folder, "torn-0001", { "environment.json": '{"createdAt":"","engine":}' }),
    must: { exitCode: 1, say: [/not listed: torn-0001: .*is not JSON/, /whole-0001/] },
  },
  {
    input: "identify: a WebP called .jpg and a PNG called .bmp in the gallery",
    complaint: "serengil/deepface#1197",
    async attempt(folder) {
      await mkdir(join(folder, "g"))
      await writeFile(join(folder, "g/web.jpg"), await asPng(loop()).webp({ lossless: true }).toBuffer())
      await writeFile(join(folder, "g/png.bmp"), await asPng(syntheticPrint("arch")).png().toBuffer())
      await writeFile(join(folder, "loop.bmp"), encodeBmp(loop()))
      return await sourceprint(["match", "identify", "--gallery", "g", "--probe", "loop.bmp"], { cwd: folder })
    },
    must: { exitCode: 0, say: [/1 +web\.jpg/, /2 +png\.bmp/] },
  },
  {
    input: "experiment run: an image that was cut off after the import",
    complaint: "keras-team/keras#19026",
    async attempt(folder) {
      await study(folder)
      const [scanner = ""] = await readdir(join(folder, "data/images"))
      const [image = ""] = await readdir(join(folder, "data/images", scanner))
      await truncate(join(folder, "data/images", scanner, image), 700)
      return await sourceprint(["experiment", "run", "tiny.yaml"], { cwd: folder })
    },
    must: { exitCode: 1, say: [/cannot read .*p00_1_1\.bmp: its header promises \d+ bytes/] },
  },
]

/** Of letter E. */
export const publicCauseCases: readonly StrangerCase[] = [
  {
    input: "import: a layout that fits no file",
    complaint: "keras-team/keras#3946",
    attempt: (folder) => importWith(folder, async () => {}, { layout: "{scanner}/{subject}-{impression}.bmp" }),
    must: { exitCode: 1, say: [/no image below images fits the layout .*2 files seen, such as a\/ann_1_1\.bmp/] },
  },
  {
    input: "an option that takes a number: --folds three",
    complaint: "yargs/yargs#1079",
    attempt: (folder) => shell("$SP data check --dataset set --folds three", { cwd: folder }),
    must: { exitCode: 2, say: [/--folds takes a number/] },
  },
  {
    input: "an option with a decimal comma: --dpi 508,5",
    complaint: "yargs/yargs#2205",
    attempt: (folder) => importWith(folder, async () => {}, { more: "--dpi 508,5" }),
    must: { exitCode: 2, say: [/--dpi 508,5: give dots per inch above 0, or unknown/], notSay: [/images of/] },
  },
  {
    input: "verify faces: a picture without a face",
    complaint: "ageitgey/face_recognition#426",
    attempt: async (folder) => {
      await writeFile(join(folder, "loop.bmp"), encodeBmp(loop()))
      const files = "--reference loop.bmp --probe loop.bmp"
      return await shell(`$SP match verify --modality face --matcher embedding ${files}`, { cwd: folder })
    },
    must: { exitCode: 1, say: [/loop\.bmp: no face was found/] },
  },
  {
    input: "verify: an all-white image",
    complaint: "usnistgov/NFIQ2#306",
    attempt: (folder) =>
      verifyAgainst(folder, (probe) =>
        writeFile(probe, encodeBmp({ width: 300, height: 300, pixels: new Uint8Array(90_000).fill(255) })),
      ),
    must: { exitCode: 1, say: [/: the image is blank or nearly so: .*\(no-contrast\) \[match\/failure-to-enrol\]$/m] },
  },
  {
    input: "verify: a HEIC of a phone, called .jpg",
    complaint: "lovell/sharp#1968",
    attempt: (folder) =>
      verifyAgainst(folder, (probe) => writeFile(probe, Buffer.from(`\0\0\0\x18ftypheic${"\0".repeat(99)}`)), "x.jpg"),
    must: { exitCode: 1, say: [/cannot read x\.jpg: .*not a BMP, PNG, TIFF, PGM, JPEG or WebP/] },
  },
  {
    input: "verify: a JPEG in CMYK",
    complaint: "vlfeat/matconvnet#91",
    attempt: (folder) =>
      verifyAgainst(folder, async (probe) => {
        const colour = sharp(await asPng(loop()).png().toBuffer()).toColourspace("cmyk")
        await writeFile(probe, await colour.jpeg({ quality: 95 }).toBuffer())
      }),
    must: { exitCode: 0, say: [/^score (2\d|3\d|[4-9]\d|\d{3})/m] },
  },
  {
    input: "verify: a path with umlauts, Hebrew and spaces",
    complaint: "opencv/opencv#4292",
    attempt: (folder) => verifyAgainst(folder, (probe) => writeFile(probe, encodeBmp(loop())), "öffentlich א 1.bmp"),
    must: { exitCode: 0, say: [/^score \d/m] },
  },
  {
    input: "capture at a port that is not there",
    complaint: "bastianraschke/pyfingerprint#73",
    attempt: (folder) => shell("$SP capture one --port /dev/ttyUSB97 --out x.bmp", { cwd: folder }),
    must: { exitCode: 1, say: [/there is no \/dev\/ttyUSB97; is it plugged in\?.*capture ports/] },
  },
  {
    input: "capture from something that answers noise, as a module at another speed does",
    complaint: "bastianraschke/pyfingerprint#99",
    attempt: captureFromNoise,
    must: { exitCode: 1, say: [/baud|speed|wiring|not.*(module|sensor)/], notSay: [/RangeError|TypeError/] },
  },
  {
    input: "experiment: learningRate: 1e-3 is a number",
    complaint: "treeverse/dvc#8466",
    async attempt(folder) {
      await study(folder)
      await shell("sed -i 's/epochs: 3,/epochs: 3, learningRate: 1e-3,/' tiny.yaml", { cwd: folder })
      return await shell("grep -c learningRate tiny.yaml; $SP experiment plan tiny.yaml", { cwd: folder })
    },
    must: { exitCode: 0, say: [/^1$/m], notSay: [/allowed/] },
  },
  {
    input: "import: a name that leads out of the folder of datasets",
    complaint: "wandb/wandb#8734",
    async attempt(folder) {
      await importWith(folder, async () => {})
      const evil = `$SP data import --from images --name ../evil --layout '${LAYOUT}'; echo $?; ls`
      return await shell(evil, { cwd: folder })
    },
    must: { exitCode: 0, say: [/"\.\.\/evil" is no name of a dataset/, /^1$/m], notSay: [/^evil/m] },
  },
  {
    input: "experiment run on a disk that is full, and again when there is room",
    complaint: "wandb/wandb#5217",
    attempt: runOnFullDisk,
    must: { exitCode: 0, say: [/the disk is full/, /^first: 1$/m, /^run: /m] },
  },
  {
    input: "import of a record that says it has more minutiae than it holds",
    complaint: "neilharan/openafis#4",
    async attempt(folder) {
      await writeFile(join(folder, "loop.bmp"), encodeBmp(loop()))
      const more = "printf '\\377' | dd of=loop.fmr bs=1 seek=27 conv=notrunc 2>/dev/null"
      return await shell(`$SP match export loop.bmp --out loop.fmr >&2; ${more}; $SP match import loop.fmr`, {
        cwd: folder,
      })
    },
    must: { exitCode: 1, say: [/not imported: cannot read loop\.fmr: /], notSay: [/RangeError/] },
  },
]
