import { execFile } from "node:child_process"
import { appendFile, readdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { openChromium } from "../../test/support/chromium.js"
import { compileIncomplete, incompleteMessages } from "../../test/support/incomplete-messages.js"
import {
  inBrowsers,
  installedSize,
  installPacked,
  runInBrowser,
  standalone,
} from "../../test/support/packed-packages.js"
import { expectedOutput, runExample } from "../../test/support/readme-example.js"
import { projectRoot } from "../../test/support/shared-data.js"
import type { Claim, Figure } from "./claim.js"
import { atMost, exactly } from "./figure.js"
import { additions, tryAddition } from "./house/additions.js"
import { copyOfProject } from "./house/copy-of-project.js"

const run = promisify(execFile)

/** TypeScript lines below src before the packages were made (commit a250055): what the house may not exceed. */
const LINES_BEFORE = 70_758

/** 1 where `work` prints what the example of `name` should, 0 otherwise. */
async function works(name: string, work: () => Promise<string>, say: (text: string) => void): Promise<number> {
  try {
    const printed = await work()
    if (expectedOutput[name]?.(printed)) return 1
    say(`${name} printed ${printed}`)
  } catch (error) {
    say(`${name}: ${error}`)
  }
  return 0
}

async function packages(say: (text: string) => void): Promise<Figure[]> {
  const browser = await openChromium()
  const figures: Figure[] = []
  try {
    for (const name of standalone) {
      say(`packing and installing @sourceprint/${name}`)
      const folder = await installPacked(name)
      const { packages: pulled, sizeBytes } = await installedSize(folder)
      const others = pulled.filter((one) => !one.startsWith("@sourceprint/"))
      const note = `with ${others.length} packages from the registry: ${others.join(" ")}`
      figures.push(
        exactly(`${name} runs its example in Node`, await works(name, () => runExample(name, folder), say), 1),
      )
      if (inBrowsers.some((one) => one === name)) {
        const shown = () => runInBrowser(name, folder, browser)
        figures.push(exactly(`${name} runs its example in Chromium`, await works(name, shown, say), 1))
      }
      figures.push({ name: `${name} installed`, value: sizeBytes / 2 ** 20, unit: "MiB", note })
      const heavy = others.filter((one) => /opaque|plotly|opencv|tfjs|danfo/.test(one))
      if (name === "match") figures.push(exactly("match pulls OPAQUE, Plotly, OpenCV or tensors", heavy.length, 0))
      await rm(folder, { recursive: true, force: true })
    }
  } finally {
    await browser.close()
  }
  return figures
}

/** What a linter says, by rule or by line; "" where it has nothing to say. */
const complaints = (args: readonly string[]): Promise<string> =>
  run(process.execPath, args, { cwd: projectRoot, maxBuffer: 2 ** 26 }).then(
    () => "",
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  )

async function linesOfSource(): Promise<number> {
  const entries = await readdir(join(projectRoot, "src"), { recursive: true, withFileTypes: true })
  const sources = entries
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => /\.tsx?$/.test(path) && !/[\\/](dist|node_modules)[\\/]/.test(path))
  const texts = await Promise.all(sources.map((path) => readFile(path, "utf8")))
  return texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0)
}

async function structure(): Promise<Figure[]> {
  const biome = join(projectRoot, "node_modules/@biomejs/biome/bin/biome")
  const rules = ["noImportCycles", "noUndeclaredDependencies", "noRestrictedImports"]
  const layers = await complaints([biome, "lint", "--max-diagnostics=none", "src"])
  const paths = await complaints([join(projectRoot, "tools/check-source.mjs")])
  const count = (text: string, what: RegExp): number => text.match(new RegExp(what, "g"))?.length ?? 0
  const [cycles = 0, undeclared = 0, forbidden = 0] = rules.map((rule) =>
    count(layers, new RegExp(`lint/[a-z]+/${rule} `)),
  )
  return [
    exactly("import cycles, of types too", cycles, 0),
    exactly("imports that a package's manifest does not list", undeclared, 0),
    exactly("imports that a layer may not make", forbidden, 0),
    exactly(
      "paths, links, sections and commands in documents and comments that do not exist",
      count(paths, /does not exist|leads nowhere|has no |there is no /),
      0,
    ),
    exactly(
      "other findings of the source check (lines over 120, public entries)",
      count(paths, /characters, at most|public entry|by their path/),
      0,
    ),
    atMost("TypeScript lines of src", await linesOfSource(), LINES_BEFORE, "lines", `${LINES_BEFORE} before`),
  ]
}

/** A clean build of all packages, and one after a line was added to one file, in a copy. */
async function rebuild(say: (text: string) => void): Promise<Figure[]> {
  const copy = await copyOfProject()
  try {
    const timed = async (): Promise<number> => {
      const start = performance.now()
      const complaint = await copy.compile(".")
      if (complaint !== "") throw new Error(complaint)
      return (performance.now() - start) / 1000
    }
    for (const name of await readdir(join(copy.folder, "src"))) {
      await rm(join(copy.folder, "src", name, "dist"), { recursive: true, force: true })
    }
    await rm(join(copy.folder, "dist"), { recursive: true, force: true })
    say("clean build")
    const cleanS = await timed()
    await timed() // nothing to do: warms the file cache alike for what follows
    const touched = async (file: string): Promise<number> => {
      await appendFile(join(copy.folder, file), "\n// one line more\n")
      return await timed()
    }
    say("one-file rebuilds")
    const leafS = await touched("src/cli/text-table.ts")
    const middleS = await touched("src/match/verify.ts")
    return [
      { name: "clean build of all packages, tests and benchmarks", value: cleanS, unit: "s" },
      { name: "after one file of cli changed", value: leafS, unit: "s" },
      { name: "after one file of match changed", value: middleS, unit: "s" },
      atMost("one file of cli, share of the clean build", leafS / cleanS, 0.5),
      atMost("one file of match, share of the clean build", middleS / cleanS, 0.8),
    ]
  } finally {
    await copy.remove()
  }
}

async function tried(say: (text: string) => void): Promise<Figure[]> {
  const copy = await copyOfProject(["src"])
  try {
    const figures: Figure[] = []
    for (const addition of additions) {
      say(addition.what)
      const complaint = await tryAddition(copy, addition)
      figures.push(exactly(`${addition.what} is noticed`, addition.says.test(complaint) ? 1 : 0, 1))
    }
    const said = await compileIncomplete()
    for (const { what, says } of incompleteMessages) {
      figures.push(exactly(`${what} is noticed`, says.test(said.get(what) ?? "") ? 1 : 0, 1))
    }
    return figures
  } finally {
    await copy.remove()
  }
}

/** `npm run prove -- house`: the packages stand alone, the structure is what the documents say, and what is added
 *  without its parts is noticed. */
export const claims: readonly Claim[] = [
  { title: "packages packed, installed alone and run", measure: packages },
  { title: "no cycle, no dead path, no larger", measure: structure },
  { title: "one edited file rebuilds what depends on it", measure: rebuild },
  { title: "what is added without its parts is noticed", measure: tried },
]
