import type { Browser, Page } from "playwright-core"
import { type WatchedPage, watchedPage } from "../../../test/support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
/** A face takes the server seconds, and the film of a camera its time. */
const FACE_MS = 120_000
/** A person whom the page asks to try again does so. */
const TRIES = 3

/** Whose simulated finger is put on the simulated scanner, and by which unit the print is taken. */
export type Hand = "own" | "other finger" | "other unit"

const nothing = (): Promise<void> => Promise.resolve()

/** A person at a browser of their own. */
export class BrowserPerson {
  private constructor(
    readonly name: string,
    private readonly origin: string,
    private readonly watched: WatchedPage,
  ) {}

  static async open(
    browser: Browser,
    origin: string,
    name: string,
    options: Parameters<typeof watchedPage>[2] = {},
  ): Promise<BrowserPerson> {
    const watched = await watchedPage(browser, origin, options)
    watched.page.setDefaultTimeout(60_000)
    return new BrowserPerson(name, origin, watched)
  }

  get page(): Page {
    return this.watched.page
  }

  /** Errors on the console, violations of the content policy, requests to elsewhere. */
  get faults(): readonly string[] {
    return this.watched.faults
  }

  close(): Promise<void> {
    return this.watched.close()
  }

  private async fill(path: "/sign-up" | "/sign-in", password: string): Promise<void> {
    const { page } = this
    await page.goto(`${this.origin}${path}`)
    await page.getByLabel("Name").fill(this.name)
    await page.getByLabel("Password", { exact: true }).fill(password)
    if (path === "/sign-up") await page.getByLabel("Password again", { exact: true }).fill(password)
  }

  private async choose(factor: "Finger" | "Face"): Promise<void> {
    await this.page
      .locator("label.choice", { has: this.page.getByText(factor, { exact: true }) })
      .getByRole("radio")
      .check()
    await this.page.getByRole("button", { name: "Go on" }).click()
  }

  async signUpByFinger(scanner: string): Promise<void> {
    await this.fill("/sign-up", PASSWORD)
    await this.page.getByRole("button", { name: "Sign up" }).click()
    await this.choose("Finger")
    await this.page.getByRole("radio", { name: scanner }).check()
    await this.page.getByRole("button", { name: "Use this scanner" }).click()
    for (let touches = 1; (await this.next("Your account is made.", "Touch again")) === "Touch again"; touches++) {
      if (touches > 12) throw new Error(`${this.name} could not enrol`)
      await this.page.getByRole("button", { name: "Touch again" }).click()
    }
  }

  /** @param during looks at the page while the camera runs */
  async signUpByFace(during: () => Promise<void> = nothing): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries++) {
      await this.fill("/sign-up", PASSWORD)
      await this.page.getByRole("button", { name: "Sign up" }).click()
      await this.choose("Face")
      await this.page.getByRole("button", { name: "Start the camera" }).click()
      await this.page.waitForTimeout(5000)
      await during()
      const made = "Your account is made."
      if ((await this.next(made, "The time was up", "The captures were not good enough")) === made) return
    }
    throw new Error(`${this.name} could not enrol the face in ${TRIES} tries`)
  }

  /** @returns whether the person was let in, or what the page says */
  async signInByFinger(
    scanner: string,
    hand: Hand = "own",
    password = PASSWORD,
    during: () => Promise<void> = nothing,
  ): Promise<true | string> {
    const { page } = this
    await this.fill("/sign-in", password)
    await page.waitForTimeout(1000) // the panel asks what was chosen for this name before
    await page
      .getByRole("radio", {
        name: hand === "other finger" ? "Somebody else's finger" : `${this.name}'s finger`,
      })
      .check()
    await page.getByRole("radio", { name: hand === "other unit" ? /Another unit/ : /that was asked/ }).check()
    await page.getByRole("button", { name: "Sign in" }).click()
    for (let steps = 0; steps < 6; steps++) {
      const shown = await this.next(
        this.inTheChat,
        "Go on",
        "Use this scanner",
        "Touch again",
        "That was not enough to let you in",
        "do not belong together",
      )
      if (shown === "Touch again") await during()
      if (shown === this.inTheChat) return true
      if (shown === "Go on") {
        await this.choose("Finger")
        continue
      }
      if (shown === "Use this scanner") await page.getByRole("radio", { name: scanner }).check()
      else if (shown !== "Touch again") return shown
      await page.getByRole("button", { name: shown }).click()
      await page.waitForTimeout(700)
      await during()
    }
    return "touched too often"
  }

  async signInByFace(during: () => Promise<void> = nothing): Promise<true | string> {
    await this.fill("/sign-in", PASSWORD)
    await this.page.getByRole("button", { name: "Sign in" }).click()
    const untilMs = performance.now() + 4 * FACE_MS
    let started = false
    while (performance.now() < untilMs) {
      const shown = await this.next(
        this.inTheChat,
        "Go on",
        "Start the camera",
        "That was not enough to let you in",
        "The time was up",
      )
      if (shown === this.inTheChat) return true
      if (shown === "Go on") {
        await this.choose("Face")
        continue
      }
      if (shown !== "Start the camera") return shown
      if (!started) await this.page.getByRole("button", { name: "Start the camera" }).click()
      if (!started) {
        await this.page.waitForTimeout(4000)
        await during()
      }
      started = true
      await this.page.waitForTimeout(500)
    }
    return "nothing came of it"
  }

  /** As a genuine person does it: who is asked to try again tries again. */
  async signInByFaceAtLast(during: () => Promise<void> = nothing): Promise<true | string> {
    let came = await this.signInByFace(during)
    for (let tries = 1; came !== true && tries < TRIES; tries++) came = await this.signInByFace(during)
    return came
  }

  private readonly inTheChat = "New conversation"

  /** The first of some words, or buttons by their words, that the page shows. */
  private async next<Words extends string>(...words: readonly Words[]): Promise<Words> {
    const untilMs = performance.now() + FACE_MS
    while (performance.now() < untilMs) {
      for (const one of words) {
        const button = this.page.getByRole("button", { name: one })
        if (
          (await button.count()) > 0 &&
          (await button
            .first()
            .isEnabled()
            .catch(() => false))
        )
          return one
        if ((await this.page.getByText(one).count()) > 0 && (await button.count()) === 0) return one
      }
      await this.page.waitForTimeout(150)
    }
    throw new Error(`${this.name} saw none of ${words.join(" | ")}: ${await this.page.locator("main").innerText()}`)
  }

  async makeRoom(title: string): Promise<void> {
    await this.page.getByRole("button", { name: "New conversation" }).click()
    await this.page.getByLabel("Or make a room").fill(title)
    await this.page.getByRole("button", { name: "Make the room" }).click()
    await this.page.getByLabel(`Message to ${title}`).waitFor()
  }

  async invite(name: string): Promise<void> {
    const { page } = this
    const members = page.locator("aside.members")
    if ((await members.count()) === 0) await page.getByRole("button", { name: "Members" }).click()
    await page.getByRole("button", { name: "Invite a person" }).click()
    await page.getByLabel("Name", { exact: true }).fill(name)
    await page.getByRole("option", { name }).click()
    await page.locator(".member-name").getByText(name, { exact: true }).waitFor()
  }

  async openRoom(title: string): Promise<void> {
    await this.page.getByRole("link", { name: title }).last().click()
    await this.page.getByLabel(`Message to ${title}`).waitFor()
  }

  async say(text: string): Promise<void> {
    const field = this.page.getByLabel(/^Message to/)
    await field.fill(text)
    await field.press("Enter")
    await this.sees(text)
  }

  async sees(text: string): Promise<void> {
    await this.page.locator(".timeline").getByText(text).first().waitFor()
  }

  /** Fetches a file of the conversation and saves it. @returns its path */
  async fetchFile(name: string, path: string): Promise<string> {
    const { page } = this
    await page.getByRole("button", { name: `Fetch ${name}` }).click()
    const save = page.getByRole("button", { name: `Save ${name}` })
    await save.waitFor({ timeout: 900_000 })
    const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), save.click()])
    await download.saveAs(path)
    return path
  }

  /** Messages in the order in which the conversation shows them. */
  texts(): Promise<string[]> {
    return this.page.locator(".timeline .message-text").allInnerTexts()
  }
}
