import type { ComponentType } from "preact"
import type { PagePath } from "../page-paths.js"

export interface Route {
  readonly title: string
  /** Who is not signed in is sent to the sign-in page first. */
  readonly signedInOnly: boolean
  /** Full width and height, without the column of a form: the chat. */
  readonly wide: boolean
  /** Each page is a file of its own, fetched when it is first shown. */
  load(): Promise<ComponentType>
}

const form = { signedInOnly: false, wide: false }

export const routes: Readonly<Record<PagePath, Route>> = {
  "/": { ...form, title: "sourceprint", load: async () => (await import("./pages/home-page.js")).HomePage },
  "/sign-up": {
    ...form,
    title: "Sign up",
    load: async () => (await import("./pages/sign-up-page.js")).SignUpPage,
  },
  "/sign-in": {
    ...form,
    title: "Sign in",
    load: async () => (await import("./pages/sign-in-page.js")).SignInPage,
  },
  "/chat": {
    title: "Chat",
    signedInOnly: true,
    wide: true,
    load: async () => (await import("./chat/chat-page.js")).ChatPage,
  },
  "/account": {
    ...form,
    title: "Account",
    signedInOnly: true,
    load: async () => (await import("./pages/account-page.js")).AccountPage,
  },
  "/operator": {
    ...form,
    title: "Operator",
    signedInOnly: true,
    load: async () => (await import("./operator/operator-page.js")).OperatorPage,
  },
}
