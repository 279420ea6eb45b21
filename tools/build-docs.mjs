// `npm run docs`: the API reference from the public entries (src/<package>/api.ts), then the site of all documents, in
// dist/docs. Its tools lie in docs/node_modules, apart from the project's: TypeDoc needs an older TypeScript. They are
// installed on the first run; everything after that needs no network. `npm run docs -- --serve` shows the site.
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const docs = join(dirname(dirname(fileURLToPath(import.meta.url))), "docs")
const run = (command, args) =>
  execFileSync(command, args, { cwd: docs, stdio: "inherit", shell: process.platform === "win32" })
const tool = (name) => join(docs, "node_modules", ".bin", name)

if (!existsSync(tool("vitepress"))) run("npm", ["ci", "--no-audit", "--no-fund"])
const packages = readdirSync(join(docs, "../src")).filter((name) =>
  existsSync(join(docs, "../src", name, "api.ts")),
)
run(tool("typedoc"), [
  "--options",
  "typedoc.json",
  ...packages.flatMap((name) => ["--entryPoints", `../src/${name}`]),
])
run(tool("vitepress"), ["build", "."])
if (process.argv.includes("--serve")) run(tool("vitepress"), ["preview", "."])
