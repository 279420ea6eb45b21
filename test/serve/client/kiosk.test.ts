import assert from "node:assert/strict"
import { test } from "node:test"
import { Purpose } from "@sourceprint/protocol/scanner-progress.js"
import { startKiosk } from "@sourceprint/serve/client/kiosk.js"
import type { ClientResult } from "@sourceprint/serve/client/outcome.js"
import type { ClientStep } from "@sourceprint/serve/client/run-client.js"
import type { Page } from "playwright-core"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { watchedPage } from "../../support/watched-page.js"

test("the page follows a sign-in live, and answers nobody else's page", async () => {
  const seen: string[] = []
  const kiosk = await startKiosk(
    {
      purpose: "sign-in",
      prove: (person, tell) => {
        seen.push(person.name)
        tell({ step: "touch", purpose: Purpose.signIn, remaining: 3, windowMs: 25_000 })
        tell({ step: "captured", image: Uint8Array.of(1, 2, 3) })
        return Promise.resolve({ outcome: "passed" })
      },
      wordsOf: (step) => `at ${step.step}`,
    },
    0,
  )
  try {
    const page = await fetch(kiosk.url)
    assert.match(await page.text(), /<h1>Sign in<\/h1>/)
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/)
    const events = await fetch(`${kiosk.url}events`)
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.ok(reader)
    const post = (body: string, headers: Record<string, string>) =>
      fetch(`${kiosk.url}begin`, { method: "POST", body, headers })
    const json = { "content-type": "application/json" }
    const good = JSON.stringify({ name: "Ada", password: "x" })
    assert.equal((await post(good, { ...json, origin: "https://evil.example" })).status, 403)
    assert.equal((await post(good, { "content-type": "text/plain" })).status, 404)
    assert.equal((await post(JSON.stringify({ name: "\u0000", password: "x" }), json)).status, 400)
    assert.equal((await post("x".repeat(5000), json)).status, 400)
    assert.deepEqual(seen, [])
    assert.equal((await post(good, json)).status, 202)
    let text = ""
    while (!text.includes('"words":"welcome"')) text += (await reader.read()).value ?? ""
    assert.match(text, /"busy":true,"words":"at touch","leftMs":25000/)
    assert.match(text, /data:image\/bmp;base64,AQID/)
    assert.match(text, /"busy":false,"words":"welcome"/)
    assert.deepEqual(seen, ["Ada"])
    await reader.cancel()
  } finally {
    await kiosk.stop()
  }
})

/** What the page shows at the end, read off the page: "Connection: done". */
async function shownAt(page: Page, said: string): Promise<string[]> {
  await page.locator("#say").filter({ hasText: said }).waitFor()
  return page.locator("#steps li").allTextContents()
}

test("in a browser no step is shown as done that did not happen", { skip: withoutChromium }, async (t) => {
  const browser = await openChromium()
  let tell: (step: ClientStep) => void = () => {}
  let end: (result: ClientResult) => void = () => {}
  const kiosk = await startKiosk(
    {
      purpose: "sign-in",
      prove(_person, told) {
        tell = told
        return new Promise((resolve) => {
          end = resolve
        })
      },
      wordsOf: (step) => `at ${step.step}`,
    },
    0,
  )
  t.after(async () => {
    await kiosk.stop()
    await browser.close()
  })
  const { page, faults, close } = await watchedPage(browser, new URL(kiosk.url).origin)
  await page.goto(kiosk.url)
  const begin = async (): Promise<void> => {
    await page.getByLabel("Name").fill("Ada")
    await page.getByLabel("Password").fill("one two three")
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.locator("form").waitFor({ state: "hidden" })
  }
  await begin()
  tell({ step: "connected" })
  tell({ step: "password" })
  assert.deepEqual((await shownAt(page, "at password")).slice(0, 2), ["Connection: done", "Password: under way"])
  end({ outcome: "password" })
  assert.deepEqual(await shownAt(page, "do not belong together"), [
    "Connection: done",
    "Password: not passed",
    "Touch the scanner: not yet",
    "Checks: not yet",
    "Decision: not yet",
  ])
  await begin()
  tell({ step: "connected" })
  tell({ step: "password" })
  tell({ step: "password-accepted" })
  tell({ step: "touch", purpose: Purpose.signIn, remaining: 3, windowMs: 25_000 })
  await page.locator("#left").filter({ hasText: "s left" }).waitFor()
  await page.reload() // continues where it was
  await page.locator("#steps li").filter({ hasText: "Touch the scanner: under way" }).waitFor()
  assert.deepEqual((await page.locator("#steps li").allTextContents()).slice(1, 3), [
    "Password: done",
    "Touch the scanner: under way",
  ])
  end({ outcome: "sensor" })
  assert.deepEqual((await shownAt(page, "gave no image")).slice(1), [
    "Password: done",
    "Touch the scanner: not passed",
    "Checks: not yet",
    "Decision: not yet",
  ])
  assert.deepEqual(faults, [])
  await close()
})
