// Builds everything a clone needs: TypeScript -> the dist folder of each package, AssemblyScript kernels -> .wasm, the
// web pages -> src/serve/dist/pages. Plain JavaScript because it runs before anything is compiled (npm ci -> prepare).
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { basename, dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name) => join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name)
// Vite takes a path for part of an address: what comes after these marks is lost, and the error names another file.
const mark = /[#?%]/.exec(root)?.[0]
if (mark !== undefined) {
  console.error(`this folder cannot be built in: ${root} has a "${mark}", which Vite takes for a mark of an address`)
  console.error("move or rename the folder and build again")
  process.exit(1)
}
const run = (name, args) =>
  execFileSync(bin(name), args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })

/** All files below `folder` (a path below the project's root) whose path passes `keep`, as absolute paths. */
function filesBelow(folder, keep = () => true) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, path: join(entry.parentPath ?? entry.path, entry.name) }))
    .filter(({ entry, path }) => entry.isFile() && keep(path))
    .map(({ path }) => path)
}

/** [folder of compiled files, folder of their sources] */
const packages = readdirSync(join(root, "src")).filter((name) => existsSync(join(root, "src", name, "package.json")))
const outputs = [
  ...packages.map((name) => [`src/${name}/dist`, `src/${name}`]),
  ["dist/test", "test"],
  ["dist/bench", "bench"],
]
// A compiled file whose source is gone would go on being tested, imported and packed: delete it.
const pagesFolders = ["pages", "workbench-page"].map((name) => join("src", "serve", "dist", name))
const isCompiled = (path) =>
  /\.(js|d\.ts)(\.map)?$/.test(path) && !pagesFolders.some((folder) => path.includes(folder + sep))
for (const [output, source] of outputs) {
  for (const compiled of filesBelow(output, isCompiled)) {
    const stem = compiled.replace(join(root, output), join(root, source)).replace(/\.(js|d\.ts)(\.map)?$/, "")
    if (!existsSync(`${stem}.ts`) && !existsSync(`${stem}.tsx`)) rmSync(compiled)
  }
}

for (const name of packages) copyFileSync(join(root, "LICENSE"), join(root, "src", name, "LICENSE")) // packed with it

run("tsc", ["-b"])

const newest = (paths) => Math.max(...paths.map((path) => statSync(path).mtimeMs))
// <package>/<path>/assembly/<module>.asm.ts -> <package>/dist/<path>/<module>.wasm; the module imports its host's
// memory. Of the engine's there is a second build, <module>.relaxed.wasm, which may use fused multiply-add; the program
// takes it where the engine accepts it.
const assemblyFlags = "-O3 --noAssert --runtime stub --enable simd --importMemory".split(" ")
for (const [folder, built, relaxed] of [
  ["src/engine/kernels/assembly", "src/engine/dist/kernels", true],
  ["src/capture/fingerprint/twin/assembly", "src/capture/dist/fingerprint/twin", false],
]) {
  const assembly = filesBelow(folder)
  for (const source of assembly.filter((path) => path.endsWith(".asm.ts"))) {
    for (const [ending, flags] of [
      [".wasm", []],
      ...(relaxed ? [[".relaxed.wasm", ["--enable", "relaxed-simd"]]] : []),
    ]) {
      const target = join(root, built, basename(source).replace(".asm.ts", ending))
      if (existsSync(target) && statSync(target).mtimeMs > newest(assembly)) continue
      mkdirSync(dirname(target), { recursive: true })
      run("asc", [source, "-o", target, ...assemblyFlags, ...flags])
    }
  }
}

// The pages: built when one of their sources, or what they are built with, is newer than the last build.
const pageSources = [
  ...filesBelow("src/serve/web"),
  ...["core", "protocol"].flatMap((name) => filesBelow(`src/${name}/dist`, (path) => path.endsWith(".js"))),
  ...["package-lock.json", "tools/build.mjs"].map((path) => join(root, path)),
]
const built = join(root, pagesFolders[1], ".built")
if (!existsSync(built) || statSync(built).mtimeMs < newest(pageSources)) {
  const startedAt = new Date() // a source that is saved meanwhile is built the next time
  for (const config of ["src/serve/web/vite.config.ts", "src/serve/web/workbench/vite.config.ts"])
    run("vite", ["build", "--config", config, "--logLevel", "warn"])
  writeFileSync(built, "")
  utimesSync(built, startedAt, startedAt)
}
