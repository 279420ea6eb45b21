import type { Page } from "playwright-core"

export const PASSWORD = "crooked lamp under seven bridges"
export type Ended = "passed" | "refused" | "password" | "late"

const PATIENCE_MS = 120_000

/** How the sign-in that is under way ends, as the page says it. */
export async function endOf(page: Page): Promise<Ended> {
  const ended = page
    .getByText("That was not enough to let you in")
    .or(page.getByText("do not belong together"))
    .or(page.getByText("The time was up"))
    .or(page.locator("nav").getByText("Sign out"))
    .first()
  await ended.waitFor({ timeout: PATIENCE_MS })
  const words = (await ended.textContent()) ?? ""
  if (/belong/.test(words)) return "password"
  if (/time was up/.test(words)) return "late"
  return /Sign out/.test(words) ? "passed" : "refused"
}

export async function fillSignUp(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/sign-up`)
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
}

export async function fillSignIn(page: Page, origin: string, name: string, password = PASSWORD): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(password)
}

/** Takes one of the ways that the server offers, where it offers several. */
export async function takeFactorPolicy(page: Page, factorPolicy: "Finger" | "Face"): Promise<void> {
  await page.getByRole("radio", { name: new RegExp(`^${factorPolicy}\\b(?! and)`) }).check()
  await page.getByRole("button", { name: "Go on" }).click()
}

/** Touches the simulated scanner as often as the page asks, until it says how it ended. `onTouch` sees each touch when
 *  its decision is shown. */
export async function touchUntilEnd(page: Page, ended: () => Promise<boolean>): Promise<void> {
  const button = page.getByRole("button", { name: /^(Use this scanner|Touch again)$/ })
  const untilMs = Date.now() + PATIENCE_MS
  while (Date.now() < untilMs && !(await ended())) {
    if (await button.isVisible()) await button.click().catch(() => undefined) // it may go as we press
    await page.waitForTimeout(150)
  }
}

export const signedOut = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
}
