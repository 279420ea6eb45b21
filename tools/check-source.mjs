// Part of `npm run lint`: what Biome cannot see. Paths, links, sections and commands named in documents and comments
// exist; no line of source is too long; packages import each other's files, never a public entry or themselves by name.
// Usage: node tools/check-source.mjs [root]
import { readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join, posix, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)))
const IGNORED = /^(node_modules|dist|\.git|runs|\.site)$/
const files = []
const folders = new Set()
const walk = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const name = relative(root, path).split(sep).join("/")
    if (entry.isFile()) files.push(name)
    else if (entry.isDirectory() && !IGNORED.test(entry.name)) {
      folders.add(name)
      walk(path)
    }
  }
}
walk(root)
const known = new Set([...files, ...folders])
const ends = new Set([...known].flatMap((path) => path.split("/").map((_, i, parts) => parts.slice(i).join("/"))))
const read = (path) => readFileSync(join(root, path), "utf8")
const packages = [...folders].filter((path) => /^src\/[^/]+$/.test(path)).map((path) => basename(path))

const problems = new Set()
const report = (path, text, index, problem) =>
  problems.add(`${path}:${text.slice(0, index).split("\n").length}: ${problem}`)

const blank = (text) => text.replace(/[^\n]/g, " ")
/** The text with all but its comments blanked, so that places stay. */
const commentsOf = (text, path) =>
  /\.(ya?ml|sh)$/.test(path)
    ? text.replace(/^[^#\n]*/gm, blank)
    : text.replace(/((?<![\w*"'`./])\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*)|[^/]+|\//g, (part, comment) =>
        comment ? part : blank(part),
      )

// A path from the root; or a file or folder named by its last parts. <name> and * stand for anything.
const FROM_ROOT = /(?<![\w/.@-])(?:src|test|docs|experiments|tools|bench)\/[\w@.\-/<>*]*[\w>*]/g
const FILE = /(?<!\]\()(?<![\w/.@\-<>*])[\w-]+(?:\/[\w.-]+)*\.(?:tsx?|mjs|md|sh)\b(?!\/)/g
const FOLDER = new RegExp(`(?<=\`)(?:shared|${packages.join("|")})/[\\w.\\-/<>*]*[\\w>*](?=/?\`)`, "g")
// What commands write, and the card of a user's dataset.
const MADE =
  /(^|\/)(dist|runs|node_modules)(\/|$)|^experiments\/(registry\/.|first\.yaml$)|^card\.md$|^docs\/\.site(\/|$)|<|\.\.\./
const pattern = (path) =>
  new RegExp(
    `(^|/)${path
      .split(/\*+/)
      .map((part) => part.replace(/[.]/g, "\\."))
      .join("[^ ]*")}$`,
  )
const exists = (path) =>
  MADE.test(path) ||
  (path.includes("*") ? [...known].some((one) => pattern(path).test(one)) : ends.has(path.replace(/\/$/, "")))
function checkPaths(path, text) {
  for (const [rule, all] of [
    [FROM_ROOT, known],
    [FILE, ends],
    [FOLDER, ends],
  ])
    for (const { 0: found, index } of text.matchAll(rule)) {
      const here = posix.join(posix.dirname(path), found)
      const compiled = found.replace(/\.js$/, ".ts")
      if (!(all.has(found) || known.has(here) || ends.has(compiled) || exists(found)))
        report(path, text, index, `${found} does not exist`)
    }
  const scripts = JSON.parse(read("package.json")).scripts
  for (const { 1: script, index } of text.matchAll(/npm run ([a-z][\w:-]*)/g))
    if (!(script in scripts)) report(path, text, index, `there is no script ${script}`)
  for (const { 1: list, 2: topic, index } of text.matchAll(/npm run (prove|bench) -- ([a-z][a-z-]*)/g))
    if (
      !new RegExp(`^  "?${topic}"?: \\(\\) =>`, "m").test(read(list === "prove" ? "bench/prove.ts" : "bench/main.ts"))
    )
      report(path, text, index, `npm run ${list} has no ${topic}`)
  for (const { 1: document, 2: section, index } of text.matchAll(/(docs\/[\w-]+\.md)`?,? section (\d+)/g))
    if (known.has(document) && !new RegExp(`^#+ ${section}[. ]`, "m").test(read(document)))
      report(path, text, index, `${document} has no section ${section}`)
}

// The anchors that GitHub gives to headings.
const anchorsOf = (text) =>
  [...text.matchAll(/^#+ +(.*)$/gm)].map(([, heading]) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  )
function checkLinks(path, text) {
  for (const { 1: target, index } of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?|mailto):/.test(target)) continue
    const [file, anchor] = target.split("#")
    const to = file === "" ? path : posix.join(posix.dirname(path), file)
    if (!known.has(to.replace(/\/$/, ""))) report(path, text, index, `the link ${target} leads nowhere`)
    else if (anchor !== undefined && !anchorsOf(read(to)).includes(anchor))
      report(path, text, index, `${to} has no heading #${anchor}`)
  }
}

// A vector of a test may be one unbroken word as long as it needs to be.
const MAX_LINE = 120
const UNBROKEN = /\S{100}/
function checkLines(path, text) {
  for (const [i, line] of text.split("\n").entries())
    if ([...line].length > MAX_LINE && !UNBROKEN.test(line))
      problems.add(`${path}:${i + 1}: ${[...line].length} characters, at most ${MAX_LINE}`)
}

function checkImports(path, text) {
  const own = path.split("/")[1]
  for (const { 1: from, index } of text.matchAll(/(?:\bfrom|\bimport\(?)\s*"([^"]+)"/g)) {
    const [, name, file] = /^@sourceprint\/([^/]+)(\/.*)?$/.exec(from) ?? []
    if (name === own) report(path, text, index, `${from}: a package imports its own files by their path`)
    else if (name !== undefined && (file === undefined || file === "/api.js"))
      report(path, text, index, `${from}: the public entry is for others, import the file`)
    else if (name === undefined && /^\.{1,2}\/(.*\/)?api\.js$/.test(from))
      report(path, text, index, `${from}: nobody inside imports the public entry`)
  }
}

const isSource = (path) => /^(src|test|bench|tools|examples)\/.*\.(tsx?|mjs|js|css|html|sh)$/.test(path)
for (const path of files) {
  const isDocument = path.endsWith(".md") && !/^(data|reports)\/.+\//.test(path)
  if (!isDocument && !isSource(path) && !/^experiments\/.*\.ya?ml$/.test(path)) continue
  const text = read(path)
  if (isDocument) {
    if (path !== "CHANGELOG.md") checkPaths(path, text)
    checkLinks(path, text)
  } else checkPaths(path, commentsOf(text, path))
  if (isSource(path)) checkLines(path, text)
  if (/^src\/.*\.tsx?$/.test(path)) checkImports(path, text)
}
for (const problem of problems) console.error(problem)
if (problems.size > 0) console.error(`${problems.size} problems`)
process.exitCode = problems.size > 0 ? 1 : 0
