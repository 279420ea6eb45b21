// Runs the compiled tests with node's test runner. `npm test -- minutiae wire` keeps the files whose path
// contains one of the words.
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const files = readdirSync(join(root, "dist/test"), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".test.js"))
  .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches ${words.join(" ")}`)
  process.exit(1)
}
// A test that hangs fails; a file that does not end (a failed test left a server open) does not hold up the rest for
// ever.
const patienceMs = 600_000
// What the tests leave in the temporary folder goes with it.
const temporary = mkdtempSync(join(tmpdir(), "sp-"))
chmodSync(temporary, 0o711) // PostgreSQL runs as a user of its own
const { status } = spawnSync(
  process.execPath,
  [
    "--enable-source-maps",
    "--test",
    "--test-concurrency=2",
    `--test-timeout=${patienceMs}`,
    "--test-reporter=spec",
    ...files,
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TMPDIR: temporary, TMP: temporary, TEMP: temporary },
  },
)
try {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
} catch (error) {
  console.error(`${temporary} is left: ${error.message}`)
}
process.exit(status ?? 1)
