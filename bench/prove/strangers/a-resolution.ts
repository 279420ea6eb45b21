import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { resize } from "@sourceprint/core/image/resize.js"
import sharp, { type Sharp } from "sharp"
import { sharedData } from "../../../test/support/shared-data.js"
import { syntheticPrint } from "../../../test/support/synthetic-print.js"
import { type Outcome, type StrangerCase, sourceprint } from "./stranger-case.js"

const odd = (name: string): string => join(sharedData("odd") ?? "", name)
const MATCH = /^score [1-9]\d/m

const verify = (folder: string, probe: string, reference: string, ...more: string[]): Promise<Outcome> =>
  sourceprint(["match", "verify", "--probe", probe, "--reference", reference, ...more], { cwd: folder })

/** Two touches of one drawn finger, whose files hold `dpi` as their tag. */
async function touches(folder: string, dpi: number, scale = 1): Promise<[string, string]> {
  const files: [string, string] = [join(folder, "a.bmp"), join(folder, "b.bmp")]
  for (const [i, file] of files.entries()) {
    const print = syntheticPrint("loop", { dx: 9 * i })
    const sized = resize(print, Math.round(print.width * scale), Math.round(print.height * scale))
    await writeFile(file, encodeBmp({ ...sized, dpi }))
  }
  return files
}

/** A dataset of two fingers of one scanner, whose files hold `dpi` as their tag; then a benchmark on it. */
async function benchmark(folder: string, dpi: number, importing: readonly string[], more: readonly string[]) {
  await mkdir(join(folder, "images/s1"), { recursive: true })
  for (const finger of ["ann", "bob"])
    for (const touch of [1, 2]) {
      const print = syntheticPrint(finger, { dx: 8 * touch })
      await writeFile(join(folder, `images/s1/${finger}_1_${touch}.bmp`), encodeBmp({ ...print, dpi }))
    }
  const layout = ["--layout", "{scanner}/{subject}_{finger}_{impression}.bmp", ...importing]
  const imported = await sourceprint(["data", "import", "--from", "images", "--name", "set", ...layout], {
    cwd: folder,
  })
  if (imported.exitCode !== 0) return imported
  const args = ["match", "benchmark", "--name", "set", "--dataset", "set", "--worst", "0", "--workers", "1", ...more]
  const { exitCode, said } = await sourceprint(args, { cwd: folder })
  return { exitCode, said: `${imported.said}\n${said}` }
}

const saved = (folder: string, name: string, image: Sharp): Promise<string> =>
  image.toFile(join(folder, name)).then(() => join(folder, name))

/** Images whose resolution, depth or orientation is not what it seems. */
export const resolutionCases: readonly StrangerCase[] = [
  {
    input: "verify: two touches as Pillow writes BMP, 96 dpi",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("pillow-a.bmp"), odd("pillow-b.bmp")),
    must: { exitCode: 0, say: [MATCH, /note: .*pillow-a\.bmp: its tag says 96 dpi/] },
  },
  {
    input: "verify: 192 × 192 at 96 dpi",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("pillow-192.bmp"), odd("pillow-b.bmp")),
    must: { exitCode: 0, say: [MATCH], notSay: [/is it a fingerprint/] },
  },
  {
    input: "verify: a BMP whose tag says 72 dpi",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("tag72.bmp"), odd("pillow-b.bmp")),
    must: { exitCode: 0, say: [MATCH] },
  },
  {
    input: "verify: 1000 dpi without a tag",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("twice-as-large.png"), odd("pillow-a.bmp")),
    must: { exitCode: 0, say: [MATCH] },
  },
  {
    input: "verify: --dpi wins over a false tag of 250 dpi",
    attempt: async (folder) => verify(folder, ...(await touches(folder, 250)), "--dpi", "500"),
    must: { exitCode: 0, say: [/^score [1-9]/m] },
  },
  {
    input: "verify: --dpi that is no resolution",
    attempt: async (folder) => verify(folder, ...(await touches(folder, 500)), "--dpi", "fine"),
    must: { exitCode: 2, say: [/--dpi fine: give dots per inch above 0, or unknown/] },
  },
  {
    input: "verify: samples in floating point",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("float.tif"), odd("pillow-b.bmp")),
    must: { exitCode: 0, say: [MATCH] },
  },
  {
    input: "verify: 12 bits in 16",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("12-in-16.tif"), odd("pillow-b.bmp")),
    must: { exitCode: 0, say: [/12-in-16\.tif: its 16-bit samples reach \d+ only: they are read as 12 bits/, MATCH] },
  },
  {
    input: "verify: a TIFF whose first page is blank",
    complaint: "jimp-dev/jimp#816",
    needs: "odd",
    attempt: (folder) => verify(folder, odd("blank-page-first.tif"), odd("pillow-b.bmp")),
    must: { exitCode: 1, say: [/blank-page-first\.tif: it has 2 pages: the first is read/] },
  },
  {
    input: "verify: a PNG of 16 bits that uses 10 of them",
    complaint: "python-pillow/Pillow#2610",
    attempt: async (folder) => {
      const { width, height, pixels } = syntheticPrint("loop")
      const values = Uint16Array.from(pixels, (value) => value * 4)
      const deep = sharp(values, { raw: { width, height, channels: 1 } })
        .toColourspace("grey16")
        .png()
      const [, other] = await touches(folder, 500)
      return await verify(folder, await saved(folder, "deep.png", deep), other)
    },
    must: {
      exitCode: 0,
      say: [/deep\.png: its 16-bit samples reach \d+ only: they are read as 10 bits/, /^score [1-9]/m],
    },
  },
  {
    input: "verify: a touch against the same one saved with 96 dpi by an enhancer",
    complaint: "Utkarsh-Deshmukh/Fingerprint-Enhancement-Python#20",
    attempt: async (folder) => {
      const { width, height, pixels } = syntheticPrint("loop")
      const raw = { raw: { width, height, channels: 1 as const } }
      const enhanced = sharp(pixels, raw).withMetadata({ density: 96 }).png()
      const [, other] = await touches(folder, 500)
      return await verify(folder, await saved(folder, "enhanced.png", enhanced), other)
    },
    must: { exitCode: 0, say: [/enhanced\.png: its tag says 96 dpi/, /^score [1-9]/m] },
  },
  {
    input: "verify: 72 dpi as a default is no reason to resample",
    complaint: "usnistgov/NFIQ2#154",
    attempt: async (folder) => verify(folder, ...(await touches(folder, 72))),
    must: { exitCode: 0, say: [/^score [1-9]/m, /its tag says 72 dpi/] },
  },
  {
    input: "verify --modality face: a telephone's picture on its side",
    complaint: "ageitgey/face_recognition#381",
    needs: "odd",
    attempt: (folder) =>
      verify(folder, odd("face-exif6.jpg"), odd("face-upright.jpg"), "--modality", "face", "--matcher", "lbph"),
    must: { exitCode: 0, say: [/^score [\d.]+/m], notSay: [/no face/] },
  },
  {
    input: "import and benchmark: tags of 96 dpi are unknown, and the EER is one of prints",
    attempt: (folder) => benchmark(folder, 96, [], []),
    must: { exitCode: 0, say: [/4 images unknown: state it with --dpi/, /mean EER 0\.00 %/] },
  },
  {
    input: "import --dpi 96 and benchmark: nothing enrols, so there is no EER",
    attempt: (folder) => benchmark(folder, 500, ["--dpi", "96"], []),
    must: { exitCode: 1, say: [/no error rate: minutiae on s1: 4 \S+/], notSay: [/EER \d/] },
  },
  {
    input: "benchmark --dpi unknown on a dataset with a false resolution",
    attempt: (folder) => benchmark(folder, 500, ["--dpi", "96"], ["--dpi", "unknown"]),
    must: { exitCode: 0, say: [/mean EER 0\.00 %/] },
  },
]
