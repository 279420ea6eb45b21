import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, Page } from "playwright-core"
import { seriousFindings } from "../../support/axe.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { handScanner } from "../../support/linked-scanner.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { until } from "../../support/patience.js"
import { watchedPage } from "../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
let browser: Browser
let web: PageServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  web = await pageServer({
    policy: {
      enrolment: "code",
      factorPolicies: [["password"], ["password", "finger", "scanner"]],
      capturesPerEnrolment: 1,
    },
  })
  await handScanner(web, await web.addDevice("desk", "r307-1"), "front desk")
})
after(async () => {
  await browser?.close()
  await web?.stop()
})

/** What axe finds, and what is wider than the window. */
async function look(page: Page, what: string): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const findings = await seriousFindings(page)
  return [...(wide > 0 ? [`${wide} px too wide`] : []), ...findings].map((finding) => `${what}: ${finding}`)
}

for (const [colorScheme, width] of [
  ["light", 360],
  ["dark", 1280],
] as const) {
  test(`a sign-up that is refused has no serious finding of axe and is not too wide: ${colorScheme}, ${width} px`, {
    skip: withoutChromium,
  }, async () => {
    const viewport = { width, height: 800 }
    const { page, close } = await watchedPage(browser, web.origin, { colorScheme, viewport, bypassCSP: true })
    const findings: string[] = []
    await page.goto(`${web.origin}/sign-up`)
    await page.getByLabel("Enrolment code").fill("wrong")
    await page.getByLabel("Name").fill("Ada  Lovelace")
    await page.getByLabel("Password", { exact: true }).fill("short")
    await page.getByLabel("Password again", { exact: true }).fill("other")
    findings.push(...(await look(page, "sign-up with faults")))
    await page.getByLabel("Name").fill("W".repeat(64))
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
    await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
    await page.getByRole("button", { name: "Sign up" }).click()
    await page.getByText("Refused: the name is taken, or the code").waitFor()
    findings.push(...(await look(page, "sign-up refused")))
    assert.deepEqual(findings, [])
    await close()
  })
}

test("the keyboard alone goes from the first page to a refusal that is read out", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  await page.goto(web.origin)
  await page.getByRole("heading", { level: 1 }).waitFor()
  await page.keyboard.press("Shift+Tab")
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  for (let i = 0; i < 8 && (await focused()) !== "Sign in"; i++) await page.keyboard.press("Tab")
  await page.keyboard.press("Enter")
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
  await until(async () => (await focused()) === "Sign in", "the new page's heading has the focus")
  await page.keyboard.press("Tab")
  await page.keyboard.type("Nobody")
  await page.keyboard.press("Tab")
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press("Enter")
  await page.getByRole("alert").filter({ hasText: "do not belong together" }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})
