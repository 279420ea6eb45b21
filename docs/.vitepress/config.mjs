// The documentation site: every document of the project and the API reference, built without a network from what
// tools/build-docs.mjs puts into docs/.site.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitepress"

const root = join(dirname(dirname(fileURLToPath(import.meta.url))), ".site")
const pages = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .sort()
    .map((name) => ({ text: titleOf(`${folder}/${name}`), link: `/${folder}/${name.slice(0, -3)}` }))
const titleOf = (path) => /^# (.*)$/m.exec(readFileSync(join(root, path), "utf8"))?.[1].replace(/[\\`]/g, "") ?? path
const page = (path) => ({ text: titleOf(path), link: `/${path.slice(0, -3)}` })
const packages = readdirSync(join(root, "src")).filter((name) => existsSync(join(root, "src", name, "README.md")))
const reference = "docs/reference/@sourceprint"

export default defineConfig({
  title: "sourceprint",
  description: "Which scanner took this fingerprint, whose finger is it, and may this person in?",
  srcDir: ".site",
  outDir: "../dist/docs",
  cacheDir: "../dist/docs-cache",
  rewrites: { "README.md": "index.md" },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: [
      { text: "sourceprint", items: [{ text: "Overview", link: "/" }, ...["SECURITY.md", "CHANGELOG.md"].map(page)] },
      { text: "Documents", items: [...pages("docs"), page("docs/pages/README.md")] },
      { text: "Packages", items: packages.map((name) => page(`src/${name}/README.md`)) },
      { text: "API", items: existsSync(join(root, reference)) ? pages(reference) : [] },
      { text: "Studies", items: pages("experiments") },
      { text: "Working on it", items: [...["CONTRIBUTING.md", "STYLE.md"].map(page), ...pages("docs/decisions")] },
    ],
  },
})
