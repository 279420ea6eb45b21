import { effect, type Signal, signal } from "@preact/signals"

const KEY = "sourceprint-sign-up"

function kept(): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}")
    return typeof value === "object" && value !== null ? value : {}
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return {} // damaged, or site data forbidden
    throw error
  }
}

const before = kept()
const textSignal = (name: string, otherwise = ""): Signal<string> => {
  const value = before[name]
  return signal(typeof value === "string" ? value : otherwise)
}

/** A sign-up as far as it is typed. It outlives a look at another page; without its passwords, which are written
 *  nowhere, a reload too. */
export const signUpDraft = {
  name: textSignal("name"),
  password: signal(""),
  again: signal(""),
  code: textSignal("code"),
  finger: textSignal("finger", "right-index"),
}

effect(() => {
  const { name, code, finger } = signUpDraft
  const text = JSON.stringify({ name: name.value, code: code.value, finger: finger.value })
  try {
    if (name.value === "" && code.value === "") sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, text)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error // site data forbidden: then a reload starts anew
  }
})

/** The account is made. */
export function clearSignUpDraft(): void {
  const { name, password, again, code } = signUpDraft
  for (const typed of [name, password, again, code]) typed.value = ""
}
