// Builds everything a clone needs: TypeScript -> dist/, AssemblyScript kernels -> .wasm, the web pages -> dist/web.
// Plain JavaScript because it runs before anything is compiled (npm ci -> prepare -> this file).
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name) => join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name)
const run = (name, args) =>
  execFileSync(bin(name), args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })

/** All files below `folder` whose name passes `keep`, relative to the project's root. */
function filesBelow(folder, keep) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && keep(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
}

// A compiled file whose source is gone would go on being tested and imported: delete it.
for (const compiled of filesBelow("dist", (name) => name.endsWith(".js"))) {
  const source = compiled.replace(/^dist[\\/]/, "").replace(/\.js$/, ".ts")
  if (!/^dist[\\/]web[\\/]/.test(compiled) && !existsSync(join(root, source))) {
    rmSync(join(root, compiled))
    rmSync(join(root, `${compiled}.map`), { force: true })
  }
}

run("tsc", ["-p", "tsconfig.json"])

const newest = (paths) => Math.max(...paths.map((path) => statSync(join(root, path)).mtimeMs))
// src/<path>/assembly/<module>.asm.ts -> dist/src/<path>/<module>.wasm; the module imports its host's memory. A second
// build, <module>.relaxed.wasm, may use fused multiply-add; the program takes it where the engine accepts it.
const assembly = filesBelow("src", (name) => name.endsWith(".ts")).filter((path) =>
  /[\\/]assembly[\\/]/.test(path),
)
const assemblyFlags = "-O3 --noAssert --runtime stub --enable simd --importMemory".split(" ")
for (const source of assembly.filter((path) => path.endsWith(".asm.ts"))) {
  for (const [ending, flags] of [
    [".wasm", []],
    [".relaxed.wasm", ["--enable", "relaxed-simd"]],
  ]) {
    const name = source.replace(/^.*[\\/]/, "").replace(".asm.ts", ending)
    const target = join("dist", dirname(dirname(source)), name)
    if (existsSync(join(root, target)) && statSync(join(root, target)).mtimeMs > newest(assembly)) continue
    mkdirSync(dirname(join(root, target)), { recursive: true })
    run("asc", [source, "-o", target, ...assemblyFlags, ...flags])
  }
}

// The pages: type-checked and built when one of their sources, or what they are built with, is newer than the last build.
const pages = ["src/serve/web", "src/protocol", "src/shared"].flatMap((folder) =>
  filesBelow(folder, () => true),
)
const pageSources = pages.concat("package.json", "tools/build.mjs")
const built = join(root, "dist/web/.built")
if (!existsSync(built) || statSync(built).mtimeMs < newest(pageSources)) {
  const startedAt = new Date() // a source that is saved meanwhile is built the next time
  run("tsc", ["-p", "src/serve/web/tsconfig.json"])
  run("vite", ["build", "--config", "src/serve/web/vite.config.ts", "--logLevel", "warn"])
  writeFileSync(built, "")
  utimesSync(built, startedAt, startedAt)
}
