import { execFile } from "node:child_process"
import { copyFile, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join } from "node:path"
import { promisify } from "node:util"
import type { Browser } from "playwright-core"
import { build } from "vite"
import { prepareExample, readmeExample } from "./readme-example.js"
import { projectRoot } from "./shared-data.js"

const run = promisify(execFile)
const npm = process.platform === "win32" ? "npm.cmd" : "npm"

/** For `skip`: false, or the reason to print. What packed packages need comes from the registry. */
export const withoutRegistry = (): Promise<false | string> =>
  run(npm, ["ping", "--loglevel=error", "--fetch-retries=0"], { timeout: 20_000 }).then(
    () => false,
    () => "the npm registry is not in reach",
  )

/** The packages that others are meant to use alone, and those of them that also run in a browser. */
export const standalone = ["engine", "capture", "match", "protocol", "report"] as const
export const inBrowsers = ["engine", "match", "protocol"] as const

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A package and those of ours that it depends on, at any depth. */
async function withOwnDependencies(name: string): Promise<string[]> {
  const text = await readFile(join(projectRoot, "src", name, "package.json"), "utf8")
  const { dependencies = {} } = JSON.parse(text) as Manifest
  const own = Object.keys(dependencies).filter((one) => one.startsWith("@sourceprint/"))
  const deeper = await Promise.all(own.map((one) => withOwnDependencies(one.replace("@sourceprint/", ""))))
  return [...new Set([name, ...deeper.flat()])]
}

let packs: Promise<ReadonlyMap<string, string>> | undefined

/** The packed files of the standalone packages and of ours that they need, by the package's name; packed once. */
function packedFiles(): Promise<ReadonlyMap<string, string>> {
  const pack = async () => {
    const into = await mkdtemp(join(tmpdir(), "packs-"))
    const names = new Set((await Promise.all(standalone.map(withOwnDependencies))).flat())
    const chosen = [...names].flatMap((name) => ["--workspace", `src/${name}`])
    const { stdout } = await run(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", into, ...chosen], {
      cwd: projectRoot,
      maxBuffer: 64 << 20,
    })
    const packed = JSON.parse(stdout) as { name: string; filename: string }[]
    return new Map(packed.map(({ name, filename }) => [name, join(into, filename)]))
  }
  packs ??= pack()
  return packs
}

/** Installs the packed files of one package into an empty folder: the package, ours that it needs, and what those need
 *  from the registry. @returns the folder */
export async function installPacked(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `packed-${name}-`))
  const packed: Record<string, string> = {}
  const files = await packedFiles()
  for (const one of await withOwnDependencies(name)) {
    packed[`@sourceprint/${one}`] = `file:${files.get(`@sourceprint/${one}`)}`
  }
  // Ours are not in the registry: the overrides send their mutual dependencies to the packed files too.
  const manifest = { private: true, type: "module", dependencies: packed, overrides: packed }
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest))
  await run(npm, ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
    cwd: folder,
  })
  return folder
}

/** What lies in an installed folder. */
export async function installedSize(folder: string): Promise<{ packages: string[]; sizeBytes: number }> {
  const { stdout } = await run(npm, ["ls", "--all", "--parseable"], { cwd: folder })
  const packages = [...stdout.matchAll(/.*node_modules[/\\](.+)$/gm)].map(([, name = ""]) => name)
  const entries = await readdir(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
  let sizeBytes = 0
  for (const entry of entries) {
    if (entry.isFile()) sizeBytes += (await stat(join(entry.parentPath ?? entry.path, entry.name))).size
  }
  return { packages: [...new Set(packages)].filter((one) => one !== "").sort(), sizeBytes }
}

const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".wasm": "application/wasm" }

function fileServer(folder: string): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "").replace(/\?.*/, "")
    readFile(join(folder, path)).then(
      (bytes) => response.writeHead(200, { "Content-Type": types[extname(path)] ?? "text/html" }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    })
  })
}

/** Runs a package's browser example, bundled from the packed files in `folder`, on a page.
 *  @returns the lines that the page wrote on its console */
export async function runInBrowser(name: string, folder: string, browser: Browser): Promise<string> {
  const site = join(folder, "site")
  await prepareExample(name, folder)
  await writeFile(join(folder, "entry.js"), `${await readmeExample(name, "js browser")}\nconsole.log("the end")\n`)
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/entry.js"></script>',
  )
  await build({
    configFile: false,
    logLevel: "error",
    root: folder,
    build: { outDir: site, target: "es2022" },
  })
  await mkdir(join(site, "wasm"), { recursive: true })
  for (const from of [
    "node_modules/@sourceprint/engine/dist/kernels",
    "node_modules/@tensorflow/tfjs-backend-wasm/dist",
  ]) {
    for (const file of await readdir(join(folder, from)).catch(() => [])) {
      if (file.endsWith(".wasm")) await copyFile(join(folder, from, file), join(site, "wasm", file))
    }
  }
  for (const file of await readdir(folder)) {
    if (file.endsWith(".bmp")) await copyFile(join(folder, file), join(site, file))
  }
  const { server, origin } = await fileServer(site)
  const page = await browser.newPage()
  try {
    const lines: string[] = []
    const ended = new Promise<void>((resolve, reject) => {
      page.on("pageerror", reject)
      page.on("console", (message) => {
        if (message.text() === "the end") resolve()
        else lines.push(message.text())
      })
    })
    await page.goto(origin)
    await ended
    return `${lines.join("\n")}\n`
  } finally {
    await page.close()
    server.close()
  }
}
