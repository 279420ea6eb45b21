// Runs the tests and says which lines of each source file they executed: npm run coverage, npm run coverage -- wire.
// V8 counts in every test process, every thread and every command that they start and that ends by itself; a process
// killed by a test counts nothing. Source maps lead from the compiled lines to those of the TypeScript.
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { SourceMap } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { executedCharacters, executedLines } from "./executed-lines.mjs"

const LOW_PERCENT = 60
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, "src")
/** The pages run in chromium, as bundles; their bundles and sources are not measured. */
const isPage = (path) => path.startsWith(join(source, "serve", "dist", "pages")) || path.includes(`${sep}web${sep}`)
const compiled = readdirSync(source, { withFileTypes: true, recursive: true })
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter((path) => /[\\/]dist[\\/].*\.js$/.test(path) && !path.includes("node_modules") && !isPage(path))
const texts = new Map(compiled.map((path) => [pathToFileURL(path).href, readFileSync(path, "utf8")]))

/** Compiled file -> 1 for every character that some process executed. */
const executed = new Map()
const folder = mkdtempSync(join(tmpdir(), "coverage-"))
/** Takes in what ended processes wrote, and deletes it: in all it would be gigabytes. */
function takeIn() {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    let scripts
    try {
      scripts = JSON.parse(readFileSync(path, "utf8")).result
    } catch {
      continue // half written: the next time
    }
    for (const { url, functions } of scripts) {
      const text = texts.get(url)
      if (text === undefined) continue
      executed.set(url, executedCharacters(text.length, functions, executed.get(url)))
    }
    rmSync(path)
  }
}

const runner = join(root, "tools/run-tests.mjs")
const tests = spawn(process.execPath, [runner, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, NODE_V8_COVERAGE: folder },
})
const timer = setInterval(takeIn, 2000)
process.exitCode = await new Promise((resolve) => tests.on("close", (code) => resolve(code ?? 1)))
clearInterval(timer)
takeIn()
rmSync(folder, { recursive: true })

const files = []
for (const [url, text] of texts) {
  const map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), "utf8")))
  const lines = executedLines(text, map, executed.get(url) ?? new Uint8Array(text.length))
  const path = relative(root, fileURLToPath(url)).replaceAll("\\", "/").replace("/dist/", "/").replace(/js$/, "ts")
  const done = [...lines.values()].filter(Boolean).length
  if (lines.size > 0) files.push({ path, done, all: lines.size })
}
const percentOf = (some) => {
  const [done, all] = [some.reduce((n, f) => n + f.done, 0), some.reduce((n, f) => n + f.all, 0)]
  return `${((100 * done) / all).toFixed(1).padStart(5)} %  of ${String(all).padStart(6)} lines`
}
console.log("\nLines executed (src/serve/web runs in chromium and is not measured, nor are the WebAssembly kernels):")
for (const name of new Set(files.map(({ path }) => path.split("/")[1]))) {
  console.log(`${percentOf(files.filter(({ path }) => path.startsWith(`src/${name}/`)))}  src/${name}`)
}
console.log(`${percentOf(files)}  in all, ${files.length} files`)
const low = files.filter(({ done, all }) => (100 * done) / all < LOW_PERCENT)
console.log(`\n${low.length} files under ${LOW_PERCENT} %:`)
for (const file of low.sort((a, b) => a.done / a.all - b.done / b.all))
  console.log(`${percentOf([file])}  ${file.path}`)
