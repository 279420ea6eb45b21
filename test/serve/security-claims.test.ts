import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { attacks } from "@sourceprint/serve/trial/attack-classes.js"

const root = join(import.meta.dirname, "../../..")

/** Topics of `npm run prove`, as in bench/prove.ts. */
const topics = readFileSync(join(root, "bench/prove.ts"), "utf8")

test("each claim of SECURITY.md names a test that exists or an attack class that is run", () => {
  const page = readFileSync(join(root, "SECURITY.md"), "utf8")
  const [, section = ""] = page.split("## Claims and the tests that hold them")
  const rows = section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| "))
  const claims = rows.filter((row) => !row.startsWith("| claim |") && !row.startsWith("| ---"))
  assert.ok(claims.length >= 20)
  const classes = new Set(attacks.map(({ id }) => id))
  for (const claim of claims) {
    const held = claim.split(" | ").at(-1) ?? ""
    const named = [...held.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
    assert.ok(named.length > 0, `nothing holds: ${claim}`)
    for (const name of named) {
      const [, topic] = /^npm run prove -- ([a-z-]+)$/.exec(name) ?? []
      const exists =
        topic === undefined
          ? name.startsWith("test/")
            ? existsSync(join(root, name))
            : classes.has(name)
          : topics.includes(`prove/${topic}.js`)
      assert.ok(exists, `${name}, which is to hold: ${claim}`)
    }
  }
})
