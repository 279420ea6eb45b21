import { execFile } from "node:child_process"
import { cp, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { projectRoot } from "./shared-data.js"
import { tinyExperiment, tinyScanners } from "./tiny-scanners.js"

export type ExampleKind = "js" | "js browser" | "sh"

/** The first block of this kind in a package's README. */
export async function readmeExample(packageName: string, kind: ExampleKind): Promise<string> {
  const text = await readFile(join(projectRoot, "src", packageName, "README.md"), "utf8")
  const start = text.indexOf(`\`\`\`${kind}\n`)
  if (start < 0) throw new Error(`src/${packageName}/README.md has no example of kind ${kind}`)
  return text.slice(text.indexOf("\n", start) + 1, text.indexOf("\n```", start) + 1)
}

/** Two impressions of one simulated finger and one of another, as the examples name them. */
async function simulatedPrints(folder: string): Promise<void> {
  const touches = new SyntheticImpressions(1, ScannerSettings.parse({}))
  for (const [name, finger, impression] of [
    ["enrolled", "ada/right-index", 1],
    ["probe", "ada/right-index", 2],
    ["stranger", "bob/right-index", 1],
  ] as const) {
    const { image } = touches.impression({ finger, unit: "unit-1", session: 1, impression })
    await writeFile(join(folder, `${name}.bmp`), encodeBmp(image))
  }
}

/** Puts what a package's example reads into `folder`. @returns what undoes it elsewhere */
export async function prepareExample(packageName: string, folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true })
  if (packageName === "match" || packageName === "model") await simulatedPrints(folder)
  if (packageName === "model") {
    const [id] = ["fvc-one-vs-all-texture-ridge-fvc2000-db1"]
    await cp(join(projectRoot, "experiments/registry", id), join(folder, "registry", id), { recursive: true })
  }
  if (packageName === "serve") {
    await writeFile(join(folder, "serve.yaml"), "store: accounts.db\nkeyFile: master.keys\nport: 0\nhttpPort: 0\n")
  }
  if (packageName === "train") {
    const tiny = await tinyScanners({ scanners: 2, fingers: 6 })
    await writeFile(join(folder, "experiment.yaml"), tinyExperiment(tiny.dataset))
    return () => tiny.remove()
  }
  return async () => {}
}

/** Runs a package's Node example in `folder`, which resolves the package. @returns what it printed */
export async function runExample(packageName: string, folder: string): Promise<string> {
  const done = await prepareExample(packageName, folder)
  try {
    const file = join(folder, "example.mjs")
    await writeFile(file, await readmeExample(packageName, "js"))
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
    return stdout
  } finally {
    await done()
  }
}

/** What each example prints when it works. */
export const expectedOutput: Readonly<Record<string, (printed: string) => boolean>> = {
  core: (text) => text.startsWith("256 × 288 px at 500 dpi\nEER "),
  engine: (text) => /^wasm engine, accuracy (1|0\.9\d*)\s*$/.test(text),
  model: (text) => /^fvc2000-db1: 0?\.?\d[\d.e-]* \(accepted from [\d.]+\)\s*$/.test(text),
  capture: (text) => /: 256 × 288 px, 4 bits, 500 dpi\n$/.test(text),
  report: (text) => text === "report.html\n",
  match: (text) => {
    const [probe = Number.NaN, stranger = Number.NaN] = text.match(/[\d.]+$/gm)?.map(Number) ?? []
    return probe > 3 * stranger
  },
  protocol: (text) => text === "hello over an encrypted channel\n",
  train: (text) => text.includes("finished, 3 of 3 jobs") && text.includes(".html"),
  serve: (text) => /^protocol on port \d+, pages on port \d+\n$/.test(text),
}
