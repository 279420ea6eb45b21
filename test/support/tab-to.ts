import type { Page } from "playwright-core"

const MOST_STEPS = 200

/** Moves by Tab alone until what has the focus is called so. @throws where no Tab leads to it */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    await page.keyboard.press("Tab")
    const found = await page.evaluate(() => {
      const focused = document.activeElement
      const id = focused?.id ?? ""
      const label = id === "" ? null : document.querySelector(`label[for="${CSS.escape(id)}"]`)
      return focused?.getAttribute("aria-label") ?? label?.textContent ?? focused?.textContent ?? ""
    })
    if (name.test(found)) return
  }
  throw new Error(`no Tab leads to ${name}`)
}
