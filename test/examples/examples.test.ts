import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { promisify } from "node:util"
import { readmeExample } from "../support/readme-example.js"
import { projectRoot } from "../support/shared-data.js"

const folder = join(projectRoot, "examples")

/** What each program prints, and the files that it leaves. */
const expected: Readonly<Record<string, { readonly prints: RegExp; readonly leaves: readonly string[] }>> = {
  "train-network.mjs": { prints: /^wasm engine, accuracy (1|0\.9\d*)\s*$/, leaves: [] },
  "match-prints.mjs": {
    prints: /^probe\.bmp: \d\d+\.\d\nstranger\.bmp: \d\.\d\n$/,
    leaves: ["enrolled.bmp", "probe.bmp", "stranger.bmp"],
  },
  "read-sensor.mjs": { prints: /^R307: 256 × 288 px at 500 dpi -> touch\.bmp\n$/, leaves: ["touch.bmp"] },
  "run-experiment.mjs": {
    prints: /^24 images of grainy, smooth\n6 jobs\npenalty .+: [-\d.]+ points \(.+\)\nmodels\/production-grainy\n$/,
    leaves: ["data", "images", "models", "one.yaml", "runs", "two.yaml"],
  },
  "report-scores.mjs": { prints: /^report\.html\n$/, leaves: ["report.html"] },
}

for (const [name, { prints, leaves }] of Object.entries(expected)) {
  test(`examples/${name} does what it says`, async () => {
    const cwd = await mkdtemp(join(tmpdir(), "example-"))
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, name)], { cwd })
      assert.match(stdout, prints)
      assert.deepEqual((await readdir(cwd)).sort(), leaves)
    } finally {
      await rm(cwd, { recursive: true, force: true })
    }
  })
}

test("every example is tested and listed, and those that a package's README shows are the same there", async () => {
  const programs = (await readdir(folder)).filter((name) => name.endsWith(".mjs"))
  assert.deepEqual(programs.sort(), Object.keys(expected).sort())
  const list = await readFile(join(folder, "README.md"), "utf8")
  for (const name of programs) assert.ok(list.includes(`node examples/${name}`))
  for (const [name, packageName] of [
    ["train-network.mjs", "engine"],
    ["report-scores.mjs", "report"],
  ] as const) {
    const program = await readFile(join(folder, name), "utf8")
    assert.equal(program.slice(program.indexOf("\n") + 1), await readmeExample(packageName, "js"))
  }
})
