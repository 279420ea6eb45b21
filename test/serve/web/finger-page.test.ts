import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, Page } from "playwright-core"
import { touch } from "../../support/auth-server.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { type HandScanner, handScanner } from "../../support/linked-scanner.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { until } from "../../support/patience.js"
import { watchedPage } from "../../support/watched-page.js"

const factorPolicies = [["password", "finger", "scanner"]] as const
let browser: Browser
let web: PageServer
let scanner: HandScanner
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  web = await pageServer({ policy: { factorPolicies, capturesPerEnrolment: 2 } })
  scanner = await handScanner(web, await web.addDevice("desk", "r307-1"), "front desk")
})
after(async () => {
  await browser?.close()
  await web?.stop()
})

const PASSWORD = "crooked lamp under seven bridges"

async function fillSignIn(page: Page, name: string): Promise<void> {
  await page.goto(`${web.origin}/sign-in`)
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
}

test("sign-up and sign-in by a finger on a linked scanner", { skip: withoutChromium }, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  await page.goto(`${web.origin}/sign-up`)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Which finger").selectOption("left-thumb")
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("radio", { name: /front desk/ }).waitFor()
  await page.getByRole("button", { name: "Use this scanner" }).click()
  const digits = await page.locator(".code-digits").textContent()
  assert.match(digits ?? "", /^\d{4}$/)
  // The page may hear of the request before the scanner does.
  await until(() => scanner.requests.length > 0, "the scanner is asked")
  assert.equal(scanner.requests.at(-1)?.code, digits)
  scanner.give(touch("ada", "r307-1"))
  await page.getByRole("button", { name: "Touch again" }).click()
  scanner.give(touch("ada", "r307-1"))
  await page.getByText("Your account is made.").waitFor()
  assert.equal(scanner.requests.length, 2)

  // Another finger is refused after three touches, and the page says what to do.
  await fillSignIn(page, "Ada")
  for (const button of ["Use this scanner", "Touch again", "Touch again"]) {
    await page.getByRole("button", { name: button }).click()
    scanner.give(touch("eve", "r307-1"))
  }
  await page.getByText("That was not enough to let you in").waitFor()

  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Use this scanner" }).click()
  scanner.give(touch("ada", "r307-1"))
  await page.waitForURL(`${web.origin}/chat`)
  assert.equal(new URL(page.url()).pathname, "/chat")
  assert.deepEqual(faults, [])
  await close()
})

test("Back leads from the scanner to what was typed; a reload keeps all but the passwords", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  await page.goto(web.origin)
  await page.getByRole("main").getByRole("link", { name: "Sign up" }).click()
  await page.getByLabel("Name").fill("Grace")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Which finger").selectOption("left-thumb")
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("button", { name: "Use this scanner" }).waitFor()
  await page.goBack()
  const typed = async () => [
    await page.getByLabel("Name").inputValue(),
    await page.getByLabel("Which finger").inputValue(),
    await page.getByLabel("Password", { exact: true }).inputValue(),
  ]
  await page.getByRole("button", { name: "Sign up" }).waitFor()
  assert.deepEqual(await typed(), ["Grace", "left-thumb", PASSWORD])
  await page.getByRole("navigation").getByRole("link", { name: "Sign in" }).click()
  await page.goBack()
  await page.getByRole("button", { name: "Sign up" }).waitFor()
  assert.deepEqual(await typed(), ["Grace", "left-thumb", PASSWORD])
  await page.reload()
  await page.getByRole("button", { name: "Sign up" }).waitFor()
  assert.deepEqual(await typed(), ["Grace", "left-thumb", ""])
  const stored = await page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
  assert.doesNotMatch(String(stored), new RegExp(PASSWORD))
  // Cancel ends the step too: Back then leaves the page, once.
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("button", { name: "Cancel" }).click()
  await page.getByRole("button", { name: "Sign up" }).waitFor()
  await page.goBack()
  await page.waitForURL(`${web.origin}/`)
  assert.deepEqual(faults, [])
  await close()
})
