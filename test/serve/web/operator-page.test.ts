import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser } from "playwright-core"
import { seriousFindings } from "../../support/axe.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { type OperatorServer, operatorServer } from "../../support/operator-server.js"
import { watchedPage } from "../../support/watched-page.js"

let browser: Browser
let context: OperatorServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  context = await operatorServer()
})
after(async () => {
  await browser?.close()
  await context?.stop()
})

const NAME = 'Ada "<b>" Operator'
const PASSWORD = "crooked lamp under seven bridges"
const parts = ["Overview", "People", "Scanners", "Models", "Audit log", "Experiments", "Reports", "Captures"]

test("an operator sees every part, in light and dark, wide and narrow", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, context.origin)
  await page.goto(`${context.origin}/sign-up`)
  await page.getByLabel("Name").fill(NAME)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByText("Your account is made.").waitFor()
  await page.goto(`${context.origin}/sign-in`)
  await page.getByLabel("Name").fill(NAME)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL(`${context.origin}/chat`)
  assert.equal(await page.getByRole("link", { name: "Operator" }).count(), 0)
  await page.goto(`${context.origin}/operator`)
  await page.getByText("Only operators may see this").waitFor()

  await context.makeOperator(NAME)
  await page.reload()
  await page.getByRole("heading", { name: "Overview" }).waitFor()
  await page.getByRole("link", { name: "Operator", exact: true }).waitFor()
  await page.getByText("Where the time goes").first().waitFor()
  for (const part of parts) {
    await page.getByRole("navigation", { name: "Parts" }).getByRole("link", { name: part }).click()
    await page.getByRole("heading", { name: part, level: 2 }).waitFor()
    await page.getByText("Asking the server…").waitFor({ state: "detached" })
    for (const [width, colorScheme] of [
      [390, "dark"],
      [1280, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await seriousFindings(page), [], `${part} ${width} ${colorScheme}`)
      const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
      assert.ok(Number(excess) <= 0, `${part} is ${excess} pixels too wide at ${width}`)
    }
  }

  await page.getByRole("navigation", { name: "Parts" }).getByRole("link", { name: "Audit log" }).click()
  await page.getByText("operator-made").waitFor()
  await context.signUp("Bob", "of the others")
  await page.getByRole("row").filter({ hasText: "enrolment" }).filter({ hasText: "Bob" }).waitFor()

  await page.getByRole("navigation", { name: "Parts" }).getByRole("link", { name: "Reports" }).click()
  const [report] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("button", { name: "Open the report" }).click(),
  ])
  await report.getByText("origin null").waitFor()

  // Of many people the page shows some, and finds any.
  await context.fill(250)
  await page.getByRole("navigation", { name: "Parts" }).getByRole("link", { name: "People" }).click()
  await page.getByRole("button", { name: "Show 100 more of 252" }).waitFor()
  assert.equal(await page.title(), "People · Operator · sourceprint")
  assert.equal(await page.getByRole("row").count(), 101)
  await page.getByRole("button", { name: "Show 100 more of 252" }).click()
  await page.getByRole("row").nth(200).waitFor()
  await page.getByLabel("Show only lines with").fill("person 177")
  await page.getByText("1 of the 252 that are here").waitFor()
  await page.getByRole("row").filter({ hasText: "Person 177" }).waitFor()
  await page.getByLabel("Show only lines with").fill("nobody of this name")
  await page.getByText("0 of the 252 that are here").waitFor()
  await page.getByLabel("Show only lines with").fill("bob")
  await page.getByRole("row").filter({ hasText: "Bob" }).getByRole("button", { name: "Disable" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click()
  await page.getByRole("row").filter({ hasText: "Bob" }).getByText("disabled").waitFor()
  await assert.rejects(() => context.signIn("Bob", "of the others"))
  assert.deepEqual(faults, [])
  await close()
})
