import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, Page } from "playwright-core"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { watchedPage } from "../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
let browser: Browser
let web: PageServer
/** Passkeys are bound to a name, so this server is localhost. */
let origin: string
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  const origins: string[] = []
  web = await pageServer({
    policy: {
      factorPolicies: [["password"], ["password", "passkey"]],
      passkeys: { rpId: "localhost", rpName: "sourceprint", origins },
    },
  })
  origin = web.origin.replace("127.0.0.1", "localhost")
  origins.push(origin)
})
after(async () => {
  await browser?.close()
  await web?.stop()
})

/** An authenticator of Chromium's own, which says yes to everything. */
async function withAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("WebAuthn.enable")
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
}

test("recovery codes, a passkey, signing out and deleting the account", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, origin)
  await withAuthenticator(page)
  await page.goto(`${origin}/sign-up`)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByText("Your account is made.").waitFor()

  // The first sign-in leads to what should be done once.
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click()
  assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL(`${origin}/account`)
  await page.getByRole("button", { name: "Get recovery codes" }).click()
  await page.locator(".codes li").nth(9).waitFor()
  const codes = await page.locator(".codes li").allTextContents()
  assert.equal(codes.length, 10)
  const saved = page.waitForEvent("download")
  await page.getByRole("button", { name: "Save as a file" }).click()
  assert.match((await saved).suggestedFilename(), /recovery-codes\.txt$/)
  assert.ok(await page.getByRole("button", { name: "Done" }).isDisabled())
  await page.getByLabel("I have kept them").check()
  await page.getByRole("button", { name: "Done" }).click()
  await page.getByText("10 codes are left").waitFor()

  await page.getByRole("button", { name: "Add a passkey" }).click()
  await page.getByLabel("What do you call it?").fill("Laptop <b>")
  await page.getByRole("button", { name: "Make the passkey" }).click()
  await page.getByText("Passkey: Laptop <b>").waitFor()
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.waitForURL(`${origin}/sign-in`)

  await signIn(page, "Ada")
  await page.getByRole("radio", { name: /Passkey/ }).check()
  await page.getByRole("button", { name: "Go on" }).click()
  await page.getByRole("button", { name: "Use the passkey" }).click()
  await page.waitForURL(`${origin}/chat`)
  await page.getByRole("link", { name: "Account" }).click()
  await page.getByText("password, passkey").waitFor()
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.waitForURL(`${origin}/sign-in`)

  await signIn(page, "Ada")
  await page.getByRole("button", { name: "Use a recovery code instead" }).click()
  await page.getByLabel("Recovery code").fill(codes[0].toLowerCase())
  await page.getByRole("button", { name: "Use this code" }).click()
  await page.waitForURL(`${origin}/chat`)
  await page.getByRole("link", { name: "Account" }).click()
  await page.getByText("9 codes are left").waitFor()

  await page.getByRole("button", { name: "Delete this account…" }).click()
  await page.getByLabel("Your name, to confirm").fill("Ada")
  await page.getByRole("button", { name: "Delete for good" }).click()
  await page.waitForURL(`${origin}/`)
  await signIn(page, "Ada")
  await page.getByText("do not belong together").waitFor()
  assert.deepEqual(faults, [])
  await close()
})
