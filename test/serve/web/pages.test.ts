import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser } from "playwright-core"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { watchedPage } from "../../support/watched-page.js"

let browser: Browser
let web: PageServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  web = await pageServer()
})
after(async () => {
  await browser?.close()
  await web?.stop()
})

const PASSWORD = "crooked lamp under seven bridges"

test("a person signs up and signs in with a password", { skip: withoutChromium }, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  const name = '<img src=x onerror=alert(1)> "Ada" & sons'
  await page.goto(`${web.origin}/`)
  const ways = page.getByRole("main").getByRole("link", { name: /^Sign (in|up)$/ })
  const primary = async () => page.getByRole("main").locator(".button.primary").innerText()
  await ways.nth(1).waitFor()
  assert.deepEqual(await ways.allInnerTexts(), ["Sign up", "Sign in"])
  assert.equal(await primary(), "Sign up", "who is new here needs an account first")
  await page.getByRole("navigation").getByRole("link", { name: "Sign up" }).click()
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByText("Your account is made.").waitFor()
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click()
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill("not the password")
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByText("do not belong together").waitFor()
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL(`${web.origin}/account`)
  await page.getByText(name).first().waitFor()
  await page.reload()
  await page.getByText(name).first().waitFor()
  const stored = await page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
  assert.doesNotMatch(String(stored), new RegExp(PASSWORD))
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.waitForURL(`${web.origin}/sign-in`)
  await page.reload()
  await page.goto(`${web.origin}/chat`)
  await page.waitForURL(`${web.origin}/sign-in`)
  await page.goto(`${web.origin}/`)
  assert.equal(await primary(), "Sign in", "who has signed in here before has one")
  assert.deepEqual(faults, [])
  await close()
})
