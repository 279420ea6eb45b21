// Runs the compiled tests with node's test runner, more processes at a time than there are cores, and names the 20
// slowest tests at the end.
// `npm test -- minutiae wire` keeps the files whose path contains one of the words. Longest first, so that all
// processes end together; small files of one folder share a process, as most of their time is loading the same modules;
// one browser and one PostgreSQL serve all.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { run } from "node:test"
import { spec } from "node:test/reporters"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const SLOWEST = 20
const FILES_PER_PROCESS = 20
// Many tests wait for a browser, a database or a cluster for more than half of their time.
const CONCURRENCY = Math.max(2, Math.min(8, 2 * availableParallelism() + 1))
// A test that hangs fails; a process that does not end (a failed test left a server open) is ended after three times
// that.
const PATIENCE_MS = 600_000

/** The files that take longest, longest first; a file that is not here is taken to be short. */
const longest = `
  packages/packed serve/web/all-factors-page bench/face-sign-in examples/examples packages/readme-examples
  match/benchmark/run-benchmark serve/store/store prove/additions serve/trial/attacks train/zoo/native-engine
  bench/files train/run-experiment core/launch/launcher-contract bench/live-chat serve/workbench/workbench-page
  serve/web/chat/chat-page core/launch/slurm/slurm-login-node core/launch/slurm/slurm-preemption
  serve/server/face-sign-in train/zoo/zoo-report serve/demo/demo-server cli/match serve/store/open-server-store
  bench/crash-rounds bench/faults serve/web/face-page serve/web/session-page serve/web/operator-page
  capture/fingerprint/twin/dataset/make-twin-dataset protocol/chat/chat-schedule serve/client/recorded-face
  match/face/face-matchers match/face/judge-face-capture train/search/run-search train/plugins/plugin
  serve/web/chat/chat-habits capture/fingerprint/twin/finger bench/twin-units cli/capture serve/web/files/file-pages
  train/row-order cli/chat capture/session/kill train/tamper/fit-tamper-detector serve/web/offline-page
  bench/engine serve/store/files/file-store serve/web/page-looks match/fingerprint/minutiae/matcher
  match/fingerprint/minutiae/rigid-overlay capture/fingerprint/twin/synthetic-impressions
  engine/kernels/convolution-kernels serve/server/identify-account serve/web/account-page contract/pages
  cli/client-kiosk protocol/files/transfer match/benchmark/set-metrics serve/web/chat/long-queue
  serve/server/chat/chat-client-relay train/shards/shard-team
  train/promote-model train/open-world train/compare-runs train/zoo/fvc-reduced train/report
`
  .trim()
  .split(/\s+/)
/** A file with one of these in it has a process of its own: it does something around each of its tests, starts other
 *  processes, changes this one, or measures time. What is done before and after all tests of a file is done before and
 *  after all of its process. */
const alone = new RegExp(
  "^(before|after)Each\\(|chromium|child_process|process\\.env|" +
    "selectEngine|setBackend|performance\\.now|EventLoopDelay",
  "m",
)

const files = readdirSync(join(root, "dist/test"), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".test.js"))
  .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches ${words.join(" ")}`)
  process.exit(1)
}

// What the tests leave in the temporary folder goes with it.
const temporary = mkdtempSync(join(tmpdir(), "sp-"))
chmodSync(temporary, 0o711) // PostgreSQL runs as a user of its own
Object.assign(process.env, { TMPDIR: temporary, TMP: temporary, TEMP: temporary })

/** The long files, the other ones that are alone, and a file a group that imports its members. */
function processes() {
  const rank = (path) => longest.indexOf(path.replace(/^dist\/test\/(.*)\.test\.js$/, "$1"))
  const long = files.filter((path) => rank(path) >= 0).sort((a, b) => rank(a) - rank(b))
  const short = files.filter((path) => rank(path) < 0)
  const own = short.filter((path) => alone.test(readFileSync(join(root, path), "utf8")))
  const groups = new Map()
  for (const path of short.filter((path) => !own.includes(path))) {
    const folder = path.split("/")[2]
    const started = [...groups].filter(([name]) => name.startsWith(`${folder}-`))
    const open = started.find(([, members]) => members.length < FILES_PER_PROCESS)?.[1]
    if (open === undefined) groups.set(`${folder}-${started.length + 1}`, [path])
    else open.push(path)
  }
  const together = [...groups].map(([name, members]) => {
    const path = join(temporary, `${name}.mjs`)
    const lines = members.map((member) => `await import(${JSON.stringify(pathToFileURL(join(root, member)))})\n`)
    writeFileSync(path, lines.join(""))
    return path
  })
  return [...long, ...together, ...own]
}

/** The events of the run; before the closing counts, the slowest tests. */
async function* withSlowest(events) {
  const ended = []
  for await (const event of events) {
    const { type, data } = event
    if (type === "test:fail" && data.todo === undefined) process.exitCode = 1
    if ((type === "test:pass" || type === "test:fail") && data.nesting === 0) ended.push(data)
    if (type === "test:diagnostic" && data.nesting === 0 && /^tests \d+$/.test(data.message)) {
      const slowest = ended.sort((a, b) => b.details.duration_ms - a.details.duration_ms).slice(0, SLOWEST)
      for (const { name, file = "", details } of slowest) {
        const seconds = (details.duration_ms / 1000).toFixed(1).padStart(6)
        const message = `${seconds} s  ${relative(root, file)}: ${name}`
        yield { type, data: { ...data, message } }
      }
    }
    yield event
  }
}

process.execArgv.push("--enable-source-maps", `--test-timeout=${PATIENCE_MS}`) // what the processes are started with
process.chdir(root)
/** Starts what the files in which `word` stands share: their processes find it by the environment. */
async function share(word, support, start) {
  if (!files.some((path) => readFileSync(join(root, path), "utf8").includes(word))) return () => {}
  const module = await import(pathToFileURL(join(root, "dist/test/support", support)).href)
  return module[start]()
}
const ends = [
  await share("openChromium", "chromium.js", "shareChromium"),
  await share("throwawayPostgres", "throwaway-postgres.js", "sharePostgres"),
]
await pipeline(
  Readable.from(withSlowest(run({ files: processes(), concurrency: CONCURRENCY, timeout: 3 * PATIENCE_MS }))),
  new spec(),
  process.stdout,
  { end: false },
)
for (const end of ends) await end()
try {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
} catch (error) {
  console.error(`${temporary} is left: ${error.message}`)
}
