// `npm run docs`: the API reference from the public entries (src/<package>/api.ts), then the site of all documents, in
// dist/docs. Its tools lie in docs/node_modules, apart from the project's: TypeDoc needs an older TypeScript. They are
// installed on the first run; everything after that needs no network. `npm run docs -- --serve` shows the site.
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const docs = join(root, "docs")
const run = (command, args) =>
  execFileSync(command, args, { cwd: docs, stdio: "inherit", shell: process.platform === "win32" })
const tool = (name) => join(docs, "node_modules", ".bin", name)

if (!existsSync(tool("vitepress"))) run("npm", ["ci", "--no-audit", "--no-fund"])

// The documents, copied to where the site's tools find their modules; paths stay, so links between documents hold.
const site = join(docs, ".site")
rmSync(site, { recursive: true, force: true })
const isDocument = (path) => /\.(md|png)$/.test(path)
const documents = ["", "docs", "docs/decisions", "docs/pages", "experiments", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(folder, name)),
)
const packages = readdirSync(join(root, "src"))
for (const path of [...documents, ...packages.map((name) => `src/${name}/README.md`)])
  if (isDocument(path) && existsSync(join(root, path))) cpSync(join(root, path), join(site, path))

const entries = packages.filter((name) => existsSync(join(root, "src", name, "api.ts")))
run(tool("typedoc"), ["--options", "typedoc.json", ...entries.flatMap((name) => ["--entryPoints", `../src/${name}`])])
run(tool("vitepress"), ["build", "."])
if (process.argv.includes("--serve")) run(tool("vitepress"), ["preview", "."])
