import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { projectRoot } from "../support/shared-data.js"

/** What `tools/check-source.mjs` says about a project of these files, one line each. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "check-source-"))
  try {
    const all = {
      "package.json": '{ "scripts": { "lint": "", "prove": "" } }',
      "bench/prove.ts": "  engine: () =>",
      ...files,
    }
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    const tool = join(projectRoot, "tools/check-source.mjs")
    const { stderr, status } = spawnSync(process.execPath, [tool, root], { encoding: "utf8" })
    const lines = stderr.split("\n").filter(Boolean)
    assert.equal(status, lines.length === 0 ? 0 : 1)
    return lines.slice(0, -1)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const dead = "src/core/" + "gone.ts" // in two parts: the check reads this file too

test("paths, links, headings, sections and commands that do not exist are named with file and line", async () => {
  const document = [
    "# One",
    `\`${dead}\`, \`errors.ts\` and \`core/errors.ts\` and \`core/nothing\`, src/<package>/*.ts`,
    "[here](b.md#two) [there](b.md#one-word) [away](https://example.org) [lost](c.md)",
    "npm run lint, npm run fly, npm run prove -- engine, npm run prove -- luck, docs/b.md section 3",
  ]
  const problems = await problemsOf({
    "docs/a.md": document.join("\n"),
    "docs/b.md": "# One word\n\n## 2. Two",
    "src/core/errors.ts": `// errors.ts, ${dead}\nconst path = "src/core/only-a-value.ts"\n`,
  })
  assert.deepEqual(problems.sort(), [
    "docs/a.md:2: core/nothing does not exist",
    `docs/a.md:2: ${dead} does not exist`,
    "docs/a.md:3: docs/b.md has no heading #two",
    "docs/a.md:3: the link c.md leads nowhere",
    "docs/a.md:4: docs/b.md has no section 3",
    "docs/a.md:4: npm run prove has no luck",
    "docs/a.md:4: there is no script fly",
    `src/core/errors.ts:1: ${dead} does not exist`,
  ])
})

test("a line of more than 120 characters is refused, unless it is one unbroken literal", async () => {
  const problems = await problemsOf({
    "src/core/a.ts": `// ${"word ".repeat(24)}\nconst vector = "${"0f".repeat(100)}"\n`,
  })
  assert.deepEqual(problems, ["src/core/a.ts:1: 123 characters, at most 120"])
})

test("packages import files of each other: no public entry, and nothing of themselves by name", async () => {
  const lines = [
    'import { AppError } from "@sourceprint/core/errors.js"',
    'import { a } from "@sourceprint/core"',
    'import { b } from "@sourceprint/match/registry.js"',
    'export { c } from "./api.js"',
  ]
  const problems = await problemsOf({ "src/match/a.ts": lines.join("\n"), "src/core/errors.ts": "" })
  assert.deepEqual(problems, [
    "src/match/a.ts:2: @sourceprint/core: the public entry is for others, import the file",
    "src/match/a.ts:3: @sourceprint/match/registry.js: a package imports its own files by their path",
    "src/match/a.ts:4: ./api.js: nobody inside imports the public entry",
  ])
})
