import { signal } from "@preact/signals"

/** "hidden": tells that there is something, not from whom nor what. */
export type NotifyHow = "off" | "hidden" | "full"

const KEY = "sourceprint-chat-notify"

const kept = (): NotifyHow => {
  try {
    const found = localStorage.getItem(KEY)
    return found === "hidden" || found === "full" ? found : "off"
  } catch (error) {
    if (error instanceof DOMException) return "off" // this browser keeps nothing for the page
    throw error
  }
}

export const notifyHow = signal<NotifyHow>(kept())

async function allowed(): Promise<boolean> {
  if (!("Notification" in window)) return false
  return Notification.permission === "granted" || (await Notification.requestPermission()) === "granted"
}

/** Call from a click only: the browser may ask the person. @returns false when the browser or the person said no */
export async function chooseNotify(how: NotifyHow): Promise<boolean> {
  if (how !== "off" && !(await allowed())) {
    notifyHow.value = "off"
    localStorage.removeItem(KEY)
    return false
  }
  notifyHow.value = how
  localStorage.setItem(KEY, how)
  return true
}

/** Tells of a message while the page is not looked at. @param tag a later one of the same room takes the place */
export function notify(title: string, text: string, tag: string, onClick: () => void): void {
  const how = notifyHow.value
  if (how === "off" || document.hasFocus() || !("Notification" in window)) return
  if (Notification.permission !== "granted") return
  const shown =
    how === "full"
      ? new Notification(title, { body: text, tag, icon: "/icon.svg" })
      : new Notification("sourceprint", { body: "A new message", tag: "sourceprint", icon: "/icon.svg" })
  shown.addEventListener("click", () => {
    window.focus()
    shown.close()
    onClick()
  })
}
