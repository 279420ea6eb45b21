import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { seriousFindings } from "../../../test/support/axe.js"
import { openChromium } from "../../../test/support/chromium.js"
import { projectRoot } from "../../../test/support/shared-data.js"
import { watchedPage } from "../../../test/support/watched-page.js"
import type { Figure } from "../claim.js"
import { exactly } from "../figure.js"
import { pageContext } from "./page-context.js"
import { fillSignIn, fillSignUp, takeFactorPolicy, touchUntilEnd } from "./person-at-page.js"

const forms = [
  { colorScheme: "light", width: 390, height: 844 },
  { colorScheme: "dark", width: 390, height: 844 },
  { colorScheme: "light", width: 1280, height: 860 },
  { colorScheme: "dark", width: 1280, height: 860 },
] as const

/** Walks through every scene of sign-up, sign-in and account in each form; pictures go to dist/pages. */
export async function looks(logLine: (text: string) => void): Promise<readonly Figure[]> {
  const context = await pageContext(60)
  const browser = await openChromium()
  const folder = join(projectRoot, "dist/pages")
  await mkdir(folder, { recursive: true })
  const findings: string[] = []
  let scenes = 0
  try {
    for (const { colorScheme, width, height } of forms) {
      const { page, close } = await watchedPage(browser, context.origin, {
        colorScheme,
        viewport: { width, height },
        bypassCSP: true, // axe is put into the page
      })
      const look = async (scene: string): Promise<void> => {
        scenes++
        const picture = join(folder, `${scene}-${colorScheme}-${width}.png`)
        await page.screenshot({ path: picture, fullPage: !scene.includes("checks") }) // this one soon continues
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        const found = [...(wide > 0 ? [`${wide} px too wide`] : []), ...(await seriousFindings(page))]
        findings.push(...found.map((finding) => `${scene} ${colorScheme} ${width}: ${finding}`))
      }
      await walk(page, context.origin, `Ada ${colorScheme} ${width}`, look)
      logLine(`${colorScheme}, ${width} px: ${findings.length} findings so far`)
      await close()
    }
  } finally {
    await browser.close()
    await context.stop()
  }
  return [
    exactly(
      "serious findings and pages that are too wide",
      findings.length,
      0,
      `in ${scenes} looks`,
      findings.length === 0 ? "pictures: dist/pages" : findings.slice(0, 4).join("; "),
    ),
  ]
}

async function walk(page: Page, origin: string, name: string, look: (scene: string) => Promise<void>): Promise<void> {
  await page.goto(origin)
  await page.getByRole("heading", { level: 1 }).waitFor()
  await look("home")
  await fillSignUp(page, origin, name)
  await page.getByRole("heading", { name: "Simulated scanner" }).waitFor()
  await look("sign-up")
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByRole("button", { name: "Go on" }).waitFor()
  await look("sign-up-factors")
  await takeFactorPolicy(page, "Finger")
  await page.getByRole("button", { name: "Use this scanner" }).waitFor()
  await look("sign-up-scanners")
  const made = page.getByText("Your account is made.")
  await touchUntilEnd(page, () => made.isVisible())
  await made.waitFor()
  await look("sign-up-done")

  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click()
  await page.getByLabel("Password", { exact: true }).fill("not the password")
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByText("do not belong together").waitFor()
  await look("sign-in-refused")
  await fillSignIn(page, origin, name)
  await look("sign-in")
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Use this scanner" }).click()
  await page.locator(".code-digits").waitFor()
  await look("sign-in-touch")
  const checked = page.locator(".steps li.good").nth(6)
  await touchUntilEnd(page, () => checked.isVisible()) // a simulated finger too may need a second touch
  await look("sign-in-checks")
  await page.getByRole("navigation").getByRole("link", { name: "Account" }).click()
  await page.getByRole("button", { name: "Get recovery codes" }).waitFor()
  await look("account")
  await page.getByRole("button", { name: "Get recovery codes" }).click()
  await page.locator(".codes").waitFor()
  await look("account-codes")
  await page.getByRole("button", { name: "Delete this account…" }).click()
  await page.getByRole("dialog").waitFor()
  await look("account-delete")
  await page.getByRole("button", { name: "Keep it" }).click()
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
}
