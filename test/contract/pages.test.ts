import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { pagePaths } from "@sourceprint/serve/page-paths.js"
import type { Browser } from "playwright-core"
import { seriousFindings } from "../support/axe.js"
import { openChromium, withoutChromium } from "../support/chromium.js"
import { type OperatorServer, operatorServer } from "../support/operator-server.js"
import { type WatchedPage, watchedPage } from "../support/watched-page.js"

const NAME = "Ada Operator"
const PASSWORD = "crooked lamp under seven bridges"
let browser: Browser
let world: OperatorServer
let watched: WatchedPage
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  world = await operatorServer()
  watched = await watchedPage(browser, world.origin, { bypassCSP: true })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** Makes an operator and signs in, all at the pages: what they stretch the password with is their own. */
async function signIn(): Promise<void> {
  const { page } = watched
  for (const path of ["/sign-up", "/sign-in"]) {
    await page.goto(world.origin + path)
    await page.getByLabel("Name").fill(NAME)
    for (const field of await page.locator("input[type=password]").all()) await field.fill(PASSWORD)
    await page
      .getByRole("main")
      .getByRole("button", { name: path === "/sign-up" ? "Sign up" : "Sign in" })
      .click()
    if (path === "/sign-up") await page.getByText("Your account is made.").waitFor()
  }
  await page.waitForURL(`${world.origin}/chat`)
  await world.makeOperator(NAME)
}

/** Forms are looked at before anybody is signed in, the pages of a person afterwards. */
const signedOut = ["/", "/sign-up", "/sign-in"]
const inOrder = [...signedOut, ...pagePaths.filter((path) => !signedOut.includes(path))]
const titles = new Set<string>()

for (const path of inOrder) {
  test(`the page ${path} has a title and a heading, no fault, and nothing that axe finds`, {
    skip: withoutChromium,
  }, async () => {
    const { page, faults } = watched
    if (path === inOrder[signedOut.length]) await signIn()
    await page.goto(world.origin + path)
    await page.getByRole("heading").first().waitFor()
    assert.equal(new URL(page.url()).pathname, path)
    const title = await page.title()
    assert.match(title, /sourceprint$/)
    assert.ok(!titles.has(title), `${title} is another page's title`)
    titles.add(title)
    for (const [width, colorScheme] of [
      [360, "dark"],
      [1280, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await seriousFindings(page), [], `${width} px, ${colorScheme}`)
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(excess <= 0, `${excess} px too wide at ${width}`)
    }
    assert.deepEqual(faults, [])
  })
}
