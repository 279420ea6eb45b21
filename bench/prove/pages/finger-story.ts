import { openChromium } from "../../../test/support/chromium.js"
import { watchedPage } from "../../../test/support/watched-page.js"
import type { Figure } from "../claim.js"
import { exactly } from "../figure.js"
import { pageContext } from "./page-context.js"
import {
  type Ended,
  endOf,
  fillSignIn,
  fillSignUp,
  PASSWORD,
  signedOut,
  takeFactorPolicy,
  touchUntilEnd,
} from "./person-at-page.js"

/** Sign-up and sign-in by a finger on the simulated scanner, in Chromium: the right one, another finger, another unit
 *  in the scanner's place, a wrong password. */
export async function fingerStory(logLine: (text: string) => void, times = 3): Promise<readonly Figure[]> {
  const context = await pageContext(60)
  const browser = await openChromium()
  try {
    const { page, faults } = await watchedPage(browser, context.origin, {
      viewport: { width: 1200, height: 900 },
    })
    await fillSignUp(page, context.origin, "Ada")
    await page.getByRole("button", { name: "Sign up" }).click()
    await takeFactorPolicy(page, "Finger")
    const made = page.getByText("Your account is made.")
    await touchUntilEnd(page, () => made.isVisible())
    await made.waitFor()
    logLine("signed up by the simulated finger")

    const attempt = async (
      finger: "Ada's finger" | "Somebody else's finger",
      unit: "The scanner that was asked" | "Another unit of the same model in its place",
      password = PASSWORD,
    ): Promise<{ ended: Ended; checks: string[] }> => {
      await fillSignIn(page, context.origin, "Ada", password)
      await page.getByRole("radio", { name: finger }).check()
      await page.getByRole("radio", { name: unit }).check()
      await page.waitForTimeout(400) // the choice is told to the simulated hand
      await page.getByRole("button", { name: "Sign in" }).click()
      let checks: string[] = []
      const watching = touchUntilEnd(page, async () => {
        const shown = await page.locator(".steps .good .step-detail").allTextContents()
        if (shown.length > checks.length) checks = shown
        return (await page.locator(".notice.bad").isVisible()) || (await page.getByText("Sign out").isVisible())
      })
      const ended = await endOf(page)
      await watching
      if (ended === "passed") await signedOut(page)
      return { ended, checks }
    }
    let genuine = 0
    let checksShown = Number.POSITIVE_INFINITY
    for (let i = 0; i < times; i++) {
      const { ended, checks } = await attempt("Ada's finger", "The scanner that was asked")
      if (ended === "passed") genuine++
      const told = checks.filter((words) => /intact|at least|at most/.test(words))
      checksShown = Math.min(checksShown, told.length)
      logLine(`${ended}: ${told.join(" · ")}`)
    }
    const other = await attempt("Somebody else's finger", "The scanner that was asked")
    const elsewhere = await attempt("Ada's finger", "Another unit of the same model in its place")
    const guessed = await attempt("Ada's finger", "The scanner that was asked", "not the password at all")
    const reasons = (await context.store.auditAfter(0, 1000)).map(({ reason }) => reason)
    const note =
      "audit: " +
      `${["finger", "scanner", "password"].map((r) => `${r} ${reasons.filter((x) => x === r).length}`).join(", ")}`
    const yes = (ended: Ended, wanted: Ended): number => (ended === wanted ? 1 : 0)
    return [
      exactly("genuine sign-ins passed", genuine, times, `of ${times}`),
      exactly("checks lit up with value and threshold, least of a pass", checksShown, 5, "of 5"),
      exactly("another finger refused", yes(other.ended, "refused"), 1, "of 1", note),
      exactly("another unit refused", yes(elsewhere.ended, "refused"), 1, "of 1"),
      exactly("wrong password refused", yes(guessed.ended, "password"), 1, "of 1"),
      {
        name: "console errors, policy violations, outside requests",
        value: faults.length,
        unit: "",
        bound: { is: "exactly", value: 0 },
        ...(faults.length > 0 ? { note: faults.slice(0, 3).join("; ") } : {}),
      },
    ]
  } finally {
    await browser.close()
    await context.stop()
  }
}
