import { messageOf } from "@sourceprint/core/errors.js"
import { toast } from "../ui/toasts.js"
import { call } from "./calls.js"

/** Opens a report in a tab of its own, by an address that works once. */
export async function openReport(id: string): Promise<void> {
  const tab = open("about:blank", "_blank") // now, while the click counts
  try {
    const { path } = await call("open-report", { id })
    if (tab === null) return toast("The browser kept the tab from opening: allow it for this page.")
    tab.opener = null
    tab.location.replace(path)
  } catch (error) {
    tab?.close()
    toast(messageOf(error))
  }
}
